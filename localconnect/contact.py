"""One contact: what Amazon Connect knows of a caller from the first ring to the end."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from localconnect.flow import Flow

KEYS = frozenset("0123456789*#")
BUFFER_SIZE = 30
"""Keys that the touchtone buffer holds; further ones are ignored (page "Touchtone buffering")."""


@dataclass(slots=True)
class Recording:
    """Whose speech and screen are recorded, and whether the part of the call before an agent answers is."""

    participants: tuple[str, ...] = ()
    screens: tuple[str, ...] = ()
    ivr: bool = False


@dataclass(slots=True)
class Routing:
    """``priority``: 1 comes first. ``age``: seconds to be added to the time that the contact has waited. ``criteria``
    and ``proficiencies`` are as UpdateContactRoutingCriteria and UpdateContactRoutingBehavior have them.
    """

    priority: int = 5
    age: int = 0
    criteria: Mapping[str, Any] | None = None
    proficiencies: Mapping[str, Any] | None = None


@dataclass(slots=True, kw_only=True)
class Contact:
    """Addresses are telephone numbers in E.164 form; ``language_code`` is Connect's (``cmn-CN``), not a browser's.

    ``related`` is the contact that this one came from, ``previous_contact_id`` the one that was transferred and goes on
    as this one. ``scheduled_at``: when a task is to begin. ``target_agent``: whom TransferContactToAgent means, an id
    or ARN. ``voice_id`` has the settings of Voice ID by their names in UpdateContactData. ``loaded`` is what services
    outside have answered, by namespace: $.Lex, $.Customer and so on. It goes with the contact from flow to flow, into
    modules and out of them.
    """

    contact_id: str
    initial_contact_id: str
    flow: Flow
    instance_arn: str
    region: str
    customer_address: str
    started_at: datetime
    system_address: str | None = None
    channel: str = "VOICE"
    initiation_method: str = "INBOUND"
    attributes: dict[str, str] = field(default_factory=dict)
    language_code: str = "en-US"
    voice: str = "Joanna"
    name: str | None = None
    description: str | None = None
    customer_id: str | None = None
    queue_arn: str | None = None
    queue_name: str | None = None
    event_hooks: dict[str, str] = field(default_factory=dict)
    related: Contact | None = None
    previous_contact_id: str | None = None
    scheduled_at: datetime | None = None
    target_agent: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    wisdom_session_arn: str | None = None
    voice_id: dict[str, str] = field(default_factory=dict)
    callback_number: str | None = None
    routing: Routing = field(default_factory=Routing)
    loaded: dict[str, dict[str, Any]] = field(default_factory=dict)
    logging_enabled: bool = False
    recording: Recording = field(default_factory=Recording)
    buffering: bool = False
    typed_ahead: deque[str] = field(default_factory=deque)

    def press(self, key: str) -> None:
        """A key of the caller's phone, pressed at any time. What becomes of it while nobody listens: see
        :mod:`localconnect.actions.participant`.
        """
        if key not in KEYS:
            raise ValueError(f"{key!r} is no key of a telephone; press one of 0-9, * and #.")
        if not (self.buffering and len(self.typed_ahead) >= BUFFER_SIZE):
            self.typed_ahead.append(key)
