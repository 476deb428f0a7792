"""The practice bank: accounts in DynamoDB, so that bank transfers work offline and without a bank behind them.

What it answers to a request is written together with what it moved, so that a reference has one answer for ever. A
password counts as tried in the same write: guesses at the same moment cannot outrun the lock.
"""

import hashlib
import hmac
import secrets as random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import cast

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.platform.clock import business_day
from chalicelib.platform.secrets import secrets
from chalicelib.platform.settings import bank_password_attempts_a_day
from chalicelib.trading.bank import BankAnswer, BankReason
from chalicelib.trading.models import BankAccount, BankMovement
from chalicelib.trading.transfers import BankLine, Direction

_ATTEMPTS = 6


def open_account(account_id: str, balance: Decimal, password: str) -> bool:
    """Open the account that belongs to a brokerage account. False where it is there already: it stays as it is."""
    salt = random.token_bytes(16)
    account = BankAccount(
        account_id,
        balance=balance,
        password_salt=salt,
        password_hash=_hash(password, salt),
        failure_day="",
        failures=0,
    )
    return account.save_if(BankAccount.account_id.does_not_exist())


class EmbeddedBank:
    """Implements :class:`chalicelib.trading.bank.Bank` on the tables BankAccount and BankMovement."""

    def debit(self, account_id: str, amount: Decimal, password: str, reference: str, at: datetime) -> BankAnswer:
        return _move(account_id, "in", amount, password, reference, at)

    def credit(self, account_id: str, amount: Decimal, password: str, reference: str, at: datetime) -> BankAnswer:
        return _move(account_id, "out", amount, password, reference, at)

    def status(self, reference: str) -> BankAnswer | None:
        try:
            return _answer(BankMovement.get(reference, consistent_read=True))
        except BankMovement.DoesNotExist:
            return None

    def void(self, reference: str, at: datetime) -> BankAnswer:
        voided = _movement(reference, at, None, None, BankAnswer(False, "voided"))
        if voided.save_if(BankMovement.reference.does_not_exist()):
            return _answer(voided)
        return _answer(BankMovement.get(reference, consistent_read=True))

    def statement(self, day: date) -> Iterator[BankLine]:
        for movement in BankMovement.by_day.query(day.isoformat()):
            if movement.done:
                yield BankLine(movement.reference, cast(Direction, movement.direction), movement.amount)


def _move(
    account_id: str, direction: Direction, amount: Decimal, password: str, reference: str, at: datetime
) -> BankAnswer:
    for attempt in range(1, _ATTEMPTS + 1):
        account = _find(account_id)
        answer, actions, only_if = _decide(account, direction, amount, password, business_day(at).isoformat())
        movement = _movement(reference, at, direction, amount, answer)
        try:
            with TransactWrite(connection=BankAccount.client()) as write:
                write.save(movement, condition=BankMovement.reference.does_not_exist(), return_values="ALL_OLD")
                if actions:
                    write.update(BankAccount(account_id), actions=actions, condition=only_if)
        except TransactWriteError as refused:
            known = next(iter(refused.cancellation_reasons), None)
            if known and known.raw_item:
                return _answer(BankMovement.from_raw_data(known.raw_item))
            # Somebody else moved the account between our read and our write: look again.
            if attempt == _ATTEMPTS:
                raise TimeoutError("The bank account is changed all the time: the bank gives no answer.") from None
        else:
            return answer
    raise AssertionError("every attempt returns or raises")


def _decide(
    account: BankAccount | None, direction: Direction, amount: Decimal, password: str, day: str
) -> tuple[BankAnswer, list[Action], Condition | None]:
    """The answer, what it changes in the account, and the condition under which it is right."""
    if account is None or account.closed:
        return BankAnswer(False, "closed"), [], None
    failures = account.failures if account.failure_day == day else 0
    as_read = (BankAccount.failures == account.failures) & (BankAccount.failure_day == account.failure_day)
    if failures >= bank_password_attempts_a_day():
        return BankAnswer(False, "password_locked"), [], None
    if not hmac.compare_digest(_hash(password, account.password_salt), account.password_hash):
        counted: list[Action] = [BankAccount.failures.set(failures + 1), BankAccount.failure_day.set(day)]
        return BankAnswer(False, "wrong_password"), counted, as_read
    right: Action = BankAccount.failures.set(0)
    if direction == "out":
        return BankAnswer(True), [BankAccount.balance.add(amount), right], as_read
    if account.balance < amount:
        return BankAnswer(False, "insufficient"), [right], as_read
    return BankAnswer(True), [BankAccount.balance.add(-amount), right], as_read & (BankAccount.balance >= amount)


def _find(account_id: str) -> BankAccount | None:
    try:
        return BankAccount.get(account_id, consistent_read=True)
    except BankAccount.DoesNotExist:
        return None


def _movement(
    reference: str, at: datetime, direction: Direction | None, amount: Decimal | None, answer: BankAnswer
) -> BankMovement:
    return BankMovement(
        reference,
        day=business_day(at).isoformat(),
        at=at.astimezone(UTC).isoformat(),
        direction=direction,
        amount=amount,
        done=answer.done,
        reason=answer.reason,
    )


def _answer(movement: BankMovement) -> BankAnswer:
    return BankAnswer(movement.done, cast(BankReason, movement.reason))


def _hash(password: str, salt: bytes) -> bytes:
    """scrypt (RFC 7914) of the peppered password, at a cost that suits practice."""
    peppered = hmac.new(secrets().pepper, b"bank:" + password.encode(), hashlib.sha256).digest()
    return hashlib.scrypt(peppered, salt=salt, n=2**10, r=8, p=1, dklen=32)
