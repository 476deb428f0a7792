"""Money and shares: what an account has, and orders.

Its values are named tuples: a dataclass takes three times as long to define, which every cold start would pay.

Verbs: :func:`funds`, :func:`balance`, :func:`holdings`, :func:`find_security`, :func:`securities`,
:func:`preview_order`, :func:`place_order`, :func:`cancel_order`, :func:`amend_order`, :func:`order`,
:func:`orders_today`, :func:`trades_today`, :func:`history`, :func:`preview_transfer`, :func:`transfer`,
:func:`transfer_of`, :func:`transfers_of_day`, :func:`reconcile_transfers`, :func:`compare_with_bank`,
:func:`movements`, :func:`closing_prices`, :func:`open_position`. The market and the clock drive :mod:`.exchange` and
:mod:`.settlement`.
"""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.platform.clock import business_day
from chalicelib.trading import books
from chalicelib.trading.bank import Bank
from chalicelib.trading.counter import (
    Cancelled,
    Counter,
    Funds,
    Holding,
    Movements,
    NotCancelled,
    OrderPage,
    Placed,
    Trade,
    Unknown,
)
from chalicelib.trading.embedded import EmbeddedCounter
from chalicelib.trading.embedded_bank import EmbeddedBank
from chalicelib.trading.ledger import OrderState
from chalicelib.trading.rules import Order, Quote, Refusal, Side
from chalicelib.trading.suitability import SpokenWarning
from chalicelib.trading.transfers import Direction, TransferState

if TYPE_CHECKING:
    from chalicelib.trading.bank_transfers import Contradiction, Reconciled

__all__ = [
    "Cancelled",
    "Funds",
    "Holding",
    "HoldingsPage",
    "Movements",
    "NotCancelled",
    "Order",
    "OrderPage",
    "OrderState",
    "Placed",
    "Quote",
    "Refusal",
    "Side",
    "SpokenWarning",
    "Trade",
    "TransferState",
    "Unknown",
    "Wealth",
    "amend_order",
    "balance",
    "cancel_order",
    "closing_prices",
    "compare_with_bank",
    "find_security",
    "funds",
    "history",
    "holdings",
    "movements",
    "open_position",
    "order",
    "orders_today",
    "place_order",
    "preview_order",
    "preview_transfer",
    "reconcile_transfers",
    "securities",
    "trades_today",
    "transfer",
    "transfer_of",
    "transfers_of_day",
]

bank: Bank = EmbeddedBank()
counter: Counter = EmbeddedCounter(bank)


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


def balance(account_id: str) -> Funds:
    """Money alone. One request. LookupError for no such account."""
    return counter.account(account_id)[0]


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


def securities(codes: Collection[str]) -> dict[str, Quote]:
    """What is known of each code; unknown codes are left out. One request, none for no code."""
    return counter.quotes(list(codes)) if codes else {}


def preview_order(account_id: str, order: Order, at: datetime) -> Quote | Refusal | SpokenWarning | None:
    """Whether ``order`` would be taken now; see :meth:`Counter.check`. Changes nothing."""
    return counter.check(account_id, order, at)


def place_order(
    account_id: str, order: Order, idempotency_key: str, at: datetime
) -> Placed | Refusal | SpokenWarning | Unknown | None:
    """Place ``order`` once, however often this is called with the same key; see :meth:`Counter.place`."""
    return counter.place(account_id, order, idempotency_key, at)


def cancel_order(
    account_id: str, contract_number: str, idempotency_key: str, at: datetime
) -> Cancelled | NotCancelled | Unknown:
    """Cancel what has not traded of an order, once however often this is called; see :meth:`Counter.cancel`."""
    return counter.cancel(account_id, contract_number, idempotency_key, at)


def amend_order(
    account_id: str, contract_number: str, quantity: int, price: Decimal, idempotency_key: str, at: datetime
) -> Placed | Cancelled | NotCancelled | Refusal | SpokenWarning | Unknown | None:
    """Cancel an order and place what it lacks of ``quantity`` at ``price`` instead: one confirmation, one key.

    ``quantity`` counts the shares that the old order has traded: a fill while the caller confirms buys nothing twice.
    Answers: Placed, done; Cancelled, all of ``quantity`` had been traded, so nothing was placed; NotCancelled, nothing
    was changed; Refusal, SpokenWarning or None, the old order is cancelled and the new one was not taken, as by
    :func:`place_order`; Unknown, it is not known yet what became of the order whose number it has.
    """
    cancelled = counter.cancel(account_id, contract_number, idempotency_key, at)
    if not isinstance(cancelled, Cancelled) or quantity <= cancelled.filled:
        return cancelled
    old = counter.order(account_id, contract_number)
    if old is None:
        return NotCancelled("unknown")
    new = Order(old.side, old.code, quantity - cancelled.filled, price)
    return counter.place(account_id, new, idempotency_key, at)


def order(account_id: str, contract_number: str) -> OrderState | None:
    """The account's order of that number, and all that became of it."""
    return counter.order(account_id, contract_number)


def orders_today(account_id: str, at: datetime) -> list[OrderState]:
    """The account's orders of today, the newest first. After the close those for the next trading day come before those
    of the day that is over: two requests then, one before."""
    from chalicelib.trading.sessions import trading_day_of

    days = dict.fromkeys((trading_day_of(at), business_day(at)))
    return [found for day in days for found in counter.orders(account_id, day)]


def trades_today(account_id: str, day: date) -> list[Trade]:
    """The account's trades of the trading day ``day``, the newest first."""
    trades = [
        Trade(found.contract_number, found.side, found.code, change.quantity, change.price, change.at)
        for found in counter.orders(account_id, day)
        for change in found.changes
        if change.reason == "filled" and change.price is not None
    ]
    return sorted(trades, key=lambda trade: trade.at, reverse=True)


def history(account_id: str, first: date, last: date, page: str | None = None, page_size: int = 20) -> OrderPage:
    """A page of the account's orders for the days from ``first`` to ``last``; see :meth:`Counter.history`."""
    return counter.history(account_id, first, last, page, page_size)


def open_position(
    account_id: str, asset: str, available: Decimal, unsettled: Decimal, rate: Decimal | None, day: date, at: datetime
) -> bool:
    """Begin an account's position of ``asset`` with a balance, explained by an entry of the trading day ``day``.

    ``rate`` is the customer's commission, kept with the money. False where the position is there: it stays as it is.
    """
    return books.open_position(account_id, asset, available, unsettled, rate, day.isoformat(), at)


def preview_transfer(account_id: str, direction: Direction, amount: Decimal, at: datetime) -> Refusal | None:
    """Why a transfer of ``amount`` would be refused now, before the bank is asked; None where it would not. Changes
    nothing. Two requests. LookupError for no such account."""
    from chalicelib.trading.market import transfer_terms_on
    from chalicelib.trading.transfers import moved_on, refuse_transfer

    money, _ = counter.account(account_id)
    day = business_day(at)
    moved = moved_on(counter.transfers(account_id, day), direction)
    return refuse_transfer(direction, amount, at, transfer_terms_on(day), free=money.withdrawable, moved=moved)


def transfer(
    account_id: str, direction: Direction, amount: Decimal, bank_password: str, idempotency_key: str, at: datetime
) -> TransferState | Refusal:
    """Move money between the bank and the account, once however often this is called; see :meth:`Counter.transfer`."""
    return counter.transfer(account_id, direction, amount, bank_password, idempotency_key, at)


def transfer_of(account_id: str, number: str) -> TransferState | None:
    """The account's transfer of that number, and all that became of it."""
    return counter.transfer_of(account_id, number)


def transfers_of_day(account_id: str, day: date) -> list[TransferState]:
    """The account's transfers of a day, the newest first."""
    return counter.transfers(account_id, day)


def reconcile_transfers(at: datetime) -> "Reconciled":
    """Settle the open bank transfers from the bank's own records; may be called any time, any number of times."""
    from chalicelib.trading import bank_transfers

    return bank_transfers.reconcile(bank, at)


def compare_with_bank(day: date) -> "list[Contradiction]":
    """How the day's transfers and the bank's statement of that day differ; empty where they agree."""
    from chalicelib.trading import bank_transfers

    return bank_transfers.compare(bank, day)


def movements(account_id: str, first: date, last: date) -> Movements:
    """What moved in the account from ``first`` to ``last``, and what there was; see :meth:`Counter.movements`."""
    return counter.movements(account_id, first, last)


def closing_prices(codes: Collection[str], day: date) -> dict[str, Decimal]:
    """The closing price of each code on ``day``, or when it last traded before. No request for no code."""
    return counter.closing_prices(list(codes), day) if codes else {}
