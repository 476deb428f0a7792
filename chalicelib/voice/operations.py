"""The operations that flows may ask for: each takes a call and answers a flat map of strings.

``Result`` is what a flow compares; ``Speech`` is what it says. Whoever adds one adds its name to ``OPERATIONS``.
"""

import secrets
from collections.abc import Callable

from chalicelib import customers, trading
from chalicelib.customers.rules import is_account_number, is_pin
from chalicelib.platform.clock import business_day, now
from chalicelib.platform.settings import holdings_a_page
from chalicelib.trading import Order, Refusal
from chalicelib.voice.call import Answer, Call, proof
from chalicelib.voice.keypad import BACK, decimal_number, decrypt, entry_id, whole_number
from chalicelib.voice.speech import digits, name, say


def read_account(call: Call) -> Answer:
    """AccountNumber (sealed) -> Result ok | none | back | invalid, and AccountKey, under which the account is kept.

    Says nothing of whether there is such an account: that would let anyone find out which numbers exist.
    """
    keys = decrypt(call.parameter("AccountNumber"))
    if not is_account_number(keys):
        return {"Result": _not_an_entry(keys)}
    return {"Result": "ok", "AccountKey": customers.account_key(keys)}


def identify(call: Call) -> Answer:
    """AccountKey, Pin (sealed) -> Result ok | none | back | invalid | wrong | locked.

    With ok: CustomerId, AccountId, AccountTail, CustomerLevel and IdentityProof, for the flow to keep as attributes.
    """
    sealed = call.parameter("Pin")
    pin, key = decrypt(sealed), call.parameter("AccountKey")
    if not is_pin(pin):
        return {"Result": _not_an_entry(pin), "AccountKey": key}
    attempt = entry_id(call.contact_id, sealed)
    caller = customers.identify(key, pin, attempt=attempt, today=business_day(now()))
    if isinstance(caller, str):
        return {"Result": caller}
    return {
        "Result": "ok",
        "CustomerId": caller.customer_id,
        "CustomerLevel": caller.level,
        "AccountId": caller.account_id,
        "AccountTail": caller.account_tail,
        "IdentityProof": proof(call.contact_id, caller.account_id),
    }


def funds(call: Call) -> Answer:
    """-> Speech: cash, withdrawable, market value."""
    wealth = trading.funds(call.account_id())
    return {"Result": "ok", "Speech": say(call.language, "funds", **wealth._asdict())}


def holdings(call: Call) -> Answer:
    """Page (from 1; past the last comes the first) -> Speech, Result more | last | empty, and NextPage."""
    page = trading.holdings(call.account_id(), whole_number(call.parameter("Page")), holdings_a_page())
    if not page.lines:
        return {"Result": "empty", "NextPage": "1", "Speech": say(call.language, "holdings.none")}
    lines = [
        say(
            call.language,
            "holdings.line",
            name=name(quote.names, call.language),
            quantity=holding.quantity,
            sellable=holding.sellable,
        )
        for holding, quote in page.lines
    ]
    opening = say(call.language, "holdings.page", page=page.page, pages=page.pages)
    more = page.page < page.pages
    return {
        "Result": "more" if more else "last",
        "NextPage": str(page.page + 1 if more else 1),
        "Speech": " ".join([opening, *lines]),
    }


def find_security(call: Call) -> Answer:
    """Code -> Result ok | unknown, and Speech: its name and last price, or that there is none."""
    code = call.parameter("Code")
    quote = trading.find_security(code) if code.isdigit() else None
    if quote is None:
        return {"Result": "unknown", "Speech": say(call.language, "refused.unknown")}
    said = say(call.language, "security", name=name(quote.names, call.language), price=quote.last_price)
    return {"Result": "ok", "Speech": said}


def preview_order(call: Call) -> Answer:
    """Side, Code, Quantity, Price -> Result ok, ConfirmationId, the read-back; or refused, with Field to re-enter."""
    order = _order(call)
    quote = trading.preview_order(call.account_id(), order, now())
    if quote is None or isinstance(quote, Refusal):
        return _refused(call, quote)
    said = say(
        call.language,
        f"read_back.{order.side}",
        name=name(quote.names, call.language),
        code=digits(order.code),
        quantity=order.quantity,
        price=order.price,
        amount=order.amount,
    )
    return {"Result": "ok", "ConfirmationId": secrets.token_hex(16), "Speech": said}


def place_order(call: Call) -> Answer:
    """Side, Code, Quantity, Price, ConfirmationId -> Result placed with ContractNumber; or refused, with Field.

    The contact and the confirmation name the order: delivered again, the event yields the same contract number.
    """
    key = f"{call.contact_id}#{call.parameter('ConfirmationId')}"
    placed = trading.place_order(call.account_id(), _order(call), key, now())
    if placed is None or isinstance(placed, Refusal):
        return _refused(call, placed)
    number = placed.contract_number
    return {"Result": "placed", "ContractNumber": number, "Speech": say(call.language, "placed", number=digits(number))}


def _order(call: Call) -> Order:
    side = call.parameter("Side")
    if side not in ("buy", "sell"):
        raise ValueError("The flow must send buy or sell as the parameter Side.")
    return Order(
        "buy" if side == "buy" else "sell",
        call.parameter("Code"),
        whole_number(call.parameter("Quantity")),
        decimal_number(call.parameter("Price")),
    )


def _refused(call: Call, refusal: Refusal | None) -> Answer:
    """A refusal says which rule, and what would be accepted."""
    if refusal is None:
        return {"Result": "refused", "Field": "code", "Speech": say(call.language, "refused.unknown")}
    said = say(call.language, f"refused.{refusal.rule}", **refusal.facts)
    return {"Result": "refused", "Field": refusal.field, "Speech": said}


def _not_an_entry(keys: str) -> str:
    """What an entry was, if not what was asked for."""
    if not keys:
        return "none"
    return "back" if keys == BACK else "invalid"


OPERATIONS: dict[str, Callable[[Call], Answer]] = {
    operation.__name__: operation
    for operation in (read_account, identify, funds, holdings, find_security, preview_order, place_order)
}
