"""The clocks on tickets: what is due when, in calendar days or working time."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.platform.clock import SHANGHAI
from chalicelib.tickets.clocks import bells, due_at, extension_days, running
from chalicelib.tickets.rules import Ticket
from chalicelib.tickets.working_time import Hours, after_calendar, after_working


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def ticket(**facts: Any) -> Ticket:
    base = Ticket("2600000000", "complaint", "phone", "zh-CN", "s", "t", shanghai("2026-11-25T10:00").isoformat())
    return base._replace(**facts)


def due(found: Ticket) -> dict[str, str]:
    return {clock.name: f"{clock.due.astimezone(SHANGHAI):%m-%d %H:%M}" for clock in running(found)}


def test_a_new_complaint_is_answered_within_a_working_day_and_accepted_within_15_days() -> None:
    # Wednesday 10:00, so eight hours of work are over on Thursday; the fifteenth day after ends at midnight.
    assert due(ticket()) == {"acceptance": "12-11 00:00", "first_response": "11-26 09:00"}


def test_a_referral_of_12386_has_a_shorter_clock() -> None:
    assert due(ticket(channel="12386"))["acceptance"] == "12-01 00:00"


@pytest.mark.parametrize(
    ("facts", "first_response"),
    [({"severity": "high"}, "11-25 12:00"), ({"segment": "vip"}, "11-25 14:00"), ({"kind": "request"}, "11-26 17:00")],
)
def test_the_first_response_depends_on_severity_segment_and_kind(facts: dict[str, str], first_response: str) -> None:
    assert due(ticket(**facts))["first_response"] == first_response


def test_an_accepted_complaint_is_closed_within_60_days_and_at_most_30_more() -> None:
    accepted = ticket(state="accepted", counts_from=shanghai("2026-11-30T09:00").isoformat(), responded_at="x")
    assert due(accepted) == {"resolution": "01-30 00:00"}
    assert due(accepted._replace(extended_days=30)) == {"resolution": "03-01 00:00"}
    assert extension_days(accepted) == 30


def test_a_clock_waits_while_the_customer_is_awaited() -> None:
    since, until = (shanghai(f"2026-11-{day}T09:00").isoformat() for day in (26, 28))
    waited = ticket(state="investigating", counts_from=shanghai("2026-11-25T11:00").isoformat(), responded_at="x")
    assert due(waited) == {"resolution": "01-25 00:00"}
    assert due(waited._replace(pauses=((since, until),))) == {"resolution": "01-27 00:00"}
    awaiting = waited._replace(state="waiting", pauses=((since, ""),))
    assert [(bell.clock, bell.stage) for bell in bells(awaiting)] == [("waiting", "over")]


def test_a_department_has_a_deadline_of_its_own() -> None:
    asked = ticket(state="assigned", asked_at=shanghai("2026-11-25T10:00").isoformat(), responded_at="x")
    assert due(asked) == {"department": "11-30 10:00"}
    until = shanghai("2026-11-27T12:00").isoformat()
    assert due(asked._replace(asked_until=until)) == {"department": "11-27 12:00"}


def test_a_clock_warns_is_breached_and_climbs_each_once() -> None:
    found = ticket(state="registered", responded_at="x")
    said = [(bell.stage, bell.to, f"{bell.at.astimezone(SHANGHAI):%m-%d %H:%M}") for bell in bells(found)]
    assert said == [
        ("warn", "", "12-09 00:00"),
        ("breach", "supervisor", "12-11 00:00"),
        ("head", "head", "12-11 17:30"),
    ]
    assert [bell.stage for bell in bells(found._replace(rung=("acceptance#warn", "acceptance#breach")))] == ["head"]


def test_silence_after_a_reply_is_the_end() -> None:
    replied = ticket(state="replied", replied_at=shanghai("2026-11-25T10:00").isoformat(), responded_at="x")
    assert [(bell.clock, bell.stage) for bell in bells(replied)] == [("silence", "over")]
    assert due_at(replied) == shanghai("2026-12-03T00:00")


def test_a_closed_ticket_has_no_clock() -> None:
    assert running(ticket(state="closed")) == []
    assert due_at(ticket(state="closed")) is None


def test_a_year_without_announced_holidays_has_its_weekdays() -> None:
    far = shanghai("2031-01-01T10:00").isoformat()
    assert due(ticket(registered_at=far))["first_response"] == "01-02 09:00"


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 6, 1)).map(lambda at: at.replace(tzinfo=UTC))
WEEKDAYS = Hours("08:30", "17:30", lambda day: day.weekday() < 5)


def worked_between(start: datetime, end: datetime, pauses: list[tuple[datetime, datetime]]) -> timedelta:
    """By counting minutes: slow, and sure."""
    total, at = timedelta(), start
    while at < end:
        local = at.astimezone(SHANGHAI)
        works = WEEKDAYS.works(local.date()) and time(8, 30) <= local.time() < time(17, 30)
        if works and not any(since <= at < until for since, until in pauses):
            total += timedelta(minutes=1)
        at += timedelta(minutes=1)
    return total


@settings(deadline=None)  # counting takes its time
@given(
    MOMENTS.map(lambda at: at.replace(second=0, microsecond=0)),
    st.integers(1, 60 * 30),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 3000)), max_size=3),
)
def test_working_time_is_what_counting_the_minutes_makes_of_it(
    start: datetime, minutes: int, gaps: list[tuple[int, int]]
) -> None:
    pauses, at = [], start
    for before, length in gaps:
        since = at + timedelta(minutes=before)
        at = since + timedelta(minutes=length)
        pauses.append((since, at))
    end = after_working(start, timedelta(minutes=minutes), WEEKDAYS, pauses)
    assert worked_between(start, end, pauses) == timedelta(minutes=minutes)
    # And not later than it must be: the minute before its end was one that counts.
    assert worked_between(end - timedelta(minutes=1), end, pauses) == timedelta(minutes=1)


@given(MOMENTS, st.integers(0, 90))
def test_calendar_days_end_at_midnight_in_shanghai(start: datetime, days: int) -> None:
    end = after_calendar(start, days).astimezone(SHANGHAI)
    assert end.time() == time()
    assert end.date() - start.astimezone(SHANGHAI).date() == timedelta(days=days + 1)
    assert end.date() > date(2026, 1, 1)
