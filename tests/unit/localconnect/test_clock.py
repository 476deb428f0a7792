from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from localconnect.clock import SystemClock, TurnedClock


def test_a_turned_clock_stands_until_it_is_turned() -> None:
    clock = TurnedClock(datetime(2026, 1, 5, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert clock.now() == datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
    clock.advance(90)
    assert clock.now() == datetime(2026, 1, 5, 1, 1, 30, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


def test_it_starts_now_unless_told_otherwise() -> None:
    assert abs(TurnedClock().now() - SystemClock().now()) < timedelta(seconds=5)
