"""Voice messages: the stream of their table, the clock for those that have not come, and the news of transcriptions.

The stream's records and the news only name messages: what is done follows from how each is when it is looked at.
"""

from typing import Any

from chalicelib.events.batch import each_record
from chalicelib.events.moment import moment_of


def follow_voicemails(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Tell of the messages of one batch of the stream, and have them written down; answers which failed
    (ReportBatchItemFailures)."""
    return each_record(event, context, "DynamoDBStreams", _follow)


def sweep_voicemails(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Look at the messages that are due at the event's ``time`` (ISO 8601, as EventBridge has it), or now.

    Answers how many there were.
    """
    from chalicelib.voicemail.taking import look_at_due

    return {"looked_at": look_at_due(moment_of(event))}


def hear_transcripts(event: dict[str, Any], context: Any) -> None:
    """A job of Amazon Transcribe has ended (EventBridge, "Transcribe Job State Change"). Those of others are none of
    ours."""
    from chalicelib.platform.clock import now
    from chalicelib.voicemail.telling import hear_transcript
    from chalicelib.voicemail.transcribing import message_of

    message = message_of(event["detail"]["TranscriptionJobName"])
    if message:
        hear_transcript(*message, now())


def _follow(record: Any) -> None:
    from chalicelib.platform.clock import now
    from chalicelib.platform.log import logger
    from chalicelib.voicemail.telling import follow

    keys = record.dynamodb.keys
    try:
        follow(keys["contact_id"], int(keys["message"]), now())
    except Exception:
        logger.exception("a voice message could not be told of", contact_id=keys["contact_id"])
        raise
