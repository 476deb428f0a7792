"""The trading counter (柜台) as this house sees it, whoever runs it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

from chalicelib.trading.ledger import Entry, OrderState, State
from chalicelib.trading.rules import Order, Quote, Refusal, Side
from chalicelib.trading.suitability import SpokenWarning
from chalicelib.trading.transfers import Direction, TransferState


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


class KeyReused(ValueError):
    """The idempotency key of an order that was another one: nothing has been done."""


class NumberTaken(NamedTuple):
    """An order of the account has this contract number already: ask for another, under another key."""

    contract_number: str


class Unknown(NamedTuple):
    """No answer came: whether it was done is found out later, from the counter's own records, under this number."""

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


class Movements(NamedTuple):
    """What moved in an account: all there was of each asset (CNY, shares) before the first entry, and the entries."""

    opening: dict[str, Decimal]
    entries: list[Entry]


class Reconciled(NamedTuple):
    """What a run of the reconciler did: records whose orders or transfers the counter has; those that never arrived;
    those it must look at again, and the age of the oldest of these in seconds."""

    found: int
    never_arrived: int
    waiting: int
    oldest_seconds: float


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

    def check(
        self,
        account_id: str,
        order: Order,
        at: datetime,
        contract_number: str | None = None,
        instead_of: OrderState | None = None,
    ) -> Quote | Refusal | SpokenWarning | NumberTaken | None:
        """Would the order be taken now? Its security if so, else why not; None for an unknown code. Changes nothing.

        A SpokenWarning is to be confirmed first: ask again with its rule among ``order.confirmed``. ``contract_number``
        is what the customer is to be told the order will have: NumberTaken where it could be taken but for that.
        ``instead_of``: an open order of the account for the same side and code; what it still holds counts as free.
        """
        ...

    def place(
        self, account_id: str, order: Order, idempotency_key: str, at: datetime
    ) -> Placed | Refusal | SpokenWarning | Unknown | None:
        """Take the order once: check it, freeze the money or the shares, and record it, all or nothing.

        Unknown where the counter did not answer in time: the order is then in the account under its number, in the
        state "unknown", until it is known what became of it. KeyReused for the key of another order.
        """
        ...

    def cancel(
        self, account_id: str, contract_number: str, idempotency_key: str, at: datetime
    ) -> Cancelled | NotCancelled | Unknown:
        """Cancel what has not traded of an order, and release what is frozen for it. Unknown as in :meth:`place`."""
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

    def transfer(
        self,
        account_id: str,
        direction: Direction,
        amount: Decimal,
        bank_password: str,
        idempotency_key: str,
        at: datetime,
    ) -> TransferState | Refusal:
        """Move ``amount`` CNY from the bank ("in") or to it ("out"), once. A Refusal moved nothing and kept nothing.

        A transfer whose bank did not answer in time comes back in the state "unknown"; see :class:`TransferState`.
        """
        ...

    def transfer_of(self, account_id: str, number: str) -> TransferState | None:
        """The account's transfer of that number, and all that became of it."""
        ...

    def transfers(self, account_id: str, day: date) -> list[TransferState]:
        """The account's transfers of a day, the newest first."""
        ...

    def movements(self, account_id: str, first: date, last: date) -> Movements:
        """What moved in the account in the trading days from ``first`` to ``last``, and what there was before.

        LookupError for no such account.
        """
        ...

    def closing_prices(self, codes: list[str], day: date) -> dict[str, Decimal]:
        """The closing price (CNY) of each code on ``day``, or on the last day before on which it traded."""
        ...
