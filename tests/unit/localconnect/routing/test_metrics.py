from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localconnect.routing.agents import Agent, MediaConcurrency
from localconnect.routing.metrics import Wait, agents_of, current_metric, queue_metrics, service_level
from localconnect.routing.router import Router
from tests.unit.localconnect.routing.people import (
    LUNCH,
    OFFLINE,
    agent,
    at,
    contact,
    own_queue,
    queue,
    serves,
)

SALES = queue()
CALL_OR_CHATS = {"VOICE": MediaConcurrency("VOICE", 1), "CHAT": MediaConcurrency("CHAT", 3)}
COUNTS = ("Online", "Available", "Staffed", "AfterContactWork", "Busy", "Missed", "NonProductive")


@pytest.fixture
def router() -> Router:
    """At 20 s: ann talks, bob has missed one, cid is in after-contact work, dan idle, eve at lunch, fay offline."""
    names = ("ann", "bob", "cid", "dan", "eve", "fay")
    agents = {
        name: agent(name, serves(), serves(channel="CHAT"), concurrency=CALL_OR_CHATS, status=status)
        for name, status in zip(names, (None, None, None, None, LUNCH, OFFLINE), strict=True)
        if status
    }
    router = Router()
    for name in names[:3]:
        agents[name] = agent(name, serves(), serves(channel="CHAT"), concurrency=CALL_OR_CHATS)
        router.add(agents[name], at(0))
    for name in ("talks", "missed", "over"):
        router.enqueue(contact(name), SALES, at(0))
    router.accept(agents["ann"].arn, "talks", at(0))
    router.accept(agents["cid"].arn, "over", at(0))
    router.end(agents["cid"].arn, "over", at(5))
    router.tick(at(20))
    dan = agent("dan", serves("support"), serves(channel="CHAT"), concurrency=CALL_OR_CHATS)
    for late in (dan, agents["eve"], agents["fay"]):
        router.add(late, at(20))
    return router


def test_metrics_of_a_queue(router: Router) -> None:
    router.enqueue(contact(), SALES, at(21.5))
    metrics = queue_metrics(router, SALES, None, at(30))
    assert metrics["Queue"] == {"ARN": SALES.arn, "Name": "sales", "Size": 2, "OldestContactAge": 30}
    assert {name: count["Count"] for name, count in metrics["Agents"].items()} == {
        "Online": 5,
        "Available": 1,
        "Staffed": 4,
        "AfterContactWork": 1,
        "Busy": 1,
        "Missed": 1,
        "NonProductive": 1,
    }


def test_metrics_of_a_channel(router: Router) -> None:
    metrics = queue_metrics(router, SALES, "CHAT", at(30))
    assert (metrics["Queue"]["Size"], metrics["Queue"]["OldestContactAge"]) == (0, 0)
    assert [metrics["Agents"][name]["Count"] for name in COUNTS] == [5, 1, 4, 0, 0, 0, 1]
    assert queue_metrics(router, SALES, "VOICE", at(30))["Agents"]["Available"] == {"Count": 0}


def test_an_agents_own_queue_is_served_by_them_alone(router: Router) -> None:
    [ann] = agents_of(router, own_queue(agent("ann")).arn)
    assert ann.username == "ann"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AGENTS_ONLINE", 5),
        ("AGENTS_AVAILABLE", 1),
        ("AGENTS_STAFFED", 4),
        ("AGENTS_NON_PRODUCTIVE", 1),
        ("AGENTS_ON_CONTACT", 2),
        ("AGENTS_ON_CALL", 2),
        ("AGENTS_AFTER_CONTACT_WORK", 1),
        ("AGENTS_ERROR", 1),
        ("CONTACTS_IN_QUEUE", 1),
        ("OLDEST_CONTACT_AGE", 25.5),
        ("CONTACTS_SCHEDULED", 7),
        ("SLOTS_ACTIVE", 2),
        ("SLOTS_AVAILABLE", 3),
    ],
)
def test_current_metrics(router: Router, name: str, value: float) -> None:
    queues = [SALES.arn, queue("empty").arn]
    assert current_metric(name, router.agents.values(), router, queues, None, at(25.5), scheduled=7) == value


def test_current_metrics_of_a_channel(router: Router) -> None:
    def metric(name: str, channel: str) -> float:
        return current_metric(name, router.agents.values(), router, [SALES.arn], channel, at(25))

    assert [metric("SLOTS_AVAILABLE", channel) for channel in ("VOICE", "CHAT")] == [1, 3]
    assert [metric("AGENTS_ON_CONTACT", channel) for channel in ("VOICE", "CHAT")] == [2, 0]
    assert [metric("OLDEST_CONTACT_AGE", channel) for channel in ("VOICE", "CHAT")] == [25, 0]


def test_what_is_no_metric_is_refused(router: Router) -> None:
    with pytest.raises(ValueError, match="no current metric 'HAPPINESS'; write one of AGENTS_AFTER"):
        current_metric("HAPPINESS", [], router, [], None, at(0))


@pytest.mark.parametrize(("chats", "slots"), [(1, 2), (3, 0)])
def test_slots_of_one_call_or_three_chats(chats: int, slots: int) -> None:
    """The example of the page "Metrics definitions", Availability."""
    ann = agent("ann", serves(channel="CHAT"), concurrency=CALL_OR_CHATS)
    router = Router([ann])
    for _ in range(chats):
        router.enqueue(contact(channel="CHAT"), SALES, at(0))
    assert current_metric("SLOTS_AVAILABLE", [ann], router, [], None, at(0)) == slots


def test_slots_of_cross_channels_add_up() -> None:
    media = {name: MediaConcurrency(name, 2, cross_channel=True) for name in ("CHAT", "TASK")}
    ann: Agent = agent("ann", serves(), concurrency=media | {"VOICE": MediaConcurrency("VOICE", 1)})
    assert current_metric("SLOTS_AVAILABLE", [ann], Router([ann]), [], None, at(0)) == 5


def test_an_outbound_call_that_rings_is_active_and_an_inbound_one_is_not() -> None:
    ann, bob = agent("ann"), agent("bob")
    router = Router([ann, bob])
    router.assign(ann.arn, contact(method="OUTBOUND"), at(0), "CONNECTING")
    router.enqueue(contact(), SALES, at(0))
    assert [current_metric("SLOTS_ACTIVE", [one], router, [], None, at(0)) for one in (ann, bob)] == [1, 0]


def test_service_level_counts_all_who_left_in_time() -> None:
    waits = [
        Wait(at(0), at(20), True),
        Wait(at(5), at(15), False),
        Wait(at(0), at(20.5), True),
        Wait(at(0), at(60), False),
    ]
    assert service_level(waits, 20) == 50
    assert service_level([], 20) is None


@given(st.lists(st.tuples(st.integers(0, 100), st.booleans()), min_size=1), st.integers(0, 100))
def test_service_level_grows_with_its_seconds(ends: list[tuple[int, bool]], seconds: int) -> None:
    waits = [Wait(at(0), at(end), answered) for end, answered in ends]
    less, more = service_level(waits, seconds), service_level(waits, seconds + 1)
    assert less is not None
    assert more is not None
    assert 0 <= less <= more <= service_level(waits, 100) == 100  # type: ignore[operator]
