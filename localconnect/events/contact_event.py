"""Contact events: page "Amazon Connect contact events"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from localconnect.arns import resource_id
from localconnect.contacts import ContactRecord, Recorded
from localconnect.events.forms import connected_to_system, to_millisecond, to_second, whole_seconds
from localconnect.routing.capacity import is_agent_queue

if TYPE_CHECKING:
    from localconnect.instance import Instance

Kind = Literal[
    "INITIATED",
    "CONNECTED_TO_SYSTEM",
    "CONTACT_DATA_UPDATED",
    "QUEUED",
    "CONNECTED_TO_AGENT",
    "PAUSED",
    "RESUMED",
    "DISCONNECTED",
    "COMPLETED",
]
Property = Literal["ScheduledTimestamp", "UserDefinedAttributes", "Tags"]
"""What CONTACT_DATA_UPDATED can say has changed."""

_WITHOUT_ENDPOINT = ("CALLBACK", "MONITOR", "QUEUE_TRANSFER")


def contact_event(
    instance: Instance, kind: Kind, record: ContactRecord, now: datetime, updated: Sequence[Property] = ()
) -> dict[str, Any]:
    """The event as a rule's target receives it. Times in its detail are in UTC to the millisecond; what there is
    nothing to say of is left out. Names begin with a small letter, as in most of the page's samples.
    """
    contact_arn = f"{instance.arn}/contact/{record.contact.contact_id}"
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": "Amazon Connect Contact Event",
        "source": "aws.connect",
        "account": instance.account,
        "time": to_second(now),
        "region": instance.region,
        "resources": [contact_arn, instance.arn],
        "detail": _given({"eventType": kind, "updatedProperties": list(updated), **_detail(instance, record)}),
    }


def _detail(instance: Instance, record: ContactRecord) -> dict[str, Any]:
    contact = record.contact
    initial, method = contact.initial_contact_id, contact.initiation_method
    address = contact.system_address
    return {
        "contactId": contact.contact_id,
        "initialContactId": None if initial == contact.contact_id else initial,
        "previousContactId": contact.previous_contact_id,
        "relatedContactId": contact.related.contact_id if contact.related else None,
        "channel": contact.channel,
        "instanceArn": instance.arn,
        "initiationMethod": method,
        "initiationTimestamp": to_millisecond(contact.started_at),
        "connectedToSystemTimestamp": to_millisecond(connected_to_system(record)),
        "disconnectTimestamp": to_millisecond(record.ended_at),
        "scheduledTimestamp": to_millisecond(contact.scheduled_at),
        "customerId": contact.customer_id,
        "queueInfo": _queue(record),
        "agentInfo": _agent(record),
        "systemEndpoint": _given(
            {"type": "TELEPHONE_NUMBER", "address": address} if address and method not in _WITHOUT_ENDPOINT else {}
        ),
        "recordings": [_recording(recorded) for recorded in record.recordings],
        "tags": {"aws:connect:instanceId": resource_id(instance.arn), **_endpoint_tag(address), **contact.tags},
    }


def _queue(record: ContactRecord) -> dict[str, Any]:
    """An outbound contact has none, though its call goes out in a queue's name."""
    contact = record.contact
    if contact.queue_arn is None or record.enqueued_at is None or contact.initiation_method == "OUTBOUND":
        return {}
    return {
        "queueArn": contact.queue_arn,
        "queueType": "AGENT" if is_agent_queue(contact.queue_arn) else "STANDARD",
        "enqueueTimestamp": to_millisecond(record.enqueued_at),
    }


def _agent(record: ContactRecord) -> dict[str, Any]:
    """Of an agent who was joined with the customer; after-contact work is given once it is over."""
    interaction = record.interaction
    if interaction is None or interaction.connected_at is None:
        return {}
    info: dict[str, Any] = {
        "agentArn": interaction.agent.arn,
        "connectedToAgentTimestamp": to_millisecond(interaction.connected_at),
    }
    if interaction.ended_at and interaction.cleared_at:
        info |= {
            "afterContactWorkStartTimestamp": to_millisecond(interaction.ended_at),
            "afterContactWorkEndTimestamp": to_millisecond(interaction.cleared_at),
            "afterContactWorkDuration": whole_seconds(interaction.ended_at, interaction.cleared_at),
        }
    return info


def _recording(recorded: Recorded) -> dict[str, Any]:
    return {
        "location": recorded.location,
        "mediaStreamType": "AUDIO",
        "participantType": recorded.participant,
        "startTimestamp": to_millisecond(recorded.started_at),
        "status": "AVAILABLE",
        "stopTimestamp": to_millisecond(recorded.stopped_at),
        "storageType": "S3",
    }


def _endpoint_tag(address: str | None) -> dict[str, str]:
    return {"aws:connect:systemEndpoint": address} if address else {}


def _given(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in (None, {}, [])}
