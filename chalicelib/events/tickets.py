"""What follows from a ticket's entries: the stream of their table, and the clocks that ring.

The stream's records only name entries: what is done follows from how the ticket is when it is looked at.
"""

from typing import Any

from chalicelib.events.batch import each_record
from chalicelib.events.moment import moment_of


def follow_tickets(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Do what follows from the entries of one batch of the stream; answers which failed (ReportBatchItemFailures)."""
    return each_record(event, context, "DynamoDBStreams", _follow)


def ring_tickets(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Ring the ticket of the event's ``number``, as a schedule asks; without one every ticket that is overdue.

    At the event's ``time`` (ISO 8601, as EventBridge has it), or now. Answers how many were rung.
    """
    from chalicelib import tickets
    from chalicelib.tickets.following import ring_overdue

    at = moment_of(event)
    if "number" not in event:
        return {"rung": ring_overdue(at)}
    tickets.ring(event["number"], at)
    return {"rung": 1}


def _follow(record: Any) -> None:
    from chalicelib.platform.clock import now
    from chalicelib.platform.log import logger
    from chalicelib.tickets.following import follow

    number, sequence = record.dynamodb.keys["number"], int(record.dynamodb.keys["sequence"])
    try:
        follow(number, sequence, now())
    except Exception:
        logger.exception("an entry could not be followed", number=number, sequence=sequence)
        raise
