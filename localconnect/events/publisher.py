"""When what is published: contact events, contact records and agent events, as their pages say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from localconnect.contact import Contact
from localconnect.contacts import ContactRecord
from localconnect.events import agent_event as agents
from localconnect.events import contact_event as contacts
from localconnect.events.contact_record import contact_record
from localconnect.events.sink import Sink
from localconnect.instance import Instance
from localconnect.routing.agents import Agent
from localconnect.routing.observer import RoutingObserver

HEART_BEAT = timedelta(seconds=120)
"""Without an event for so long, an agent's heart beat is published (page "Agent event streams data model")."""
AFTERLIFE = timedelta(hours=1)
"""How long an agent who has signed out has a heart beat (the same page)."""


@dataclass(slots=True)
class _Seen:
    """An agent as of their last event, at ``at``; None: there has been none."""

    agent: Agent
    current: agents.Snapshot
    previous: agents.Snapshot | None = None
    at: datetime | None = None

    @property
    def is_offline(self) -> bool:
        return bool(self.current["AgentStatus"]["Type"] == "OFFLINE")


class Publisher(RoutingObserver):
    """Watches the router, behind the instance's register of contacts, and is told of a contact's own life.

    Contact events go to EventBridge. Contact records and agent events go to the streams that the instance's storage
    configuration names for CONTACT_TRACE_RECORDS and AGENT_EVENTS; where it names none, nowhere.
    """

    def __init__(self, instance: Instance, sink: Sink) -> None:
        self._instance = instance
        self._sink = sink
        self._seen = {
            arn: _Seen(agent, agents.agent_snapshot(instance, agent, agent.status_since))
            for arn, agent in instance.router.agents.items()
        }

    # A contact's own life. Each comes after the change.

    def initiated(self, record: ContactRecord, now: datetime) -> None:
        """The contact exists; a task may be scheduled for later."""
        self._publish("INITIATED", record, now)

    def connected_to_system(self, record: ContactRecord, now: datetime) -> None:
        """Its flow is about to run. A call that comes in has no such event (page "Amazon Connect contact events")."""
        contact = record.contact
        if (contact.channel, contact.initiation_method) != ("VOICE", "INBOUND"):
            self._publish("CONNECTED_TO_SYSTEM", record, now)

    def updated(self, record: ContactRecord, now: datetime, *properties: contacts.Property) -> None:
        """These properties are different. A record that was delivered is delivered again, with them."""
        self._sink.put_event(contacts.contact_event(self._instance, "CONTACT_DATA_UPDATED", record, now, properties))
        if _is_complete(record):
            self._deliver(record, now)

    def disconnected(self, record: ContactRecord, now: datetime) -> None:
        """The customer's side has ended. The contact is complete, unless an agent has after-contact work to do."""
        self._publish("DISCONNECTED", record, now)
        if _is_complete(record):
            self._complete(record, now)

    # What the router reports (localconnect.routing.observer)

    def queued(self, contact: Contact, queue_arn: str, now: datetime) -> None:
        self._publish("QUEUED", self._record(contact), now)

    def connected(self, agent: Agent, contact: Contact, now: datetime) -> None:
        self._publish("CONNECTED_TO_AGENT", self._record(contact), now)

    def held(self, agent: Agent, contact: Contact, now: datetime) -> None:
        if contact.channel == "TASK":
            self._publish("PAUSED", self._record(contact), now)

    def resumed(self, agent: Agent, contact: Contact, now: datetime) -> None:
        if contact.channel == "TASK":
            self._publish("RESUMED", self._record(contact), now)

    def cleared(self, agent: Agent, contact: Contact, now: datetime) -> None:
        """A contact that an agent had only missed was not theirs to complete."""
        record = self._record(contact)
        if record.interaction and record.interaction.agent is agent and _is_complete(record):
            self._complete(record, now)

    def changed(self, agent: Agent, now: datetime) -> None:
        """Nobody signs in to a laptop: who leaves a status of type OFFLINE signs in, and who takes one signs out."""
        before = self._seen.get(agent.arn)
        previous = before.current if before else None
        current = agents.agent_snapshot(self._instance, agent, now, previous)
        if current == previous:
            return
        seen = self._seen[agent.arn] = _Seen(agent, current, previous, now)
        was_offline = before is None or before.is_offline
        if was_offline and not seen.is_offline:
            self._publish_agent("LOGIN", seen, now)
        self._publish_agent("STATE_CHANGE", seen, now)
        if seen.is_offline and not was_offline:
            self._publish_agent("LOGOUT", seen, now)

    def heart_beat(self, now: datetime) -> None:
        """Publish the heart beats that are due. Call it now and then, at least every 120 seconds."""
        for seen in self._seen.values():
            if seen.at is None or now - seen.at < HEART_BEAT:
                continue
            if not seen.is_offline or now - seen.agent.status_since <= AFTERLIFE:
                self._publish_agent("HEART_BEAT", seen, now)
                seen.at = now

    def _record(self, contact: Contact) -> ContactRecord:
        return self._instance.contacts.find(contact.contact_id)

    def _publish(self, kind: contacts.Kind, record: ContactRecord, now: datetime) -> None:
        self._sink.put_event(contacts.contact_event(self._instance, kind, record, now))

    def _complete(self, record: ContactRecord, now: datetime) -> None:
        self._publish("COMPLETED", record, now)
        self._deliver(record, now)

    def _deliver(self, record: ContactRecord, now: datetime) -> None:
        written = contact_record(self._instance, record, now)
        self._put_record("CONTACT_TRACE_RECORDS", record.contact.contact_id, written)

    def _publish_agent(self, kind: agents.Kind, seen: _Seen, now: datetime) -> None:
        """The previous snapshot is "not applicable to LOGIN or LOGOUT events" (the page, in an earlier edition)."""
        previous = None if kind in ("LOGIN", "LOGOUT") else seen.previous
        event = agents.agent_event(self._instance, kind, seen.current, previous, seen.agent, now)
        self._put_record("AGENT_EVENTS", seen.agent.arn, event)

    def _put_record(self, resource_type: str, key: str, written: Mapping[str, Any]) -> None:
        storage = self._instance.storage.get(resource_type)
        if storage and storage.stream_arn:
            self._sink.put_record(storage.stream_arn, key, json.dumps(written, ensure_ascii=False).encode())


def _is_complete(record: ContactRecord) -> bool:
    """The contact has ended, and the agent who took it, if one did, has cleared it (page "About contact states", Events
    in the contact record).
    """
    return record.ended_at is not None and (record.interaction is None or record.interaction.cleared_at is not None)
