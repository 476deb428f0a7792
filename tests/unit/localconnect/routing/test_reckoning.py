"""The router against the plain reckoning: everything must be the same, to the millisecond."""

from __future__ import annotations

import heapq
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count

import pytest

from localconnect.contact import Contact
from localconnect.routing.agents import Agent
from localconnect.routing.metrics import Wait, service_level
from localconnect.routing.observer import RoutingObserver
from localconnect.routing.router import Router
from tests.unit.localconnect.routing.people import START, agent, contact, queue, serves
from tests.unit.localconnect.routing.reckoning import Arrival, Desk, Outcome, level, reckon


class Driver(RoutingObserver):
    """Lets callers and agents act on a router, each at the time that the arrivals and desks say."""

    def __init__(self, arrivals: Sequence[Arrival], desks: Sequence[Desk], capacity: Mapping[str, int]) -> None:
        self.arrivals, self.desks = arrivals, {desk.name: desk for desk in desks}
        self.queues = {arrival.queue: queue(arrival.queue, capacity.get(arrival.queue)) for arrival in arrivals}
        self.outcomes: dict[int, Outcome] = {}
        self.rung: dict[int, int] = {}
        self.events: list[tuple[int, int, str, int, str]] = []
        self.numbers = count()
        self.contacts = [contact(str(number), priority=arrival.priority) for number, arrival in enumerate(arrivals)]
        self.router = Router(map(as_agent, desks))
        self.router.watch(self)
        for number, arrival in enumerate(arrivals):
            self.plan(arrival.at, "arrives", number)

    def plan(self, milliseconds: int, what: str, number: int, agent_arn: str = "") -> None:
        heapq.heappush(self.events, (milliseconds, next(self.numbers), what, number, agent_arn))

    def run(self) -> dict[int, Outcome]:
        while self.events or self.router.due():
            due = self.router.due()
            if due and (not self.events or due <= moment(self.events[0][0])):
                self.router.tick(due)
            else:
                milliseconds, _, what, number, agent_arn = heapq.heappop(self.events)
                self.act(milliseconds, what, number, agent_arn)
        return self.outcomes

    def act(self, milliseconds: int, what: str, number: int, agent_arn: str) -> None:
        router, now, one = self.router, moment(milliseconds), self.contacts[number]
        held = router.agents[agent_arn].contacts.get(one.contact_id) if agent_arn else None
        match what:
            case "arrives" if router.is_full(self.queues[self.arrivals[number].queue]):
                self.outcomes[number] = Outcome("full", milliseconds)
            case "arrives":
                self.plan(milliseconds + self.arrivals[number].patience, "gives up", number)
                router.enqueue(one, self.queues[self.arrivals[number].queue], now)
            case "gives up":
                router.leave(one, now)
            case "picks up" if held and held.state == "CONNECTING":
                router.accept(agent_arn, one.contact_id, now)
            case "hangs up":
                router.end(agent_arn, one.contact_id, now)
            case "dismisses":
                router.clear(agent_arn, one.contact_id, now)

    # What the router reports

    def offered(self, agent: Agent, contact: Contact, now: datetime) -> None:
        number = int(contact.contact_id)
        rung = self.rung[number] = self.rung.get(number, 0) + 1
        pick_up = self.arrivals[number].pick_up
        self.plan(millis(now) + pick_up[min(rung, len(pick_up)) - 1], "picks up", number, agent.arn)

    def accepted(self, agent: Agent, contact: Contact, now: datetime) -> None:
        number = int(contact.contact_id)
        self.outcomes[number] = Outcome("answered", millis(now), agent.username)
        self.plan(millis(now) + self.arrivals[number].talk, "hangs up", number, agent.arn)

    def missed(self, agent: Agent, contact: Contact, now: datetime) -> None:
        self.plan(millis(now) + self.desks[agent.username].dismiss, "dismisses", int(contact.contact_id), agent.arn)

    withdrawn = missed

    def left(self, contact: Contact, now: datetime) -> None:
        self.outcomes[int(contact.contact_id)] = Outcome("abandoned", millis(now))


def moment(milliseconds: int) -> datetime:
    return START + timedelta(milliseconds=milliseconds)


def millis(now: datetime) -> int:
    return (now - START) // timedelta(milliseconds=1)


def as_agent(desk: Desk) -> Agent:
    queues = [serves(name, priority=priority, delay=delay // 1000) for name, (priority, delay) in desk.queues.items()]
    return agent(desk.name, *queues, after_contact_work=desk.work // 1000)


def calls(random_: random.Random, number: int, mean_gap: int) -> list[Arrival]:
    time, arrivals = 0, []
    for _ in range(number):
        time += round(random_.expovariate(1 / mean_gap))
        arrivals.append(
            Arrival(
                at=time,
                queue=random_.choice(("sales", "support")),
                patience=round(random_.expovariate(1 / 90_000)),
                talk=round(random_.lognormvariate(11.5, 0.6)),
                pick_up=tuple(random_.randint(500, 22_000) for _ in range(3)),
                priority=random_.choice((1, 5, 5, 5)),
            )
        )
    return arrivals


def eight_desks(random_: random.Random) -> list[Desk]:
    served: list[dict[str, tuple[int, int]]] = [
        {"sales": (1, 0), "support": (2, 0)},
        {"sales": (1, 0)},
        {"support": (1, 0), "sales": (1, 30_000)},
        {"sales": (1, 0), "support": (1, 0)},
    ]
    return [Desk(f"agent{number}", served[number % 4], 1000 * random_.randint(5, 40)) for number in range(8)]


@pytest.mark.parametrize("mean_gap", [8_000, 15_000, 25_000])
def test_a_thousand_calls_and_eight_agents(mean_gap: int) -> None:
    random_ = random.Random(mean_gap)
    arrivals, desks, capacity = calls(random_, 1_000, mean_gap), eight_desks(random_), {"sales": 12, "support": 5}
    reckoned = reckon(arrivals, desks, capacity)
    driver = Driver(arrivals, desks, capacity)
    assert driver.run() == reckoned
    assert len(reckoned) == 1_000
    assert {outcome.end for outcome in reckoned.values()} >= {"answered", "abandoned"}
    waits = [
        Wait(moment(arrivals[number].at), moment(outcome.at), outcome.end == "answered")
        for number, outcome in driver.outcomes.items()
        if outcome.end != "full"
    ]
    assert service_level(waits, 20) == pytest.approx(level(arrivals, reckoned, 20_000))


def test_a_thousand_calls_at_once() -> None:
    random_ = random.Random(1)
    arrivals = [Arrival(0, "sales", 10**9, random_.randint(60_000, 300_000), (1_000,)) for _ in range(1_000)]
    desks = eight_desks(random_)[:2]
    reckoned = reckon(arrivals, desks, {"sales": 700})
    assert Driver(arrivals, desks, {"sales": 700}).run() == reckoned
    order = sorted((outcome.at, number) for number, outcome in reckoned.items() if outcome.end == "answered")
    assert [number for _, number in order] == list(range(700))
