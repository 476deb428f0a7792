"""A thousand whole calls, through flows and queues to agents, against the plain reckoning of the same arrivals."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from localconnect.clock import TurnedClock
from localconnect.contact import Contact
from localconnect.contacts import ContactRecord
from localconnect.instance import Instance, Queue
from localconnect.routing.agents import Agent, MediaConcurrency, QueueConfig, RoutingProfile
from localconnect.routing.metrics import Wait, service_level
from localconnect.simulation import Handling, Simulation
from tests.unit.localconnect.flows import ARN, HOURS, Functions, action, agent, instance, say
from tests.unit.localconnect.routing.reckoning import Arrival, Desk, Outcome, level, reckon

SALES, SERVICE = f"{ARN}/queue/sales", f"{ARN}/queue/service"
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
CAPACITY = {SALES: 9, SERVICE: 6}


def flow_to(queue: str, priority: int) -> list[dict[str, object]]:
    return [
        action("priority", "UpdateContactRoutingBehavior", {"QueuePriority": str(priority)}, "queue"),
        action("queue", "UpdateContactTargetQueue", {"QueueId": queue}, "transfer"),
        action("transfer", "TransferContactToQueue", errors={"QueueAtCapacity": "full"}),
        say("full", "All lines are busy."),
    ]


def line_of(desks: list[Desk]) -> Instance:
    flows = {f"{queue} {priority}": flow_to(queue, priority) for queue in CAPACITY for priority in (1, 5)}
    line = instance(say("hello", "Good day."), flows=flows)
    for queue, most in CAPACITY.items():
        line.queues[queue] = Queue(queue, queue.rsplit("/", 1)[-1], HOURS, most)
    for desk in desks:
        new = agent(line, desk.name, after_contact_work=desk.work // 1000)
        queues = tuple(
            QueueConfig(queue, "VOICE", priority, delay // 1000) for queue, (priority, delay) in desk.queues.items()
        )
        profile = RoutingProfile(f"{ARN}/routing-profile/{desk.name}", desk.name, queues, _ONE_CALL, SALES)
        line.router.set_profile(new.arn, profile, BEGIN)
    return line


_ONE_CALL = {"VOICE": MediaConcurrency("VOICE", 1)}


def a_busy_morning(seed: int) -> tuple[list[Arrival], list[Desk]]:
    """Times have odd milliseconds, so that no two things fall on the same one."""
    chance = random.Random(seed)
    at, arrivals = 0, []
    for _ in range(1_000):
        at += chance.randrange(1, 9_000)
        arrivals.append(
            Arrival(
                at=at,
                queue=chance.choice((SALES, SERVICE)),
                patience=chance.randrange(10_000, 400_000),
                talk=chance.randrange(5_000, 90_000),
                pick_up=(chance.choice((1_234, 4_321, 20_500)), 2_345),
                priority=chance.choice((1, 5, 5, 5)),
            )
        )
    desks = [
        Desk(f"agent-{number}", {SALES: (1, 0), SERVICE: (1 + number % 2, 15_000 * (number % 3))}, work=7_000)
        for number in range(8)
    ]
    return arrivals, desks


@pytest.mark.parametrize("seed", range(3))
def test_what_becomes_of_each_call_is_as_reckoned(seed: int) -> None:
    arrivals, desks = a_busy_morning(seed)
    reckoned = reckon(arrivals, desks, CAPACITY)
    simulation = simulate(arrivals, desks)
    records = list(simulation.contacts)
    became = {int(record.contact.customer_address): outcome(record) for record in records}
    assert became == reckoned
    assert {outcome.end for outcome in reckoned.values()} == {"answered", "abandoned", "full"}
    waits = [wait(record) for record in records if record.enqueued_at]
    assert service_level(waits, 20) == pytest.approx(level(arrivals, reckoned, 20_000))


def simulate(arrivals: list[Arrival], desks: list[Desk]) -> Simulation:
    def handling(agent: Agent, contact: Contact) -> Handling:
        arrival = arrivals[int(contact.customer_address)]
        attempt = simulation.contacts.find(contact.contact_id).attempts
        ring = arrival.pick_up[min(attempt, len(arrival.pick_up)) - 1]
        return Handling(ring / 1000 if ring < 20_000 else None, arrival.talk / 1000)

    line = line_of(desks)
    simulation = Simulation(line, Functions(), handling, TurnedClock(BEGIN))
    for number, arrival in enumerate(arrivals):
        flow = line.flow(f"{arrival.queue} {arrival.priority}")
        simulation.call_in(arrival.at / 1000, str(number), patience=arrival.patience / 1000, flow=flow)
    simulation.run()
    return simulation


def outcome(record: ContactRecord) -> Outcome:
    if record.interaction:
        return Outcome("answered", milliseconds(record.interaction.accepted_at), record.interaction.agent.username)
    if record.enqueued_at and record.dequeued_at:
        return Outcome("abandoned", milliseconds(record.dequeued_at))
    assert record.ended_at
    return Outcome("full", milliseconds(record.ended_at))


def wait(record: ContactRecord) -> Wait:
    assert record.enqueued_at
    assert record.dequeued_at
    return Wait(record.enqueued_at, record.dequeued_at, record.interaction is not None)


def milliseconds(moment: datetime) -> int:
    return round((moment - BEGIN).total_seconds() * 1000)
