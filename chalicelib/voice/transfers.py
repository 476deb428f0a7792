"""The operations about bank transfers (银证转账): check one, take the bank password, move the money, read today's."""

import re

from chalicelib import trading
from chalicelib.platform.clock import business_day, now
from chalicelib.platform.settings import transfers_a_page
from chalicelib.trading import Refusal, TransferState
from chalicelib.trading.transfers import Direction, transfer_numbers
from chalicelib.voice.call import Answer, Call
from chalicelib.voice.confirmation import confirmation_id, confirmed_key, key_of
from chalicelib.voice.keypad import decimal_number, decrypt, not_an_entry, whole_number
from chalicelib.voice.paging import read_page
from chalicelib.voice.speech import digits, say

_BANK_PASSWORD = re.compile(r"[0-9]{6}\Z")


def preview_transfer(call: Call) -> Answer:
    """Direction, Amount -> Result ok, ConfirmationId, Speech (the read-back), and Unknown; or refused, with Field.

    Unknown is what to say, with the transfer's number, when no answer comes to its confirmation.
    """
    direction, amount = _direction(call), decimal_number(call.parameter("Amount"))
    account_id = call.account_id()
    refusal = trading.preview_transfer(account_id, direction, amount, now())
    if refusal:
        return _refused(call, refusal)
    confirmation = confirmation_id()
    number = next(transfer_numbers(account_id, key_of(call, confirmation)))
    return {
        "Result": "ok",
        "ConfirmationId": confirmation,
        "Speech": say(call.language, f"transfer.read_back.{direction}", amount=amount),
        "Unknown": say(call.language, "transfer.unknown", number=digits(number)),
    }


def read_bank_password(call: Call) -> Answer:
    """BankPassword (sealed) -> Result ok | none | back | invalid. Whether it is right is the bank's to say."""
    keys = decrypt(call.parameter("BankPassword"))
    return {"Result": "ok" if _BANK_PASSWORD.match(keys) else not_an_entry(keys)}


def transfer(call: Call) -> Answer:
    """Direction, Amount, BankPassword (sealed), ConfirmationId -> Result done | failed | unknown | refused, and Speech.

    All but refused have Number. The contact and the confirmation name the transfer: delivered again, the event moves
    nothing more, and finds out what became of it.
    """
    direction, amount = _direction(call), decimal_number(call.parameter("Amount"))
    account_id, password = call.account_id(), decrypt(call.parameter("BankPassword"))
    moved = trading.transfer(account_id, direction, amount, password, confirmed_key(call), now())
    if isinstance(moved, Refusal):
        return _refused(call, moved)
    result = "unknown" if moved.is_open else moved.state
    return {"Result": result, "Number": moved.number, "Speech": _outcome(call.language, moved)}


def transfers_today(call: Call) -> Answer:
    """Page (from 1; past the last comes the first) -> Speech, Result more | last | empty, and NextPage."""
    found = trading.transfers_of_day(call.account_id(), business_day(now()))
    size, page = transfers_a_page(), whole_number(call.parameter("Page"))
    pages = max(1, -(-len(found) // size))
    page = page if 1 <= page <= pages else 1
    shown = found[(page - 1) * size : page * size]
    return read_page(call.language, "transfers", page, pages, [_line(call.language, one) for one in shown])


def _direction(call: Call) -> Direction:
    direction = call.parameter("Direction")
    if direction not in ("in", "out"):
        raise ValueError("The flow must send in or out as the parameter Direction.")
    return "in" if direction == "in" else "out"


def _outcome(language: str, moved: TransferState) -> str:
    if moved.is_open:
        return say(language, "transfer.unknown", number=digits(moved.number))
    if moved.state == "failed":
        return say(language, f"transfer_failed.{moved.reason}")
    available = trading.balance(moved.account_id).available
    number = digits(moved.number)
    return say(language, f"transferred.{moved.direction}", amount=moved.amount, number=number, available=available)


def _line(language: str, moved: TransferState) -> str:
    state = say(language, f"transfer_state.{moved.state}")
    return say(language, f"transfer.{moved.direction}", number=digits(moved.number), amount=moved.amount, state=state)


def _refused(call: Call, refusal: Refusal) -> Answer:
    """A refusal says which rule, and what would be accepted."""
    said = say(call.language, f"refused.{refusal.rule}", **refusal.facts)
    return {"Result": "refused", "Field": refusal.field, "Speech": said}
