"""The embedded counter: a ledger in DynamoDB, so that the line works offline and without a firm behind it."""

from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal

from pynamodb.exceptions import TransactWriteError

from chalicelib.trading import books
from chalicelib.trading.bank import Bank
from chalicelib.trading.checks import Checked, check, quote_of
from chalicelib.trading.counter import (
    Cancelled,
    Funds,
    Holding,
    KeyReused,
    Movements,
    NotCancelled,
    NumberTaken,
    OrderPage,
    Placed,
)
from chalicelib.trading.ledger import CASH, Booking, OrderState, accept, end
from chalicelib.trading.models import Position, Security
from chalicelib.trading.rules import Order, Quote, Refusal, contract_numbers
from chalicelib.trading.suitability import SpokenWarning
from chalicelib.trading.transfers import Direction, TransferState, withdrawable

_ATTEMPTS = 3


class EmbeddedCounter:
    """Implements :class:`chalicelib.trading.counter.Counter` on the tables of :mod:`chalicelib.trading.models`.

    ``bank``: where its customers have their money.
    """

    def __init__(self, bank: Bank) -> None:
        self.bank = bank

    def quotes(self, codes: list[str]) -> dict[str, Quote]:
        return {security.code: quote_of(security) for security in Security.batch_get(codes)}

    def account(self, account_id: str) -> tuple[Funds, list[Holding]]:
        positions = {position.asset: position for position in Position.query(account_id, consistent_read=True)}
        cash = positions.pop(CASH, None)
        if cash is None:
            raise LookupError("There is no such trading account.")
        free = withdrawable(cash.available, cash.unsettled)
        return Funds(cash.available, free), [_holding(p) for p in positions.values()]

    def check(
        self,
        account_id: str,
        order: Order,
        at: datetime,
        contract_number: str | None = None,
        instead_of: OrderState | None = None,
    ) -> Quote | Refusal | SpokenWarning | NumberTaken | None:
        checked = check(account_id, order, at, contract_number, instead_of)
        if not isinstance(checked, Checked):
            return checked
        return checked.quote if contract_number is None or checked.number_free else NumberTaken(contract_number)

    def place(
        self, account_id: str, order: Order, idempotency_key: str, at: datetime
    ) -> Placed | Refusal | SpokenWarning | None:
        for _ in range(_ATTEMPTS - 1):
            # Somebody else moved the position between our read and our write: look again, the rules may now refuse.
            with suppress(TransactWriteError):
                return self._place(account_id, order, idempotency_key, at)
        return self._place(account_id, order, idempotency_key, at)

    def _place(
        self, account_id: str, order: Order, idempotency_key: str, at: datetime
    ) -> Placed | Refusal | SpokenWarning | None:
        from chalicelib.trading.sessions import trading_day_of

        checked = check(account_id, order, at)
        if checked is None:
            return None
        if not isinstance(checked, Checked):
            # Perhaps this very order is what used the money up: then it is a repetition, and no refusal.
            known = _find(account_id, idempotency_key)
            return _again(known, order) if known else checked
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
            if holder is None:
                return Placed(contract_number)
            if holder.idempotency_key == idempotency_key:
                return _again(holder, order)
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

    def movements(self, account_id: str, first: date, last: date) -> Movements:
        from chalicelib.trading.past import movements

        return movements(account_id, first, last)

    def closing_prices(self, codes: list[str], day: date) -> dict[str, Decimal]:
        from chalicelib.trading.past import closing_prices

        return closing_prices(codes, day)


def _again(known: OrderState, order: Order) -> Placed:
    """The answer to ``order`` under a key that ``known`` has: as before if it is the same one."""
    if not known.is_of(order):
        raise KeyReused(f"The key of order {known.contract_number} was used again for another order: take a new key.")
    return Placed(known.contract_number)


def _find(account_id: str, idempotency_key: str) -> OrderState | None:
    """The order that is recorded already under this key."""
    for contract_number in contract_numbers(account_id, idempotency_key):
        known = books.read(account_id, contract_number)
        if known is None:
            return None
        if known.idempotency_key == idempotency_key:
            return known
    return None


def _holding(position: Position) -> Holding:
    quantity = position.available + position.frozen + position.unsettled
    return Holding(position.asset, int(quantity), int(position.available))
