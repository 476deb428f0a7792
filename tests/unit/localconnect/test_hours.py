from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from dateutil import rrule
from hypothesis import given
from hypothesis import strategies as st

from localconnect.hours import ALWAYS, DAYS, Hours, Override, Recurrence, read_hours

MINUTES = st.integers(0, 7 * 24 * 60 - 1)
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def opening(day: str, start: str, end: str) -> dict[str, Any]:
    def at(text: str) -> dict[str, int]:
        hours, minutes = text.split(":")
        return {"Hours": int(hours), "Minutes": int(minutes)}

    return {"Day": day, "StartTime": at(start), "EndTime": at(end)}


def daily(start: str, end: str) -> list[dict[str, Any]]:
    return [opening(day, start, end) for day in DAYS]


WEEKDAYS = daily("09:00", "17:30")[:5]


def hours_of(config: list[dict[str, Any]], *overrides: dict[str, Any], zone: str = "Asia/Shanghai") -> Hours:
    written = {"Name": "h", "TimeZone": zone, "Config": config, "HoursOfOperationOverrides": list(overrides)}
    return read_hours("arn", written)


def are_open(hours: Hours, moment: str) -> bool:
    """``moment`` is told by the clock on the wall of these hours, unless it has a zone."""
    told = datetime.fromisoformat(moment)
    return hours.are_open(told if told.tzinfo else told.replace(tzinfo=hours.zone))


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
    assert are_open(hours_of(WEEKDAYS), moment) is expected


def test_an_end_before_the_start_is_on_the_next_day() -> None:
    nights = hours_of([opening("FRIDAY", "22:00", "02:00")])
    assert are_open(nights, "2026-11-27T23:00")
    assert are_open(nights, "2026-11-28T01:59")
    assert not are_open(nights, "2026-11-28T02:00")
    assert not are_open(nights, "2026-11-27T01:00")


@given(MINUTES)
def test_midnight_to_midnight_on_every_day_is_always(minute: int) -> None:
    assert hours_of(daily("00:00", "00:00")).are_open(MONDAY + timedelta(minutes=minute))


@given(MINUTES)
def test_a_whole_day_is_that_day_and_no_other(minute: int) -> None:
    moment = MONDAY + timedelta(minutes=minute)
    tuesdays = hours_of([opening("TUESDAY", "00:00", "00:00")], zone="UTC")
    assert tuesdays.are_open(moment) is (moment.weekday() == 1)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
    st.sampled_from(["America/New_York", "Australia/Lord_Howe", "Europe/Dublin", "Asia/Shanghai"]),
)
def test_only_the_clock_on_the_wall_counts_in_summer_and_winter(moment: datetime, zone: str) -> None:
    there = moment.replace(tzinfo=UTC)
    local = hours_of(WEEKDAYS, zone=zone)
    wall = there.astimezone(local.zone).replace(tzinfo=UTC)
    assert local.are_open(there) is hours_of(WEEKDAYS, zone="UTC").are_open(wall)


def override(first: str, last: str, *openings: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"OverrideName": "o", "EffectiveFrom": first, "EffectiveTill": last, "OverrideConfig": openings, **more}


def recurring(frequency: str, **pattern: Any) -> dict[str, Any]:
    return {"RecurrencePattern": {"Frequency": frequency, **pattern}}


EVERY_24_NOVEMBER = recurring("YEARLY", ByMonth=[11], ByMonthDay=[24])
CLOSED = {"OverrideType": "CLOSED", "RecurrenceConfig": EVERY_24_NOVEMBER}
OPEN = {"OverrideType": "OPEN", "RecurrenceConfig": EVERY_24_NOVEMBER}


class TestStandardOverride:
    def test_stands_in_for_the_week(self) -> None:
        hours = hours_of(WEEKDAYS, override("2026-11-23", "2026-11-24", opening("TUESDAY", "12:00", "13:00")))
        assert not are_open(hours, "2026-11-23T12:30")
        assert are_open(hours, "2026-11-24T12:30")
        assert not are_open(hours, "2026-11-24T10:00")
        assert are_open(hours, "2026-11-25T10:00")

    def test_leaves_the_night_before_it_alone_and_brings_its_own(self) -> None:
        holiday = override("2026-11-24", "2026-11-24", opening("TUESDAY", "23:00", "01:00"))
        hours = hours_of(daily("22:00", "02:00"), holiday)
        moments = ["2026-11-24T01:30", "2026-11-24T22:30", "2026-11-25T00:30", "2026-11-25T01:30"]
        assert [are_open(hours, moment) for moment in moments] == [True, False, True, False]


class TestCompetingOverrides:
    """The examples of the page "Set overrides for extended, reduced, and holiday hours"."""

    @pytest.mark.parametrize("closed", [daily("00:00", "00:00"), []])
    def test_closed_all_day_is_closed_whatever_else_there_is(self, closed: list[dict[str, Any]]) -> None:
        hours = hours_of(
            daily("22:00", "02:00"),
            override("2026-11-24", "2026-11-24", *daily("08:00", "20:00")),
            override("2026-01-01", "2030-12-31", *daily("10:00", "16:00"), **OPEN),
            override("2026-01-01", "2030-12-31", *closed, **CLOSED),
        )
        hour_by_hour = [are_open(hours, f"2026-11-24T{hour:02}:00") for hour in range(24)]
        assert not any(hour_by_hour)
        assert are_open(hours, "2026-11-23T23:00")

    def test_open_on_a_day_that_is_not(self) -> None:
        hours = hours_of(WEEKDAYS, override("2026-01-01", "2030-12-31", *daily("10:00", "22:00"), **OPEN))
        assert are_open(hours, "2029-11-24T21:59")  # a Saturday
        assert not are_open(hours, "2029-11-24T22:00")
        assert not are_open(hours, "2029-11-25T10:00")

    def test_each_type_has_its_hours_of_the_day(self) -> None:
        hours = hours_of(
            daily("08:00", "17:00"),
            override("2026-11-24", "2026-11-24", *daily("08:00", "15:00")),
            override("2026-01-01", "2030-12-31", *daily("12:00", "16:00"), **CLOSED),
            override("2026-01-01", "2030-12-31", *daily("15:00", "20:00"), **OPEN),
        )
        day = [hour for hour in range(24) if are_open(hours, f"2026-11-24T{hour:02}:00")]
        assert day == [8, 9, 10, 11, 16, 17, 18, 19]

    @given(st.sampled_from(["STANDARD", "OPEN", "CLOSED"]), MINUTES)
    def test_without_a_recurrence_it_is_every_day_between_the_dates(self, kind: str, minute: int) -> None:
        moment = MONDAY + timedelta(minutes=minute)
        written = override("2026-11-24", "2026-11-26", *daily("00:00", "00:00"), OverrideType=kind)
        within = date(2026, 11, 24) <= moment.date() <= date(2026, 11, 26)
        usually = kind == "CLOSED"
        hours = hours_of(daily("00:00", "00:00") if usually else [], written, zone="UTC")
        assert hours.are_open(moment) is (within is not usually)

    def test_inherited_ones_count_as_if_they_were_the_hours_own(self) -> None:
        parent = hours_of(WEEKDAYS, override("2026-11-24", "2026-11-24"), override("2026-11-25", "2026-11-25"))
        own = hours_of(WEEKDAYS, override("2026-11-24", "2026-11-24", *daily("10:00", "11:00")))
        child = Hours("c", "c", own.zone, own.openings, own.overrides, parent.overrides)
        assert are_open(child, "2026-11-24T10:30")
        assert not are_open(child, "2026-11-25T10:30")


RECURRENCES = st.one_of(
    st.builds(Recurrence, st.just("WEEKLY"), st.integers(1, 6)),
    *(
        st.builds(Recurrence, st.sampled_from(["MONTHLY", "YEARLY"]), st.integers(1, 6), st.integers(1, 12), *which)
        for which in (
            (st.sampled_from([-1, *range(1, 32)]),),
            (st.none(), st.sampled_from([-1, 1, 2, 3, 4])),
            (st.none(), st.none()),
        )
    ),
)


class TestRecurrence:
    @given(RECURRENCES, st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.integers(0, 6))
    def test_falls_on_the_days_of_its_icalendar_rule(self, recurrence: Recurrence, first: date, weekday: int) -> None:
        on_weekdays = recurrence.frequency == "WEEKLY" or recurrence.occurrence
        rule = rrule.rrule(
            getattr(rrule, recurrence.frequency),
            datetime.combine(first, time()),
            interval=recurrence.interval,
            bymonth=recurrence.month if recurrence.frequency == "YEARLY" else None,
            bymonthday=None if on_weekdays else recurrence.month_day or first.day,
            byweekday=rrule.weekday(weekday, recurrence.occurrence) if on_weekdays else None,
            until=datetime(2036, 1, 1),
        )
        override = Override("o", "OPEN", first, date(2036, 1, 1), ALWAYS, recurrence)
        days = [date(2024, 1, 1) + timedelta(days=number) for number in range(13 * 365)]
        applies = [day for day in days if override.applies_to(day)]
        assert [day for day in applies if not on_weekdays or day.weekday() == weekday] == [day.date() for day in rule]

    @pytest.mark.parametrize(
        ("pattern", "config", "days"),
        [  # from the page "RecurrencePattern"
            (
                recurring("YEARLY", Interval=1, ByMonth=[4], ByWeekdayOccurrence=[2]),
                [opening("THURSDAY", "09:00", "10:00")],
                ["2026-04-09", "2027-04-08"],
            ),
            (recurring("MONTHLY", Interval=3, ByMonthDay=[-1]), daily("09:00", "10:00"), ["2026-04-30", "2026-07-31"]),
            (
                recurring("MONTHLY", Interval=3, ByMonthDay=["15"]),
                daily("09:00", "10:00"),
                ["2026-04-15", "2026-07-15"],
            ),
            (
                recurring("WEEKLY", Interval="2"),
                [opening("FRIDAY", "09:00", "10:00")],
                ["2026-04-03", "2026-04-17", "2026-05-01"],
            ),
        ],
    )
    def test_examples(self, pattern: dict[str, Any], config: list[dict[str, Any]], days: list[str]) -> None:
        more = {"RecurrenceConfig": pattern, "OverrideType": "OPEN"}
        hours = hours_of([], override("2026-04-01", "2027-12-31", *config, **more))
        first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
        between = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        assert [str(day) for day in between if are_open(hours, f"{day}T09:30")] == days


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"OverrideType": "SHUT"}, "override 'o': 'SHUT' is none of STANDARD, OPEN, CLOSED; write one of them."),
        ({"EffectiveTill": "soon"}, "override 'o': Invalid isoformat string: 'soon'"),
        (
            {"OverrideConfig": [opening("FUNDAY", "09:00", "10:00")]},
            "override 'o': 'FUNDAY' is none of MONDAY, .*; write one of them.",
        ),
        ({"RecurrenceConfig": recurring("DAILY")}, "override 'o': 'DAILY' is none of WEEKLY, MONTHLY, YEARLY; write"),
        ({"RecurrenceConfig": recurring("WEEKLY", Interval=0)}, "override 'o': '0' is none of 1, 2, 3, 4, 5, 6; write"),
        (
            {"RecurrenceConfig": recurring("MONTHLY", ByMonthDay=[1, 15])},
            r"override 'o': ByMonthDay is \[1, 15\]; give it one number, other than 0.",
        ),
    ],
)
def test_an_override_that_is_wrong_is_named(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        hours_of(WEEKDAYS, override("2026-01-01", "2026-12-31") | wrong)


def test_a_time_zone_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match=r"there is no time zone 'Mars/Olympus'; write one such as Asia/Singapore\."):
        hours_of(WEEKDAYS, zone="Mars/Olympus")
