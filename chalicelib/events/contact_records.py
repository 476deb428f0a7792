"""Contact records, as Amazon Connect puts them on a Kinesis stream when a contact is over, and again when it changes.

Their form is that of the page "Data model for Amazon Connect contact records". The flow leaves a ticket's number in the
contact's attribute TicketNumber. A clock looks once a day for recordings of which no record told.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from chalicelib.events.batch import each_record
from chalicelib.events.moment import moment_of

if TYPE_CHECKING:
    from chalicelib.tickets.calls import Call


def read_contact_records(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Link the contacts of one batch of the stream to their tickets, and take the voice messages left in them.

    Answers which failed (ReportBatchItemFailures).
    """
    return each_record(event, context, "KinesisDataStreams", _take)


def find_recordings(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Look for the recordings that tickets lack, at the event's ``time`` (ISO 8601, as EventBridge has it), or now.

    Answers how many tickets were looked at. RuntimeError after the last where any could not be.
    """
    from chalicelib.platform.log import logger
    from chalicelib.platform.settings import recording_sweep_days
    from chalicelib.tickets import calls

    at = moment_of(event)
    looked_at, failed = calls.without_recording(at, recording_sweep_days()), 0
    for ticket in looked_at:
        try:
            for contact_id in calls.find_recordings(ticket, at):
                logger.error("a call has no recording", number=ticket.number, contact_id=contact_id)
        except Exception:
            logger.exception("recordings could not be looked for", number=ticket.number)
            failed += 1
    if failed:
        raise RuntimeError(f"The recordings of {failed} tickets could not be looked for: the log names them.")
    return {"looked_at": len(looked_at)}


def _take(record: Any) -> None:
    """Hand a record to all whom it concerns: what fails of it is tried again, and the rest of it is done."""
    from chalicelib import voicemail
    from chalicelib.platform.clock import now
    from chalicelib.platform.log import logger

    told, at, failed = record.kinesis.data_as_json(), now(), []
    for take in (_link, voicemail.take):
        try:
            take(told, at)
        except Exception as error:
            logger.exception("a contact record could not be taken", contact_id=told["ContactId"])
            failed.append(error)
    if failed:
        raise failed[0]


def _link(told: Mapping[str, Any], at: datetime) -> None:
    from chalicelib.platform.log import logger
    from chalicelib.tickets import calls

    number = ticket_number(told)
    try:
        if number:
            calls.link(number, read_call(told), at)
    except LookupError as error:
        if type(error) is not LookupError:  # a KeyError is a mistake of ours
            raise
        # Trying again finds none either, and would keep the records behind it waiting.
        logger.error("a contact is of a ticket that is not there", number=number, contact_id=told["ContactId"])


def ticket_number(told: Mapping[str, Any]) -> str:
    """The number of the ticket that the contact was about; "" for none."""
    return str((told.get("Attributes") or {}).get("TicketNumber") or "")


def read_call(told: Mapping[str, Any]) -> "Call":
    """The call of a contact record. KeyError for one without an id or a beginning."""
    from chalicelib.tickets.calls import Call

    agent = told.get("Agent") or {}
    return Call(
        told["ContactId"],
        told["InitiationTimestamp"],
        agent.get("ConnectedToAgentTimestamp") or "",
        agent.get("Username") or "",
        agent.get("AgentInteractionDuration") or 0,
        _objects(told),
    )


def _objects(told: Mapping[str, Any]) -> tuple[str, ...]:
    """Where the sound was recorded to: Recordings, or in older records Recording alone. Deleted ones are none."""
    kinds = {"MediaStreamType": told.get("Recordings"), "Type": [told.get("Recording")]}
    recorded = [
        one
        for kind, several in kinds.items()
        for one in several or ()
        if one and one.get(kind) == "AUDIO" and one.get("Status") != "DELETED" and one.get("Location")
    ]
    return tuple(dict.fromkeys(unquote(one["Location"]) for one in recorded))
