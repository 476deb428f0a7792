"""Statements on their way: the stream of the table of deliveries, and a clock for those that are looked at again.

The stream's records only name deliveries: what is done follows from how each is when it is looked at.
"""

from datetime import datetime
from typing import Any


def deliver(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Send or tell of the deliveries of one batch of the stream; answers which failed (ReportBatchItemFailures)."""
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

    processor = BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)
    return process_partial_response(event=event, record_handler=_go_on, processor=processor, context=context)  # type: ignore[return-value]


def deliver_again(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Look at the deliveries that are due at the event's ``time`` (ISO 8601, as EventBridge has it), or now.

    Answers how many there were.
    """
    from chalicelib.platform.clock import now
    from chalicelib.statements.delivering import look_at_due

    return {"looked_at": look_at_due(datetime.fromisoformat(event["time"]) if "time" in event else now())}


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
