"""The alarm clock of a ticket: one one-time schedule of EventBridge Scheduler, at the next moment its clocks have
something to say. It is named by the ticket's number, and is gone when it has rung: nothing runs when nothing is due.
"""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.platform.clients import client
from chalicelib.platform.settings import required
from chalicelib.tickets import clocks
from chalicelib.tickets.rules import Ticket


def arm(ticket: Ticket) -> None:
    """Set the ticket's schedule to its next bell, or remove it where there is none. May be repeated."""
    bells = clocks.bells(ticket)
    if bells:
        _set(ticket.number, bells[0].at)
    else:
        _remove(ticket.number)


def _set(number: str, at: datetime) -> None:
    scheduler, schedule = client("scheduler"), _schedule(number, at)
    try:
        scheduler.update_schedule(**schedule)
    except scheduler.exceptions.ResourceNotFoundException:
        scheduler.create_schedule(**schedule)


def _remove(number: str) -> None:
    scheduler = client("scheduler")
    with suppress(scheduler.exceptions.ResourceNotFoundException):  # it has rung
        scheduler.delete_schedule(Name=number, GroupName=required("TICKET_SCHEDULES"))


def _schedule(number: str, at: datetime) -> dict[str, Any]:
    # Whole seconds, and never before the bell: a schedule that comes too early finds nothing to say, and is gone.
    moment = (at + timedelta(microseconds=999_999)).astimezone(UTC).replace(microsecond=0)
    return {
        "Name": number,
        "GroupName": required("TICKET_SCHEDULES"),
        "ScheduleExpression": f"at({moment:%Y-%m-%dT%H:%M:%S})",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ActionAfterCompletion": "DELETE",
        "Target": {
            "Arn": required("RING_TICKETS_ARN"),
            "RoleArn": required("RING_TICKETS_ROLE_ARN"),
            "Input": json.dumps({"number": number}),
        },
    }
