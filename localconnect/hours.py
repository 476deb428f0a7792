"""Hours of operation: when a queue's agents are there (AWS::Connect::HoursOfOperation)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


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


@dataclass(frozen=True, slots=True)
class Override:
    """Other hours, from the first to the last day, in place of the week's. No opening on a day: closed."""

    first: date
    last: date
    openings: tuple[Opening, ...]


@dataclass(frozen=True, slots=True)
class Hours:
    arn: str
    name: str
    zone: ZoneInfo
    openings: tuple[Opening, ...]
    overrides: tuple[Override, ...] = ()

    def are_open(self, now: datetime) -> bool:
        """Whether an agent may be there at ``now``, an aware time."""
        moment = now.astimezone(self.zone).replace(tzinfo=None)
        # What began yesterday may run past midnight.
        days = (moment.date(), moment.date() - timedelta(days=1))
        return any(opening.covers(day, moment) for day in days for opening in self._openings_on(day))

    def _openings_on(self, day: date) -> list[Opening]:
        openings = next((o.openings for o in self.overrides if o.first <= day <= o.last), self.openings)
        return [opening for opening in openings if opening.weekday == day.weekday()]


def read_hours(arn: str, properties: Mapping[str, Any]) -> Hours:
    """From the properties of an AWS::Connect::HoursOfOperation. Raises ValueError saying what is not run yet."""
    return Hours(
        arn,
        properties["Name"],
        ZoneInfo(properties["TimeZone"]),
        _read_openings(properties["Config"]),
        tuple(_read_override(override) for override in properties.get("HoursOfOperationOverrides", [])),
    )


def _read_override(override: Mapping[str, Any]) -> Override:
    name = override.get("OverrideName", "without a name")
    if "RecurrenceConfig" in override or override.get("OverrideType", "STANDARD") != "STANDARD":
        raise ValueError(
            f"override {name!r} recurs or changes hours by OverrideType; write each as a STANDARD override."
        )
    return Override(
        date.fromisoformat(override["EffectiveFrom"]),
        date.fromisoformat(override["EffectiveTill"]),
        _read_openings(override["OverrideConfig"]),
    )


def _read_openings(config: Iterable[Mapping[str, Any]]) -> tuple[Opening, ...]:
    return tuple(
        Opening(DAYS.index(entry["Day"]), _read_time(entry["StartTime"]), _read_time(entry["EndTime"]))
        for entry in config
    )


def _read_time(value: Mapping[str, Any]) -> time:
    return time(int(value["Hours"]), int(value["Minutes"]))
