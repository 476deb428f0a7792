"""A contact record: page "Data model for Amazon Connect contact records"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from localconnect.contacts import ContactRecord, Recorded
from localconnect.events.forms import connected_to_system, queue_name, to_second, whole_seconds
from localconnect.routing.criteria import read_criteria, step_statuses

if TYPE_CHECKING:
    from localconnect.instance import Instance

FORMAT_VERSION = "2017-03-10"
_MEDIA: Mapping[str, list[dict[str, str]]] = {"VOICE": [{"Type": "AUDIO"}], "CHAT": [{"Type": "CHAT"}]}


def contact_record(instance: Instance, record: ContactRecord, now: datetime) -> dict[str, Any]:
    """The record of a contact, to be delivered at ``now``, which is its LastUpdateTimestamp: who gets several of one
    contact keeps the latest. Times are in UTC to the second, durations in whole seconds.

    What is null in AWS when there is nothing to say is null here. An id of the initial contact is given only if that is
    another one.
    """
    contact = record.contact
    recordings = [_recording(recorded) for recorded in record.recordings]
    initial = contact.initial_contact_id
    return {
        "AWSAccountId": instance.account,
        "AWSContactTraceRecordFormatVersion": FORMAT_VERSION,
        "Agent": _agent(record, now),
        "AgentConnectionAttempts": record.attempts,
        "AnsweringMachineDetectionStatus": None,
        "Attributes": contact.attributes,
        "Campaign": {"CampaignId": None},
        "Channel": contact.channel,
        "ConnectedToSystemTimestamp": to_second(connected_to_system(record)),
        "ContactDetails": _task_details(record),
        "ContactId": contact.contact_id,
        "CustomerEndpoint": _telephone(contact.customer_address),
        "CustomerId": contact.customer_id,
        "CustomerVoiceActivity": None,
        "DisconnectReason": record.disconnect_reason,
        "DisconnectTimestamp": to_second(record.ended_at),
        "InitialContactId": None if initial == contact.contact_id else initial,
        "InitiationMethod": contact.initiation_method,
        "InitiationTimestamp": to_second(contact.started_at),
        "InstanceARN": instance.arn,
        **_pauses(record, now),
        "LastUpdateTimestamp": to_second(now),
        "MediaStreams": _MEDIA.get(contact.channel, []),
        "NextContactId": record.next_contact_id,
        "PreviousContactId": contact.previous_contact_id,
        "Queue": _queue(instance, record),
        "Recording": _first_recording(record.recordings),
        "Recordings": recordings or None,
        "References": [{"Name": name, "Type": "STRING", "Value": text} for name, text in contact.references.items()],
        "RelatedContactId": contact.related.contact_id if contact.related else None,
        "RoutingCriteria": _criteria(record, now),
        "ScheduledTimestamp": to_second(contact.scheduled_at),
        "SystemEndpoint": _telephone(contact.system_address),
        "Tags": contact.tags,
        "TransferCompletedTimestamp": to_second(record.transferred_at),
        "TransferredToEndpoint": _outside(record.transferred_to),
        "VoiceIdResult": None,
    }


def _agent(record: ContactRecord, now: datetime) -> dict[str, Any] | None:
    """Only of an agent who was joined with the customer. A customer is put on hold where a task is paused."""
    interaction = record.interaction
    if interaction is None or interaction.connected_at is None:
        return None
    agent = interaction.agent
    away = _away(record, now)
    paused, held = (away, []) if record.contact.channel == "TASK" else ([], away)
    until = interaction.ended_at or record.ended_at or now
    return {
        "ARN": agent.arn,
        "AfterContactWorkDuration": whole_seconds(interaction.ended_at, interaction.cleared_at),
        "AfterContactWorkEndTimestamp": to_second(interaction.cleared_at if interaction.ended_at else None),
        "AfterContactWorkStartTimestamp": to_second(interaction.ended_at),
        "AgentInitiatedHoldDuration": int(sum(held)),
        "AgentInteractionDuration": int((until - interaction.connected_at).total_seconds() - sum(away)),
        "AgentPauseDuration": int(sum(paused)),
        "ConnectedToAgentTimestamp": to_second(interaction.connected_at),
        "CustomerHoldDuration": int(sum(held)),
        "HierarchyGroups": None,
        "LongestHoldDuration": int(max(held, default=0)),
        "NumberOfHolds": len(held),
        "RoutingProfile": {"ARN": agent.profile.arn, "Name": agent.profile.name},
        "Username": agent.username,
    }


def _away(record: ContactRecord, now: datetime) -> list[float]:
    """Seconds of each time that the agent put the contact on hold, or paused it."""
    interaction = record.interaction
    if interaction is None:
        return []
    until = interaction.ended_at or record.ended_at or now
    return [((hold.ended or until) - hold.began).total_seconds() for hold in interaction.holds]


def _pauses(record: ContactRecord, now: datetime) -> dict[str, Any]:
    """Of a task; another contact has none."""
    interaction = record.interaction
    pauses = interaction.holds if interaction and record.contact.channel == "TASK" else []
    return {
        "LastPausedTimestamp": to_second(pauses[-1].began if pauses else None),
        "LastResumedTimestamp": to_second(max((pause.ended for pause in pauses if pause.ended), default=None)),
        "TotalPauseCount": len(pauses),
        "TotalPauseDurationInSeconds": int(sum(_away(record, now))) if pauses else 0,
    }


def _queue(instance: Instance, record: ContactRecord) -> dict[str, Any] | None:
    arn = record.contact.queue_arn
    if arn is None or record.enqueued_at is None:
        return None
    return {
        "ARN": arn,
        "DequeueTimestamp": to_second(record.dequeued_at),
        "Duration": whole_seconds(record.enqueued_at, record.dequeued_at),
        "EnqueueTimestamp": to_second(record.enqueued_at),
        "Name": queue_name(instance, arn),
    }


def _criteria(record: ContactRecord, now: datetime) -> list[dict[str, Any]] | None:
    """Criteria count from the moment that the contact is in a queue."""
    criteria, activated = record.contact.routing.criteria, record.enqueued_at
    if not criteria or activated is None:
        return None
    waited = ((record.dequeued_at or now) - activated).total_seconds()
    statuses = step_statuses(read_criteria(criteria), waited, joined=record.interaction is not None)
    steps = [{**step, "Status": status} for step, status in zip(criteria["Steps"], statuses, strict=True)]
    return [{"ActivationTimestamp": to_second(activated), "Index": 0, "Steps": steps}]


def _recording(recorded: Recorded) -> dict[str, Any]:
    """The page has no ParticipantType IVR; by it, Voicemail Express finds the recording of the automated part."""
    return {
        "DeletionReason": None,
        "FragmentStartNumber": None,
        "FragmentStopNumber": None,
        "Location": recorded.location,
        "MediaStreamType": "AUDIO",
        "ParticipantType": recorded.participant,
        "StartTimestamp": to_second(recorded.started_at),
        "Status": "AVAILABLE",
        "StopTimestamp": to_second(recorded.stopped_at),
        "StorageType": "S3",
    }


def _first_recording(recordings: Sequence[Recorded]) -> dict[str, Any] | None:
    if not recordings:
        return None
    return {"DeletionReason": None, "Location": recordings[0].location, "Status": "AVAILABLE", "Type": "AUDIO"}


def _task_details(record: ContactRecord) -> dict[str, str]:
    """The page has these for tasks alone, and does not say which they are: name and description, in our reading."""
    contact = record.contact
    details = {"Name": contact.name, "Description": contact.description} if contact.channel == "TASK" else {}
    return {name: text for name, text in details.items() if text}


def _telephone(number: str | None) -> dict[str, str] | None:
    return {"Address": number, "Type": "TELEPHONE_NUMBER"} if number else None


def _outside(address: str | None) -> dict[str, str] | None:
    """Only a transfer out of Amazon Connect has an endpoint; one to a queue or an agent has a NextContactId."""
    return _telephone(address) if address and not address.startswith("arn:") else None
