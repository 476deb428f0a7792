"""Changing an order (改单): it is cancelled, and what it lacks of the new quantity is placed anew. Pure."""

from decimal import Decimal
from typing import NamedTuple

from chalicelib.trading.counter import Cancelled
from chalicelib.trading.ledger import OrderState
from chalicelib.trading.rules import Order, Quote, Refusal
from chalicelib.trading.suitability import SpokenWarning


class Amendment(NamedTuple):
    """A change that would be taken now: the order as it is, and the one that would be placed for what it lacks."""

    old: OrderState
    new: Order
    quote: Quote


class CancelledOnly(NamedTuple):
    """The old order is cancelled and the new one was not taken: why, as place_order says it."""

    cancelled: Cancelled
    why: Refusal | SpokenWarning | None


def replacement(old: OrderState, quantity: int, price: Decimal) -> Order:
    """What is placed instead of ``old``: ``quantity`` counts what it has traded, and its warnings are confirmed."""
    return Order(old.side, old.code, quantity - old.filled, price, confirmed=old.confirmed)


def refuse_change(old: OrderState, quantity: int, price: Decimal) -> Refusal | None:
    """What cannot be made of an open order: a market order has no price to change, what has traded stays traded, and
    nobody gives up an order's place among others for the same order again."""
    if old.kind != "limit":
        return Refusal("market_order", "kind", {})
    if quantity <= old.filled and old.filled:
        return Refusal("traded", "quantity", {"filled": old.filled})
    if (quantity, price) == (old.quantity, old.price):
        return Refusal("unchanged", "quantity", {})
    return None
