"""A plain reckoning of a line of calls: who is answered when and by whom, and who leaves. It knows nothing of the
router's code; everything is looked through again at every event. Times are whole milliseconds.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

RING = 20_000
"""How long it rings at an agent's."""


@dataclass(frozen=True)
class Arrival:
    """A call that comes to ``queue`` at ``at`` and is given up after ``patience``. ``pick_up``: how long the first
    agent lets it ring, the second, and so on, the last of them from then on; RING and more is a missed call. ``talk``
    is the time with the agent.
    """

    at: int
    queue: str
    patience: int
    talk: int
    pick_up: tuple[int, ...] = (0,)
    priority: int = 5


@dataclass(frozen=True)
class Desk:
    """An agent: ``queues`` with their priority and delay, in milliseconds; after-contact work takes ``work``; a call
    that was missed is cleared after ``dismiss``.
    """

    name: str
    queues: Mapping[str, tuple[int, int]]
    work: int
    dismiss: int = 5_000


@dataclass(frozen=True)
class Outcome:
    """``answered`` by ``agent``, ``abandoned`` in the queue, or turned away from a ``full`` one."""

    end: Literal["answered", "abandoned", "full"]
    at: int
    agent: str | None = None


def reckon(arrivals: Sequence[Arrival], desks: Sequence[Desk], capacity: Mapping[str, int]) -> dict[int, Outcome]:
    """What becomes of each arrival, by its number. Whom ``capacity`` does not name has room for all."""
    outcomes: dict[int, Outcome] = {}
    waiting: list[int] = []
    rings_at: dict[int, str] = {}
    rung: dict[int, int] = {}
    idle: list[str] = [desk.name for desk in desks]
    by_name = {desk.name: desk for desk in desks}
    events: list[tuple[int, int, int, str, Any]] = []
    number = 0

    def plan(time: int, by_itself: bool, what: str, about: Any) -> None:
        nonlocal number
        number += 1
        heapq.heappush(events, (time, 0 if by_itself else 1, number, what, about))

    for index, arrival in enumerate(arrivals):
        plan(arrival.at, False, "arrives", index)

    while events:
        now, _, _, what, about = heapq.heappop(events)
        if what == "arrives":
            arrival = arrivals[about]
            ahead = sum(arrivals[other].queue == arrival.queue for other in waiting)
            if ahead >= capacity.get(arrival.queue, len(arrivals)):
                outcomes[about] = Outcome("full", now)
            else:
                waiting.append(about)
                plan(now + arrival.patience, False, "gives up", about)
                for desk in desks:
                    plan(now + desk.queues.get(arrival.queue, (0, 0))[1], True, "look", None)
        elif what == "gives up" and about in waiting:
            waiting.remove(about)
            outcomes[about] = Outcome("abandoned", now)
            if about in rings_at:
                name = rings_at.pop(about)
                plan(now + by_name[name].dismiss, False, "dismisses", name)
        elif what == "picks up":
            call, name, ring = about
            if rings_at.get(call) == name and rung[call] == ring:
                waiting.remove(call)
                del rings_at[call]
                outcomes[call] = Outcome("answered", now, name)
                plan(now + arrivals[call].talk, False, "hangs up", name)
        elif what == "rings out":
            call, name, ring = about
            if rings_at.get(call) == name and rung[call] == ring:
                del rings_at[call]
                plan(now + by_name[name].dismiss, False, "dismisses", name)
        elif what == "hangs up":
            plan(now + by_name[about].work, True, "is free", about)
        elif what in ("is free", "dismisses"):
            idle.append(about)

        for name in list(idle):
            desk = by_name[name]
            offers = [
                (desk.queues[arrivals[call].queue][0], arrivals[call].priority, arrivals[call].at, call)
                for call in waiting
                if call not in rings_at
                and arrivals[call].queue in desk.queues
                and arrivals[call].at + desk.queues[arrivals[call].queue][1] <= now
            ]
            if offers:
                call = min(offers)[3]
                idle.remove(name)
                rings_at[call] = name
                ring = rung[call] = rung.get(call, 0) + 1
                pick_up = arrivals[call].pick_up
                plan(now + RING, True, "rings out", (call, name, ring))
                plan(now + pick_up[min(ring, len(pick_up)) - 1], False, "picks up", (call, name, ring))
    return outcomes


def level(arrivals: Sequence[Arrival], outcomes: Mapping[int, Outcome], within: int) -> float:
    """Percent of the calls that were in a queue and left it within so many milliseconds."""
    queued = [number for number, outcome in outcomes.items() if outcome.end != "full"]
    in_time = [number for number in queued if outcomes[number].at - arrivals[number].at <= within]
    return 100 * len(in_time) / len(queued)
