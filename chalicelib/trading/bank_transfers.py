"""Bank transfers done: recorded first, then asked for at the bank once, then booked; and settled when no answer came.

Whatever stops between two of these steps leaves a transfer that is in the books and open. :func:`reconcile` settles it
from the bank's own records: a request that the bank knows nothing of when its time is over is voided there first, so
that it can't be done afterwards.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from pynamodb.exceptions import TransactWriteError

from chalicelib.platform.clock import business_day
from chalicelib.platform.settings import transfer_window_seconds
from chalicelib.trading import transfer_books as books
from chalicelib.trading import transfers as rules
from chalicelib.trading.bank import Bank, BankAnswer
from chalicelib.trading.books import stamp
from chalicelib.trading.market import transfer_terms_on
from chalicelib.trading.rules import Refusal
from chalicelib.trading.transfers import BankLine, Difference, Direction, TransferState

_ATTEMPTS = 6


class Settled(NamedTuple):
    """How many transfers were settled, and the references of those that are open still."""

    settled: int
    still_open: list[str]


class Contradiction(NamedTuple):
    """A transfer about which the bank's statement of its day and the books differ; see `transfers.Difference`."""

    reference: str
    difference: Difference
    transfer: TransferState | None
    line: BankLine | None


def transfer(
    bank: Bank, account_id: str, direction: Direction, amount: Decimal, password: str, key: str, at: datetime
) -> TransferState | Refusal:
    """See :meth:`chalicelib.trading.counter.Counter.transfer`. LookupError for no such account."""
    for _ in range(_ATTEMPTS - 1):
        # Somebody else moved the money between our read and our write: look again, the rules may now refuse.
        with suppress(TransactWriteError):
            recorded = _record(account_id, direction, amount, key, at)
            break
    else:
        recorded = _record(account_id, direction, amount, key, at)
    if isinstance(recorded, Refusal):
        return recorded
    found, is_new = recorded
    return _ask(bank, found, password, at) if is_new else _look(bank, found, at)


def _record(
    account_id: str, direction: Direction, amount: Decimal, key: str, at: datetime
) -> tuple[TransferState, bool] | Refusal:
    """The transfer of this key, and whether it was recorded just now."""
    day = business_day(at)
    money, terms = books.read_money(account_id), transfer_terms_on(day)
    refusal = rules.refuse_transfer(
        direction,
        amount,
        at,
        terms,
        free=rules.withdrawable(money.available, money.unsettled),
        moved=books.moved_today(money, direction, day.isoformat()),
    )
    if refusal:
        # Perhaps this very transfer is what used the money or the limit up: then it is a repetition, and no refusal.
        known = _find(account_id, key)
        return (known, False) if known else refusal
    for number in rules.transfer_numbers(account_id, key):
        booking = rules.request(
            account_id=account_id,
            number=number,
            key=key,
            direction=direction,
            amount=amount,
            day=day.isoformat(),
            at=stamp(at),
        )
        holder = books.record(booking, money, terms.daily[direction])
        if holder is None:
            return booking.transfer, True
        if holder.idempotency_key == key:
            return holder, False
    raise AssertionError("numbers never run out")


def _find(account_id: str, key: str) -> TransferState | None:
    for number in rules.transfer_numbers(account_id, key):
        known = books.read(account_id, number)
        if known is None or known.idempotency_key == key:
            return known
    raise AssertionError("numbers never run out")


def _ask(bank: Bank, found: TransferState, password: str, at: datetime) -> TransferState:
    """Ask the bank, once for ever."""
    move = bank.debit if found.direction == "in" else bank.credit
    try:
        answer = move(found.account_id, found.amount, password, found.reference, at)
    except OSError:
        return books.change(found, lambda now: rules.doubt(now, stamp(at)))
    return _settle(found, answer, at)


def _look(bank: Bank, found: TransferState, at: datetime) -> TransferState:
    """Asked again for a transfer that is in the books: what the bank did is looked up, and it is asked for nothing."""
    if not found.is_open:
        return found
    try:
        answer = bank.status(found.reference)
    except OSError:
        return found
    return _settle(found, answer, at) if answer else found


def _settle(found: TransferState, answer: BankAnswer, at: datetime) -> TransferState:
    day = business_day(at).isoformat()
    return books.change(found, lambda now: rules.settle(now, answer.done, answer.reason, day, stamp(at)))


def reconcile(bank: Bank, at: datetime) -> Settled:
    """Settle every open transfer of which the bank knows, or whose time is over.

    One that cannot be settled, because the bank gives no answer or the account is changed all the time, stays open and
    keeps no other waiting.
    """
    settled, still_open = 0, []
    for account_id, number in books.open_transfers():
        found = books.read(account_id, number)
        if found is None or not found.is_open:
            continue
        if _settled(bank, found, at):
            settled += 1
        else:
            still_open.append(found.reference)
    return Settled(settled, still_open)


def _settled(bank: Bank, found: TransferState, at: datetime) -> bool:
    over = datetime.fromisoformat(found.requested_at) + timedelta(seconds=transfer_window_seconds())
    with suppress(OSError, TransactWriteError):
        answer = bank.status(found.reference) or (bank.void(found.reference, at) if at >= over else None)
        return answer is not None and not _settle(found, answer, at).is_open
    return False


def compare(bank: Bank, day: date) -> list[Contradiction]:
    """Hold the day's transfers against the bank's statement of that day. OSError where the bank gives none."""
    here = {found.reference: found for found in books.all_of_day(day.isoformat())}
    there = {line.reference: line for line in bank.statement(day)}
    return list(_contradictions(here, there))


def _contradictions(here: dict[str, TransferState], there: dict[str, BankLine]) -> Iterator[Contradiction]:
    for reference in sorted(here.keys() | there.keys()):
        found, line = here.get(reference), there.get(reference)
        if rules.differs(found, line):
            # The index may lag behind: the table itself decides.
            account_id, _, number = reference.rpartition("/")
            found = books.read(account_id, number)
            if difference := rules.differs(found, line):
                yield Contradiction(reference, difference, found, line)
