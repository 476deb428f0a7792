"""Figures of queues and agents at a moment, and the service level.

Sources: pages "Metrics definitions", "List of available contact attributes" (System metrics) and "Get queue metrics"
(Administrator Guide); "GetCurrentMetricData" (API Reference).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from localconnect.routing.agents import Agent, AgentContact
from localconnect.routing.capacity import free_places, served_queues
from localconnect.routing.router import Router

if TYPE_CHECKING:
    from localconnect.instance import Queue

_TALKING = frozenset({"CONNECTED", "CONNECTED_ONHOLD", "PAUSED"})
_ERRORS = frozenset({"MISSED", "REJECTED", "ERROR"})


@dataclass(frozen=True, slots=True)
class Wait:
    """A contact's time in a queue, until an agent answered it or it was abandoned."""

    enqueued_at: datetime
    ended_at: datetime
    answered: bool


def service_level(waits: Iterable[Wait], seconds: float) -> float | None:
    """Percent of the contacts that left the queue within ``seconds``: an abandoned one counts like one that an agent
    answered (page "Metrics definitions", Service level). None where there was no contact.
    """
    within = [(wait.ended_at - wait.enqueued_at).total_seconds() <= seconds for wait in waits]
    return 100 * sum(within) / len(within) if within else None


def queue_metrics(router: Router, queue: Queue, channel: str | None, now: datetime) -> dict[str, Any]:
    """What $.Metrics is: ``{"Queue": {"ARN", "Name", "Size", "OldestContactAge"}, "Agents": {state: {"Count"}}}``, of
    ``channel`` or of all. The age is in whole seconds. Agents are those whose routing profile has the queue; what they
    have in hand counts whichever queue it came from.
    """
    agents = agents_of(router, queue.arn, channel)
    return {
        "Queue": {
            "ARN": queue.arn,
            "Name": queue.name,
            "Size": router.size(queue.arn, channel),
            "OldestContactAge": int(router.oldest_age(queue.arn, now, channel)),
        },
        "Agents": {
            name: {"Count": sum(is_one(agent, channel) for agent in agents)} for name, is_one in _STATES.items()
        },
    }


def current_metric(
    name: str,
    agents: Iterable[Agent],
    router: Router,
    queue_arns: Collection[str],
    channel: str | None,
    now: datetime,
    *,
    scheduled: int = 0,
) -> float:
    """The metric of GetCurrentMetricData called ``name``, a count, or seconds for OLDEST_CONTACT_AGE: of ``agents``, or
    of the contacts that wait in these queues; of ``channel`` or of all. ``scheduled``: contacts that have not been
    queued yet. Raises ValueError for a metric that is not known.
    """
    if name in _OF_AGENTS:
        return sum(_OF_AGENTS[name](agent, channel) for agent in agents)
    match name:
        case "CONTACTS_IN_QUEUE":
            return sum(router.size(arn, channel) for arn in queue_arns)
        case "OLDEST_CONTACT_AGE":
            return max((router.oldest_age(arn, now, channel) for arn in queue_arns), default=0)
        case "CONTACTS_SCHEDULED":
            return scheduled
    known = ", ".join(sorted((*_OF_AGENTS, "CONTACTS_IN_QUEUE", "CONTACTS_SCHEDULED", "OLDEST_CONTACT_AGE")))
    raise ValueError(f"there is no current metric {name!r}; write one of {known}.")


def agents_of(router: Router, queue_arn: str, channel: str | None = None) -> list[Agent]:
    """Those who serve the queue, by ``channel`` or by any."""
    return [agent for agent in router.agents.values() if _serves(agent, queue_arn, channel)]


def _serves(agent: Agent, queue_arn: str, channel: str | None) -> bool:
    configs = (config for tier in served_queues(agent) for config in tier)
    return any(config.queue_arn == queue_arn and channel in (None, config.channel) for config in configs)


def _held(agent: Agent, channel: str | None, counts: Callable[[AgentContact], bool]) -> int:
    return sum(counts(held) for held in agent.contacts.values() if channel in (None, held.contact.channel))


def _is_under_way(held: AgentContact) -> bool:
    """Connected, on hold, or the agent's call rings at the customer's."""
    calling = held.state == "CONNECTING" and held.contact.initiation_method in ("OUTBOUND", "CALLBACK")
    return held.state in _TALKING or calling


def _is_active(held: AgentContact) -> bool:
    return held.state == "ENDED" or _is_under_way(held)


def _free_slots(agent: Agent, channel: str | None) -> int:
    """Of all channels: those that let others in, together, and of the rest the one with most ("one voice contact or up
    to three chats" are three).
    """
    if channel:
        return free_places(agent, channel)
    free = [(free_places(agent, name), media.cross_channel) for name, media in agent.profile.concurrency.items()]
    alone = max((places for places, cross in free if not cross), default=0)
    return alone + sum(places for places, cross in free if cross)


def _is_on_contact(agent: Agent, channel: str | None) -> bool:
    return _held(agent, channel, _is_active) > 0


def _is_available(agent: Agent, channel: str | None) -> bool:
    return agent.status.kind == "ROUTABLE" and not agent.contacts


# What $.Metrics.Agents counts: agents. "Busy" is without after-contact work, where "on contact" is with it.
_STATES: dict[str, Callable[[Agent, str | None], bool]] = {
    "Online": lambda agent, channel: agent.status.kind != "OFFLINE",
    "Available": _is_available,
    "Staffed": lambda agent, channel: agent.status.kind == "ROUTABLE",
    "AfterContactWork": lambda agent, channel: _held(agent, channel, lambda held: held.state == "ENDED") > 0,
    "Busy": lambda agent, channel: _held(agent, channel, _is_under_way) > 0,
    "Missed": lambda agent, channel: _held(agent, channel, lambda held: held.state == "MISSED") > 0,
    "NonProductive": lambda agent, channel: agent.status.kind == "CUSTOM",
}
# Of each agent. AGENTS_AFTER_CONTACT_WORK counts contacts, whatever its name says (its own page).
_OF_AGENTS: dict[str, Callable[[Agent, str | None], int]] = {
    "AGENTS_ONLINE": _STATES["Online"],
    "AGENTS_AVAILABLE": _is_available,
    "AGENTS_STAFFED": _STATES["Staffed"],
    "AGENTS_NON_PRODUCTIVE": _STATES["NonProductive"],
    "AGENTS_ON_CONTACT": _is_on_contact,
    "AGENTS_ON_CALL": _is_on_contact,
    "AGENTS_AFTER_CONTACT_WORK": lambda agent, channel: _held(agent, channel, lambda held: held.state == "ENDED"),
    "AGENTS_ERROR": lambda agent, channel: _held(agent, channel, lambda held: held.state in _ERRORS) > 0,
    "SLOTS_ACTIVE": lambda agent, channel: _held(agent, channel, _is_active),
    "SLOTS_AVAILABLE": _free_slots,
}
