"""The hours and days of trading, and for which day an order is."""

import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platform.clock import SHANGHAI
from chalicelib.trading.market import Phase, turns_on
from chalicelib.trading.rules import Refusal
from chalicelib.trading.sessions import (
    is_free_of_limit,
    is_trading_day,
    may_cancel,
    next_trading_day,
    phase,
    refuse_hours,
    trading_day_of,
)
from devtools.trading_days import FILE, calendar, holidays, text

TUESDAY, FRIDAY = date(2026, 11, 24), date(2026, 11, 27)
MOMENTS = st.datetimes(datetime(2023, 4, 10), datetime(2026, 12, 30), timezones=st.just(SHANGHAI))


def at(clock: str, day: date = TUESDAY) -> datetime:
    """That time in Shanghai, as the house keeps it: in UTC."""
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI).astimezone(UTC)


def in_file() -> dict[int, list[str]]:
    return {int(year): days for year, days in json.loads(FILE.read_text("utf-8")).items()}


@pytest.mark.parametrize(
    ("begins", "ends", "expected", "cancel"),
    [
        ("00:00:00", "09:14:59", "closed", True),
        ("09:15:00", "09:19:59", "opening_auction", True),
        ("09:20:00", "09:24:59", "opening_auction_locked", False),
        ("09:25:00", "09:29:59", "opening_pause", True),
        ("09:30:00", "11:29:59", "continuous", True),
        ("11:30:00", "12:59:59", "lunch", True),
        ("13:00:00", "14:56:59", "continuous", True),
        ("14:57:00", "14:59:59", "closing_auction", False),
        ("15:00:00", "23:59:59", "closed", True),
    ],
)
def test_the_phases_of_the_day_and_when_orders_may_be_cancelled(
    begins: str, ends: str, expected: Phase, cancel: bool
) -> None:
    for clock in (begins, ends):
        assert (phase(at(clock)), may_cancel(at(clock))) == (expected, cancel)


def test_the_phases_cover_the_day_without_gap() -> None:
    begins = [turn.at for turn in turns_on(TUESDAY)]
    assert begins[0] == "00:00"
    assert begins == sorted(set(begins))
    assert turns_on(TUESDAY)[0].phase == turns_on(TUESDAY)[-1].phase == "closed"


@given(MOMENTS)
def test_an_order_is_for_today_until_the_close_and_else_for_the_next_day(moment: datetime) -> None:
    day = trading_day_of(moment)
    today = moment.date()
    assert is_trading_day(day)
    assert (day == today) == (is_trading_day(today) and moment.time() < time(15))
    assert day in (today, next_trading_day(today))
    assert phase(moment) == "closed" or day == today


@given(st.dates(date(2023, 1, 1), date(2026, 12, 30)))
def test_no_trading_day_is_skipped(day: date) -> None:
    following = next_trading_day(day)
    between = [day + timedelta(days=n) for n in range(1, (following - day).days)]
    assert is_trading_day(following)
    assert not any(map(is_trading_day, between))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 2, 8), date(2024, 2, 19)),  # spring festival
        (date(2025, 9, 30), date(2025, 10, 9)),  # national day and mid-autumn
        (date(2026, 2, 13), date(2026, 2, 24)),
        (FRIDAY, date(2026, 11, 30)),
        (date(2026, 11, 28), date(2026, 11, 30)),
    ],
)
def test_the_next_trading_day(day: date, expected: date) -> None:
    assert next_trading_day(day) == expected


def test_a_working_saturday_is_no_trading_day() -> None:
    assert not is_trading_day(date(2026, 10, 10))


def test_a_day_without_trading_is_closed_all_day_and_its_orders_may_be_cancelled() -> None:
    holiday = at("10:00", date(2026, 10, 1))
    assert (phase(holiday), may_cancel(holiday), trading_day_of(holiday)) == ("closed", True, date(2026, 10, 8))


def test_the_trading_day_is_the_exchange_s_not_that_of_utc() -> None:
    assert trading_day_of(datetime(2026, 11, 24, 22, 0, tzinfo=UTC)) == date(2026, 11, 25)


@pytest.mark.parametrize("clock", ["08:00", "15:00", "20:00"])
def test_outside_the_hours_an_order_is_refused_or_for_the_next_session_as_the_firm_sets(clock: str) -> None:
    assert refuse_hours(at(clock), "refuse") == Refusal("hours", "time", {"opens": "09:15"})
    assert refuse_hours(at(clock), "next_session") is None


@pytest.mark.parametrize("clock", ["09:15", "09:27", "10:00", "12:00", "14:59"])
def test_within_the_hours_an_order_is_taken(clock: str) -> None:
    assert refuse_hours(at(clock), "refuse") is None


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 9, 23), False),
        (date(2026, 9, 24), True),
        (date(2026, 9, 30), True),  # the fourth: the 25th is a holiday
        (date(2026, 10, 8), True),
        (date(2026, 10, 9), False),
    ],
)
def test_the_first_five_days_after_listing_are_free_of_limit(day: date, expected: bool) -> None:
    assert is_free_of_limit(date(2026, 9, 24), day, 5) == expected


def test_the_first_day_of_the_delisting_period_is_free_of_limit() -> None:
    assert [is_free_of_limit(TUESDAY, TUESDAY + timedelta(days=n), 1) for n in (-1, 0, 1)] == [False, True, False]


@pytest.mark.parametrize("day", [date(2022, 12, 30), date(2099, 1, 2)])
def test_a_year_that_is_not_known_says_what_to_do(day: date) -> None:
    with pytest.raises(LookupError, match=rf"not {day.year}: .*devtools\.trading_days"):
        is_trading_day(day)


def test_hours_before_their_first_row_are_not_known() -> None:
    with pytest.raises(LookupError, match="no sessions for 2020-01-02"):
        turns_on(date(2020, 1, 2))


def test_holidays_are_the_weekdays_without_a_session() -> None:
    weekdays = {day for n in range(365) if (day := date(2026, 1, 1) + timedelta(days=n)).weekday() < 5}
    assert holidays(2026, weekdays - {date(2026, 1, 1), date(2026, 12, 31)}) == ["01-01", "12-31"]


def test_the_file_is_written_a_year_a_line() -> None:
    assert FILE.read_text("utf-8") == text(in_file())
    assert [len(days) for days in in_file().values()] == [18, 20, 18, 19]


def test_the_file_is_what_the_calendar_says() -> None:
    pytest.importorskip("exchange_calendars")
    known = calendar()
    assert {year: known[year] for year in in_file()} == in_file()
