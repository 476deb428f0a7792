"""The time, read at the edges and handed to rules as a value."""

from datetime import UTC, date, datetime, timedelta, timezone

# Not by name: China has kept this offset since 1991, and a minimal system has no time zone database.
SHANGHAI = timezone(timedelta(hours=8))


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """A moment as tables have it: UTC, ISO 8601, microseconds; such texts sort as moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def business_day(moment: datetime) -> date:
    """The calendar day at the exchange on which ``moment`` falls."""
    return moment.astimezone(SHANGHAI).date()
