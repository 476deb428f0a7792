"""The clocks on a ticket: what must have happened by when, who hears of it, and what becomes of it. Pure.

Figures are rows of clocks.json, each from a date until a newer one replaces it; of a clock's rows the first that fits
counts. A complaint is accepted or refused within 15 days, closed within 60 of its acceptance, and at most 30 later with
the reason told to the customer; the regulator's referrals (12386) have clocks of their own **[c]**.

A clock's stages: warn (before it is due), breach (due), and those of the escalation after that. What has been said once
stands in the ticket's ``rung``, and is not said again.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from chalicelib.platform.clock import business_day
from chalicelib.tickets.rules import WORKED_ON, Ticket
from chalicelib.tickets.working_time import Hours, Pause, after_calendar, after_working

_SATURDAY = 5


class Clock(NamedTuple):
    """A clock that runs: ``started`` and ``due`` are moments."""

    name: str
    started: datetime
    due: datetime


class Bell(NamedTuple):
    """What a clock is to say at ``at``: ``stage`` is warn, breach, or a later one; ``to`` is who hears it, besides the
    assignee: "" for nobody, supervisor, or head (of the department)."""

    clock: str
    stage: str
    to: str
    at: datetime
    due: datetime


def running(ticket: Ticket) -> list[Clock]:
    """The clocks that run on the ticket as it is."""
    return [clock for name in _STARTED if (clock := _clock(ticket, name))]


def bells(ticket: Ticket) -> list[Bell]:
    """What the running clocks have still to say, in order of time, if nothing happens to the ticket meanwhile.

    While the customer is awaited nothing but that is counted.
    """
    clocks = [clock for clock in running(ticket) if ticket.state != "waiting" or clock.name == "waiting"]
    to_come = [bell for clock in clocks for bell in _bells(ticket, clock)]
    return sorted(
        (bell for bell in to_come if f"{bell.clock}#{bell.stage}" not in ticket.rung), key=lambda bell: bell.at
    )


def due_at(ticket: Ticket) -> datetime | None:
    """When the first of the running clocks is due."""
    return min((clock.due for clock in running(ticket)), default=None)


def extension_days(ticket: Ticket) -> int:
    """How many days the resolution of such a ticket may be put off altogether."""
    return int(_figures(ticket, "resolution").get("extension_days", 0))


_STARTED = {
    "acceptance": lambda ticket: ticket.registered_at if ticket.state == "registered" else "",
    "first_response": lambda ticket: (
        ticket.registered_at if ticket.state in WORKED_ON and not ticket.responded_at else ""
    ),
    "resolution": lambda ticket: ticket.counts_from if ticket.state in (*WORKED_ON, "resolved") else "",
    "department": lambda ticket: ticket.asked_at if ticket.state in WORKED_ON else "",
    "waiting": lambda ticket: ticket.pauses[-1][0] if ticket.state == "waiting" else "",
    "silence": lambda ticket: ticket.replied_at if ticket.state == "replied" else "",
}


def _clock(ticket: Ticket, name: str) -> Clock | None:
    since = _STARTED[name](ticket)
    if not since:
        return None
    started = datetime.fromisoformat(since)
    if name == "department" and ticket.asked_until:
        return Clock(name, started, datetime.fromisoformat(ticket.asked_until))
    figures, pauses = _figures(ticket, name), list(_pauses(ticket, started))
    if "days" in figures:
        due = after_calendar(started, figures["days"], pauses)
    else:
        due = after_working(started, timedelta(hours=figures["working_hours"]), _hours(started), pauses)
    return Clock(name, started, due + timedelta(days=ticket.extended_days if name == "resolution" else 0))


def _bells(ticket: Ticket, clock: Clock) -> Iterator[Bell]:
    if clock.name in ("silence", "waiting"):
        yield Bell(clock.name, "over", "", clock.due, clock.due)
        return
    warned = clock.due - timedelta(hours=_figures(ticket, clock.name)["warn_hours"])
    yield Bell(clock.name, "warn", "", max(warned, clock.started), clock.due)
    for step in _row(business_day(clock.started))["escalation"]:
        at = after_working(clock.due, timedelta(hours=step["working_hours"]), _hours(clock.started))
        yield Bell(clock.name, step["stage"], step["to"], at if step["working_hours"] else clock.due, clock.due)


def _pauses(ticket: Ticket, started: datetime) -> Iterator[Pause]:
    """Those that are over, as far as they fall into the clock's time."""
    for since, until in ticket.pauses:
        if until and datetime.fromisoformat(until) > started:
            yield max(datetime.fromisoformat(since), started), datetime.fromisoformat(until)


def _figures(ticket: Ticket, clock: str) -> dict[str, Any]:
    """The row of a clock that fits the ticket, of those in force when it was registered."""
    for row in _row(business_day(datetime.fromisoformat(ticket.registered_at)))["clocks"]:
        marks = {name: row[name] for name in ("kind", "channel", "severity", "segment") if name in row}
        if row["clock"] == clock and all(getattr(ticket, name) == value for name, value in marks.items()):
            return dict(row)
    raise LookupError(f"clocks.json has no {clock} clock for a {ticket.kind}: add a row.")


def _hours(at: datetime) -> Hours:
    opens, closes = _row(business_day(at))["hours"]
    return Hours(opens, closes, _works)


def _works(day: date) -> bool:
    """Trading days; Monday to Friday in a year whose holidays are not announced yet."""
    from chalicelib.trading.sessions import is_trading_day

    try:
        return is_trading_day(day)
    except LookupError:
        return day.weekday() < _SATURDAY


def _row(day: date) -> dict[str, Any]:
    """The figures in force on ``day``; before the first row, the first."""
    rows = _rows()
    return next((row for row in reversed(rows) if row["from"] <= day.isoformat()), rows[0])


@cache
def _rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(Path(__file__).with_name("clocks.json").read_text("utf-8"))
    return sorted(rows, key=lambda row: str(row["from"]))
