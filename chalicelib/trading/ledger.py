"""Pure bookkeeping: what an order, a fill, a cancellation or the day's end changes, as entries and a new order.

A position is the sum of its entries and nothing else. Every verb here returns a :class:`Booking`: the order as it then
stands and the entries that explain it. Whoever keeps the books writes a booking whole or not at all, and only while
the order still has the version it was reckoned from; two bookings of one order can never both be written.

Money is CNY to the fen, quantities are shares. Fees are due on all that an order has traded so far, and each fill is
charged what is due by then less what was charged before: the minimum commission and the rounding are an order's, not a
fill's. A sale is never charged more than it brings in; what is missing is charged with its next fill, or forgone.
"""

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

from chalicelib.trading.market import Fees, Kind
from chalicelib.trading.rules import FEN, Order, Side, commission

CASH = "CNY"
ZERO = Decimal(0)
NOW_LIMIT = "now_limit"  # the reason of a change that makes a limit order of a market order

# An "unknown" order was sent to a counter that has not answered: it may be there or not, and is neither open nor over.
State = Literal["pending", "accepted", "partly_filled", "filled", "cancelled", "rejected", "expired", "unknown"]
Ending = Literal["cancelled", "rejected", "expired"]
OPEN: frozenset[State] = frozenset({"pending", "accepted", "partly_filled"})

Reason = Literal[
    "opening", "freeze", "release", "buy", "sell", "stamp_duty", "transfer_fee", "commission", "settlement", "transfer"
]


class Charges(NamedTuple):
    """What trading costs, by kind, in CNY. In the order in which a sale's proceeds are used to pay them."""

    stamp_duty: Decimal = ZERO
    transfer_fee: Decimal = ZERO
    commission: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """All three together."""
        return self.stamp_duty + self.transfer_fee + self.commission


class Change(NamedTuple):
    """What became of an order at ``at`` (UTC, ISO 8601): its state from then on, and how many shares at what price.

    ``reference`` is the fill's id, or the idempotency key of whoever asked.
    """

    at: str
    state: State
    quantity: int
    price: Decimal | None
    reason: str
    reference: str


class OrderState(NamedTuple):
    """An order and all that became of it. ``frozen``: what is still held for it, CNY of a buy, shares of a sale.

    ``day`` is the trading day it is for (YYYY-MM-DD); ``traded`` the amount of its fills, ``charges`` what they cost.
    ``confirmed``: rules of the spoken warnings that the customer confirmed with it, kept as evidence.
    """

    account_id: str
    contract_number: str
    idempotency_key: str
    side: Side
    code: str
    quantity: int
    price: Decimal
    kind: Kind
    day: str
    placed_at: str
    commission_rate: Decimal
    state: State
    frozen: Decimal
    filled: int
    traded: Decimal
    charges: Charges
    changes: tuple[Change, ...]
    confirmed: tuple[str, ...] = ()

    @property
    def remaining(self) -> int:
        """Shares neither bought nor sold yet, whether or not they still may be."""
        return self.quantity - self.filled

    @property
    def is_open(self) -> bool:
        """Whether it may still be filled."""
        return self.state in OPEN

    @property
    def version(self) -> int:
        """Counts up with every change."""
        return len(self.changes)

    @property
    def frozen_asset(self) -> str:
        """What it holds frozen: money for a buy, the shares themselves for a sale."""
        return CASH if self.side == "buy" else self.code

    def is_of(self, order: Order) -> bool:
        """Whether this is what became of ``order``. A market order's price is the counter's own, and it may have been
        made a limit order since."""
        was_market = self.kind != "limit" or any(change.reason == NOW_LIMIT for change in self.changes)
        if order.kind == "limit":
            same = not was_market and order.price == self.price
        else:
            same = was_market and self.kind in (order.kind, "limit")
        return same and (self.side, self.code, self.quantity) == (order.side, order.code, order.quantity)

    def happened(self, reference: str) -> bool:
        """Whether a change with this reference is in it already."""
        return any(change.reference == reference for change in self.changes)


class Fill(NamedTuple):
    """A trade of one order: ``fill_id`` names it for ever, ``at`` is UTC, ISO 8601."""

    fill_id: str
    quantity: int
    price: Decimal
    at: str


class Entry(NamedTuple):
    """One change of one position, as differences. ``reference``: a contract number, a fill's id, a transfer's number.

    ``entry_id`` begins with the trading day, so that an account's entries are read by day, or by days, in one query.
    """

    account_id: str
    entry_id: str
    asset: str
    available: Decimal
    frozen: Decimal
    unsettled: Decimal
    reason: Reason
    reference: str
    at: str


class Movement(NamedTuple):
    """What a booking does to one position: the sum of its entries."""

    available: Decimal = ZERO
    frozen: Decimal = ZERO
    unsettled: Decimal = ZERO


class Booking(NamedTuple):
    """What is written together: the order as it then stands (None for settlement), and the entries."""

    order: OrderState | None
    entries: tuple[Entry, ...]


class _Line(NamedTuple):
    asset: str
    reason: Reason
    available: Decimal = ZERO
    frozen: Decimal = ZERO
    unsettled: Decimal = ZERO


def priority(side: Side, price: Decimal, placed_at: str, account_id: str, contract_number: str) -> str:
    """A text that sorts as orders trade: the best price first (in thousandths of a yuan), then the earliest."""
    mills = int(price * 1000)
    rank = 10**12 - mills if side == "buy" else mills
    return f"{rank:013d}#{placed_at}#{account_id}#{contract_number}"


def movements(entries: Iterable[Entry]) -> dict[str, Movement]:
    """What entries of one account add up to, by asset."""
    sums: dict[str, Movement] = {}
    for entry in entries:
        had = sums.get(entry.asset, Movement())
        sums[entry.asset] = Movement(
            had.available + entry.available, had.frozen + entry.frozen, had.unsettled + entry.unsettled
        )
    return sums


def opening(account_id: str, asset: str, available: Decimal, unsettled: Decimal, day: str, at: str) -> Entry:
    """The entry an account's balance begins with; ``unsettled`` as in a position."""
    return Entry(account_id, f"{day}#{at}#opening#{asset}", asset, available, ZERO, unsettled, "opening", "opening", at)


def accept(
    order: Order,
    *,
    account_id: str,
    contract_number: str,
    key: str,
    rate: Decimal,
    freeze: Decimal,
    day: str,
    at: str,
) -> Booking:
    """Take an order that the rules have passed, and freeze ``freeze``, of money for a buy, of shares for a sale."""
    taken = Change(at, "accepted", order.quantity, order.price, "placed", key)
    state = OrderState(
        account_id,
        contract_number,
        key,
        order.side,
        order.code,
        order.quantity,
        order.price,
        order.kind,
        day,
        at,
        rate,
        "accepted",
        freeze,
        0,
        ZERO,
        Charges(),
        (taken,),
        order.confirmed,
    )
    line = _Line(state.frozen_asset, "freeze", available=-freeze, frozen=freeze)
    return Booking(state, tuple(_entries(state, contract_number, at, [line])))


def fill(order: OrderState, fill: Fill, fees: Fees) -> Booking | None:
    """Apply a fill: shares and money change hands, fees are charged, what was frozen too much is released.

    None where the fill is in the order already, the order is open no more, or the price is worse than the order's: it
    has changed since the fill was decided. A fill for more than remains is cut to it.
    """
    worse = fill.price > order.price if order.side == "buy" else fill.price < order.price
    if worse or not order.is_open or order.happened(fill.fill_id):
        return None
    quantity = min(fill.quantity, order.remaining)
    amount = (fill.price * quantity).quantize(FEN, ROUND_HALF_UP)
    charges = _charged(order, amount, fees)
    after = order._replace(
        filled=order.filled + quantity,
        traded=order.traded + amount,
        charges=Charges(*(had + new for had, new in zip(order.charges, charges, strict=True))),
    )
    kept = _needed(after, fees)
    lines = _bought(order, quantity, amount, charges, kept) if order.side == "buy" else _sold(order, amount, charges)
    if order.side == "sell":
        lines.insert(0, _Line(order.code, "sell", frozen=-Decimal(quantity)))
    state: State = "partly_filled" if after.remaining else "filled"
    change = Change(fill.at, state, quantity, fill.price, "filled", fill.fill_id)
    after = after._replace(state=state, frozen=kept, changes=(*order.changes, change))
    return Booking(after, tuple(_entries(order, fill.fill_id, fill.at, lines)))


def reprice(order: OrderState, price: Decimal, fees: Fees, reason: str, reference: str, at: str) -> Booking | None:
    """Make what remains a limit order at ``price``, as some market orders become one; releases what it needs no more.

    None where that is done already or the order is open no more. A buy's price never rises, a sale's never falls:
    the money frozen for it would not do.
    """
    if not order.is_open or order.happened(reference):
        return None
    better = min(order.price, price) if order.side == "buy" else max(order.price, price)
    change = Change(at, order.state, order.remaining, better, reason, reference)
    after = order._replace(price=better, kind="limit", changes=(*order.changes, change))
    after = after._replace(frozen=_needed(after, fees))
    lines = _release(order, order.frozen - after.frozen)
    return Booking(after, tuple(_entries(order, f"{order.contract_number}#{reference}", at, lines)))


def end(order: OrderState, state: Ending, reason: str, reference: str, at: str) -> Booking | None:
    """Close an open order and release what is frozen for it still. None where it is open no more."""
    if not order.is_open:
        return None
    change = Change(at, state, order.remaining, None, reason, reference)
    after = order._replace(state=state, frozen=ZERO, changes=(*order.changes, change))
    lines = _release(order, order.frozen)
    return Booking(after, tuple(_entries(order, f"{order.contract_number}#{state}", at, lines)))


def settle(account_id: str, day: str, entries: Iterable[Entry], at: str) -> list[Booking]:
    """What settles ``day``, one booking an asset, given all the account's entries of that day; none when it is done.

    Money loses the mark that keeps it from being drawn out; shares join those that may be sold. A second settlement
    of an asset finds what was booked since the first, if anything was.
    """
    entries = list(entries)
    bookings = []
    for asset, moved in sorted(movements(entries).items()):
        if due := moved.unsettled:
            times = sum(entry.reason == "settlement" and entry.asset == asset for entry in entries)
            entry_id = f"{day}#settlement#{asset}#{times}"
            freed = ZERO if asset == CASH else due
            entry = Entry(account_id, entry_id, asset, freed, ZERO, -due, "settlement", day, at)
            bookings.append(Booking(None, (entry,)))
    return bookings


def charges_due(side: Side, amount: Decimal, rate: Decimal, fees: Fees) -> Charges:
    """What an order that has traded ``amount`` costs in all: stamp duty on sales, transfer fee, commission."""
    if not amount:
        return Charges()
    duty = _fen(amount * fees.stamp_duty) if side == "sell" else ZERO
    return Charges(duty, _fen(amount * fees.transfer_fee), commission(amount, rate, fees))


def _charged(order: OrderState, amount: Decimal, fees: Fees) -> Charges:
    """What the fill of ``amount`` that comes next is charged."""
    due = charges_due(order.side, order.traded + amount, order.commission_rate, fees)
    left = amount if order.side == "sell" else due.total
    paid = []
    for whole, had in zip(due, order.charges, strict=True):
        paid.append(min(whole - had, left))
        left -= paid[-1]
    return Charges(*paid)


def _needed(order: OrderState, fees: Fees) -> Decimal:
    """What must stay frozen for the shares that remain, were they all to trade at the order's own price."""
    if order.side == "sell":
        return Decimal(order.remaining)
    if not order.remaining:
        return ZERO
    at_most = order.traded + _fen(order.price * order.remaining)
    to_pay = charges_due(order.side, at_most, order.commission_rate, fees).total - order.charges.total
    return at_most - order.traded + to_pay


def _bought(order: OrderState, quantity: int, amount: Decimal, charges: Charges, kept: Decimal) -> list[_Line]:
    """The money comes out of what is frozen; the shares may be sold from the next trading day on (T+1)."""
    paid = [_Line(CASH, "buy", frozen=-amount)]
    paid += [_Line(CASH, reason, frozen=-fee) for reason, fee in _named(charges)]
    spare = order.frozen - amount - charges.total - kept
    return [*paid, *_release(order, spare), _Line(order.code, "buy", unsettled=Decimal(quantity))]


def _sold(order: OrderState, amount: Decimal, charges: Charges) -> list[_Line]:
    """The money buys at once, and may be drawn out from the next trading day on."""
    got = [_Line(CASH, "sell", available=amount, unsettled=amount)]
    return got + [_Line(CASH, reason, available=-fee, unsettled=-fee) for reason, fee in _named(charges)]


def _named(charges: Charges) -> list[tuple[Reason, Decimal]]:
    kinds: tuple[Reason, ...] = ("stamp_duty", "transfer_fee", "commission")
    return [(kind, fee) for kind, fee in zip(kinds, charges, strict=True) if fee]


def _release(order: OrderState, amount: Decimal) -> list[_Line]:
    return [_Line(order.frozen_asset, "release", available=amount, frozen=-amount)] if amount else []


def _entries(order: OrderState, reference: str, at: str, lines: list[_Line]) -> Iterator[Entry]:
    for number, line in enumerate(lines):
        yield Entry(
            order.account_id,
            f"{order.day}#{at}#{reference}#{number}",
            line.asset,
            line.available,
            line.frozen,
            line.unsettled,
            line.reason,
            order.contract_number if line.reason in ("freeze", "release") else reference,
            at,
        )


def _fen(amount: Decimal) -> Decimal:
    return amount.quantize(FEN, ROUND_HALF_UP)
