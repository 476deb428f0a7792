"""Statements on their way: the stream of the table of deliveries, and a clock for those that are looked at again.

The stream's records only name deliveries: what is done follows from how each is when it is looked at.
"""

from typing import Any

from chalicelib.events.batch import each_record
from chalicelib.events.moment import moment_of


def deliver(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Send or tell of the deliveries of one batch of the stream; answers which failed (ReportBatchItemFailures)."""
    return each_record(event, context, "DynamoDBStreams", _go_on)


def deliver_again(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Look at the deliveries that are due at the event's ``time`` (ISO 8601, as EventBridge has it), or now.

    Answers how many there were.
    """
    from chalicelib.statements.delivering import look_at_due

    return {"looked_at": look_at_due(moment_of(event))}


def _go_on(record: Any) -> None:
    from chalicelib.platform.clock import now
    from chalicelib.platform.log import logger
    from chalicelib.statements.delivering import go_on

    keys = record.dynamodb.keys
    try:
        go_on(keys["number"], keys["channel"], now())
    except Exception:
        logger.exception("a delivery could not go on", number=keys["number"], channel=keys["channel"])
        raise
