"""Orders: check, place, look up, cancel, amend. The rules are trading's; a repeated key is answered as before."""

from typing import Any, get_args

from chalicelib import trading
from chalicelib.http.answering import Asked, iso_day
from chalicelib.http.problem import bad_field, not_cancelled, refused, unknown
from chalicelib.http.wire import Reply, pick, plain, rules, text, whole, yuan
from chalicelib.trading import (
    Cancelled,
    CancelledOnly,
    NotCancelled,
    NumberTaken,
    Order,
    OrderState,
    Placed,
    Quote,
    Unknown,
)
from chalicelib.trading.market import Kind

ORDER = {
    "side": text("buy|sell"),
    "code": text(r"\d{6}"),
    "quantity": whole,
    "price": yuan,
    "kind": text("|".join(get_args(Kind))),
    "confirmed": rules,
}
OPTIONAL = {"price": None, "kind": "limit", "confirmed": ()}
AMENDMENT = {"quantity": whole, "price": yuan}
PERIOD = {"from": iso_day, "to": iso_day, "page": text(r".{1,200}")}
SHOWN = (
    *("contract_number", "side", "code", "quantity", "price", "kind"),
    *("day", "placed_at", "state", "filled", "traded", "frozen"),
)


def preview(asked: Asked) -> Reply:
    """Whether an order would be taken now, and for which security. Changes nothing."""
    checked = trading.preview_order(asked.account_id, _order(asked), asked.at)
    if not isinstance(checked, Quote):
        assert not isinstance(checked, NumberTaken)  # no number was asked about
        raise refused(checked)
    return Reply(200, pick(checked, "code", "names", "last_price"))


def place(asked: Asked) -> Reply:
    """Place an order, once however often the request comes: 201 each time, with the same contract number."""
    key, order = asked.key(), _order(asked)
    match trading.place_order(asked.account_id, order, key, asked.at):
        case Placed(number):
            return Reply(201, {"contract_number": number}, {"Location": f"orders/{number}"})
        case Unknown(number):
            return _not_heard(number)
        case answer:
            raise refused(answer)


def find_all(asked: Asked) -> Reply:
    """Today's orders; with from and to, those for the trading days from one to the other, a page at a time."""
    if not asked.query:
        return Reply(200, {"orders": [_shown(order) for order in trading.orders_today(asked.account_id, asked.at)]})
    given = asked.parameters(PERIOD, page=None)
    if given["from"] > given["to"]:
        raise bad_field("from")
    try:
        found = trading.history(asked.account_id, given["from"], given["to"], given["page"])
    except ValueError:
        raise bad_field("page") from None
    return Reply(200, {"orders": [_shown(order) for order in found.orders], "next_page": found.next_page})


def find(asked: Asked) -> Reply:
    """An order, and all that became of it."""
    order = trading.order(asked.account_id, asked.path["contract_number"])
    if order is None:
        raise unknown("order")
    changes = [pick(change, "at", "state", "quantity", "price", "reason") for change in order.changes]
    return Reply(200, {**_shown(order), "changes": changes})


def cancel(asked: Asked) -> Reply:
    """Cancel what has not traded of an order."""
    return _cancelled(trading.cancel_order(asked.account_id, asked.path["contract_number"], asked.key(), asked.at))


def amend(asked: Asked) -> Reply:
    """Cancel an order and place what it lacks of another quantity at another price, under a new contract number.

    A refusal changed nothing, but for one that has ``cancelled``, the old order's number: the account changed
    meanwhile, so that the old order is cancelled and the new one was not taken.
    """
    old, key = asked.path["contract_number"], asked.key()
    given = asked.fields(AMENDMENT)
    answer = trading.amend_order(asked.account_id, old, given["quantity"], given["price"], key, asked.at)
    match answer:
        case Placed(number):
            return Reply(200, {"contract_number": number, "replaces": old}, {"Location": number})
        case Cancelled() | NotCancelled() | Unknown():
            return _cancelled(answer)
        case CancelledOnly(_, why):
            problem = refused(why)
            problem.more = {"cancelled": old}
            raise problem
        case _:
            raise refused(answer)


def _order(asked: Asked) -> Order:
    given = asked.fields(ORDER, **OPTIONAL)
    if given["price"] is None:
        if given["kind"] == "limit":
            raise bad_field("price")
        given["price"] = yuan("0")  # no protection price
    return Order(**given)


def _cancelled(answer: Cancelled | NotCancelled | Unknown) -> Reply:
    match answer:
        case Cancelled():
            return Reply(200, {**pick(answer, "contract_number", "quantity", "filled"), "state": "cancelled"})
        case Unknown(number):
            return _not_heard(number)
        case NotCancelled():
            raise not_cancelled(answer)


def _not_heard(number: str) -> Reply:
    """Nothing was heard from the counter: what became of it is found under the number."""
    return Reply(202, {"contract_number": number, "state": "unknown"}, {"Retry-After": "60"})


def _shown(order: OrderState) -> dict[str, Any]:
    return {**pick(order, *SHOWN), "charges": plain(order.charges._asdict())}
