"""The customers' bank as this house sees it, whichever it is: it moves money, and says what it did."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

from chalicelib.trading.transfers import BankLine

# Why a bank does not move the money; for each there are words for the caller.
BankReason = Literal["", "wrong_password", "password_locked", "insufficient", "closed", "voided"]


class BankAnswer(NamedTuple):
    """Whether the bank moved the money, or why not."""

    done: bool
    reason: BankReason = ""


class Bank(Protocol):
    """What the house asks of a bank. ``reference`` names a transfer for ever: a known one is answered as it was before.

    Any call raises OSError when no answer comes in time: whether it was done is then asked by :meth:`status`. The bank
    password is the bank's to check; nobody else keeps it, and it is in no log.
    """

    def debit(self, account_id: str, amount: Decimal, password: str, reference: str, at: datetime) -> BankAnswer:
        """Take ``amount`` CNY from the customer's bank account for their brokerage account."""
        ...

    def credit(self, account_id: str, amount: Decimal, password: str, reference: str, at: datetime) -> BankAnswer:
        """Put ``amount`` CNY from the brokerage account into the customer's bank account."""
        ...

    def status(self, reference: str) -> BankAnswer | None:
        """What was answered under this reference; None where the bank knows nothing of it."""
        ...

    def void(self, reference: str, at: datetime) -> BankAnswer:
        """What was answered under this reference; where nothing was, it is voided: a request that is still on its way
        comes too late from now on (冲正)."""
        ...

    def statement(self, day: date) -> Iterator[BankLine]:
        """All that the bank moved in requests of that day."""
        ...
