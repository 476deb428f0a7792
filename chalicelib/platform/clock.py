"""The time, read at the edges and handed to rules as a value."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def business_day(moment: datetime) -> date:
    """The calendar day at the exchange on which ``moment`` falls."""
    return moment.astimezone(SHANGHAI).date()
