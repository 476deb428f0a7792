"""Hours of operation: when a queue's agents are there (AWS::Connect::HoursOfOperation).

What holds where overrides compete: page "Set overrides for extended, reduced, and holiday hours" (Administrator Guide),
Dates with competing overrides. What a recurrence means: page "RecurrencePattern" (API Reference).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")

Frequency = Literal["WEEKLY", "MONTHLY", "YEARLY"]
OverrideType = Literal["STANDARD", "OPEN", "CLOSED"]


@dataclass(frozen=True, slots=True)
class Opening:
    """Open from ``start`` to before ``end`` on one day of the week (0 is Monday).

    An end at or before the start is on the next day, so 00:00 to 00:00 is the whole day. (Our reading: the API's pages
    give no rule, the console shows a whole day as 12:00 AM to 12:00 AM.)
    """

    weekday: int
    start: time
    end: time

    def covers(self, day: date, moment: datetime) -> bool:
        """Whether the opening that begins on ``day`` holds ``moment`` (local time, without a zone)."""
        begins = datetime.combine(day, self.start)
        ends = datetime.combine(day, self.end)
        if ends <= begins:
            ends += timedelta(days=1)
        return begins <= moment < ends


ALWAYS = tuple(Opening(weekday, time(0), time(0)) for weekday in range(7))
"""Every day, all day long."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Every ``interval`` weeks, months or years, counted from the override's first day.

    ``month``: of a year. ``month_day``: -1 is the month's last; a month without that day is left out. ``occurrence``:
    the first to fourth such weekday of the month; -1 is the last. Where none of these is given, the first day's counts,
    and weeks begin on Monday (as RFC 5545, iCalendar, has it; Amazon Connect's pages do not say).
    """

    frequency: Frequency
    interval: int = 1
    month: int | None = None
    month_day: int | None = None
    occurrence: int | None = None

    def falls_on(self, day: date, first: date) -> bool:
        """Whether ``day`` is one of those that follow ``first``."""
        if self.frequency == "WEEKLY":
            return (_monday(day) - _monday(first)).days // 7 % self.interval == 0
        yearly = self.frequency == "YEARLY"
        month = self.month if yearly and self.month else first.month
        months = 12 * (day.year - first.year) + day.month - month
        return months % (self.interval * (12 if yearly else 1)) == 0 and self._fits_month(day, first)

    def _fits_month(self, day: date, first: date) -> bool:
        length = monthrange(day.year, day.month)[1]
        if self.occurrence:
            return self.occurrence in ((day.day + 6) // 7, (day.day - length - 1) // 7)
        return (self.month_day or first.day) in (day.day, day.day - length - 1)


@dataclass(frozen=True, slots=True)
class Override:
    """Other hours, from the first day to the last, or on those between them on which it recurs.

    A STANDARD one stands in for the week: no opening on a day is closed. An OPEN one opens, a CLOSED one closes, at the
    times of its ``openings``; the rest of the day is as it was.
    """

    name: str
    type: OverrideType
    first: date
    last: date
    openings: tuple[Opening, ...]
    recurrence: Recurrence | None = None

    def applies_to(self, day: date) -> bool:
        recurs = self.recurrence is None or self.recurrence.falls_on(day, self.first)
        return recurs and self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Hours:
    """``inherited``: the overrides of the hours that these are linked to. They go by the time of this zone, and of two
    STANDARD ones for a day the hours' own comes first (both are our reading).
    """

    arn: str
    name: str
    zone: ZoneInfo
    openings: tuple[Opening, ...]
    overrides: tuple[Override, ...] = ()
    inherited: tuple[Override, ...] = ()

    def are_open(self, now: datetime) -> bool:
        """Whether an agent may be there at ``now``, an aware time.

        What is CLOSED counts first, then what is OPEN, then a STANDARD override, then the week.
        """
        moment = now.astimezone(self.zone).replace(tzinfo=None)
        if self._overridden(moment, "CLOSED"):
            return False
        return self._overridden(moment, "OPEN") or any(_cover(self._usual(day), day, moment) for day in _days(moment))

    def _overridden(self, moment: datetime, override_type: OverrideType) -> bool:
        return any(
            _cover(override.openings, day, moment)
            for day in _days(moment)
            for override in self._overrides(override_type, day)
        )

    def _usual(self, day: date) -> tuple[Opening, ...]:
        return next((override.openings for override in self._overrides("STANDARD", day)), self.openings)

    def _overrides(self, override_type: OverrideType, day: date) -> Iterable[Override]:
        everything = (*self.overrides, *self.inherited)
        return (override for override in everything if override.type == override_type and override.applies_to(day))


def _days(moment: datetime) -> tuple[date, date]:
    """Those whose openings may hold the moment: what began the day before may run past midnight."""
    return moment.date(), moment.date() - timedelta(days=1)


def _cover(openings: Iterable[Opening], day: date, moment: datetime) -> bool:
    return any(opening.weekday == day.weekday() and opening.covers(day, moment) for opening in openings)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def read_hours(arn: str, properties: Mapping[str, Any]) -> Hours:
    """From the properties of an AWS::Connect::HoursOfOperation. Raises ValueError with a sentence, and KeyError for a
    property that is missing. What is inherited is for the caller to add.
    """
    return Hours(
        arn,
        properties["Name"],
        _read_zone(properties["TimeZone"]),
        _read_openings(properties["Config"]),
        tuple(_read_override(override) for override in properties.get("HoursOfOperationOverrides", ())),
    )


def _read_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"there is no time zone {name!r}; write one such as Asia/Singapore.") from error


def _read_override(override: Mapping[str, Any]) -> Override:
    """A CLOSED one without hours closes the whole day."""
    name, pattern = override["OverrideName"], override.get("RecurrenceConfig", {}).get("RecurrencePattern")
    try:
        override_type = _one_of(get_args(OverrideType), override.get("OverrideType", "STANDARD"))
        openings = _read_openings(override["OverrideConfig"])
        return Override(
            name,
            override_type,
            date.fromisoformat(override["EffectiveFrom"]),
            date.fromisoformat(override["EffectiveTill"]),
            ALWAYS if override_type == "CLOSED" and not openings else openings,
            None if pattern is None else _read_recurrence(pattern),
        )
    except ValueError as error:
        raise ValueError(f"override {name!r}: {error}") from error


def _read_recurrence(pattern: Mapping[str, Any]) -> Recurrence:
    return Recurrence(
        _one_of(get_args(Frequency), pattern["Frequency"]),
        int(_one_of(tuple("123456"), str(pattern.get("Interval", 1)))),
        _only(pattern, "ByMonth"),
        _only(pattern, "ByMonthDay"),
        _only(pattern, "ByWeekdayOccurrence"),
    )


def _only(pattern: Mapping[str, Any], name: str) -> int | None:
    values = pattern.get(name) or [None]
    if len(values) > 1 or values[0] in (0, "0"):
        raise ValueError(f"{name} is {values}; give it one number, other than 0.")
    return None if values[0] is None else int(values[0])


def _read_openings(config: Iterable[Mapping[str, Any]]) -> tuple[Opening, ...]:
    return tuple(
        Opening(DAYS.index(_one_of(DAYS, entry["Day"])), _read_time(entry["StartTime"]), _read_time(entry["EndTime"]))
        for entry in config
    )


def _one_of(known: tuple[Any, ...], value: Any) -> Any:
    if value not in known:
        raise ValueError(f"{value!r} is none of {', '.join(known)}; write one of them.")
    return value


def _read_time(value: Mapping[str, Any]) -> time:
    return time(int(value["Hours"]), int(value["Minutes"]))
