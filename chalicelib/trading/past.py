"""What moved in an account, and what there was before: read back from what there is now.

A position is the sum of its entries, so all there is now less all entries from the first day on is what there was
before it, at the cost of those entries however old the account is. That holds only where the positions are of the very
moment of the entries: the entries are read before the positions and after them, and where the two differ, somebody has
booked in between, and both are read again. Entries are never changed or taken away, and each change of a position has
its entry in the same transaction: two equal readings mean that nothing was booked from the one to the other.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from chalicelib.trading import books
from chalicelib.trading.counter import Movements
from chalicelib.trading.ledger import CASH, Entry, Movement
from chalicelib.trading.ledger import movements as sums
from chalicelib.trading.models import ClosingPrice, Position

_ATTEMPTS = 5
_FOR_EVER = date.max.isoformat()


def movements(account_id: str, first: date, last: date) -> Movements:
    """See :meth:`chalicelib.trading.counter.Counter.movements`. TimeoutError where the account changes all the time."""
    since = first.isoformat()
    entries = books.entries_between(account_id, since, _FOR_EVER)
    for _ in range(_ATTEMPTS):
        now = {held.asset: _all(held.asset, _moved(held)) for held in Position.query(account_id, consistent_read=True)}
        again = books.entries_between(account_id, since, _FOR_EVER)
        if again == entries:
            break
        entries = again
    else:
        raise TimeoutError(f"The account {account_id} changes while its movements are read: ask again.")
    if CASH not in now:
        raise LookupError("There is no such trading account.")
    # An entry's id begins with its day; "~" sorts behind all that may follow.
    return Movements(before(now, entries), [entry for entry in entries if entry.entry_id < f"{last.isoformat()}#~"])


def before(now: dict[str, Decimal], entries: Iterable[Entry]) -> dict[str, Decimal]:
    """What there was of each asset before ``entries``, of what there is after them; assets of nothing are left out."""
    moved = {asset: _all(asset, sum_) for asset, sum_ in sums(entries).items()}
    was = {asset: held - moved.get(asset, Decimal(0)) for asset, held in now.items()}
    return {asset: held for asset, held in was.items() if held}


def moved(entry: Entry) -> Decimal:
    """By how much an entry changes all there is of its asset: freezing, releasing and settling change nothing."""
    return _all(entry.asset, Movement(entry.available, entry.frozen, entry.unsettled))


def closing_prices(codes: list[str], day: date) -> dict[str, Decimal]:
    """See :meth:`chalicelib.trading.counter.Counter.closing_prices`. One request a code."""
    prices: dict[str, Decimal] = {}
    for code in codes:
        latest = ClosingPrice.query(code, ClosingPrice.day <= day.isoformat(), scan_index_forward=False, limit=1)
        prices |= {found.code: found.price for found in latest}
    return prices


def _all(asset: str, held: Movement) -> Decimal:
    """Of money the unsettled is part of the available; shares bought today are not yet."""
    return held.available + held.frozen + (Decimal(0) if asset == CASH else held.unsettled)


def _moved(held: Position) -> Movement:
    return Movement(held.available, held.frozen, held.unsettled)
