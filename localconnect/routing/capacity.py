"""What an agent has room for: the places of their routing profile, and the queues that it has them serve."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter

from localconnect.routing.agents import Agent, QueueConfig

OVER = frozenset({"MISSED", "REJECTED", "ERROR", "ENDED"})
"""States in which a contact can be dismissed (page "DismissUserContact")."""


def free_places(agent: Agent, channel: str) -> int:
    """How many more contacts of ``channel`` may be offered to the agent (page "Channels and concurrency").

    A contact holds its place until it is dismissed: while it rings, is missed, in error or in after-contact work (page
    "Metrics definitions", Availability). A paused task gives its place up (page "Pause and resume tasks"). Contacts of
    another channel let none in unless that channel is a cross-channel one. With a next status, nothing comes (page "Set
    your Next status").
    """
    channels = agent.profile.concurrency
    if agent.status.kind != "ROUTABLE" or agent.next_status or channel not in channels:
        return 0
    others = {held for held in held_channels(agent) if held != channel}
    if not all(other in channels and channels[other].cross_channel for other in others):
        return 0
    return max(0, channels[channel].concurrency - held_channels(agent).count(channel))


def held_channels(agent: Agent) -> list[str]:
    """The channel of each contact that holds a place."""
    return [held.contact.channel for held in agent.contacts.values() if held.state != "PAUSED"]


def agent_queue_arn(agent: Agent) -> str:
    head, _, unique = agent.arn.rpartition("/agent/")
    return f"{head}/queue/agent/{unique}"


def is_agent_queue(queue_arn: str) -> bool:
    return "/queue/agent/" in queue_arn


def served_queues(agent: Agent) -> list[list[QueueConfig]]:
    """The queues that the agent serves, those of one priority together, the agent's own before all others: it has the
    highest priority and no delay (page "Queues: standard and agent").
    """
    own = [QueueConfig(agent_queue_arn(agent), channel, 0, 0) for channel in agent.profile.concurrency]
    configs = sorted((*own, *agent.profile.queues), key=attrgetter("priority"))
    return [list(tier) for _, tier in groupby(configs, key=attrgetter("priority"))]
