"""The register of an instance's contacts: those on the line, and those that have ended. Kept in memory only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from localconnect.call import Observer, UnknownResource
from localconnect.clock import Clock
from localconnect.contact import Contact
from localconnect.routing.agents import Agent
from localconnect.routing.observer import RoutingObserver

MOST_CONTACTS = 10_000
"""Beyond so many the oldest that has ended is forgotten."""


@dataclass(slots=True)
class Hold:
    """The customer was on hold (a task: paused) from ``began`` on."""

    began: datetime
    ended: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Interaction:
    """An agent's part in a contact, from accepting it to the end of after-contact work (``cleared_at``)."""

    agent: Agent
    accepted_at: datetime
    connected_at: datetime | None = None
    holds: list[Hold] = field(default_factory=list)
    ended_at: datetime | None = None
    cleared_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording kept at ``location`` ("bucket/key"): of the flow's part of the call (IVR), or of the agent's."""

    location: str
    participant: Literal["IVR", "AGENT"]
    started_at: datetime
    stopped_at: datetime


@dataclass(slots=True, eq=False, kw_only=True)
class ContactRecord(Observer):
    """A contact and what became of it. ``hang_up`` ends the call; ``show_attributes`` tells the phone of attributes
    that somebody other than the flow has set.

    ``disconnect_reason`` is one of the page "Data model for Amazon Connect contact records", which has API for a task
    or chat ended through the API, and OTHER for a call; None while the contact is on the line. ``connected_at``: when
    the system, or for a call going out the customer, answered. ``attempts`` counts the agents it rang at.
    ``transferred_to`` is a queue's or agent's ARN or a telephone number.
    """

    contact: Contact
    clock: Clock
    hang_up: Callable[[], None]
    show_attributes: Callable[[Mapping[str, str]], None]
    connected_at: datetime | None = None
    enqueued_at: datetime | None = None
    dequeued_at: datetime | None = None
    attempts: int = 0
    interaction: Interaction | None = None
    recordings: list[Recorded] = field(default_factory=list)
    transferred_to: str | None = None
    transferred_at: datetime | None = None
    next_contact_id: str | None = None
    ended_at: datetime | None = None
    disconnect_reason: str | None = None
    stopped: bool = False

    @property
    def updated_at(self) -> datetime:
        """When something last became of it."""
        times = [self.enqueued_at, self.dequeued_at, self.ended_at]
        if agent := self.interaction:
            times += [agent.connected_at, agent.ended_at, agent.cleared_at]
        return max((time for time in times if time), default=self.contact.started_at)

    def set_attributes(self, changed: Mapping[str, str]) -> None:
        self.contact.attributes = {**self.contact.attributes, **changed}
        if self.ended_at is None:
            self.show_attributes(changed)

    def stop(self) -> None:
        """Hang up in Amazon Connect's name."""
        self.stopped = True
        self.hang_up()

    def end(self, disconnect_reason: str) -> None:
        self.ended_at = self.clock.now()
        stopped = "OTHER" if self.contact.channel == "VOICE" else "API"
        self.disconnect_reason = stopped if self.stopped else disconnect_reason


@dataclass(slots=True)
class Contacts(RoutingObserver):
    """Watches the router: when a contact was queued, who took it, and so on, is written into its record."""

    _records: dict[str, ContactRecord] = field(default_factory=dict)

    def begin(self, record: ContactRecord) -> None:
        """Enter a contact that has come on the line."""
        self._records[record.contact.contact_id] = record
        if len(self._records) > MOST_CONTACTS:
            ended = (contact_id for contact_id, known in self._records.items() if known.ended_at)
            self._records.pop(next(ended, ""), None)

    def find(self, contact_id: str) -> ContactRecord:
        """Raises UnknownResource."""
        if contact_id not in self._records:
            raise UnknownResource(f"the instance has no contact {contact_id!r}")
        return self._records[contact_id]

    def __iter__(self) -> Iterator[ContactRecord]:
        """In the order in which they came."""
        return iter(self._records.values())

    # What the router reports (localconnect.routing.observer)

    def queued(self, contact: Contact, queue_arn: str, now: datetime) -> None:
        record = self.find(contact.contact_id)
        record.enqueued_at, record.dequeued_at = now, None

    def left(self, contact: Contact, now: datetime) -> None:
        self.find(contact.contact_id).dequeued_at = now

    def offered(self, agent: Agent, contact: Contact, now: datetime) -> None:
        self.find(contact.contact_id).attempts += 1

    def accepted(self, agent: Agent, contact: Contact, now: datetime) -> None:
        record = self.find(contact.contact_id)
        record.dequeued_at = now if record.enqueued_at else None
        record.interaction = Interaction(agent=agent, accepted_at=now)

    def connected(self, agent: Agent, contact: Contact, now: datetime) -> None:
        self._interaction(contact).connected_at = now

    def held(self, agent: Agent, contact: Contact, now: datetime) -> None:
        self._interaction(contact).holds.append(Hold(now))

    def resumed(self, agent: Agent, contact: Contact, now: datetime) -> None:
        self._interaction(contact).holds[-1].ended = now

    def ended(self, agent: Agent, contact: Contact, now: datetime) -> None:
        interaction = self._interaction(contact)
        interaction.ended_at = now
        if interaction.holds and interaction.holds[-1].ended is None:
            interaction.holds[-1].ended = now

    def cleared(self, agent: Agent, contact: Contact, now: datetime) -> None:
        interaction = self.find(contact.contact_id).interaction
        if interaction and interaction.agent is agent:
            interaction.cleared_at = now

    def _interaction(self, contact: Contact) -> Interaction:
        interaction = self.find(contact.contact_id).interaction
        if interaction is None:
            raise AssertionError(f"no agent has taken contact {contact.contact_id}")
        return interaction
