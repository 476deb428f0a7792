"""What an agent may do with a contact in hand."""

from __future__ import annotations

from typing import Literal

from localconnect.routing.agents import Agent, AgentContact
from localconnect.routing.capacity import OVER, held_channels

Act = Literal["accept", "reject", "connect", "hold", "resume", "end", "fail", "clear"]

_RINGING = "ringing"
_UNDER_WAY = frozenset({"CONNECTING", "CONNECTED", "CONNECTED_ONHOLD", "PAUSED"})
# By the contact's state; one that rings is told from one that the agent is calling, which is CONNECTING as well.
_POSSIBLE: dict[Act, frozenset[str]] = {
    "accept": frozenset({_RINGING}),
    "reject": frozenset({_RINGING}),
    "connect": frozenset({"CONNECTING"}),
    "hold": frozenset({"CONNECTED"}),
    "resume": frozenset({"CONNECTED_ONHOLD", "PAUSED"}),
    "end": _UNDER_WAY,
    "fail": _UNDER_WAY,
    "clear": OVER,
}


def able(act: Act, agent: Agent, contact_id: str, *, ringing: bool) -> AgentContact:
    """The contact, with which the agent may do this. Raises ValueError where they may not."""
    held = agent.contacts.get(contact_id)
    if held is None:
        raise ValueError(f"{agent.username} cannot {act} contact {contact_id}: they do not have it.")
    state = _RINGING if ringing else held.state
    if state not in _POSSIBLE[act]:
        possible = " or ".join(sorted(_POSSIBLE[act]))
        raise ValueError(f"{agent.username} cannot {act} contact {contact_id}: it is {state}, not {possible}.")
    return held


def refuse_crowding(agent: Agent, channel: str) -> None:
    """Raises ValueError where the agent has as many contacts of ``channel`` as their routing profile lets them have."""
    media = agent.profile.concurrency.get(channel)
    if held_channels(agent).count(channel) >= (media.concurrency if media else 0):
        raise ValueError(
            f"{agent.username} has no place for another {channel} contact; end and clear one, or change the routing "
            f"profile {agent.profile.name!r}."
        )
