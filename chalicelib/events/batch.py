"""A batch of a queue or a stream, record by record."""

from collections.abc import Callable
from typing import Any, Literal


def each_record(
    event: dict[str, Any],
    context: Any,
    source: Literal["SQS", "DynamoDBStreams", "KinesisDataStreams"],
    handle: Callable[[Any], None],
) -> dict[str, Any]:
    """Have ``handle`` take each record of the batch; answers which failed (ReportBatchItemFailures).

    One that fails keeps no other waiting.
    """
    # Here and not above: every function imports this package, and few need it.
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

    processor = BatchProcessor(event_type=EventType[source], raise_on_entire_batch_failure=False)
    return process_partial_response(event=event, record_handler=handle, processor=processor, context=context)  # type: ignore[return-value]
