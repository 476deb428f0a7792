"""A contact as DescribeContact and SearchContacts have it (pages "Contact" and "ContactSearchSummary")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from localconnect.api.resources import chosen, given
from localconnect.arns import resource_id
from localconnect.contact import Contact
from localconnect.contacts import ContactRecord, Interaction, Recorded
from localconnect.events.contact_record import contact_record
from localconnect.events.forms import connected_to_system
from localconnect.instance import Instance

_PAUSES = ("LastPausedTimestamp", "LastResumedTimestamp", "TotalPauseCount", "TotalPauseDurationInSeconds")
_NUMBERS: Mapping[str, Callable[[Any], float]] = {
    "DurationInSeconds": int,
    "ProficiencyLevel": float,
    "MinProficiencyLevel": float,
    "MaxProficiencyLevel": float,
}


def summary(record: ContactRecord) -> dict[str, Any]:
    contact, interaction = record.contact, record.interaction
    queue = {"Id": resource_id(contact.queue_arn or ""), "EnqueueTimestamp": record.enqueued_at}
    return given(
        {
            "Arn": arn_of(contact),
            "Id": contact.contact_id,
            "InitialContactId": contact.initial_contact_id,
            "PreviousContactId": contact.previous_contact_id,
            "RelatedContactId": contact.related.contact_id if contact.related else None,
            "InitiationMethod": contact.initiation_method,
            "Name": contact.name,
            "Channel": contact.channel,
            "QueueInfo": queue if record.enqueued_at else None,
            "AgentInfo": _agent_summary(interaction) if interaction else None,
            "InitiationTimestamp": contact.started_at,
            "ScheduledTimestamp": contact.scheduled_at,
            "DisconnectTimestamp": record.ended_at,
            "Tags": contact.tags,
        }
    )


def arn_of(contact: Contact) -> str:
    return f"{contact.instance_arn}/contact/{contact.contact_id}"


def description(instance: Instance, record: ContactRecord, now: datetime) -> dict[str, Any]:
    """All that there is to say. What has to be reckoned is taken from the contact record as it is at ``now``."""
    contact = record.contact
    written = contact_record(instance, record, now)
    described = {
        **summary(record),
        **(chosen(written, *_PAUSES) if contact.channel == "TASK" else {}),
        "AgentInfo": _agent(record, written["Agent"] or {}),
        "ConnectedToSystemTimestamp": connected_to_system(record),
        "LastUpdateTimestamp": record.updated_at,
        "CustomerEndpoint": _telephone(contact.customer_address),
        "SystemEndpoint": _telephone(contact.system_address),
        "CustomerId": contact.customer_id,
        "Description": contact.description,
        "ContactDetails": given({"Name": contact.name, "Description": contact.description})
        if contact.channel == "TASK"
        else None,
        "DisconnectReason": record.disconnect_reason,
        "Attributes": contact.attributes,
        "QueuePriority": contact.routing.priority,
        "QueueTimeAdjustmentSeconds": contact.routing.age or None,
        "RoutingCriteria": _as_numbers(written["RoutingCriteria"][0]) if written["RoutingCriteria"] else None,
        "Recordings": [_recording(recorded) for recorded in record.recordings] or None,
        "NextContacts": _next_contacts(instance, record) or None,
    }
    return given(described)


def _agent_summary(interaction: Interaction) -> dict[str, Any]:
    agent = {"Id": resource_id(interaction.agent.arn), "ConnectedToAgentTimestamp": interaction.connected_at}
    return given(agent)


def _agent(record: ContactRecord, written: Mapping[str, Any]) -> dict[str, Any] | None:
    """``written`` is the contact record's part about the agent."""
    interaction = record.interaction
    if interaction is None:
        return None
    info = {
        **_agent_summary(interaction),
        "AcceptedByAgentTimestamp": interaction.accepted_at,
        "AfterContactWorkStartTimestamp": interaction.ended_at,
        "AfterContactWorkEndTimestamp": interaction.cleared_at if interaction.ended_at else None,
        "AfterContactWorkDuration": written.get("AfterContactWorkDuration"),
        "AgentInitiatedHoldDuration": written.get("AgentInitiatedHoldDuration"),
        "AgentPauseDurationInSeconds": written.get("AgentPauseDuration"),
    }
    return given(info)


def _recording(recorded: Recorded) -> dict[str, Any]:
    return {
        "StorageType": "S3",
        "Location": recorded.location,
        "MediaStreamType": "AUDIO",
        "ParticipantType": recorded.participant,
        "StartTimestamp": recorded.started_at,
        "StopTimestamp": recorded.stopped_at,
        "Status": "AVAILABLE",
    }


def _next_contacts(instance: Instance, record: ContactRecord) -> list[dict[str, Any]]:
    """The one that it went on as, where a quick connect leads to whom it was transferred."""
    quick = next(
        (q for q in instance.quick_connects.values() if record.transferred_to in (q.agent_arn, q.queue_arn)), None
    )
    if quick is None or record.next_contact_id is None:
        return []
    data = {
        "ContactId": record.next_contact_id,
        "InitiationTimestamp": record.transferred_at,
        "QuickConnectId": resource_id(quick.arn),
        "QuickConnectName": quick.name,
        "QuickConnectType": quick.kind,
    }
    return [{"Type": "QUICK_CONNECT", "NextContactMetadata": {"QuickConnectContactData": given(data)}}]


def _as_numbers(criteria: Any) -> Any:
    """Routing criteria that a flow has set have their numbers as texts."""
    match criteria:
        case dict():
            return {
                name: _NUMBERS[name](part) if name in _NUMBERS else _as_numbers(part) for name, part in criteria.items()
            }
        case list() | tuple():
            return [_as_numbers(part) for part in criteria]
    return criteria


def _telephone(number: str | None) -> dict[str, str] | None:
    return {"Type": "TELEPHONE_NUMBER", "Address": number} if number else None
