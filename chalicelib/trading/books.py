"""The ledger kept in DynamoDB: reads orders and entries, and writes a booking whole or not at all."""

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.trading.counter import OrderPage
from chalicelib.trading.ledger import (
    Booking,
    Change,
    Charges,
    Entry,
    Movement,
    OrderState,
    movements,
    opening,
    priority,
)
from chalicelib.trading.models import EntryRecord, OrderRecord, Position
from chalicelib.trading.suitability import RiskLevel

_ATTEMPTS = 6
_MOVED = ("available", "frozen", "unsettled")
_PAGE_KEY = ("day_and_time", "contract_number")


def stamp(at: datetime) -> str:
    """A moment as the tables have it: UTC, ISO 8601; such texts sort as moments do."""
    return at.astimezone(UTC).isoformat()


def read(account_id: str, contract_number: str) -> OrderState | None:
    """The order of that number, if the account has one."""
    try:
        return order_of(OrderRecord.get(account_id, contract_number, consistent_read=True))
    except OrderRecord.DoesNotExist:
        return None


def orders_of_day(account_id: str, day: str) -> list[OrderState]:
    """The account's orders for a trading day, the newest first."""
    found = OrderRecord.by_time.query(
        account_id,
        OrderRecord.day_and_time.startswith(f"{day}#"),
        consistent_read=True,
        scan_index_forward=False,
    )
    return [order_of(record) for record in found]


def orders_between(account_id: str, first: str, last: str, page: str | None, page_size: int) -> OrderPage:
    """The account's orders for the trading days from ``first`` to ``last``; ``page`` is a ``next_page``, or None."""
    found = OrderRecord.by_time.query(
        account_id,
        OrderRecord.day_and_time.between(f"{first}#", f"{last}#~"),
        consistent_read=True,
        scan_index_forward=False,
        limit=page_size,
        page_size=page_size,
        last_evaluated_key=_page_key(account_id, first, last, page) if page else None,
    )
    orders = [order_of(record) for record in found]
    key = found.last_evaluated_key
    return OrderPage(orders, json.dumps([key[name]["S"] for name in _PAGE_KEY]) if key else None)


def _page_key(account_id: str, first: str, last: str, page: str) -> dict[str, Any]:
    """The account is never taken from the page's name, which has been outside. ValueError for one that is none."""
    match json.loads(page):
        case [str(moment), str(number)] if page.isascii() and f"{first}#" <= moment <= f"{last}#~" and number.isdigit():
            values = (account_id, moment, number)
            return {name: {"S": value} for name, value in zip(("account_id", *_PAGE_KEY), values, strict=True)}
    raise ValueError("That is no page of these orders: ask for one by the next_page of the page before.")


def open_orders(day: str, code: str) -> Iterator[OrderState]:
    """The open orders of a code for a trading day, of both sides, each in the order in which they trade.

    The index lags behind the table by a moment: an order that is missing trades with the next row of the tape, and one
    that has changed is looked at again before it is filled.
    """
    for side in ("buy", "sell"):
        for record in OrderRecord.by_priority.query(f"{day}#{code}#{side}"):
            yield order_of(record)


def accounts_of_day(day: str) -> Iterator[str]:
    """The accounts that have orders for a trading day, each once."""
    last = None
    for record in OrderRecord.by_day.query(day, attributes_to_get=["account_id", "contract_number"]):
        if record.account_id != last:
            last = record.account_id
            yield last


def entries_between(account_id: str, first: str, last: str) -> list[Entry]:
    """The account's entries of the trading days from ``first`` to ``last``, in order."""
    found = EntryRecord.query(account_id, EntryRecord.entry_id.between(f"{first}#", f"{last}#~"), consistent_read=True)
    return [Entry(**{name: getattr(record, name) for name in Entry._fields}) for record in found]


def open_position(
    account_id: str,
    asset: str,
    available: Decimal,
    unsettled: Decimal,
    rate: Decimal | None,
    day: str,
    at: datetime,
    risk_level: RiskLevel | None = None,
    permissions: Collection[str] = (),
) -> bool:
    """Begin a position with a balance, and the entry that says so. False where it is there already, as it stays."""
    entry = opening(account_id, asset, available, unsettled, day, stamp(at))
    position = Position(
        account_id,
        asset,
        available=available,
        frozen=Decimal(0),
        unsettled=unsettled,
        commission_rate=rate,
        risk_level=risk_level,
        permissions=sorted(permissions) or None,
    )
    try:
        with TransactWrite(connection=Position.client()) as write:
            write.save(position, condition=Position.account_id.does_not_exist())
            write.save(EntryRecord(**entry._asdict()))
    except TransactWriteError as refused:
        if _reasons(refused)[:1] != ["ConditionalCheckFailed"]:
            raise
        return False
    return True


def take(booking: Booking, exactly: Decimal | None) -> OrderState | None:
    """Record a new order and freeze for it. None when done; else the order that has the contract number already.

    ``exactly``: what the position's ``available`` must be, where a rule counted it. Raises TransactWriteError where the
    position changed since it was read: nothing was written.
    """
    assert booking.order is not None
    try:
        _write(booking, OrderRecord.account_id.does_not_exist(), exactly)
    except TransactWriteError as refused:
        taken = next(iter(refused.cancellation_reasons), None)
        if taken is None or taken.raw_item is None:
            raise
        return order_of(OrderRecord.from_raw_data(taken.raw_item))
    return None


def change(account_id: str, contract_number: str, reckon: Callable[[OrderState], Booking | None]) -> OrderState | None:
    """Book what ``reckon`` makes of an order, and return the order as it then stands; None for an unknown one.

    Where ``reckon`` gives None nothing is written. Where somebody else changes the order, or its account, in between,
    ``reckon`` is asked again about what has become of it. Raises TransactWriteError after several such attempts.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        order = read(account_id, contract_number)
        booking = reckon(order) if order else None
        if booking is None or order is None:
            return order
        try:
            _write(booking, OrderRecord.version == order.version)
        except TransactWriteError:
            if attempt == _ATTEMPTS:
                raise
        else:
            return booking.order
    raise AssertionError("every attempt returns or raises")


def settle(booking: Booking) -> None:
    """Write a settlement's booking; nothing where the same has been written, or the position is being changed."""
    with suppress(TransactWriteError):
        _write(booking, None)


def _write(booking: Booking, only_if: Condition | None, exactly: Decimal | None = None) -> None:
    """One TransactWriteItems: the order, the positions its entries move, the entries."""
    with TransactWrite(connection=Position.client()) as write:
        if booking.order:
            write.save(record_of(booking.order), condition=only_if, return_values="ALL_OLD")
        for asset, moved in movements(booking.entries).items():
            write.update(
                Position(booking.entries[0].account_id, asset),
                actions=[getattr(Position, name).add(amount) for name, amount in zip(_MOVED, moved, strict=True)],
                condition=_covered(moved) if exactly is None else Position.available == exactly,
            )
        for entry in booking.entries:
            write.save(EntryRecord(**entry._asdict()), condition=EntryRecord.account_id.does_not_exist())


def _covered(moved: Movement) -> Condition | None:
    """Nothing becomes negative."""
    condition: Condition | None = None
    for name, amount in zip(_MOVED, moved, strict=True):
        if amount < 0:
            enough = getattr(Position, name) >= -amount
            condition = enough if condition is None else condition & enough
    return condition


def _reasons(refused: TransactWriteError) -> list[str]:
    return [reason.code if reason else "" for reason in refused.cancellation_reasons]


_AS_THEY_ARE = (
    "account_id", "contract_number", "idempotency_key", "side", "code", "quantity", "price", "kind", "day",
    "placed_at", "commission_rate", "state", "filled", "traded",
)  # fmt: skip


def record_of(order: OrderState) -> OrderRecord:
    """The order as it is stored; it is in the index of open orders while it is open."""
    rank = priority(order.side, order.price, order.placed_at, order.account_id, order.contract_number)
    return OrderRecord(
        **{name: getattr(order, name) for name in _AS_THEY_ARE},
        frozen_amount=order.frozen,
        charges=[str(charge) for charge in order.charges],
        changes=[[str(value) if isinstance(value, Decimal) else value for value in change] for change in order.changes],
        confirmed=list(order.confirmed) or None,
        version=order.version,
        day_and_time=f"{order.day}#{order.placed_at}",
        book=f"{order.day}#{order.code}#{order.side}" if order.is_open else None,
        priority=rank if order.is_open else None,
    )


def order_of(record: OrderRecord) -> OrderState:
    """The order that is stored so."""
    return OrderState(
        **{name: getattr(record, name) for name in _AS_THEY_ARE},
        frozen=record.frozen_amount,
        charges=Charges(*map(Decimal, record.charges)),
        changes=tuple(_change(row) for row in record.changes),
        confirmed=tuple(record.confirmed or ()),
    )


def _change(row: list[Any]) -> Change:
    at, state, quantity, price, reason, reference = row
    return Change(at, state, quantity, Decimal(price) if price else None, reason, reference)
