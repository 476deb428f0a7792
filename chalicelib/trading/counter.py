"""The trading counter (柜台) as this house sees it, whoever runs it."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Protocol

from chalicelib.trading.rules import Order, Quote, Refusal


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


class Counter(Protocol):
    """What the house asks of a counter. Every call may be repeated: ``place`` answers a known key as it did before."""

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
