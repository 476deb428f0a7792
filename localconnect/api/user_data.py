"""What agents do at this moment: GetCurrentUserData."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from localconnect.api.errors import InvalidInput
from localconnect.api.paging import page
from localconnect.api.resources import given, reference, refuse
from localconnect.api.service import Service
from localconnect.instance import Instance
from localconnect.routing.agents import Agent, AgentContact
from localconnect.routing.capacity import free_places
from localconnect.routing.metrics import agents_of, current_metric
from localconnect.routing.router import Router


def get_current_user_data(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Of those who have signed in: in our reading, whose status is not of type OFFLINE. A ContactFilter leaves those
    who have a contact in one of its states.
    """
    filters = parameters["Filters"]
    refuse("GetCurrentUserData", filters, "UserHierarchyGroups")
    by = [name for name in _FILTERS if name in filters]
    if len(by) > 1:
        raise InvalidInput(f"Filter by one of {', '.join(_FILTERS)}, not by several.")
    instance, now = service.instance, service.clock.now()
    agents = {
        agent.arn: agent for name in by for wanted in filters[name] for agent in _FILTERS[name](instance, wanted)
    } or ({} if by else instance.agents)
    states = filters.get("ContactFilter", {}).get("ContactStates")
    users = [
        _user(agent, service.centre.router, now)
        for agent in agents.values()
        if agent.status.kind != "OFFLINE" and (not states or _states(agent) & set(states))
    ]
    return page("UserDataList", users, parameters) | {"ApproximateTotalCount": len(users)}


_FILTERS: Mapping[str, Callable[[Instance, str], Iterable[Agent]]] = {
    "Queues": lambda instance, queue: agents_of(instance.router, instance.queue(queue).arn),
    "RoutingProfiles": lambda instance, profile: [
        agent for agent in instance.agents.values() if agent.profile.arn == instance.profile(profile).arn
    ],
    "Agents": lambda instance, agent: [instance.agent(agent)],
}


def _user(agent: Agent, router: Router, now: datetime) -> dict[str, Any]:
    channels = agent.profile.concurrency
    return given(
        {
            "User": reference(agent.arn),
            "RoutingProfile": reference(agent.profile.arn),
            "Status": {
                "StatusStartTimestamp": agent.status_since,
                "StatusArn": agent.status.arn,
                "StatusName": agent.status.name,
            },
            "NextStatus": agent.next_status.name if agent.next_status else None,
            "MaxSlotsByChannel": {channel: media.concurrency for channel, media in channels.items()},
            "AvailableSlotsByChannel": {channel: free_places(agent, channel) for channel in channels},
            "ActiveSlotsByChannel": {
                channel: int(current_metric("SLOTS_ACTIVE", [agent], router, (), channel, now)) for channel in channels
            },
            "Contacts": [_contact(held) for held in agent.contacts.values()],
        }
    )


def _contact(held: AgentContact) -> dict[str, Any]:
    """On hold, the state has begun when the agent was connected (page "AgentContactReference")."""
    contact, state = held.contact, _state(held)
    return given(
        {
            "ContactId": contact.contact_id,
            "Channel": contact.channel,
            "InitiationMethod": contact.initiation_method,
            "AgentContactState": state,
            "StateStartTimestamp": held.connected_at if state == "CONNECTED_ONHOLD" else held.since,
            "ConnectedToAgentTimestamp": held.connected_at,
            "Queue": reference(contact.queue_arn) if contact.queue_arn else None,
        }
    )


def _states(agent: Agent) -> set[str]:
    return {_state(held) for held in agent.contacts.values()}


def _state(held: AgentContact) -> str:
    """The page has no word for a paused task."""
    return "CONNECTED_ONHOLD" if held.state == "PAUSED" else held.state
