from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localconnect.hours import DAYS, read_hours


def opening(day: str, start: str, end: str) -> dict[str, Any]:
    def at(text: str) -> dict[str, int]:
        hours, minutes = text.split(":")
        return {"Hours": int(hours), "Minutes": int(minutes)}

    return {"Day": day, "StartTime": at(start), "EndTime": at(end)}


WEEKDAYS = [opening(day, "09:00", "17:30") for day in DAYS[:5]]


def are_open(config: list[dict[str, Any]], moment: str, zone: str = "Asia/Shanghai", **more: Any) -> bool:
    hours = read_hours("arn", {"Name": "h", "TimeZone": zone, "Config": config, **more})
    return hours.are_open(datetime.fromisoformat(moment))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23T09:00+08:00", True),  # a Monday
        ("2026-11-23T08:59:59+08:00", False),
        ("2026-11-23T17:29:59+08:00", True),
        ("2026-11-23T17:30+08:00", False),
        ("2026-11-23T01:00+00:00", True),  # the same nine o'clock, told in UTC
        ("2026-11-28T10:00+08:00", False),  # a Saturday
        ("2026-11-22T23:30-02:00", True),  # Monday in Shanghai, Sunday where it is told
    ],
)
def test_the_zone_of_the_hours_decides(moment: str, expected: bool) -> None:
    assert are_open(WEEKDAYS, moment) is expected


def test_an_end_before_the_start_is_on_the_next_day() -> None:
    nights = [opening("FRIDAY", "22:00", "02:00")]
    assert are_open(nights, "2026-11-27T23:00+08:00")
    assert are_open(nights, "2026-11-28T01:59+08:00")
    assert not are_open(nights, "2026-11-28T02:00+08:00")
    assert not are_open(nights, "2026-11-27T01:00+08:00")


@given(st.integers(0, 7 * 24 * 60 - 1))
def test_midnight_to_midnight_on_every_day_is_always(minute: int) -> None:
    moment = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(minutes=minute)
    assert are_open([opening(day, "00:00", "00:00") for day in DAYS], moment.isoformat())


@given(st.integers(0, 7 * 24 * 60 - 1))
def test_a_whole_day_is_that_day_and_no_other(minute: int) -> None:
    moment = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(minutes=minute)
    assert are_open([opening("TUESDAY", "00:00", "00:00")], moment.isoformat(), "UTC") is (moment.weekday() == 1)


def test_summer_time_moves_with_the_zone() -> None:
    assert are_open([opening("MONDAY", "09:00", "10:00")], "2026-07-06T13:30+00:00", "America/New_York")
    assert not are_open([opening("MONDAY", "09:00", "10:00")], "2026-12-07T13:30+00:00", "America/New_York")


def override(first: str, last: str, *openings: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"OverrideName": "o", "EffectiveFrom": first, "EffectiveTill": last, "OverrideConfig": openings, **more}


def test_an_override_stands_in_for_the_week() -> None:
    holidays = [override("2026-11-23", "2026-11-24", opening("TUESDAY", "12:00", "13:00"))]
    assert not are_open(WEEKDAYS, "2026-11-23T12:30+08:00", HoursOfOperationOverrides=holidays)
    assert are_open(WEEKDAYS, "2026-11-24T12:30+08:00", HoursOfOperationOverrides=holidays)
    assert not are_open(WEEKDAYS, "2026-11-24T10:00+08:00", HoursOfOperationOverrides=holidays)
    assert are_open(WEEKDAYS, "2026-11-25T10:00+08:00", HoursOfOperationOverrides=holidays)


def test_a_recurring_override_is_refused() -> None:
    recurring = [override("2026-01-01", "2026-12-31", RecurrenceConfig={})]
    with pytest.raises(ValueError, match="'o' recurs"):
        are_open(WEEKDAYS, "2026-11-23T12:00+08:00", HoursOfOperationOverrides=recurring)
