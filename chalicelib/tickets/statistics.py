"""What the tickets of a period come to: counts, ages, times, breaches, satisfaction. Pure.

A ticket counts for the department it was with when it was closed, else for the one it is with now; those that no
department was asked about are the service's own. All follows from tickets as they stand: a ticket that was reopened is
open again in the figures of every period, and a breach that an extension or another department has ended is none.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import NamedTuple

from chalicelib.platform.clock import SHANGHAI, business_day, stamp
from chalicelib.tickets.rules import Ticket

HOUSE, SERVICE = "all", "service"  # all departments together; tickets of none
# The first and the last whole day of each band of ages; the last band has no end.
AGES = ((0, 3), (4, 7), (8, 15), (16, 30), (31, 60), (61, None))
RATINGS = (5, 4, 3, 2, 1)


class Period(NamedTuple):
    """Days in Shanghai, from the first to the last."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time(), SHANGHAI)

    @property
    def until(self) -> datetime:
        """The moment at which it is over."""
        return datetime.combine(self.last + timedelta(days=1), time(), SHANGHAI)

    @property
    def before(self) -> "Period":
        """As many days, just before."""
        days = self.last - self.first + timedelta(days=1)
        return Period(self.first - days, self.last - days)

    @property
    def weeks(self) -> list[str]:
        """The ISO weeks that it touches, as 2026-W48."""
        days = (self.first + timedelta(days=day) for day in range((self.last - self.first).days + 1))
        return sorted({week_of(day) for day in days})


def week_of(day: date) -> str:
    """The ISO week of a day: 2026-W48."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def week(name: str) -> Period:
    """The days of an ISO week. ValueError for one that is none."""
    monday = date.fromisoformat(f"{name}-1")
    return Period(monday, monday + timedelta(days=6))


def week_before(at: datetime) -> str:
    """The ISO week that was over last at ``at``, in Shanghai."""
    return week_of(business_day(at) - timedelta(days=7))


class Times(NamedTuple):
    """Of so many ``tickets``, in hours: half took at most ``median``, nine of ten at most ``ninety``; None of none."""

    tickets: int
    median: float | None
    ninety: float | None


class Satisfaction(NamedTuple):
    """Of ``asked`` customers ``answered`` gave 1 to 5: ``mean`` of them, None of none; how often which."""

    asked: int
    answered: int
    mean: float | None
    ratings: dict[int, int]


class Figures(NamedTuple):
    """``registered`` and ``closed`` in the period, by what they are (``by_cause``: the closed ones); ``open`` at its
    end, by age. ``first_response``, ``acceptance`` and ``resolution``: of those to which it came in the period.
    ``breaches`` by clock, ``reopened`` and ``extended``: of those closed in it or open at its end.
    """

    registered: int
    closed: int
    open: int
    by_kind: dict[str, int]
    by_category: dict[str, int]
    by_channel: dict[str, int]
    by_cause: dict[str, int]
    ages: dict[str, int]
    first_response: Times
    acceptance: Times
    resolution: Times
    breaches: dict[str, int]
    reopened: int
    extended: int
    satisfaction: Satisfaction


class Report(NamedTuple):
    """The figures of a department (or of ``HOUSE``) in a period, and in the one before; those of each department where
    it is of the house; the tickets that they are of, in order of their numbers."""

    department: str
    period: Period
    made_at: datetime
    figures: Figures
    before: Figures
    departments: dict[str, Figures]
    tickets: list[Ticket]


def department_of(ticket: Ticket) -> str:
    """The department that a ticket counts for."""
    return ticket.department or SERVICE


def report(tickets: Iterable[Ticket], department: str, period: Period, at: datetime) -> Report:
    """The report made at ``at``; ``tickets`` may be more than it is about."""
    theirs = [ticket for ticket in tickets if department in (HOUSE, department_of(ticket))]
    names = sorted({department_of(ticket) for ticket in theirs}) if department == HOUSE else []
    return Report(
        department,
        period,
        at,
        figures(theirs, period, at),
        figures(theirs, period.before, at),
        {name: figures([one for one in theirs if department_of(one) == name], period, at) for name in names},
        sorted(touched(theirs, period, at), key=lambda ticket: ticket.number),
    )


def touched(tickets: Iterable[Ticket], period: Period, at: datetime) -> list[Ticket]:
    """Those that were closed in the period, or open at its end (at ``at`` where it is not over)."""
    since, until = stamp(period.since), stamp(min(period.until, at))
    return [
        ticket
        for ticket in tickets
        if ticket.registered_at < until and (not ticket.closed_at or ticket.closed_at >= since)
    ]


def figures(tickets: Iterable[Ticket], period: Period, at: datetime) -> Figures:
    """What these tickets come to in the period, as of its end, or of ``at`` where it is not over."""
    since, end = stamp(period.since), min(period.until, at)
    until = stamp(end)

    def within(moment: str) -> bool:
        return since <= moment < until

    theirs = touched(tickets, period, at)
    registered = [ticket for ticket in theirs if within(ticket.registered_at)]
    closed = [ticket for ticket in theirs if within(ticket.closed_at)]
    still_open = [ticket for ticket in theirs if not within(ticket.closed_at)]
    return Figures(
        len(registered),
        len(closed),
        len(still_open),
        _counts(registered, lambda ticket: ticket.kind),
        _counts(registered, lambda ticket: ticket.category),
        _counts(registered, lambda ticket: ticket.channel),
        _counts(closed, lambda ticket: ticket.cause),
        _ages(still_open, end),
        _times(_span(one, one.registered_at, one.responded_at) for one in theirs if within(one.responded_at)),
        # A reopened ticket counts from its reopening: when it was accepted is only in its timeline.
        _times(
            _span(one, one.registered_at, one.counts_from)
            for one in theirs
            if within(one.counts_from) and not one.reopened
        ),
        _times(_span(one, _begun(one), one.resolved_at) for one in theirs if within(one.resolved_at)),
        dict(Counter(said.partition("#")[0] for one in theirs for said in one.rung if said.endswith("#breach"))),
        sum(one.reopened > 0 for one in theirs),
        sum(one.extended_days > 0 for one in theirs),
        _satisfaction([one for one in closed if one.replied_at]),
    )


def _counts(tickets: Iterable[Ticket], what: Callable[[Ticket], str]) -> dict[str, int]:
    """How many of each, most first; "" where it is not said."""
    found = Counter(map(what, tickets))
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def age_name(first: int, last: int | None) -> str:
    """The name of a band of ages in days: 0-3, or 61+."""
    return f"{first}+" if last is None else f"{first}-{last}"


def _ages(tickets: Iterable[Ticket], end: datetime) -> dict[str, int]:
    days = [(end - datetime.fromisoformat(ticket.registered_at)).days for ticket in tickets]
    return {
        age_name(first, last): sum(first <= day and (last is None or day <= last) for day in days)
        for first, last in AGES
    }


def _begun(ticket: Ticket) -> str:
    return ticket.counts_from if ticket.reopened else ticket.registered_at


def _span(ticket: Ticket, since: str, until: str) -> float:
    """Hours from one moment to the other, nights among them, less those in which the customer was awaited."""
    begun, ended = datetime.fromisoformat(since), datetime.fromisoformat(until)
    waited = timedelta()
    for stopped, went_on in ticket.pauses:
        stop = max(datetime.fromisoformat(stopped), begun)
        waited += max(min(datetime.fromisoformat(went_on) if went_on else ended, ended) - stop, timedelta())
    return (ended - begun - waited) / timedelta(hours=1)


def _times(spans: Iterable[float]) -> Times:
    """By the nearest rank, so that each is a time that some ticket took."""
    hours = sorted(spans)
    median, ninety = (round(hours[ceil(share * len(hours)) - 1], 1) if hours else None for share in (0.5, 0.9))
    return Times(len(hours), median, ninety)


def _satisfaction(asked: list[Ticket]) -> Satisfaction:
    """Of those who were given a result; duplicates are answered with the ticket they were merged into."""
    given = [ticket.rating for ticket in asked if ticket.rating]
    mean = round(sum(given) / len(given), 2) if given else None
    return Satisfaction(len(asked), len(given), mean, {rating: given.count(rating) for rating in RATINGS})
