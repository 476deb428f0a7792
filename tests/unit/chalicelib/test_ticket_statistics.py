"""What the tickets of a period come to: each figure by hand, and totals that add up whatever there is."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.tickets.rules import Channel, Kind, Ticket
from chalicelib.tickets.statistics import (
    HOUSE,
    SERVICE,
    Figures,
    Period,
    Satisfaction,
    Times,
    figures,
    report,
    touched,
    week,
    week_before,
)

WEEK = week("2026-W47")  # Monday 2026-11-16 to Sunday 2026-11-22
MADE = datetime(2026, 11, 23, tzinfo=UTC)


def on(day: int, hour: int = 2) -> str:
    """A moment of November: ten in the morning in Shanghai where no hour is given."""
    return datetime(2026, 11, day, hour, tzinfo=UTC).isoformat(timespec="microseconds")


def ticket(registered: str = on(17), number: str = "1", **more: Any) -> Ticket:
    given = {"kind": "complaint", "channel": "phone", "language": "zh-CN", "subject": "", "text": ""} | more
    return Ticket(number=number, registered_at=registered, **given)


def closed(day: int, registered: str = on(17), **more: Any) -> Ticket:
    return ticket(registered, state="closed", closed_at=on(day), **({"replied_at": on(day)} | more))


def of(*tickets: Ticket, at: datetime = MADE) -> Figures:
    return figures(tickets, WEEK, at)


def test_a_week_is_its_seven_days_in_shanghai() -> None:
    assert tuple(WEEK) == (date(2026, 11, 16), date(2026, 11, 22))
    ends = [WEEK.since.isoformat(), WEEK.until.isoformat()]
    assert ends == ["2026-11-16T00:00:00+08:00", "2026-11-23T00:00:00+08:00"]
    assert WEEK.before == week("2026-W46")
    assert Period(date(2026, 11, 30), date(2026, 12, 1)).before == (date(2026, 11, 28), date(2026, 11, 29))


@pytest.mark.parametrize("name", ["2026-W54", "2026-W00", "2026-47", "2026-W5", "", "2027-W53"])
def test_what_is_no_week_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="isoformat"):
        week(name)


def test_the_week_before_monday_morning_is_the_one_that_ended_last_night() -> None:
    assert week_before(datetime(2026, 11, 23, 0, tzinfo=UTC)) == "2026-W47"  # 08:00 in Shanghai
    assert week_before(datetime(2026, 11, 22, 15, 59, tzinfo=UTC)) == "2026-W46"
    assert week_before(datetime(2027, 1, 4, 0, tzinfo=UTC)) == "2026-W53"


def test_a_period_knows_the_weeks_it_touches() -> None:
    assert Period(date(2026, 12, 27), date(2027, 1, 4)).weeks == ["2026-W52", "2026-W53", "2027-W01"]
    assert WEEK.weeks == ["2026-W47"]


@pytest.mark.parametrize(
    ("found", "counted"),
    [
        (ticket(on(17)), (1, 0, 1)),
        (ticket(on(15, 16)), (1, 0, 1)),  # midnight in Shanghai, the first moment
        (ticket(on(15, 15)), (0, 0, 1)),  # an hour before
        (ticket(on(22, 16)), (0, 0, 0)),  # the first moment after
        (ticket(on(2), closed_at=on(18)), (0, 1, 0)),
        (ticket(on(2), closed_at=on(14)), (0, 0, 0)),
        (ticket(on(17), closed_at=on(18)), (1, 1, 0)),
        (ticket(on(17), closed_at=on(23)), (1, 0, 1)),  # open at the end, whatever came then
    ],
)
def test_registered_closed_and_open_at_the_end(found: Ticket, counted: tuple[int, int, int]) -> None:
    assert of(found)[:3] == counted


def test_a_week_that_is_not_over_counts_as_far_as_it_is() -> None:
    at = datetime(2026, 11, 18, 2, tzinfo=UTC)
    found = of(ticket(on(17)), ticket(on(19)), closed(20), at=at)
    assert found[:3] == (2, 0, 2)
    assert found.ages["0-3"] == 2


def test_counts_by_what_they_are_most_first() -> None:
    found = of(
        ticket(category="fees", channel="web"),
        ticket(category="fees", kind="suggestion"),
        ticket(),
        closed(18, cause="slow", registered=on(2)),
        closed(18, registered=on(2)),
    )
    assert found.by_kind == {"complaint": 2, "suggestion": 1}
    assert list(found.by_category.items()) == [("fees", 2), ("", 1)]
    assert found.by_channel == {"phone": 2, "web": 1}
    assert found.by_cause == {"": 1, "slow": 1}


def test_ages_are_whole_days_until_the_end_of_the_week() -> None:
    days = [0, 3, 4, 7, 8, 15, 16, 30, 31, 60, 61, 400]
    end = WEEK.until.astimezone(UTC)
    found = of(*(ticket((end - timedelta(days=day, hours=1)).isoformat(timespec="microseconds")) for day in days))
    assert found.ages == {"0-3": 2, "4-7": 2, "8-15": 2, "16-30": 2, "31-60": 2, "61+": 2}


def test_times_are_of_what_came_in_the_week() -> None:
    late = ticket(on(2), responded_at=on(17), counts_from=on(3), state="accepted")
    quick = ticket(on(17), responded_at=on(17, 4), counts_from=on(17, 5), resolved_at=on(18), state="resolved")
    found = of(late, quick, ticket(on(17)))
    assert found.first_response == Times(2, 2.0, 360.0)
    assert found.acceptance == Times(1, 3.0, 3.0)
    assert found.resolution == Times(1, 24.0, 24.0)
    assert of().resolution == Times(0, None, None)


def test_nine_of_ten_is_a_time_that_some_ticket_took() -> None:
    hours = [ticket(on(17, 0), responded_at=on(17, hour)) for hour in range(1, 11)]
    assert of(*hours).first_response == Times(10, 5.0, 9.0)


def test_a_resolution_is_without_the_time_the_customer_was_awaited() -> None:
    pauses = ((on(17, 4), on(17, 10)), (on(18, 0), on(18, 1)))
    assert of(ticket(on(17, 2), resolved_at=on(18, 2), pauses=pauses)).resolution.median == 17.0
    open_pause = ticket(on(17, 2), responded_at=on(17, 5), pauses=((on(17, 5), ""),))
    assert of(open_pause).first_response.median == 3.0


def test_a_reopened_ticket_counts_from_its_reopening_and_its_acceptance_is_forgotten() -> None:
    found = of(ticket(on(2), reopened=1, counts_from=on(17), resolved_at=on(19), state="resolved"))
    assert (found.reopened, found.acceptance.tickets, found.resolution.median) == (1, 0, 48.0)


def test_breaches_by_clock_and_extensions() -> None:
    found = of(
        ticket(rung=("acceptance#warn", "acceptance#breach", "acceptance#head", "first_response#breach")),
        closed(18, rung=("first_response#breach",), extended_days=5),
        closed(2, rung=("resolution#breach",), registered=on(1)),
    )
    assert found.breaches == {"acceptance": 1, "first_response": 2}
    assert found.extended == 1


def test_satisfaction_is_of_those_who_heard_a_result() -> None:
    found = of(closed(18, rating=5), closed(18, rating=2), closed(18), closed(18, replied_at="", duplicate_of="2"))
    assert found.satisfaction == Satisfaction(3, 2, 3.5, {5: 1, 4: 0, 3: 0, 2: 1, 1: 0})
    assert of().satisfaction.mean is None


def test_a_report_is_of_one_department_or_of_the_house() -> None:
    there = [ticket(number="3", department="trading"), closed(18, number="2", department="finance"), ticket(number="1")]
    trading = report(there, "trading", WEEK, MADE)
    assert ([one.number for one in trading.tickets], trading.figures.registered, trading.departments) == (["3"], 1, {})
    assert report(there, SERVICE, WEEK, MADE).figures.registered == 1
    house = report(there, HOUSE, WEEK, MADE)
    assert {name: found.registered for name, found in house.departments.items()} == {
        "finance": 1,
        SERVICE: 1,
        "trading": 1,
    }
    assert [one.number for one in house.tickets] == ["1", "2", "3"]


def test_a_report_stands_beside_the_week_before() -> None:
    there = [ticket(on(10), closed_at=on(12)), ticket(on(12), closed_at=on(18)), ticket(on(17))]
    made = report(there, HOUSE, WEEK, MADE)
    assert made.before == figures(there, week("2026-W46"), MADE)
    assert (made.figures[:3], made.before[:3]) == ((1, 1, 1), (2, 1, 1))


MOMENTS = st.integers(1, 29).map(on)
TICKETS = st.lists(
    st.builds(
        ticket,
        MOMENTS,
        kind=st.sampled_from(get_args(Kind)),
        channel=st.sampled_from(get_args(Channel)),
        category=st.sampled_from(["", "fees", "fees.commission"]),
        cause=st.sampled_from(["", "slow"]),
        department=st.sampled_from(["", "trading", "finance"]),
        closed_at=st.sampled_from(["", *map(on, range(1, 30))]),
        replied_at=st.sampled_from(["", on(18)]),
        rating=st.integers(0, 5),
        reopened=st.integers(0, 2),
        extended_days=st.integers(0, 2),
    ).map(lambda one: one._replace(closed_at=one.closed_at and max(one.closed_at, one.registered_at))),
    max_size=12,
)


@given(TICKETS)
def test_the_parts_add_up_to_the_whole(tickets: list[Ticket]) -> None:
    found = of(*tickets)
    for parts in (found.by_kind, found.by_category, found.by_channel):
        assert sum(parts.values()) == found.registered
    assert sum(found.by_cause.values()) == found.closed
    assert sum(found.ages.values()) == found.open
    assert found.open + found.closed == len(touched(tickets, WEEK, MADE))
    satisfaction = found.satisfaction
    assert sum(satisfaction.ratings.values()) == satisfaction.answered <= satisfaction.asked <= found.closed


@given(TICKETS)
def test_the_departments_add_up_to_the_house(tickets: list[Ticket]) -> None:
    house = report(tickets, HOUSE, WEEK, MADE)
    for name in ("registered", "closed", "open", "reopened", "extended"):
        assert sum(getattr(one, name) for one in house.departments.values()) == getattr(house.figures, name)


@given(TICKETS)
def test_what_was_open_and_came_less_what_went_is_open(tickets: list[Ticket]) -> None:
    now, then = of(*tickets), figures(tickets, WEEK.before, MADE)
    assert then.open + now.registered - now.closed == now.open
