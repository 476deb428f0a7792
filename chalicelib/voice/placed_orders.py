"""The operations about orders that are placed: read out today's, find one by its number, cancel it."""

from chalicelib import trading
from chalicelib.platform.clock import now
from chalicelib.platform.settings import orders_a_page
from chalicelib.trading import Cancelled, NotCancelled, OrderState
from chalicelib.voice.call import Answer, Call
from chalicelib.voice.confirmation import confirmation_id, confirmed_key
from chalicelib.voice.keypad import whole_number
from chalicelib.voice.paging import read_page
from chalicelib.voice.speech import digits, name, say


def orders_today(call: Call) -> Answer:
    """Page (from 1; past the last comes the first) -> Speech, Result more | last | empty, and NextPage."""
    orders = trading.orders_today(call.account_id(), now())
    size, page = orders_a_page(), whole_number(call.parameter("Page"))
    pages = max(1, -(-len(orders) // size))
    page = page if 1 <= page <= pages else 1
    shown = orders[(page - 1) * size : page * size]
    return read_page(call.language, "orders", page, pages, _read_out(call.language, shown))


def find_order(call: Call) -> Answer:
    """ContractNumber -> Result ok | unknown | invalid, and Speech: the order and its state, or that there is none.

    With ok: Open yes | no, and the ConfirmationId under which it may be cancelled.
    """
    number = call.parameter("ContractNumber")
    if not (number.isascii() and number.isdigit()):
        return {"Result": "invalid", "Speech": say(call.language, "order.invalid")}
    order = trading.order(call.account_id(), number)
    if order is None:
        return {"Result": "unknown", "Speech": say(call.language, "order.unknown")}
    return {
        "Result": "ok",
        "Open": "yes" if order.is_open else "no",
        "ConfirmationId": confirmation_id(),
        "Speech": " ".join(_read_out(call.language, [order])),
    }


def cancel_order(call: Call) -> Answer:
    """ContractNumber, ConfirmationId -> Result cancelled | not_open | no_cancel_now | unknown, and Speech.

    Speech says how many shares will not trade any more and how many had traded, or why nothing was cancelled. The
    contact and the confirmation name the cancellation: delivered again, the event yields the same answer.
    """
    number = call.parameter("ContractNumber")
    outcome = trading.cancel_order(call.account_id(), number, confirmed_key(call), now())
    if isinstance(outcome, NotCancelled):
        return {"Result": outcome.rule, "Speech": _why_not_cancelled(call.language, outcome)}
    return {"Result": "cancelled", "Speech": _cancelled(call.language, outcome)}


def _read_out(language: str, orders: list[OrderState]) -> list[str]:
    """A line an order; the names of their securities take one request."""
    quotes = trading.securities({order.code for order in orders})
    names = {code: name(quote.names, language) for code, quote in quotes.items()}
    return [_line(language, order, names.get(order.code) or digits(order.code)) for order in orders]


def _line(language: str, order: OrderState, security: str) -> str:
    said = say(
        language,
        f"order.{order.side}",
        number=digits(order.contract_number),
        name=security,
        quantity=order.quantity,
        price=order.price,
        state=say(language, f"state.{order.state}"),
    )
    if not 0 < order.filled < order.quantity:
        return said
    return f"{said} {say(language, 'order.traded', filled=order.filled)}"


def _cancelled(language: str, done: Cancelled) -> str:
    key = "cancelled.part" if done.filled else "cancelled.whole"
    return say(language, key, number=digits(done.contract_number), quantity=done.quantity, filled=done.filled)


def _why_not_cancelled(language: str, outcome: NotCancelled) -> str:
    if outcome.rule == "unknown":
        return say(language, "order.unknown")
    return say(language, f"not_cancelled.{outcome.rule}", state=say(language, f"state.{outcome.state}"))
