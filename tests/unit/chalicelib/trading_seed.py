"""What tests of the ledger share: accounts that begin with an entry, and times of one trading day."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from chalicelib import trading
from chalicelib.trading import settlement
from chalicelib.trading.ledger import CASH, Movement, movements
from chalicelib.trading.market import fees_on
from chalicelib.trading.models import EntryRecord, Position, TapeMatch
from chalicelib.trading.suitability import RiskLevel

from .seed import ACCOUNT, PERMISSIONS, RATE

DAY = date(2026, 11, 24)
FEES = fees_on(DAY)


def at(time: str, day: date = DAY) -> datetime:
    """A time in Shanghai ("09:31" or "09:31:05") on ``day``."""
    return datetime.fromisoformat(f"{day.isoformat()}T{time}+08:00").astimezone(UTC)


def ledger_tables() -> None:
    """The tables of the ledger that the fixture `cloud` has not made."""
    for table in (EntryRecord, TapeMatch):
        if not table.exists():
            table.create_table(billing_mode="PAY_PER_REQUEST")


def opened(
    asset: str = CASH,
    available: str = "100000.00",
    unsettled: str = "0",
    account: str = ACCOUNT,
    *,
    risk_level: RiskLevel = "C5",
    permissions: Collection[str] = PERMISSIONS,
) -> None:
    """A position that begins with its entry; with the money, what the customer may buy: everything."""
    terms: Any = {"risk_level": risk_level, "permissions": permissions} if asset == CASH else {}
    rate = RATE if asset == CASH else None
    assert trading.open_position(
        account, asset, Decimal(available), Decimal(unsettled), rate, DAY, at("08:00"), **terms
    )


def settle_day(day: date, when: datetime) -> int:
    """Settle every account that has orders for ``day``; how many."""
    accounts = list(settlement.accounts_to_settle(day.isoformat(), when))
    for account_id in accounts:
        settlement.settle(account_id, day.isoformat(), when)
    return len(accounts)


def balance(asset: str = CASH, account: str = ACCOUNT) -> Movement:
    """A position as it is stored."""
    held = Position.get(account, asset, consistent_read=True)
    return Movement(held.available, held.frozen, held.unsettled)


def explained(account: str = ACCOUNT) -> dict[str, Movement]:
    """What the entries of an account add up to."""
    return movements(EntryRecord.query(account, consistent_read=True))


def assert_explained(account: str = ACCOUNT) -> None:
    """Every position is the sum of its entries."""
    stored = {held.asset: balance(held.asset, account) for held in Position.query(account, consistent_read=True)}
    assert stored == explained(account)
