"""The week's statistics of tickets: a clock calls it on Monday morning, three times, for what the time before left."""

from datetime import datetime
from typing import Any


def weekly_statistics(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Send each department the report on the event's ``week`` (2026-W48), or else on the one before the event's
    ``time`` (ISO 8601, as EventBridge has it).

    May be called any number of times: each report goes out once. Answers the week and how many were sent.
    RuntimeError where some could not be, after all others were: then the alarm rings.
    """
    from chalicelib.platform.clock import now
    from chalicelib.platform.log import logger
    from chalicelib.tickets.statistics import week_before
    from chalicelib.tickets.weekly import send

    week = event["week"] if "week" in event else week_before(datetime.fromisoformat(event["time"]))
    # An event may come late: whether somebody else is at work on a report goes by the clock on the wall.
    done = send(week, now())
    logger.info("weekly statistics", week=week, **done._asdict())
    if done.failed:
        raise RuntimeError(f"{done.failed} reports of {week} could not be sent: the log names their departments.")
    return {"week": week, "sent": done.sent}
