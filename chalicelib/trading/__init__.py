"""Money and shares: what an account has, and orders.

Its values are named tuples: a dataclass takes three times as long to define, which every cold start would pay.

Verbs: :func:`funds`, :func:`holdings`, :func:`find_security`, :func:`preview_order`, :func:`place_order`.
"""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from chalicelib.trading.counter import Counter, Funds, Holding, Placed
from chalicelib.trading.embedded import EmbeddedCounter
from chalicelib.trading.rules import Order, Quote, Refusal, Side

__all__ = [
    "Funds",
    "Holding",
    "HoldingsPage",
    "Order",
    "Placed",
    "Quote",
    "Refusal",
    "Side",
    "Wealth",
    "find_security",
    "funds",
    "holdings",
    "place_order",
    "preview_order",
]

counter: Counter = EmbeddedCounter()


class Wealth(NamedTuple):
    """An account's money and what its shares are worth at the last price, in CNY."""

    available: Decimal
    withdrawable: Decimal
    market_value: Decimal


class HoldingsPage(NamedTuple):
    """A page of holdings with their securities; pages count from 1, and there is always a first one."""

    page: int
    pages: int
    lines: list[tuple[Holding, Quote]]


def funds(account_id: str) -> Wealth:
    """Money and market value. LookupError for no such account."""
    money, held = counter.account(account_id)
    quotes = counter.quotes([holding.code for holding in held]) if held else {}
    value = sum((quotes[holding.code].last_price * holding.quantity for holding in held), Decimal(0))
    return Wealth(money.available, money.withdrawable, value)


def holdings(account_id: str, page: int, page_size: int) -> HoldingsPage:
    """One page of the holdings, by code; past the last page comes the first again."""
    _, held = counter.account(account_id)
    held = [holding for holding in held if holding.quantity]
    pages = max(1, -(-len(held) // page_size))
    page = page if 1 <= page <= pages else 1
    shown = held[(page - 1) * page_size : page * page_size]
    quotes = counter.quotes([holding.code for holding in shown]) if shown else {}
    return HoldingsPage(page, pages, [(holding, quotes[holding.code]) for holding in shown])


def find_security(code: str) -> Quote | None:
    """The security of that code, if there is one."""
    return counter.quotes([code]).get(code)


def preview_order(account_id: str, order: Order, at: datetime) -> Quote | Refusal | None:
    """Whether ``order`` would be taken now; see :meth:`Counter.check`. Changes nothing."""
    return counter.check(account_id, order, at)


def place_order(account_id: str, order: Order, idempotency_key: str, at: datetime) -> Placed | Refusal | None:
    """Place ``order`` once, however often this is called with the same key; see :meth:`Counter.place`."""
    return counter.place(account_id, order, idempotency_key, at)
