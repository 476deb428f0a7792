"""Bank transfers (银证转账) as pure rules: when, how much, and what becomes of one.

A transfer is known by its number. It is *requested* when it is recorded (one to the bank has its money frozen by
then), *done* when the bank has moved the money and the ledger says so, *failed* when the bank refused it and nothing
moved. It is *unknown* while the bank has not answered: it is settled later from the bank's own records, and never asked
for twice.

Terms are rows of market_rules.json. Whoever keeps the books writes a booking whole or not at all, and only while the
transfer still has the version it was reckoned from: it is settled once.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from chalicelib.platform.clock import SHANGHAI, business_day
from chalicelib.trading.ledger import CASH, ZERO, Entry
from chalicelib.trading.market import TransferTerms
from chalicelib.trading.rules import FEN, Refusal

Direction = Literal["in", "out"]
State = Literal["requested", "unknown", "done", "failed"]
# What a day's comparison with the bank may find; see `differs`.
Difference = Literal["not_here", "not_at_bank", "not_the_same", "open"]


class Change(NamedTuple):
    """What became of a transfer at ``at`` (UTC, ISO 8601), and why ("" for no reason given)."""

    at: str
    state: State
    reason: str


class TransferState(NamedTuple):
    """A transfer and all that became of it. ``direction`` as seen from the brokerage account; ``day`` is the trading
    day (YYYY-MM-DD); ``reason`` names the bank's refusal, as in the sentences ``transfer_failed.<reason>``."""

    account_id: str
    number: str
    idempotency_key: str
    direction: Direction
    amount: Decimal
    day: str
    requested_at: str
    state: State
    reason: str
    changes: tuple[Change, ...]

    @property
    def is_open(self) -> bool:
        """Whether it is still to be found out what the bank did."""
        return self.state in ("requested", "unknown")

    @property
    def version(self) -> int:
        """Counts up with every change."""
        return len(self.changes)

    @property
    def reference(self) -> str:
        """The name the bank knows it by: numbers are an account's own, so it begins with the account."""
        return f"{self.account_id}/{self.number}"


class TransferBooking(NamedTuple):
    """What is written together: the transfer as it then stands, and the entries that explain what it moved."""

    transfer: TransferState
    entries: tuple[Entry, ...]


class BankLine(NamedTuple):
    """A line of the bank's statement of a day: what it moved under ``reference``; ``direction`` as in a transfer."""

    reference: str
    direction: Direction
    amount: Decimal


def withdrawable(available: Decimal, unsettled: Decimal) -> Decimal:
    """What may be drawn out today: not the money from today's sales, whatever of it was spent again."""
    return max(ZERO, available - unsettled)


def refuse_transfer(
    direction: Direction, amount: Decimal, at: datetime, terms: TransferTerms, *, free: Decimal, moved: Decimal
) -> Refusal | None:
    """The first rule that a transfer of ``amount`` CNY breaks at ``at``, or None.

    ``free``: what may be drawn out (:func:`withdrawable`); ``moved``: what has gone the same way that day, transfers
    that failed not counted.
    """
    if not _is_open(at, terms):
        return Refusal("transfer_hours", "time", {"opens": terms.opens, "closes": terms.closes})
    if amount < terms.minimum or amount % FEN != 0:
        return Refusal("transfer_amount", "amount", {"minimum": terms.minimum})
    if amount > terms.maximum[direction]:
        return Refusal("transfer_maximum", "amount", {"maximum": terms.maximum[direction]})
    left = terms.daily[direction] - moved
    if amount > left:
        return Refusal("transfer_daily", "amount", {"maximum": terms.daily[direction], "left": max(ZERO, left)})
    if direction == "out" and amount > free:
        return Refusal("withdrawable", "amount", {"withdrawable": free})
    return None


def _is_open(at: datetime, terms: TransferTerms) -> bool:
    # Here and not above: of all that a flow asks, only bank transfers and orders need the calendar.
    from chalicelib.trading.sessions import is_trading_day

    return is_trading_day(business_day(at)) and terms.opens <= f"{at.astimezone(SHANGHAI):%H:%M}" < terms.closes


def moved_on(transfers: list[TransferState], direction: Direction) -> Decimal:
    """What these transfers of a day count for against the day's limit: all that have not failed."""
    counted = (t.amount for t in transfers if t.direction == direction and t.state != "failed")
    return sum(counted, ZERO)


def transfer_numbers(account_id: str, idempotency_key: str) -> Iterator[str]:
    """The numbers (eight digits) to try for a transfer, in turn: always the same ones for the same key.

    Numbers are the account's own, as contract numbers of orders are, and none of theirs follows from the same key.
    """
    attempt = 0
    while True:
        digest = hashlib.sha256(f"transfer|{account_id}|{idempotency_key}|{attempt}".encode()).digest()
        yield f"{int.from_bytes(digest[:8]) % 10**8:08d}"
        attempt += 1


def request(
    *, account_id: str, number: str, key: str, direction: Direction, amount: Decimal, day: str, at: str
) -> TransferBooking:
    """Record a transfer that the rules have passed; one to the bank has its money frozen."""
    requested = Change(at, "requested", "")
    transfer = TransferState(
        account_id, number, key, direction, amount, day, at, requested.state, requested.reason, (requested,)
    )
    if direction == "in":
        return TransferBooking(transfer, ())
    return TransferBooking(transfer, (_entry(transfer, "freeze", -amount, amount, day, at),))


def doubt(transfer: TransferState, at: str) -> TransferBooking | None:
    """No answer came from the bank. None where more than that is known."""
    return TransferBooking(_changed(transfer, "unknown", "", at), ()) if transfer.state == "requested" else None


def settle(transfer: TransferState, done: bool, reason: str, day: str, at: str) -> TransferBooking | None:
    """What the bank's answer makes of an open transfer; None for one that is settled.

    The entries are those of ``day``, on which they are written: a day that is over does not change any more.
    """
    if not transfer.is_open:
        return None
    after = _changed(transfer, "done" if done else "failed", reason, at)
    amount = transfer.amount
    if transfer.direction == "in":
        return TransferBooking(after, (_entry(after, "transfer", amount, ZERO, day, at),) if done else ())
    if done:
        return TransferBooking(after, (_entry(after, "transfer", ZERO, -amount, day, at),))
    return TransferBooking(after, (_entry(after, "release", amount, -amount, day, at),))


def _changed(transfer: TransferState, state: State, reason: str, at: str) -> TransferState:
    return transfer._replace(state=state, reason=reason, changes=(*transfer.changes, Change(at, state, reason)))


def _entry(
    transfer: TransferState,
    reason: Literal["freeze", "release", "transfer"],
    available: Decimal,
    frozen: Decimal,
    day: str,
    at: str,
) -> Entry:
    """A state is entered once, so that its name makes the entry's id."""
    entry_id = f"{day}#{at}#{transfer.number}#{transfer.state}"
    return Entry(transfer.account_id, entry_id, CASH, available, frozen, ZERO, reason, transfer.number, at)


def differs(transfer: TransferState | None, line: BankLine | None) -> Difference | None:
    """How a transfer and the bank's line of the same reference contradict each other; None where they agree."""
    if line and (transfer is None or transfer.state == "failed"):
        return "not_here"
    if transfer is None or transfer.state == "failed":
        return None
    if transfer.is_open:
        return "open"
    if line is None:
        return "not_at_bank"
    return None if (line.direction, line.amount) == (transfer.direction, transfer.amount) else "not_the_same"
