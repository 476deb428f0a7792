"""The embedded counter: a ledger in DynamoDB, so that the line works offline and without a firm behind it."""

from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.platform.clock import business_day
from chalicelib.platform.tables import read_together
from chalicelib.trading.counter import Funds, Holding, Placed
from chalicelib.trading.market import board_of, fees_on
from chalicelib.trading.models import CASH, OrderRecord, Position, Security
from chalicelib.trading.rules import Order, Quote, Refusal, contract_numbers, cost_of_buying, in_lots, refuse

_ATTEMPTS = 3


class EmbeddedCounter:
    """Implements :class:`chalicelib.trading.counter.Counter` on the tables of :mod:`chalicelib.trading.models`."""

    def quotes(self, codes: list[str]) -> dict[str, Quote]:
        return {security.code: _quote(security) for security in Security.batch_get(codes)}

    def account(self, account_id: str) -> tuple[Funds, list[Holding]]:
        positions = {position.asset: position for position in Position.query(account_id, consistent_read=True)}
        cash = positions.pop(CASH, None)
        if cash is None:
            raise LookupError("There is no such trading account.")
        withdrawable = max(Decimal(0), cash.available - cash.unsettled)
        return Funds(cash.available, withdrawable), [_holding(p) for p in positions.values()]

    def check(self, account_id: str, order: Order, at: datetime) -> Quote | Refusal | None:
        checked = _check(account_id, order, at)
        return checked.quote if isinstance(checked, _Checked) else checked

    def place(self, account_id: str, order: Order, idempotency_key: str, at: datetime) -> Placed | Refusal | None:
        for _ in range(_ATTEMPTS - 1):
            # Somebody else moved the position between our read and our write: look again, the rules may now refuse.
            with suppress(TransactWriteError):
                return self._place(account_id, order, idempotency_key, at)
        return self._place(account_id, order, idempotency_key, at)

    def _place(self, account_id: str, order: Order, idempotency_key: str, at: datetime) -> Placed | Refusal | None:
        checked = _check(account_id, order, at)
        if checked is None:
            return None
        if isinstance(checked, Refusal):
            # Perhaps this very order is what used the money up: then it is a repetition, and no refusal.
            known = _find(account_id, idempotency_key)
            return Placed(known) if known else checked
        for contract_number in contract_numbers(account_id, idempotency_key):
            record = OrderRecord(
                account_id,
                contract_number,
                idempotency_key=idempotency_key,
                side=order.side,
                code=order.code,
                quantity=order.quantity,
                price=order.price,
                frozen_asset=CASH if order.side == "buy" else order.code,
                frozen_amount=checked.freeze,
                status="accepted",
                placed_at=at.isoformat(),
            )
            holder = _write(record, checked.exactly)
            if holder is None or holder == idempotency_key:
                return Placed(contract_number)
        raise AssertionError("contract numbers never run out")


class _Checked(NamedTuple):
    """An order that may leave: what to freeze for it and, where a rule counted the shares (an odd lot), that count."""

    quote: Quote
    freeze: Decimal
    exactly: Decimal | None


def _check(account_id: str, order: Order, at: datetime) -> _Checked | Refusal | None:
    """All that the rules need to know, in one request, and what they say; None for an unknown code."""
    day = business_day(at)
    board, fees = board_of(order.code, day), fees_on(day)
    if board is None:
        return None
    security, cash, shares = read_together(
        (Security, {"code": order.code}),
        (Position, {"account_id": account_id, "asset": CASH}),
        (Position, {"account_id": account_id, "asset": order.code}),
    )
    if security is None:
        return None
    if cash is None:
        raise LookupError("There is no such trading account.")
    quote, rate, sellable = _quote(security), cash.commission_rate, int(shares.available) if shares else 0
    refusal = refuse(order, quote, board, fees, cash=cash.available, rate=rate, sellable=sellable)
    if refusal:
        return refusal
    if order.side == "buy":
        return _Checked(quote, cost_of_buying(order, rate, fees), None)
    exactly = None if in_lots(order.quantity, board) else Decimal(sellable)
    return _Checked(quote, Decimal(order.quantity), exactly)


def _write(record: OrderRecord, exactly: Decimal | None) -> str | None:
    """Freeze and record in one transaction. None when done; else the key of the order that holds the number already.

    Raises TransactWriteError where the position changed since it was read: nothing was written.
    """
    amount = record.frozen_amount
    condition = Position.available >= amount if exactly is None else Position.available == exactly
    try:
        with TransactWrite(connection=Position.client()) as write:
            write.save(record, condition=OrderRecord.account_id.does_not_exist(), return_values="ALL_OLD")
            write.update(
                Position(record.account_id, record.frozen_asset),
                actions=[
                    Position.available.set(Position.available - amount),
                    Position.frozen.set(Position.frozen + amount),
                ],
                condition=condition,
            )
    except TransactWriteError as refused:
        taken = next(iter(refused.cancellation_reasons), None)
        if taken is None or taken.raw_item is None:
            raise
        return OrderRecord.from_raw_data(taken.raw_item).idempotency_key
    return None


def _find(account_id: str, idempotency_key: str) -> str | None:
    """The contract number under which an order is recorded already."""
    for contract_number in contract_numbers(account_id, idempotency_key):
        try:
            record = OrderRecord.get(account_id, contract_number, consistent_read=True)
        except OrderRecord.DoesNotExist:
            return None
        if record.idempotency_key == idempotency_key:
            return contract_number
    return None


def _quote(security: Security) -> Quote:
    return Quote(
        security.code,
        security.names,
        security.previous_close,
        security.last_price,
        security.suspended,
        security.price_limited,
        security.price_limit,
    )


def _holding(position: Position) -> Holding:
    quantity = position.available + position.frozen + position.unsettled
    return Holding(position.asset, int(quantity), int(position.available))
