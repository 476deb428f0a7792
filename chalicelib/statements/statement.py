"""What a statement (对账单) says, and the proof that it adds up. Pure: no clock, no network, no words.

Money is CNY to the fen, shares are whole, times are aware and fall on business days in Asia/Shanghai.
"""

from calendar import monthrange
from collections import Counter, defaultdict
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Literal, NamedTuple

from chalicelib.platform.clock import business_day

FEN = Decimal("0.01")
NOTHING = Decimal(0)

Kind = Literal["buy", "sell", "deposit", "withdrawal", "interest", "dividend", "tax", "shares", "adjustment"]
# Which way an entry of a kind may move (money, shares): 1 in, -1 out, 0 not at all; None: either way.
_MOVES: dict[Kind, tuple[int | None, int | None]] = {
    "buy": (-1, 1),
    "sell": (1, -1),
    "deposit": (1, 0),
    "withdrawal": (-1, 0),
    "interest": (1, 0),
    "dividend": (1, 0),
    "tax": (-1, 0),
    "shares": (0, None),  # bonus shares, a transfer of custody
    "adjustment": (None, None),
}


class Period(NamedTuple):
    """Business days from ``first`` to ``last``, both included."""

    first: date
    last: date

    @property
    def kind(self) -> Literal["daily", "monthly", "period"]:
        """What such a statement is called: of one day, of a whole calendar month, of anything else."""
        if self.first == self.last:
            return "daily"
        return "monthly" if self == month_of(self.first) else "period"


def month_of(day: date) -> Period:
    """The calendar month in which ``day`` falls."""
    return Period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


class Fees(NamedTuple):
    """What an entry cost, by kind; each nothing or more."""

    commission: Decimal = NOTHING
    stamp_duty: Decimal = NOTHING
    transfer_fee: Decimal = NOTHING

    @property
    def total(self) -> Decimal:
        return self.commission + self.stamp_duty + self.transfer_fee


class Entry(NamedTuple):
    """One movement of money, shares or both: a fill, a bank transfer, interest, bonus shares.

    ``amount``: money before fees, positive in, negative out; ``quantity``: shares of ``code``, likewise;
    ``balance``: all money of the account (available and frozen) after it. ``reference``: the contract number of an
    order, the number of a transfer.
    """

    at: datetime
    kind: Kind
    reference: str
    amount: Decimal
    balance: Decimal
    code: str = ""
    quantity: int = 0
    price: Decimal = NOTHING
    fees: Fees = Fees()

    @property
    def net(self) -> Decimal:
        """By how much the money moved, fees included."""
        return self.amount - self.fees.total


class Holding(NamedTuple):
    """Shares of one security at the period's start and end, and their worth at its last closing ``price``.

    Every security that an entry names is here, though none be left.
    """

    code: str
    names: dict[str, str]
    opening: int
    closing: int
    price: Decimal
    value: Decimal


class Statement(NamedTuple):
    """All that a statement says, as the ledger gives it; :func:`checked` says whether it is true.

    ``fees`` are the period's; ``money_in`` and ``money_out`` sum what raised and what lowered the money, fees included,
    so opening + money_in - money_out = closing. ``names`` of a security by language tag. ``made_at``: when it was made.
    """

    account_tail: str
    name: str
    period: Period
    opening: Decimal
    entries: list[Entry]
    holdings: list[Holding]
    closing: Decimal
    fees: Fees
    money_in: Decimal
    money_out: Decimal
    made_at: datetime

    @property
    def market_value(self) -> Decimal:
        """What the shares are worth at the period's end."""
        return sum((holding.value for holding in self.holdings), NOTHING)


class Unreconciled(ValueError):
    """A statement whose figures contradict each other: it must not leave the house."""


def checked(statement: Statement) -> Statement:
    """``statement`` itself. Raises Unreconciled naming the first figure that the others contradict."""
    _check_period(statement)
    for entry in statement.entries:
        _check_entry(entry)
    _check_money(statement)
    _check_shares(statement)
    return statement


def totals(entries: list[Entry]) -> tuple[Fees, Decimal, Decimal]:
    """The fees by kind, the money in and the money out of ``entries``: what a maker of statements fills in."""
    fees = Fees(*(sum(kind, NOTHING) for kind in zip(*(entry.fees for entry in entries), strict=True)))
    moved = [entry.net for entry in entries]
    return fees, sum((net for net in moved if net > 0), NOTHING), -sum((net for net in moved if net < 0), NOTHING)


def _same(what: str, said: object, reckoned: object) -> None:
    if said != reckoned:
        raise Unreconciled(f"{what} is given as {said} but comes to {reckoned}.")


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Unreconciled(otherwise)


def _check_period(statement: Statement) -> None:
    first, last = statement.period
    _require(first <= last, f"The period ends ({last}) before it begins ({first}).")
    _require(
        business_day(statement.made_at) >= last,
        f"The period ends on {last}, after the statement was made: it is not over.",
    )
    for entry in statement.entries:
        day = business_day(entry.at)
        _require(first <= day <= last, f"Entry {entry.reference} is of {day}, outside the period.")
    for one, next_one in pairwise(statement.entries):
        _require(one.at <= next_one.at, f"Entry {next_one.reference} is out of the order of time.")


def _check_entry(entry: Entry) -> None:
    name = f"Entry {entry.reference}"
    for moved, way in zip((entry.amount, Decimal(entry.quantity)), _MOVES[entry.kind], strict=True):
        right = way is None or (moved * way > 0 if way else moved == 0)
        _require(right, f"{name} ({entry.kind}) moves {moved}: the wrong way.")
    for amount in (entry.amount, entry.balance, *entry.fees):
        _require(amount == amount.quantize(FEN), f"{name} has {amount} CNY: amounts are to the fen.")
    _require(min(entry.fees) >= 0, f"{name} has a fee below nothing.")
    _require(bool(entry.code) or not entry.quantity, f"{name} moves shares of no security.")
    if entry.kind in ("buy", "sell"):
        _same(f"{name}: the amount", abs(entry.amount), _fen(entry.price * abs(entry.quantity)))


def _check_money(statement: Statement) -> None:
    balance = statement.opening
    for entry in statement.entries:
        balance += entry.net
        _same(f"The balance after {entry.reference}", entry.balance, balance)
    _same("The closing balance", statement.closing, balance)
    fees, money_in, money_out = totals(statement.entries) if statement.entries else (Fees(), NOTHING, NOTHING)
    for kind, said, reckoned in zip(Fees._fields, statement.fees, fees, strict=True):
        _same(f"The sum of {kind}", said, reckoned)
    _same("Money in", statement.money_in, money_in)
    _same("Money out", statement.money_out, money_out)


def _check_shares(statement: Statement) -> None:
    twice = [code for code, times in Counter(holding.code for holding in statement.holdings).items() if times > 1]
    _require(not twice, f"Holding {', '.join(twice)} is there more than once.")
    moved: dict[str, int] = defaultdict(int)
    for entry in statement.entries:
        moved[entry.code] += entry.quantity
    for holding in statement.holdings:
        name = f"Holding {holding.code}"
        _require(min(holding.opening, holding.closing) >= 0, f"{name} is below nothing.")
        _same(f"{name}: the closing quantity", holding.closing, holding.opening + moved.pop(holding.code, 0))
        _same(f"{name}: the value", holding.value, _fen(holding.price * holding.closing))
    missing = [code for code in moved if code]
    _require(not missing, f"Shares of {', '.join(missing)} moved, but there is no such holding to name them.")


def _fen(amount: Decimal) -> Decimal:
    return amount.quantize(FEN, ROUND_HALF_UP)
