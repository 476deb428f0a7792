"""An agent, and the contacts in their hands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from localconnect.contact import Contact

ContactState = Literal[
    "INCOMING", "CONNECTING", "CONNECTED", "CONNECTED_ONHOLD", "PAUSED", "MISSED", "REJECTED", "ERROR", "ENDED"
]
"""As the agent event stream names them (page "About contact states"). A contact that is dismissed has none."""


@dataclass(frozen=True, slots=True)
class Status:
    """What an agent says they do. Only who is in a ROUTABLE one ("Available") is offered contacts of queues."""

    arn: str
    name: str
    kind: Literal["ROUTABLE", "CUSTOM", "OFFLINE"]


@dataclass(frozen=True, slots=True)
class QueueConfig:
    """``priority``: 1 comes first. ``delay``: seconds that a contact must have waited before it is offered."""

    queue_arn: str
    channel: str
    priority: int
    delay: int


@dataclass(frozen=True, slots=True)
class MediaConcurrency:
    """How many contacts of a channel at once, and whether other channels' contacts come meanwhile."""

    channel: str
    concurrency: int
    cross_channel: bool = False


@dataclass(frozen=True, slots=True)
class RoutingProfile:
    """``concurrency`` by channel; a channel that is missing is not served. ``ignores_outbound``: the contacts that an
    agent begins do not count as activity when the one idle longest is looked for (TIME_SINCE_LAST_INBOUND).
    """

    arn: str
    name: str
    queues: tuple[QueueConfig, ...]
    concurrency: Mapping[str, MediaConcurrency]
    outbound_queue_arn: str
    ignores_outbound: bool = False


@dataclass(slots=True, eq=False)
class AgentContact:
    """A contact in an agent's hands. ``since``: when its state began; ``connected_at``: when the agent was joined."""

    contact: Contact
    state: ContactState
    since: datetime
    connected_at: datetime | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Agent:
    """``proficiencies``: levels (1 to 5) by predefined attribute and value. ``after_contact_work``: seconds after which
    that work is over by itself; 0 is never. ``next_status`` waits until no contact is in hand. ``idle_since``: when the
    agent last became free for contacts, None while they are not.
    """

    arn: str
    username: str
    profile: RoutingProfile
    status: Status
    status_since: datetime
    first_name: str = ""
    last_name: str = ""
    proficiencies: Mapping[tuple[str, str], float] = field(default_factory=dict)
    auto_accept: bool = False
    after_contact_work: int = 0
    next_status: Status | None = None
    idle_since: datetime | None = None
    contacts: dict[str, AgentContact] = field(default_factory=dict)
