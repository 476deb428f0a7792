"""The embedded counter: a ledger in DynamoDB, so that the line works offline and without a firm behind it."""

from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, cast

from pynamodb.exceptions import TransactWriteError

from chalicelib.platform.clock import business_day
from chalicelib.platform.tables import read_together
from chalicelib.trading import books
from chalicelib.trading.bank import Bank
from chalicelib.trading.counter import Cancelled, Funds, Holding, NotCancelled, OrderPage, Placed
from chalicelib.trading.ledger import CASH, Booking, OrderState, accept, end
from chalicelib.trading.market import board_of, fees_on
from chalicelib.trading.models import Position, Security
from chalicelib.trading.rules import (
    Order,
    Quote,
    Refusal,
    Status,
    at_worst,
    contract_numbers,
    cost_of_buying,
    in_lots,
    refuse,
)
from chalicelib.trading.transfers import Direction, TransferState, withdrawable

_ATTEMPTS = 3


class EmbeddedCounter:
    """Implements :class:`chalicelib.trading.counter.Counter` on the tables of :mod:`chalicelib.trading.models`.

    ``bank``: where its customers have their money.
    """

    def __init__(self, bank: Bank) -> None:
        self.bank = bank

    def quotes(self, codes: list[str]) -> dict[str, Quote]:
        return {security.code: _quote(security) for security in Security.batch_get(codes)}

    def account(self, account_id: str) -> tuple[Funds, list[Holding]]:
        positions = {position.asset: position for position in Position.query(account_id, consistent_read=True)}
        cash = positions.pop(CASH, None)
        if cash is None:
            raise LookupError("There is no such trading account.")
        free = withdrawable(cash.available, cash.unsettled)
        return Funds(cash.available, free), [_holding(p) for p in positions.values()]

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
        from chalicelib.trading.sessions import trading_day_of

        checked = _check(account_id, order, at)
        if checked is None:
            return None
        if isinstance(checked, Refusal):
            # Perhaps this very order is what used the money up: then it is a repetition, and no refusal.
            known = _find(account_id, idempotency_key)
            return Placed(known) if known else checked
        day = trading_day_of(at).isoformat()
        for contract_number in contract_numbers(account_id, idempotency_key):
            booking = accept(
                checked.order,
                account_id=account_id,
                contract_number=contract_number,
                key=idempotency_key,
                rate=checked.rate,
                freeze=checked.freeze,
                day=day,
                at=books.stamp(at),
            )
            holder = books.take(booking, checked.exactly)
            if holder is None or holder.idempotency_key == idempotency_key:
                return Placed(contract_number)
        raise AssertionError("contract numbers never run out")

    def cancel(
        self, account_id: str, contract_number: str, idempotency_key: str, at: datetime
    ) -> Cancelled | NotCancelled:
        from chalicelib.trading.sessions import may_cancel

        def reckon(order: OrderState) -> Booking | None:
            return end(order, "cancelled", "customer", idempotency_key, books.stamp(at)) if may_cancel(at) else None

        order = books.change(account_id, contract_number, reckon)
        if order is None:
            return NotCancelled("unknown")
        if order.state == "cancelled" and order.happened(idempotency_key):
            return Cancelled(contract_number, order.remaining, order.filled)
        return NotCancelled("no_cancel_now" if order.is_open else "not_open", order.state)

    def order(self, account_id: str, contract_number: str) -> OrderState | None:
        return books.read(account_id, contract_number)

    def orders(self, account_id: str, day: date) -> list[OrderState]:
        return books.orders_of_day(account_id, day.isoformat())

    def history(self, account_id: str, first: date, last: date, page: str | None, page_size: int) -> OrderPage:
        return books.orders_between(account_id, first.isoformat(), last.isoformat(), page, page_size)

    def transfer(
        self,
        account_id: str,
        direction: Direction,
        amount: Decimal,
        bank_password: str,
        idempotency_key: str,
        at: datetime,
    ) -> TransferState | Refusal:
        from chalicelib.trading import bank_transfers

        return bank_transfers.transfer(self.bank, account_id, direction, amount, bank_password, idempotency_key, at)

    def transfer_of(self, account_id: str, number: str) -> TransferState | None:
        from chalicelib.trading import transfer_books

        return transfer_books.read(account_id, number)

    def transfers(self, account_id: str, day: date) -> list[TransferState]:
        from chalicelib.trading import transfer_books

        return transfer_books.of_day(account_id, day.isoformat())


class _Checked(NamedTuple):
    """An order that may leave, a market order at its worst price: what to freeze for it, the customer's commission and,
    where a rule counted the shares (an odd lot), that count."""

    quote: Quote
    order: Order
    rate: Decimal
    freeze: Decimal
    exactly: Decimal | None


def _check(account_id: str, order: Order, at: datetime) -> _Checked | Refusal | None:
    """All that the rules need to know, in one request, and what they say; None for an unknown code."""
    from chalicelib.trading.sessions import phase

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
    refusal = refuse(order, quote, board, fees, cash=cash.available, rate=rate, sellable=sellable, phase=phase(at))
    if refusal:
        return refusal
    order = at_worst(order, quote, board)
    if order.side == "buy":
        return _Checked(quote, order, rate, cost_of_buying(order, rate, fees), None)
    exactly = None if in_lots(order.quantity, board) else Decimal(sellable)
    return _Checked(quote, order, rate, Decimal(order.quantity), exactly)


def _find(account_id: str, idempotency_key: str) -> str | None:
    """The contract number under which an order is recorded already."""
    for contract_number in contract_numbers(account_id, idempotency_key):
        known = books.read(account_id, contract_number)
        if known is None:
            return None
        if known.idempotency_key == idempotency_key:
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
        cast(Status, security.status),
    )


def _holding(position: Position) -> Holding:
    quantity = position.available + position.frozen + position.unsettled
    return Holding(position.asset, int(quantity), int(position.available))
