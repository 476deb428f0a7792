"""The trading counter (柜台) as this house sees it, whoever runs it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

from chalicelib.trading.ledger import OrderState, State
from chalicelib.trading.rules import Order, Quote, Refusal, Side


class Funds(NamedTuple):
    """Money of an account in CNY: what buys now, and how much of it may be drawn out today."""

    available: Decimal
    withdrawable: Decimal


class Holding(NamedTuple):
    """Shares of one security in an account: all of them, and those that may be sold today."""

    code: str
    quantity: int
    sellable: int


class Placed(NamedTuple):
    """An order the counter has taken, under its contract number (合同号)."""

    contract_number: str


class Cancelled(NamedTuple):
    """A cancelled order: ``quantity`` shares will not trade any more; ``filled`` had been traded before."""

    contract_number: str
    quantity: int
    filled: int


class NotCancelled(NamedTuple):
    """Why an order cannot be cancelled: there is none, it is open no more (its ``state``), or not at this time."""

    rule: Literal["unknown", "not_open", "no_cancel_now"]
    state: State | None = None


class Trade(NamedTuple):
    """A trade: ``quantity`` shares at ``price`` CNY, at ``at`` (UTC, ISO 8601)."""

    contract_number: str
    side: Side
    code: str
    quantity: int
    price: Decimal
    at: str


class OrderPage(NamedTuple):
    """Orders, the newest first, and the name of the next page (None: there is none)."""

    orders: list[OrderState]
    next_page: str | None


class Counter(Protocol):
    """What the house asks of a counter. Every call may be repeated: a known key is answered as it was before.

    A ``day`` of orders is their trading day: an order of the evening is one of the next trading day.
    """

    def quotes(self, codes: list[str]) -> dict[str, Quote]:
        """What is known of each code; unknown codes are left out."""
        ...

    def account(self, account_id: str) -> tuple[Funds, list[Holding]]:
        """Money and holdings, by code. LookupError for no such account."""
        ...

    def check(self, account_id: str, order: Order, at: datetime) -> Quote | Refusal | None:
        """Would the order be taken now? Its security if so, else why not; None for an unknown code. Changes nothing."""
        ...

    def place(self, account_id: str, order: Order, idempotency_key: str, at: datetime) -> Placed | Refusal | None:
        """Take the order once: check it, freeze the money or the shares, and record it, all or nothing."""
        ...

    def cancel(
        self, account_id: str, contract_number: str, idempotency_key: str, at: datetime
    ) -> Cancelled | NotCancelled:
        """Cancel what has not traded of an order, and release what is frozen for it."""
        ...

    def order(self, account_id: str, contract_number: str) -> OrderState | None:
        """The account's order of that number, and all that became of it."""
        ...

    def orders(self, account_id: str, day: date) -> list[OrderState]:
        """The account's orders for a trading day, the newest first."""
        ...

    def history(self, account_id: str, first: date, last: date, page: str | None, page_size: int) -> OrderPage:
        """A page of the orders for the trading days from ``first`` to ``last``; None is the first page.

        ValueError for a page that is none.
        """
        ...
