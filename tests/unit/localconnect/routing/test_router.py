from __future__ import annotations

from typing import Any

import pytest

from localconnect.routing.agents import Agent, MediaConcurrency
from localconnect.routing.router import Router
from tests.unit.localconnect.routing.people import (
    AVAILABLE,
    LUNCH,
    OFFLINE,
    agent,
    at,
    contact,
    own_queue,
    profile,
    queue,
    serves,
    states,
    watched,
)

SALES = queue()
ENGLISH = {"Name": "Language", "Value": "English", "ComparisonOperator": "NumberGreaterOrEqualTo"}
CHAT_AND_CALL = {"VOICE": MediaConcurrency("VOICE", 1), "CHAT": MediaConcurrency("CHAT", 2)}


def criteria(level: int, seconds: int | None = None) -> dict[str, Any]:
    step: dict[str, Any] = {"Expression": {"AttributeCondition": ENGLISH | {"ProficiencyLevel": str(level)}}}
    return {"Steps": [step | ({"Expiry": {"DurationInSeconds": str(seconds)}} if seconds else {})]}


def ringing(router: Router) -> dict[str, str]:
    """Whom each contact rings at."""
    return {
        name: agent.username
        for agent in router.agents.values()
        for name, held in agent.contacts.items()
        if held.state in ("CONNECTING", "INCOMING")
    }


def answered(router: Router, ann: Agent, name: str, now: float) -> None:
    router.enqueue(contact(name), SALES, at(now))
    router.accept(ann.arn, name, at(now))


# In the queue


def test_a_contact_waits_where_no_agent_is() -> None:
    router, log = watched()
    waits = contact("c1")
    router.enqueue(waits, SALES, at(0))
    assert (router.size(SALES.arn), router.waiting(SALES.arn), router.due()) == (1, [waits], None)
    router.leave(waits, at(5))
    router.leave(waits, at(6))
    assert router.size(SALES.arn) == 0
    assert log.lines == ["0 queued c1 sales", "5 left c1"]


def test_a_queue_is_full_at_its_capacity_with_those_that_ring() -> None:
    router = Router([agent("ann")])
    small, c1 = queue(max_contacts=2), contact("c1")
    router.enqueue(c1, small, at(0))
    assert not router.is_full(small)
    router.enqueue(contact("c2"), small, at(0))
    assert router.is_full(small)
    assert not router.is_full(queue())
    router.accept(router.agents[agent("ann").arn].arn, "c1", at(1))
    assert not router.is_full(small)


def test_a_contact_waits_in_one_queue() -> None:
    router, log = watched()
    moves, support = contact("c1"), queue("support")
    router.enqueue(moves, SALES, at(0))
    router.enqueue(moves, support, at(3))
    assert (router.size(SALES.arn), router.size(support.arn), router.oldest_age(support.arn, at(5))) == (0, 1, 2)
    assert log.since(3) == ["3 left c1", "3 queued c1 support"]


def test_order_is_priority_then_time_in_queue_with_the_seconds_added() -> None:
    router = Router()
    for name, seconds, routing in (
        ("late", 9, {}),
        ("older than it is", 10, {"age": 6}),
        ("younger than it is", 0, {"age": -20}),
        ("urgent", 12, {"priority": 1}),
        ("early", 1, {}),
    ):
        router.enqueue(contact(name, **routing), SALES, at(seconds))
    order = [waiting.contact_id for waiting in router.waiting(SALES.arn)]
    assert order == ["urgent", "early", "older than it is", "late", "younger than it is"]


def test_a_change_of_routing_counts_at_once() -> None:
    router = Router()
    first, second = contact("first"), contact("second")
    for waiting in (first, second):
        router.enqueue(waiting, SALES, at(0))
    second.routing.priority = 1
    router.requeue(second, at(1))
    assert router.waiting(SALES.arn) == [second, first]
    router.requeue(contact("elsewhere"), at(1))


# Who is offered what


def test_it_rings_at_the_one_idle_longest() -> None:
    ann, bob = agent("ann"), agent("bob")
    router = Router([ann, bob])
    answered(router, ann, "c1", 0)
    router.end(ann.arn, "c1", at(1))
    router.clear(ann.arn, "c1", at(2))
    assert (bob.idle_since, ann.idle_since) == (at(0), at(2))
    for name in ("c2", "c3"):
        router.enqueue(contact(name), SALES, at(3))
    assert ringing(router) == {"c2": "bob", "c3": "ann"}
    assert ann.idle_since is None


def test_who_is_idle_goes_before_who_has_a_contact_in_hand() -> None:
    ann, bob = (agent(name, serves(channel="CHAT"), concurrency=CHAT_AND_CALL) for name in ("ann", "bob"))
    router = Router([ann, bob])
    for name, person in (("c1", ann), ("c2", bob)):
        router.enqueue(contact(name, channel="CHAT"), SALES, at(0))
        router.accept(person.arn, name, at(1))
    router.end(bob.arn, "c2", at(2))
    router.clear(bob.arn, "c2", at(3))
    router.enqueue(contact("c3", channel="CHAT"), SALES, at(4))
    assert ringing(router) == {"c3": "bob"}


@pytest.mark.parametrize(("ignored", "next_one"), [(True, "ann"), (False, "bob")])
def test_calls_of_the_agents_own_may_leave_their_place(ignored: bool, next_one: str) -> None:
    ann, bob = agent("ann", ignores_outbound=ignored), agent("bob")
    router = Router([ann, bob])
    router.assign(ann.arn, contact("out", method="OUTBOUND"), at(1), "CONNECTING")
    assert ann.idle_since is None
    router.end(ann.arn, "out", at(2))
    router.clear(ann.arn, "out", at(3))
    router.enqueue(contact("c1"), SALES, at(4))
    assert ringing(router) == {"c1": next_one}


def test_priority_of_the_queue_goes_before_time_and_the_agents_own_queue_before_all() -> None:
    ann = agent("ann", serves("sales", priority=1), serves("support", priority=2), status=OFFLINE)
    router = Router([ann])
    arrivals = [("support", 0), ("sales", 1), (own_queue(ann).name, 2)]
    for name, seconds in arrivals:
        router.enqueue(contact(name, priority=1 if name == "support" else 5), queue(name), at(seconds))
    taken = []
    for seconds in (10, 20, 30):
        router.set_status(ann.arn, AVAILABLE, at(seconds))
        [name] = ringing(router)
        router.accept(ann.arn, name, at(seconds))
        router.end(ann.arn, name, at(seconds))
        router.clear(ann.arn, name, at(seconds + 1))
        taken.append(name)
        if ringing(router):
            router.reject(ann.arn, *ringing(router), at(seconds + 2))
    assert taken == ["agent/ann", "sales", "support"]


def test_queues_of_one_priority_are_one_line_over_channels() -> None:
    ann = agent("ann", serves("sales", channel="CHAT"), serves("support"), status=OFFLINE, concurrency=CHAT_AND_CALL)
    router = Router([ann])
    router.enqueue(contact("call"), queue("support"), at(0))
    router.enqueue(contact("chat", channel="CHAT"), SALES, at(1))
    router.set_status(ann.arn, AVAILABLE, at(2))
    assert ringing(router) == {"call": "ann"}


def test_only_the_agent_gets_what_is_in_their_own_queue_whatever_the_criteria() -> None:
    ann, bob = agent("ann", status=LUNCH), agent("bob")
    router = Router([ann, bob])
    router.enqueue(contact("c1", criteria=criteria(5)), own_queue(ann), at(0))
    assert ringing(router) == {}
    router.set_status(ann.arn, AVAILABLE, at(1))
    assert ringing(router) == {"c1": "ann"}


def test_a_delay_must_have_passed() -> None:
    router, log = watched(agent("ann", serves(delay=30)))
    for name, seconds in (("c1", 0), ("c2", 10)):
        router.enqueue(contact(name, age=600), SALES, at(seconds))
    assert router.due() == at(30)
    router.tick(at(29))
    assert ringing(router) == {}
    router.tick(at(35))
    assert log.since(30) == ["30 offered ann c1"]


def test_of_two_delays_over_at_once_the_queues_priority_decides() -> None:
    router = Router([agent("ann", serves("sales", priority=2, delay=30), serves("support", priority=1, delay=10))])
    router.enqueue(contact("c1"), SALES, at(0))
    router.enqueue(contact("c2"), queue("support"), at(20))
    router.tick(at(30))
    assert ringing(router) == {"c2": "ann"}


def test_an_agent_who_becomes_free_waits_for_the_delay_too() -> None:
    ann = agent("ann", serves(delay=30), status=OFFLINE)
    router = Router([ann])
    router.enqueue(contact("c1"), SALES, at(0))
    router.set_status(ann.arn, AVAILABLE, at(10))
    router.tick(at(30))
    assert ringing(router) == {"c1": "ann"}


def test_criteria_let_only_fitting_agents_have_it_until_they_expire() -> None:
    ann, bob = agent("ann"), agent("bob", proficiencies={("Language", "English"): 4.0}, status=OFFLINE)
    router = Router([ann, bob])
    router.enqueue(contact("expires", criteria=criteria(3, 30)), SALES, at(0))
    router.enqueue(contact("never expires", criteria=criteria(5)), SALES, at(0))
    assert (ringing(router), router.due()) == ({}, at(30))
    router.set_status(bob.arn, AVAILABLE, at(5))
    assert ringing(router) == {"expires": "bob"}
    router.reject(bob.arn, "expires", at(6))
    router.tick(at(30))
    assert ringing(router) == {"expires": "ann"}


def test_criteria_set_in_the_queue_begin_then() -> None:
    bob = agent("bob", proficiencies={("Language", "English"): 4.0}, status=OFFLINE)
    router = Router([bob])
    waits = contact("c1", criteria=criteria(5))
    router.enqueue(waits, SALES, at(0))
    router.set_status(bob.arn, AVAILABLE, at(1))
    waits.routing.criteria = criteria(5, 10)
    router.requeue(waits, at(20))
    assert router.due() == at(30)
    waits.routing.criteria = criteria(4)
    router.requeue(waits, at(21))
    assert ringing(router) == {"c1": "bob"}


def test_criteria_that_are_wrong_leave_everything_as_it_was() -> None:
    router, log = watched()
    waits = contact("c1")
    router.enqueue(waits, SALES, at(0))
    waits.routing.criteria = {"Steps": []}
    with pytest.raises(ValueError, match="must be an object with Steps"):
        router.requeue(waits, at(1))
    with pytest.raises(ValueError, match="must be an object with Steps"):
        router.enqueue(waits, queue("support"), at(1))
    assert (router.waiting(SALES.arn), log.lines) == ([waits], ["0 queued c1 sales"])


@pytest.mark.parametrize("status", [LUNCH, OFFLINE])
def test_nothing_rings_at_who_is_not_available(status: Any) -> None:
    router = Router([agent("ann", status=status)])
    router.enqueue(contact(), SALES, at(0))
    assert ringing(router) == {}


def test_channels_keep_each_other_out_unless_they_are_cross_channel_ones() -> None:
    """The example of the page "Create a routing profile"."""
    media = [MediaConcurrency("VOICE", 1), MediaConcurrency("CHAT", 2), MediaConcurrency("TASK", 1, True)]
    channels = {one.channel: one for one in media}
    ann = agent("ann", *(serves(channel=channel) for channel in channels), concurrency=channels)
    router = Router([ann])

    def comes(name: str) -> bool:
        router.enqueue(contact(name, channel=name.split()[0].upper()), SALES, at(0))
        rings = name in ann.contacts
        if rings:
            router.accept(ann.arn, name, at(0))
        return rings

    def finishes(*names: str) -> None:
        for name in names:
            router.end(ann.arn, name, at(0))
            router.clear(ann.arn, name, at(0))
        for name in ringing(router):
            router.accept(ann.arn, name, at(0))

    assert [comes("chat 1"), comes("task 1"), comes("chat 2")] == [True, False, True]
    finishes("chat 1", "chat 2")
    assert list(ann.contacts) == ["task 1"]
    assert [comes("chat 3"), comes("voice 1")] == [True, False]
    finishes("chat 3")
    assert list(ann.contacts) == ["task 1", "voice 1"]
    assert not comes("task 2")
    finishes("voice 1")
    assert list(ann.contacts) == ["task 1"]
    finishes("task 1")
    assert list(ann.contacts) == ["task 2"]


def test_who_is_given_another_contact_first_may_have_room_for_this_one_too() -> None:
    channels = {"CHAT": MediaConcurrency("CHAT", 1, cross_channel=True), "TASK": MediaConcurrency("TASK", 1)}
    ann = agent("ann", serves(channel="CHAT"), serves(channel="TASK"), concurrency=channels)
    router = Router([ann])
    router.enqueue(contact("task", channel="TASK", priority=5, criteria=criteria(5, 7)), queue(), at(0))
    router.enqueue(contact("chat", channel="CHAT", priority=4, criteria=criteria(5, 7)), queue(), at(0))
    router.tick(at(7))
    assert ringing(router) == {"chat": "ann", "task": "ann"}


def test_a_new_profile_brings_its_queues() -> None:
    ann = agent("ann")
    router = Router([ann])
    router.enqueue(contact("c1"), queue("support"), at(0))
    router.set_profile(ann.arn, profile(serves("support")), at(1))
    assert ringing(router) == {"c1": "ann"}


# Ringing


def test_it_rings_for_twenty_seconds_and_then_at_the_next() -> None:
    ann, bob = agent("ann"), agent("bob")
    router, log = watched(ann, bob)
    router.enqueue(contact("c1"), SALES, at(0))
    router.tick(at(25))
    assert states([ann, bob]) == {"ann": {"c1": "MISSED"}, "bob": {"c1": "CONNECTING"}}
    assert log.lines == ["0 queued c1 sales", "0 offered ann c1", "20 missed ann c1", "20 offered bob c1"]
    with pytest.raises(ValueError, match=r"ann cannot accept contact c1: it is MISSED, not ringing\."):
        router.accept(ann.arn, "c1", at(26))
    router.accept(bob.arn, "c1", at(26))
    assert log.since(26) == ["26 accepted bob c1", "26 connected bob c1"]
    assert bob.contacts["c1"].connected_at == at(26)


def test_who_missed_one_is_offered_none_before_they_clear_it() -> None:
    ann = agent("ann")
    router = Router([ann])
    for name in ("c1", "c2"):
        router.enqueue(contact(name), SALES, at(0))
    router.tick(at(20))
    assert (states([ann]), router.due()) == ({"ann": {"c1": "MISSED"}}, None)
    router.clear(ann.arn, "c1", at(21))
    assert ringing(router) == {"c1": "ann"}


def test_a_missed_chat_takes_a_place_and_comes_back_once_it_is_cleared() -> None:
    ann = agent("ann", serves(channel="CHAT"), concurrency=CHAT_AND_CALL)
    router = Router([ann])
    router.enqueue(contact("c1", channel="CHAT"), SALES, at(0))
    router.tick(at(20))
    assert states([ann]) == {"ann": {"c1": "MISSED"}}
    for name in ("c2", "c3"):
        router.enqueue(contact(name, channel="CHAT"), SALES, at(21))
    assert ringing(router) == {"c2": "ann"}
    router.clear(ann.arn, "c1", at(22))
    assert ringing(router) == {"c1": "ann", "c2": "ann"}


def test_being_available_again_clears_what_was_missed() -> None:
    ann = agent("ann")
    router = Router([ann])
    router.enqueue(contact("c1"), SALES, at(0))
    router.tick(at(20))
    router.set_status(ann.arn, AVAILABLE, at(30))
    assert (ringing(router), ann.status_since) == ({"c1": "ann"}, at(0))


@pytest.mark.parametrize(("channel", "state"), [("VOICE", "MISSED"), ("CHAT", "REJECTED"), ("TASK", "REJECTED")])
def test_rejecting_and_the_customers_leaving(channel: str, state: str) -> None:
    media = {channel: MediaConcurrency(channel, 1)}
    ann, bob = (agent(name, serves(channel=channel), concurrency=media) for name in ("ann", "bob"))
    router, log = watched(ann, bob)
    waits = contact("c1", channel=channel)
    router.enqueue(waits, SALES, at(0))
    router.reject(ann.arn, "c1", at(1))
    router.leave(waits, at(2))
    assert states([ann, bob]) == {"ann": {"c1": state}, "bob": {"c1": state}}
    assert log.since(1) == ["1 missed ann c1", "1 offered bob c1", "2 withdrawn bob c1", "2 left c1"]
    assert router.due() is None


def test_calls_are_accepted_at_once_where_the_agent_wants_it_but_callbacks_are_not() -> None:
    ann = agent("ann", auto_accept=True)
    router, log = watched(ann)
    router.enqueue(contact("c1"), SALES, at(0))
    assert log.lines == ["0 queued c1 sales", "0 offered ann c1", "0 accepted ann c1", "0 connected ann c1"]
    assert log.changes == [("ann", 0)]
    router.end(ann.arn, "c1", at(1))
    router.clear(ann.arn, "c1", at(1))
    router.enqueue(contact("c2", method="CALLBACK"), SALES, at(2))
    assert states([ann]) == {"ann": {"c2": "INCOMING"}}


def test_a_callback_is_dialled_once_it_is_accepted() -> None:
    ann = agent("ann")
    router, log = watched(ann)
    router.enqueue(contact("c1", method="CALLBACK"), SALES, at(0))
    with pytest.raises(ValueError, match="ann cannot connect contact c1: it is ringing, not CONNECTING"):
        router.connect(ann.arn, "c1", at(1))
    router.accept(ann.arn, "c1", at(2))
    assert (states([ann]), router.size(SALES.arn)) == ({"ann": {"c1": "CONNECTING"}}, 0)
    router.connect(ann.arn, "c1", at(9))
    assert log.since(2) == ["2 accepted ann c1", "9 connected ann c1"]


# With an agent


def test_hold_and_back() -> None:
    ann = agent("ann")
    router, log = watched(ann)
    answered(router, ann, "c1", 0)
    router.hold(ann.arn, "c1", at(1))
    assert states([ann]) == {"ann": {"c1": "CONNECTED_ONHOLD"}}
    router.resume(ann.arn, "c1", at(2))
    assert log.since(1) == ["1 held ann c1", "2 resumed ann c1"]


def test_a_paused_task_lets_another_in_and_must_wait_for_it() -> None:
    ann = agent("ann", serves(channel="TASK"), concurrency={"TASK": MediaConcurrency("TASK", 1)})
    router = Router([ann])
    for name in ("t1", "t2"):
        router.enqueue(contact(name, channel="TASK"), SALES, at(0))
    router.accept(ann.arn, "t1", at(0))
    router.hold(ann.arn, "t1", at(1))
    assert states([ann]) == {"ann": {"t1": "PAUSED", "t2": "CONNECTING"}}
    with pytest.raises(ValueError, match="ann has no place for another TASK contact"):
        router.resume(ann.arn, "t1", at(2))
    router.reject(ann.arn, "t2", at(3))
    router.clear(ann.arn, "t2", at(3))
    router.reject(ann.arn, "t2", at(3))
    router.set_status(ann.arn, LUNCH, at(4))
    router.resume(ann.arn, "t1", at(5))
    assert states([ann]) == {"ann": {"t1": "CONNECTED"}}


@pytest.mark.parametrize(("seconds", "freed"), [(30, True), (0, False)])
def test_after_contact_work_is_over_by_itself_or_never(seconds: int, freed: bool) -> None:
    ann = agent("ann", after_contact_work=seconds)
    router, log = watched(ann)
    answered(router, ann, "c1", 0)
    router.end(ann.arn, "c1", at(10))
    router.enqueue(contact("c2"), SALES, at(11))
    router.tick(at(40))
    assert log.since(10)[0] == "10 ended ann c1"
    assert (ringing(router) == {"c2": "ann"}) is freed
    assert ("40 cleared ann c1" in log.lines) is freed


def test_after_contact_work_may_be_cleared_earlier() -> None:
    ann = agent("ann", after_contact_work=30)
    router = Router([ann])
    answered(router, ann, "c1", 0)
    router.end(ann.arn, "c1", at(10))
    router.clear(ann.arn, "c1", at(15))
    assert (ann.contacts, ann.idle_since, router.due()) == ({}, at(15), None)


def test_what_goes_wrong_must_be_cleared() -> None:
    ann = agent("ann", after_contact_work=5)
    router, log = watched(ann)
    answered(router, ann, "c1", 0)
    router.fail(ann.arn, "c1", at(1))
    assert (states([ann]), router.due(), log.since(1)) == ({"ann": {"c1": "ERROR"}}, None, ["1 ended ann c1"])
    router.clear(ann.arn, "c1", at(2))
    assert ann.contacts == {}


def test_a_call_of_the_agents_own() -> None:
    ann = agent("ann", status=LUNCH)
    router, log = watched(ann)
    router.assign(ann.arn, contact("out", method="OUTBOUND"), at(0), "CONNECTING")
    router.connect(ann.arn, "out", at(5))
    assert log.lines == ["0 accepted ann out", "5 connected ann out"]
    with pytest.raises(ValueError, match="ann has no place for another VOICE contact"):
        router.assign(ann.arn, contact(method="OUTBOUND"), at(6), "CONNECTED")


def test_a_contact_is_in_one_hand_only() -> None:
    ann, bob = agent("ann"), agent("bob")
    router = Router([ann, bob])
    taken, waits = contact("c1"), contact("c2")
    router.assign(ann.arn, taken, at(0), "CONNECTED")
    router.enqueue(waits, queue("support"), at(0))
    for act in (lambda: router.assign(bob.arn, taken, at(1), "CONNECTED"), lambda: router.enqueue(taken, SALES, at(1))):
        with pytest.raises(ValueError, match="ann has contact c1; end"):
            act()
    with pytest.raises(ValueError, match="contact c2 waits in a queue"):
        router.assign(bob.arn, waits, at(1), "CONNECTED")


# Statuses


def test_a_next_status_waits_for_the_last_contact() -> None:
    ann = agent("ann")
    router = Router([ann])
    answered(router, ann, "c1", 0)
    router.set_status(ann.arn, LUNCH, at(1))
    assert (ann.status, ann.next_status) == (AVAILABLE, LUNCH)
    router.end(ann.arn, "c1", at(2))
    router.enqueue(contact("c2"), SALES, at(3))
    router.clear(ann.arn, "c1", at(4))
    assert (ann.status, ann.status_since, ann.next_status, ringing(router)) == (LUNCH, at(4), None, {})


def test_a_next_status_is_cancelled_by_available() -> None:
    ann = agent("ann")
    router = Router([ann])
    answered(router, ann, "c1", 0)
    router.set_status(ann.arn, OFFLINE, at(1))
    router.set_status(ann.arn, AVAILABLE, at(2))
    router.end(ann.arn, "c1", at(3))
    router.clear(ann.arn, "c1", at(4))
    assert (ann.status, ann.next_status, ann.idle_since) == (AVAILABLE, None, at(4))


def test_with_after_contact_work_only_the_status_begins_at_once() -> None:
    """Examples 1 and 2 of the page "Set your Next status"."""
    ann = agent("ann", serves(channel="CHAT"), concurrency=CHAT_AND_CALL, after_contact_work=60)
    router, log = watched(ann)
    for name in ("c1", "c2"):
        router.enqueue(contact(name, channel="CHAT"), SALES, at(0))
        router.accept(ann.arn, name, at(0))
    router.end(ann.arn, "c1", at(1))
    router.set_status(ann.arn, LUNCH, at(2))
    assert (list(ann.contacts), ann.status, ann.next_status) == (["c2"], AVAILABLE, LUNCH)
    router.end(ann.arn, "c2", at(3))
    router.set_status(ann.arn, OFFLINE, at(4))
    assert (ann.contacts, ann.status, ann.next_status, router.due()) == ({}, OFFLINE, None, None)
    assert log.since(2) == ["2 cleared ann c1", "3 ended ann c2", "4 cleared ann c2"]


# Refusals


def test_unknown_agents_and_contacts_are_named() -> None:
    ann = agent("ann")
    router = Router([ann])
    with pytest.raises(ValueError, match="there is no agent nobody"):
        router.set_status("nobody", AVAILABLE, at(0))
    with pytest.raises(ValueError, match="ann cannot end contact c9: they do not have it"):
        router.end(ann.arn, "c9", at(0))
    with pytest.raises(ValueError, match=r"there is an agent \S+ann already"):
        router.add(agent("ann"), at(0))


@pytest.mark.parametrize("act", ["accept", "reject", "connect", "resume", "clear"])
def test_a_conversation_can_be_held_ended_or_fail_and_nothing_else(act: str) -> None:
    ann = agent("ann")
    router = Router([ann])
    answered(router, ann, "c1", 0)
    with pytest.raises(ValueError, match=f"ann cannot {act} contact c1: it is CONNECTED, not "):
        getattr(router, act)(ann.arn, "c1", at(1))


def test_changes_are_told_once_an_agent_and_moment() -> None:
    ann, bob = agent("ann", after_contact_work=10), agent("bob")
    router, log = watched(ann, bob)
    answered(router, ann, "c1", 0)
    router.end(ann.arn, "c1", at(1))
    router.set_status(bob.arn, LUNCH, at(20))
    assert log.changes == [("ann", 0), ("ann", 0), ("ann", 1), ("ann", 11), ("bob", 20)]
