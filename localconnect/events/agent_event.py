"""Agent events: pages "Agent event streams data model" and "Sample agent event stream"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from localconnect.events.forms import queue_name, to_millisecond
from localconnect.routing.agents import Agent, AgentContact, RoutingProfile
from localconnect.routing.capacity import agent_queue_arn, held_channels

if TYPE_CHECKING:
    from localconnect.instance import Instance

Kind = Literal["LOGIN", "LOGOUT", "STATE_CHANGE", "HEART_BEAT"]
Snapshot = Mapping[str, Any]

VERSION = "2017-10-01"


def agent_event(
    instance: Instance, kind: Kind, current: Snapshot | None, previous: Snapshot | None, agent: Agent, now: datetime
) -> dict[str, Any]:
    """An event of ``agent``, who is ``current`` now and was ``previous`` before. Times are UTC, to the millisecond."""
    return {
        "AWSAccountId": instance.account,
        "AgentARN": agent.arn,
        "CurrentAgentSnapshot": current,
        "EventId": str(uuid4()),
        "EventTimestamp": to_millisecond(now),
        "EventType": kind,
        "InstanceARN": instance.arn,
        "PreviousAgentSnapshot": previous,
        "Version": VERSION,
    }


def agent_snapshot(instance: Instance, agent: Agent, now: datetime, previous: Snapshot | None = None) -> dict[str, Any]:
    """The agent as they are. ``previous`` is the snapshot before: it knows when a next status was set."""
    return {
        "AgentStatus": {
            "ARN": agent.status.arn,
            "Name": agent.status.name,
            "StartTimestamp": to_millisecond(agent.status_since),
            "Type": agent.status.kind,
        },
        "NextAgentStatus": _next_status(agent, now, previous),
        "Configuration": {
            "AgentHierarchyGroups": None,
            "FirstName": agent.first_name,
            "LastName": agent.last_name,
            "Proficiencies": [
                {"Name": name, "ProficiencyLevel": float(level), "Value": value}
                for (name, value), level in agent.proficiencies.items()
            ],
            "RoutingProfile": _profile(instance, agent),
            "Username": agent.username,
        },
        "Contacts": [_contact(instance, held) for held in agent.contacts.values()],
    }


def _next_status(agent: Agent, now: datetime, previous: Snapshot | None) -> dict[str, Any] | None:
    status = agent.next_status
    if status is None:
        return None
    known: Mapping[str, Any] = (previous or {}).get("NextAgentStatus") or {}
    since = known["EnqueuedTimestamp"] if known.get("ARN") == status.arn else to_millisecond(now)
    return {"ARN": status.arn, "EnqueuedTimestamp": since, "Name": status.name}


def _profile(instance: Instance, agent: Agent) -> dict[str, Any]:
    profile = agent.profile
    held = held_channels(agent)
    return {
        "ARN": profile.arn,
        "Concurrency": [
            {
                "AvailableSlots": max(media.concurrency - held.count(channel), 0),
                "Channel": channel,
                "MaximumSlots": media.concurrency,
            }
            for channel, media in profile.concurrency.items()
        ],
        "DefaultOutboundQueue": _queue(instance, profile.outbound_queue_arn, ["VOICE"]),
        "InboundQueues": [
            _queue(instance, agent_queue_arn(agent), list(profile.concurrency)),
            *(_queue(instance, arn, channels) for arn, channels in _inbound(profile).items()),
        ],
        "Name": profile.name,
    }


def _inbound(profile: RoutingProfile) -> dict[str, list[str]]:
    """Channels by queue, in the profile's order."""
    channels: dict[str, list[str]] = {}
    for config in profile.queues:
        channels.setdefault(config.queue_arn, []).append(config.channel)
    return channels


def _queue(instance: Instance, arn: str, channels: list[str]) -> dict[str, Any]:
    return {"ARN": arn, "Channels": channels, "Name": queue_name(instance, arn)}


def _contact(instance: Instance, held: AgentContact) -> dict[str, Any]:
    contact = held.contact
    initial, queue_arn = contact.initial_contact_id, contact.queue_arn
    return {
        "Channel": contact.channel,
        "ConnectedToAgentTimestamp": to_millisecond(held.connected_at),
        "ContactId": contact.contact_id,
        "InitialContactId": None if initial == contact.contact_id else initial,
        "InitiationMethod": contact.initiation_method,
        "Queue": {"ARN": queue_arn, "Name": queue_name(instance, queue_arn)} if queue_arn else None,
        "QueueTimestamp": to_millisecond(instance.contacts.find(contact.contact_id).enqueued_at),
        "State": held.state,
        "StateStartTimestamp": to_millisecond(held.since),
    }
