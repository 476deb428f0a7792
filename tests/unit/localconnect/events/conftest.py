"""A small line with one agent, whose records and events go to streams in memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from localconnect.clock import TurnedClock
from localconnect.contact import Contact
from localconnect.contacts import ContactRecord, Contacts
from localconnect.events.publisher import Publisher
from localconnect.events.sink import MemorySink
from localconnect.routing.agents import Agent, MediaConcurrency, QueueConfig, RoutingProfile, Status
from localconnect.routing.router import Router

PREFIX = "arn:aws:connect:ap-southeast-1:111122223333:instance/i"
QUEUE = f"{PREFIX}/queue/service"
AVAILABLE = Status(f"{PREFIX}/agent-state/available", "Available", "ROUTABLE")
LUNCH = Status(f"{PREFIX}/agent-state/lunch", "Lunch", "CUSTOM")
OFFLINE = Status(f"{PREFIX}/agent-state/offline", "Offline", "OFFLINE")
START = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
RECORDS = "arn:aws:kinesis:ap-southeast-1:111122223333:stream/records"
AGENT_EVENTS = "arn:aws:kinesis:ap-southeast-1:111122223333:stream/agents"


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@dataclass
class Line:
    """``instance`` has what a published thing is made of; ``turn`` lets time go by."""

    instance: Any
    agent: Agent
    router: Router
    sink: MemorySink
    publisher: Publisher
    clock: TurnedClock = field(default_factory=lambda: TurnedClock(START))

    def turn(self, seconds: float) -> datetime:
        self.clock.advance(seconds)
        return self.clock.now()

    def contact(self, contact_id: str = "c1", **members: Any) -> ContactRecord:
        """A call that has come in."""
        members = {"initial_contact_id": contact_id, "queue_arn": QUEUE, "queue_name": "Service"} | members
        contact = Contact(
            contact_id=contact_id,
            flow=None,  # type: ignore[arg-type]
            instance_arn=PREFIX,
            region="ap-southeast-1",
            customer_address=members.pop("customer_address", "+8613800138000"),
            system_address=members.pop("system_address", "+6561234567"),
            started_at=self.clock.now(),
            **members,
        )
        record = ContactRecord(
            contact=contact, clock=self.clock, hang_up=lambda: None, show_attributes=lambda changed: None
        )
        self.instance.contacts.begin(record)
        return record

    def enqueue(self, record: ContactRecord) -> None:
        self.router.enqueue(record.contact, self.instance.queues[QUEUE], self.clock.now())

    def end(self, record: ContactRecord, reason: str = "CUSTOMER_DISCONNECT") -> None:
        record.end(reason)
        self.publisher.disconnected(record, self.clock.now())

    def published(self, stream: str) -> list[dict[str, Any]]:
        return [json.loads(record.data) for record in self.sink.records if record.stream_arn == stream]

    def kinds(self) -> list[str]:
        """Of the contact events, in the order of their publication."""
        return [event["detail"]["eventType"] for event in self.sink.events]


@pytest.fixture
def line() -> Line:
    return build_line()


def build_line(storage: dict[str, Any] | None = None, status: Status = OFFLINE, **members: Any) -> Line:
    profile = RoutingProfile(
        arn=f"{PREFIX}/routing-profile/desk",
        name="Desk",
        queues=(QueueConfig(QUEUE, "VOICE", 1, 0), QueueConfig(QUEUE, "TASK", 2, 0)),
        concurrency={"VOICE": MediaConcurrency("VOICE", 1), "TASK": MediaConcurrency("TASK", 3)},
        outbound_queue_arn=QUEUE,
    )
    agent = Agent(
        arn=f"{PREFIX}/agent/mei",
        username="mei",
        first_name="Mei",
        last_name="Lin",
        profile=profile,
        status=status,
        status_since=START,
        proficiencies={("connect:Language", "Cantonese"): 4},
        **members,
    )
    streams = {"CONTACT_TRACE_RECORDS": RECORDS, "AGENT_EVENTS": AGENT_EVENTS}
    router = Router([agent])
    instance = SimpleNamespace(
        arn=PREFIX,
        account="111122223333",
        region="ap-southeast-1",
        queues={QUEUE: SimpleNamespace(arn=QUEUE, name="Service", max_contacts=None)},
        contacts=Contacts(),
        router=router,
        storage={kind: SimpleNamespace(stream_arn=arn) for kind, arn in streams.items()}
        if storage is None
        else storage,
    )
    sink = MemorySink()
    publisher = Publisher(instance, sink)  # type: ignore[arg-type]
    for observer in (instance.contacts, publisher):
        router.watch(observer)
    return Line(instance, agent, router, sink, publisher)


def shape(value: Any, leaf: Callable[[Any], Any] = type) -> Any:
    """What a value is made of: objects by key, lists by their first element, the rest by type."""
    if isinstance(value, dict):
        return {key: shape(member, leaf) for key, member in value.items()}
    if isinstance(value, list):
        return [shape(member, leaf) for member in value[:1]]
    return None if value is None else leaf(value)
