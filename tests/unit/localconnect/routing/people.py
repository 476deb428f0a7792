"""Agents, queues and contacts for tests, and a log of what a router reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from localconnect.contact import Contact, Routing
from localconnect.instance import Queue
from localconnect.routing.agents import Agent, MediaConcurrency, QueueConfig, RoutingProfile, Status
from localconnect.routing.observer import RoutingObserver
from localconnect.routing.router import Router

ARN = "arn:aws:connect:ap-southeast-1:000000000000:instance/i"
START = datetime(2026, 1, 1, tzinfo=UTC)
AVAILABLE = Status(f"{ARN}/agent-state/available", "Available", "ROUTABLE")
LUNCH = Status(f"{ARN}/agent-state/lunch", "Lunch", "CUSTOM")
OFFLINE = Status(f"{ARN}/agent-state/offline", "Offline", "OFFLINE")
ONE_CALL = {"VOICE": MediaConcurrency("VOICE", 1)}

_numbers = count(1)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def queue(name: str = "sales", max_contacts: int | None = None) -> Queue:
    return Queue(arn=f"{ARN}/queue/{name}", name=name, hours_arn="", max_contacts=max_contacts)


def own_queue(agent: Agent) -> Queue:
    return queue(f"agent/{agent.username}")


def serves(name: str = "sales", *, priority: int = 1, delay: int = 0, channel: str = "VOICE") -> QueueConfig:
    return QueueConfig(f"{ARN}/queue/{name}", channel, priority, delay)


def profile(
    *queues: QueueConfig, concurrency: Mapping[str, MediaConcurrency] = ONE_CALL, ignores_outbound: bool = False
) -> RoutingProfile:
    return RoutingProfile(f"{ARN}/routing-profile/p", "p", queues, concurrency, "", ignores_outbound)


def agent(name: str, *queues: QueueConfig, status: Status = AVAILABLE, **fields: Any) -> Agent:
    """One who takes one call at a time, from the queue "sales" if no other is named."""
    routing = {name: fields.pop(name) for name in ("concurrency", "ignores_outbound") if name in fields}
    return Agent(
        arn=f"{ARN}/agent/{name}",
        username=name,
        profile=profile(*(queues or (serves(),)), **routing),
        status=status,
        status_since=START,
        **fields,
    )


def contact(name: str = "", *, channel: str = "VOICE", method: str = "INBOUND", **routing: Any) -> Contact:
    name = name or f"contact {next(_numbers)}"
    return Contact(
        contact_id=name,
        initial_contact_id=name,
        flow=None,  # type: ignore[arg-type]  # the router looks into no flow
        instance_arn=ARN,
        region="ap-southeast-1",
        customer_address="+8613800138000",
        started_at=START,
        channel=channel,
        initiation_method=method,
        routing=Routing(**routing),
    )


@dataclass
class Log(RoutingObserver):
    """What has been reported: ``lines`` like "5 offered ann c1", with seconds since START. ``changed`` apart."""

    lines: list[str] = field(default_factory=list)
    changes: list[tuple[str, float]] = field(default_factory=list)

    def __getattribute__(self, name: str) -> Any:
        if name not in _REPORTS:
            return super().__getattribute__(name)
        return lambda *about: self.lines.append(" ".join([_seconds(about[-1]), name, *map(_name, about[:-1])]))

    def changed(self, agent: Agent, now: datetime) -> None:
        self.changes.append((agent.username, (now - START).total_seconds()))

    def since(self, seconds: float) -> list[str]:
        return [line for line in self.lines if float(line.split()[0]) >= seconds]


_REPORTS = {name for name in vars(RoutingObserver) if not name.startswith("_")} - {"changed"}


def _seconds(now: datetime) -> str:
    return f"{(now - START).total_seconds():g}"


def _name(thing: Any) -> str:
    return getattr(thing, "username", None) or getattr(thing, "contact_id", None) or str(thing).rsplit("/", 1)[-1]


def watched(*agents: Agent) -> tuple[Router, Log]:
    router, log = Router(agents), Log()
    router.watch(log)
    return router, log


def states(agents: Iterable[Agent]) -> dict[str, dict[str, str]]:
    return {agent.username: {name: held.state for name, held in agent.contacts.items()} for agent in agents}
