"""Contacts that wait in a queue, in their order."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from localconnect.contact import Contact
from localconnect.routing.agents import Agent, QueueConfig
from localconnect.routing.capacity import is_agent_queue
from localconnect.routing.criteria import Step, active_step, next_expiry, read_criteria

_RANK = attrgetter("rank")


@dataclass(slots=True, eq=False)
class Waiting:
    """``agent`` is the one it rings at; ``rank`` its place: by priority, by time in queue and the seconds added to it
    (page "Change routing priority / age"), and who came first.
    """

    contact: Contact
    queue_arn: str
    enqueued_at: datetime
    number: int
    agent: Agent | None = None
    rank: tuple[int, datetime, int] = field(init=False)
    _criteria: Mapping[str, Any] | None = None
    _steps: tuple[Step, ...] = ()
    _steps_since: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.read_routing(self.enqueued_at)

    @property
    def contact_id(self) -> str:
        return self.contact.contact_id

    def read_routing(self, now: datetime) -> None:
        """Take over what the contact's flow has set. New criteria begin now; an agent's queue has no use for any (page
        "Set routing criteria"). Raises ValueError where they are not as they should be.
        """
        routing = self.contact.routing
        criteria = None if is_agent_queue(self.queue_arn) else routing.criteria
        if criteria != self._criteria:
            self._steps = read_criteria(criteria) if criteria else ()
            self._criteria, self._steps_since = criteria, now
        self.rank = routing.priority, self.enqueued_at - timedelta(seconds=routing.age), self.number

    def wants(self, agent: Agent, now: datetime) -> bool:
        """Whether the step that is active lets the agent have it. Who has let it ring must dismiss it first."""
        if self.contact_id in agent.contacts:
            return False
        index = active_step(self._steps, (now - self._steps_since).total_seconds()) if self._steps else None
        return index is None or self._steps[index].fits(agent)

    def next_step_at(self, now: datetime) -> datetime | None:
        seconds = next_expiry(self._steps, (now - self._steps_since).total_seconds()) if self._steps else None
        return None if seconds is None else self._steps_since + timedelta(seconds=seconds)


@dataclass(slots=True)
class _Line:
    """A queue's contacts of one channel: all by id, and those that ring nowhere in their order."""

    everyone: dict[str, Waiting] = field(default_factory=dict)
    unoffered: list[Waiting] = field(default_factory=list)

    def put(self, waiting: Waiting) -> None:
        insort(self.unoffered, waiting, key=_RANK)

    def take(self, waiting: Waiting) -> None:
        del self.unoffered[bisect_left(self.unoffered, waiting.rank, key=_RANK)]


class WaitingRoom:
    """All who wait, each in the line of their queue and channel. ``room[contact_id]`` is one who does."""

    def __init__(self) -> None:
        self._everyone: dict[str, Waiting] = {}
        self._lines: dict[str, dict[str, _Line]] = {}

    def __getitem__(self, contact_id: str) -> Waiting:
        return self._everyone[contact_id]

    def find(self, contact_id: str) -> Waiting | None:
        return self._everyone.get(contact_id)

    def join(self, waiting: Waiting) -> None:
        self._everyone[waiting.contact_id] = waiting
        line = self._lines.setdefault(waiting.queue_arn, {}).setdefault(waiting.contact.channel, _Line())
        line.everyone[waiting.contact_id] = waiting
        line.put(waiting)

    def part(self, waiting: Waiting) -> None:
        line = self._line(waiting)
        if waiting.agent is None:
            line.take(waiting)
        del line.everyone[waiting.contact_id], self._everyone[waiting.contact_id]

    def offer(self, waiting: Waiting, agent: Agent) -> None:
        self._line(waiting).take(waiting)
        waiting.agent = agent

    def take_back(self, waiting: Waiting) -> None:
        """It rings no more, and waits on in its old place."""
        waiting.agent = None
        self._line(waiting).put(waiting)

    def place(self, waiting: Waiting, now: datetime) -> None:
        """Where its routing puts it now. Raises ValueError, and leaves it where it was, for criteria that are wrong."""
        if waiting.agent:
            waiting.read_routing(now)
            return
        self._line(waiting).take(waiting)
        try:
            waiting.read_routing(now)
        finally:
            self._line(waiting).put(waiting)

    def size(self, queue_arn: str, channel: str | None = None) -> int:
        return sum(len(line.everyone) for line in self._lines_of(queue_arn, channel))

    def of(self, queue_arn: str, channel: str | None = None) -> list[Waiting]:
        """In their order, those that ring too."""
        lines = self._lines_of(queue_arn, channel)
        return sorted((waiting for line in lines for waiting in line.everyone.values()), key=_RANK)

    def first_for(self, agent: Agent, config: QueueConfig, now: datetime) -> tuple[Waiting | None, datetime | None]:
        """The first that may go to the agent and has waited the queue's delay; or when there may be one."""
        line = self._lines.get(config.queue_arn, {}).get(config.channel)
        delay = timedelta(seconds=config.delay)
        ripens: datetime | None = None
        for waiting in line.unoffered if line else ():
            ripe = waiting.enqueued_at + delay
            if ripe > now:
                ripens = min(ripe, ripens or ripe)
            elif waiting.wants(agent, now):
                return waiting, None
        return None, ripens

    def _line(self, waiting: Waiting) -> _Line:
        return self._lines[waiting.queue_arn][waiting.contact.channel]

    def _lines_of(self, queue_arn: str, channel: str | None) -> Iterator[_Line]:
        return (line for name, line in self._lines.get(queue_arn, {}).items() if channel in (None, name))
