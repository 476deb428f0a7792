"""Bank transfers (银证转账) as pure rules: when, how much, and what becomes of one.

A transfer is known by its number. It is *requested* when it is recorded (one to the bank has its money frozen by
then), *done* when the bank has moved the money and the ledger says so, *failed* when the bank refused it and nothing
moved. It is *unknown* while the bank has not answered: it is settled later from the bank's own records, and never asked
for twice.
"""

from decimal import Decimal
from typing import Literal, NamedTuple

Direction = Literal["in", "out"]
State = Literal["requested", "unknown", "done", "failed"]


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
