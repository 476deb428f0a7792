"""Bank transfers kept in DynamoDB: reads them, and writes a booking whole or not at all."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.trading.ledger import CASH, ZERO, movements
from chalicelib.trading.models import EntryRecord, Position, TransferRecord
from chalicelib.trading.transfers import Change, TransferBooking, TransferState

_ATTEMPTS = 6
_OPEN = "yes"
_AS_THEY_ARE = (
    "account_id", "number", "idempotency_key", "direction", "amount", "day", "requested_at", "state", "reason",
)  # fmt: skip


def read_money(account_id: str) -> Position:
    """The money of an account, as it is now. LookupError for no such account."""
    try:
        return Position.get(account_id, CASH, consistent_read=True)
    except Position.DoesNotExist:
        raise LookupError("There is no such trading account.") from None


def moved_today(money: Position, direction: str, day: str) -> Decimal:
    """What counts against the limit of ``day`` already."""
    if money.transfer_day != day:
        return ZERO
    return (money.transferred_in if direction == "in" else money.transferred_out) or ZERO


def read(account_id: str, number: str) -> TransferState | None:
    """The transfer of that number, if the account has one."""
    try:
        return transfer_of(TransferRecord.get(account_id, number, consistent_read=True))
    except TransferRecord.DoesNotExist:
        return None


def of_day(account_id: str, day: str) -> list[TransferState]:
    """The account's transfers of a day, the newest first."""
    found = TransferRecord.by_time.query(
        account_id,
        TransferRecord.day_and_time.startswith(f"{day}#"),
        consistent_read=True,
        scan_index_forward=False,
    )
    return [transfer_of(record) for record in found]


def all_of_day(day: str) -> Iterator[TransferState]:
    """The transfers of all accounts of a day. The index lags behind the table by a moment."""
    return map(transfer_of, TransferRecord.by_day.query(day))


def open_transfers() -> Iterator[tuple[str, str]]:
    """Account and number of each transfer that is to be settled, the oldest first. The index lags as above."""
    keys = ["account_id", "number", "unsettled", "requested_at"]
    for record in TransferRecord.by_open.query(_OPEN, attributes_to_get=keys):
        yield record.account_id, record.number


def record(booking: TransferBooking, money: Position, daily: Decimal) -> TransferState | None:
    """Record a new transfer, count it against the day's limit (``daily`` CNY its way), and freeze for one to the bank.

    None when done; else the transfer that has the number already. ``money`` is the position that the rules saw. Raises
    TransactWriteError where it has changed so that they might say something else: nothing was written.
    """
    transfer = booking.transfer
    counted, within = _counted(transfer, money, daily)
    if transfer.direction == "out":
        # Exactly the money of today's sales that the rules saw must be left behind.
        within &= (Position.unsettled == money.unsettled) & (Position.available >= transfer.amount + money.unsettled)
    try:
        _write(booking, TransferRecord.account_id.does_not_exist(), counted, within)
    except TransactWriteError as refused:
        taken = next(iter(refused.cancellation_reasons), None)
        if taken is None or taken.raw_item is None:
            raise
        return transfer_of(TransferRecord.from_raw_data(taken.raw_item))
    return None


def change(transfer: TransferState, reckon: Callable[[TransferState], TransferBooking | None]) -> TransferState:
    """Book what ``reckon`` makes of a transfer, and return the transfer as it then stands.

    Where ``reckon`` gives None nothing is written. Where somebody else changes the transfer, or its account, in
    between, ``reckon`` is asked again about what has become of it. Raises TransactWriteError after several attempts.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        booking = reckon(transfer)
        if booking is None:
            return transfer
        counted, within = _no_more_counted(booking.transfer)
        try:
            _write(booking, TransferRecord.version == transfer.version, counted, within)
        except TransactWriteError:
            if attempt == _ATTEMPTS:
                raise
            transfer = read(transfer.account_id, transfer.number) or transfer
        else:
            return booking.transfer
    raise AssertionError("every attempt returns or raises")


def _write(booking: TransferBooking, only_if: Condition, counted: list[Action], within: Condition | None) -> None:
    """One TransactWriteItems: the transfer, the money, the entries."""
    moved = movements(booking.entries).get(CASH)
    actions = list(counted)
    if moved:
        actions += [Position.available.add(moved.available), Position.frozen.add(moved.frozen)]
    if moved and moved.frozen < 0:
        covered = Position.frozen >= -moved.frozen
        within = covered if within is None else within & covered
    with TransactWrite(connection=Position.client()) as write:
        write.save(record_of(booking.transfer), condition=only_if, return_values="ALL_OLD")
        if actions:
            write.update(Position(booking.transfer.account_id, CASH), actions=actions, condition=within)
        for entry in booking.entries:
            write.save(EntryRecord(**entry._asdict()), condition=EntryRecord.account_id.does_not_exist())


def _counted(transfer: TransferState, money: Position, daily: Decimal) -> tuple[list[Action], Condition]:
    """Count a transfer against its day's limit, and the condition that keeps the limit."""
    total = _total(transfer)
    if money.transfer_day == transfer.day:
        within = (Position.transfer_day == transfer.day) & (total <= daily - transfer.amount)
        return [total.add(transfer.amount)], within
    into, out = (transfer.amount, ZERO) if transfer.direction == "in" else (ZERO, transfer.amount)
    first: list[Action] = [
        Position.transfer_day.set(transfer.day),
        Position.transferred_in.set(into),
        Position.transferred_out.set(out),
    ]
    return first, _day_is(money.transfer_day)


def _no_more_counted(transfer: TransferState) -> tuple[list[Action], Condition | None]:
    """One that failed counts no more, if its day is still the one that is counted."""
    if transfer.state != "failed":
        return [], None
    counted_day = read_money(transfer.account_id).transfer_day
    if counted_day != transfer.day:
        return [], _day_is(counted_day)
    return [_total(transfer).add(-transfer.amount)], _day_is(counted_day)


def _total(transfer: TransferState) -> Any:
    return Position.transferred_in if transfer.direction == "in" else Position.transferred_out


def _day_is(day: str | None) -> Condition:
    return Position.transfer_day.does_not_exist() if day is None else Position.transfer_day == day


def record_of(transfer: TransferState) -> TransferRecord:
    """The transfer as it is stored; it is in the index of open ones while it is open."""
    return TransferRecord(
        **{name: getattr(transfer, name) for name in _AS_THEY_ARE},
        changes=[list(change) for change in transfer.changes],
        version=transfer.version,
        day_and_time=f"{transfer.day}#{transfer.requested_at}",
        unsettled=_OPEN if transfer.is_open else None,
    )


def transfer_of(record: TransferRecord) -> TransferState:
    """The transfer that is stored so."""
    return TransferState(
        **{name: getattr(record, name) for name in _AS_THEY_ARE},
        changes=tuple(Change(*change) for change in record.changes),
    )
