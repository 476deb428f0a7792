"""Money and shares: what an account has, and orders.

Its values are named tuples: a dataclass takes three times as long to define, which every cold start would pay.

Verbs: :func:`funds`, :func:`balance`, :func:`holdings`, :func:`find_security`, :func:`securities`, :func:`standing`,
:func:`market_kinds`, :func:`worst_price`, :func:`first_number`,
:func:`preview_order`, :func:`place_order`, :func:`cancel_order`, :func:`preview_amendment`, :func:`amend_order`,
:func:`order`, :func:`orders_today`, :func:`trades_today`, :func:`history`,
:func:`preview_transfer`, :func:`reconcile_transfers`, :func:`compare_with_bank`, :func:`transfer`, :func:`transfer_of`,
:func:`transfers_of_day`, :func:`movements`, :func:`closing_prices`, :func:`open_position`, :func:`reconcile_sent`. The
market and the clock drive :mod:`.exchange` and :mod:`.settlement`.
"""

from collections.abc import Callable, Collection
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.platform.clock import business_day
from chalicelib.platform.settings import counter_kind
from chalicelib.trading import books, rules
from chalicelib.trading.amending import Amendment, CancelledOnly, refuse_change, replacement
from chalicelib.trading.counter import (
    Cancelled,
    Counter,
    Funds,
    Holding,
    Movements,
    NotCancelled,
    NumberTaken,
    OrderPage,
    Placed,
    Reconciled,
    Trade,
    Unknown,
)
from chalicelib.trading.ledger import OrderState
from chalicelib.trading.market import board_of
from chalicelib.trading.rules import (
    MarketKinds,
    Order,
    Quote,
    Refusal,
    Side,
    Standing,
    at_worst,
    contract_numbers,
    market_kinds_of,
)
from chalicelib.trading.suitability import RiskLevel, SpokenWarning
from chalicelib.trading.transfers import Direction, TransferState

if TYPE_CHECKING:
    from chalicelib.trading.bank import Bank
    from chalicelib.trading.bank_transfers import Contradiction, Settled

__all__ = [
    "Amendment",
    "Cancelled",
    "CancelledOnly",
    "Funds",
    "Holding",
    "HoldingsPage",
    "MarketKinds",
    "Movements",
    "NotCancelled",
    "NumberTaken",
    "Order",
    "OrderPage",
    "OrderState",
    "Placed",
    "Quote",
    "Refusal",
    "Side",
    "SpokenWarning",
    "Standing",
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
    "first_number",
    "funds",
    "history",
    "holdings",
    "market_kinds",
    "movements",
    "open_position",
    "order",
    "orders_today",
    "place_order",
    "preview_amendment",
    "preview_order",
    "preview_transfer",
    "reconcile_sent",
    "reconcile_transfers",
    "securities",
    "standing",
    "trades_today",
    "transfer",
    "transfer_of",
    "transfers_of_day",
    "worst_price",
]


def _chosen() -> "tuple[Counter, Bank | None]":
    """The counter of this stage, and only that one imported; and the bank, where it is ours to ask: behind a counter
    that is reached over HTTP the bank is the counter's own."""
    if counter_kind() == "http":
        from chalicelib.trading.http_counter import HttpCounter

        return HttpCounter(), None
    from chalicelib.trading.embedded import EmbeddedCounter
    from chalicelib.trading.embedded_bank import EmbeddedBank

    practice = EmbeddedBank()
    return EmbeddedCounter(practice), practice


counter, bank = _chosen()


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


def standing(code: str, day: date) -> Standing | None:
    """How the security of that code stands on ``day``; None for a code that nothing trades under."""
    board = board_of(code, day)
    quote = find_security(code) if board else None
    return rules.standing(quote, board) if board and quote else None


def market_kinds(code: str, at: datetime) -> MarketKinds | Refusal | None:
    """The market orders that are taken for a security now, or why none is; None for an unknown code."""
    from chalicelib.trading.sessions import phase

    quote, board = find_security(code), board_of(code, business_day(at))
    return market_kinds_of(quote, board, phase(at)) if quote and board else None


def worst_price(order: Order, quote: Quote, at: datetime) -> Decimal | None:
    """The price (CNY) that a market order is done at in the worst case; None where nothing binds it."""
    board = board_of(order.code, business_day(at))
    return at_worst(order, quote, board).price or None if board else None


def first_number(account_id: str, idempotency_key: str) -> str:
    """The contract number that an order placed under this key has, if it is free: :func:`preview_order` finds out."""
    return next(contract_numbers(account_id, idempotency_key))


def preview_order(
    account_id: str, order: Order, at: datetime, contract_number: str | None = None
) -> Quote | Refusal | SpokenWarning | NumberTaken | None:
    """Whether ``order`` would be taken now; see :meth:`Counter.check`. Changes nothing."""
    return counter.check(account_id, order, at, contract_number)


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


def preview_amendment(
    account_id: str, contract_number: str, quantity: int, price: Decimal, at: datetime, new_number: str | None = None
) -> Amendment | NotCancelled | Refusal | SpokenWarning | NumberTaken:
    """Whether :func:`amend_order` would be taken now, were what is frozen for the order free. Changes nothing.

    ``price`` is CNY. A Refusal's ``quantity`` is of what would be placed: the shares asked for without those traded.
    ``new_number`` is what the customer is to be told the new order will have, as in :func:`preview_order`.
    """
    from chalicelib.trading.sessions import may_cancel

    old = counter.order(account_id, contract_number)
    if old is None:
        return NotCancelled("unknown")
    if not old.is_open:
        return NotCancelled("not_open", old.state)
    if not may_cancel(at):
        return NotCancelled("no_cancel_now", old.state)
    return _judge(account_id, old, quantity, price, at, new_number)


def _judge(
    account_id: str, old: OrderState, quantity: int, price: Decimal, at: datetime, new_number: str | None
) -> Amendment | Refusal | SpokenWarning | NumberTaken:
    if refused := refuse_change(old, quantity, price):
        return refused
    new = replacement(old, quantity, price)
    answer = counter.check(account_id, new, at, new_number, instead_of=old)
    if answer is None:
        return Refusal("unknown", "code", {})
    return Amendment(old, new, answer) if isinstance(answer, Quote) else answer


def amend_order(
    account_id: str, contract_number: str, quantity: int, price: Decimal, idempotency_key: str, at: datetime
) -> Placed | Cancelled | CancelledOnly | NotCancelled | Refusal | SpokenWarning | Unknown:
    """Cancel an order and place what it lacks of ``quantity`` at ``price`` instead: one confirmation, one key.

    ``quantity`` counts the shares that the old order has traded: a fill while the caller confirms buys nothing twice.
    Before it is cancelled the new order is checked as :func:`preview_amendment` does. Answers: Placed, done; Cancelled,
    all of ``quantity`` had been traded, so nothing was placed; NotCancelled, Refusal or SpokenWarning, nothing was
    changed; CancelledOnly, the account changed meanwhile, so that the old order is cancelled and the new one was not
    taken; Unknown, it is not known yet what became of the order whose number it has: the old one, which was to be
    cancelled first, or the new one. Asked again under the same key it goes on where it stopped. The warnings confirmed
    with the old order count for the new one.
    """
    old = counter.order(account_id, contract_number)
    if old is None:
        return NotCancelled("unknown")
    # Of an order that has traded all of quantity by now only the rest is cancelled: nothing is to be placed.
    if old.is_open and not 0 < quantity <= old.filled:
        judged = _judge(account_id, old, quantity, price, at, None)
        if not isinstance(judged, Amendment | NumberTaken):
            return judged
    cancelled = counter.cancel(account_id, contract_number, idempotency_key, at)
    if not isinstance(cancelled, Cancelled) or quantity <= cancelled.filled:
        return cancelled
    new = replacement(old._replace(filled=cancelled.filled), quantity, price)
    placed = counter.place(account_id, new, idempotency_key, at)
    return placed if isinstance(placed, Placed | Unknown) else CancelledOnly(cancelled, placed)


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
    account_id: str,
    asset: str,
    available: Decimal,
    unsettled: Decimal,
    rate: Decimal | None,
    day: date,
    at: datetime,
    *,
    risk_level: RiskLevel | None = None,
    permissions: Collection[str] = (),
) -> bool:
    """Begin an account's position of ``asset`` with a balance, explained by an entry of the trading day ``day``.

    Kept with the money: ``rate``, the customer's commission; ``risk_level`` and ``permissions``, for what may be bought
    (:mod:`.suitability`; who has not been assessed buys nothing). False where the position is there: it stays as it is.
    """
    return books.open_position(
        account_id, asset, available, unsettled, rate, day.isoformat(), at, risk_level, permissions
    )


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


def reconcile_transfers(at: datetime) -> "Settled":
    """Settle the open bank transfers from the bank's own records; may be called any time, any number of times."""
    from chalicelib.trading import bank_transfers

    return bank_transfers.reconcile(bank, at) if bank else bank_transfers.Settled(0, [])


def compare_with_bank(day: date) -> "list[Contradiction]":
    """How the day's transfers and the bank's statement of that day differ; empty where they agree."""
    from chalicelib.trading import bank_transfers

    return bank_transfers.compare(bank, day) if bank else []


def movements(account_id: str, first: date, last: date) -> Movements:
    """What moved in the account from ``first`` to ``last``, and what there was; see :meth:`Counter.movements`."""
    return counter.movements(account_id, first, last)


def reconcile_sent(at: datetime) -> Reconciled:
    """Find out what became of orders and transfers of which nothing was heard; see :meth:`.HttpCounter.reconcile`.
    Nothing is ever unknown of the embedded counter."""
    reconcile: Callable[[datetime], Reconciled] | None = getattr(counter, "reconcile", None)
    return reconcile(at) if reconcile else Reconciled(0, 0, 0, 0)


def closing_prices(codes: Collection[str], day: date) -> dict[str, Decimal]:
    """The closing price of each code on ``day``, or when it last traded before. No request for no code."""
    return counter.closing_prices(list(codes), day) if codes else {}
