"""The operations about orders that are placed: read out today's, find one by its number, cancel it."""

from chalicelib import trading
from chalicelib.platform.clock import now
from chalicelib.platform.settings import orders_a_page
from chalicelib.trading import Cancelled, NotCancelled, Unknown
from chalicelib.voice.call import Answer, Call
from chalicelib.voice.confirmation import confirmation_id, confirmed_key
from chalicelib.voice.keypad import whole_number
from chalicelib.voice.order_speech import is_number, read_out
from chalicelib.voice.paging import page_of, read_page
from chalicelib.voice.speech import digits, say


def orders_today(call: Call) -> Answer:
    """Page (from 1; past the last comes the first) -> Speech, Result more | last | empty, and NextPage."""
    orders = trading.orders_today(call.account_id(), now())
    page, shown = page_of(orders, whole_number(call.parameter("Page")), orders_a_page())
    return read_page(call.language, "orders", *page, read_out(call.language, shown))


def find_order(call: Call) -> Answer:
    """ContractNumber -> Result ok | unknown | invalid, and Speech: the order and its state, or that there is none.

    With ok: Open yes | no, and the ConfirmationId under which it may be cancelled.
    """
    number = call.parameter("ContractNumber")
    if not is_number(number):
        return {"Result": "invalid", "Speech": say(call.language, "order.invalid")}
    order = trading.order(call.account_id(), number)
    if order is None:
        return {"Result": "unknown", "Speech": say(call.language, "order.unknown")}
    return {
        "Result": "ok",
        "Open": "yes" if order.is_open else "no",
        "ConfirmationId": confirmation_id(),
        "Speech": " ".join(read_out(call.language, [order])),
    }


def cancel_order(call: Call) -> Answer:
    """ContractNumber, ConfirmationId -> Result cancelled | not_open | no_cancel_now | no_order | unknown, and Speech.

    Speech says how many shares will not trade any more and how many had traded, or why nothing was cancelled; with
    unknown, that the counter has not answered. The contact and the confirmation name the cancellation: delivered again,
    the event yields the same answer.
    """
    number = call.parameter("ContractNumber")
    outcome = trading.cancel_order(call.account_id(), number, confirmed_key(call), now())
    if isinstance(outcome, Unknown):
        return {"Result": "unknown", "Speech": say(call.language, "cancelled.unknown", number=digits(number))}
    if isinstance(outcome, NotCancelled):
        return not_done(call.language, "not_cancelled", outcome)
    return {"Result": "cancelled", "Speech": _cancelled(call.language, outcome)}


def not_done(language: str, subject: str, outcome: NotCancelled) -> Answer:
    """Result no_order | not_open | no_cancel_now and the sentence of that name of ``subject``."""
    if outcome.rule == "unknown":
        return {"Result": "no_order", "Speech": say(language, "order.unknown")}
    said = say(language, f"{subject}.{outcome.rule}", state=say(language, f"state.{outcome.state}"))
    return {"Result": outcome.rule, "Speech": said}


def _cancelled(language: str, done: Cancelled) -> str:
    key = "cancelled.part" if done.filled else "cancelled.whole"
    return say(language, key, number=digits(done.contract_number), quantity=done.quantity, filled=done.filled)
