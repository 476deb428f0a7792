"""Whatever happens in whatever order: what must hold of a router, checked by looking through everything."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from localconnect.contact import Contact
from localconnect.routing.agents import Agent, MediaConcurrency
from localconnect.routing.observer import RoutingObserver
from localconnect.routing.router import Router
from tests.unit.localconnect.routing.people import (
    ARN,
    AVAILABLE,
    LUNCH,
    OFFLINE,
    START,
    agent,
    contact,
    own_queue,
    profile,
    queue,
    serves,
)

OVER = ("MISSED", "REJECTED", "ERROR", "ENDED")
CHANNELS = ("VOICE", "CHAT", "TASK")
QUEUES = ("sales", "support")
ACTS = ("accept", "accept", "reject", "connect", "hold", "resume", "end", "fail", "clear", "clear")
# A step each, which asks for a level of English and expires.
CRITERIA = {None: None, "good": (3, 10), "very good": (5, 7)}

numbers = st.integers(0, 3)
configs = st.builds(
    serves,
    st.sampled_from(QUEUES),
    priority=st.integers(1, 2),
    delay=st.sampled_from((0, 0, 5, 12)),
    channel=st.sampled_from(CHANNELS),
)
concurrencies = st.fixed_dictionaries(
    {
        channel: st.builds(
            MediaConcurrency, st.just(channel), st.integers(1, 1 if channel == "VOICE" else 3), st.booleans()
        )
        for channel in CHANNELS
    }
)
profiles = st.builds(
    lambda queues, concurrency, ignores: profile(*queues, concurrency=concurrency, ignores_outbound=ignores),
    st.lists(configs, min_size=2, max_size=6, unique_by=lambda config: (config.queue_arn, config.channel)),
    concurrencies,
    st.booleans(),
)
routings = st.fixed_dictionaries(
    {
        "priority": st.integers(4, 5),
        "age": st.sampled_from((0, 0, 8, -8)),
        "criteria": st.sampled_from(list(CRITERIA)),
    }
)


@dataclass
class Place:
    """What the test itself knows of a contact that waits."""

    contact: Contact
    queue_arn: str
    enqueued_at: datetime
    number: int
    wanted: str | None
    wanted_since: datetime

    def rank(self, agent: Agent) -> tuple[Any, ...]:
        age = timedelta(seconds=self.contact.routing.age)
        priority = self.offered_by(agent)[0]
        return priority, self.contact.routing.priority, self.enqueued_at - age, self.number

    def offered_by(self, agent: Agent) -> tuple[int, int] | None:
        """The priority and the delay that the agent's profile has for it, if it serves it."""
        if self.queue_arn == own_queue(agent).arn:
            return (0, 0) if self.contact.channel in agent.profile.concurrency else None
        for config in agent.profile.queues:
            if (config.queue_arn, config.channel) == (self.queue_arn, self.contact.channel):
                return config.priority, config.delay
        return None

    def may_go_to(self, agent: Agent, now: datetime) -> bool:
        """Whether the agent serves it, may have it by now, and fits; not whether they have a place."""
        config = self.offered_by(agent)
        if config is None or now < self.enqueued_at + timedelta(seconds=config[1]):
            return False
        level, seconds = CRITERIA[self.wanted] or (0, 0)
        if self.queue_arn == own_queue(agent).arn or now >= self.wanted_since + timedelta(seconds=seconds):
            return True
        return agent.proficiencies.get(("Language", "English"), 0) >= level


def has_place(agent: Agent, channel: str, *, without: str = "") -> bool:
    held = [one.contact.channel for name, one in agent.contacts.items() if one.state != "PAUSED" and name != without]
    media = agent.profile.concurrency
    return (
        agent.status.kind == "ROUTABLE"
        and agent.next_status is None
        and channel in media
        and held.count(channel) < media[channel].concurrency
        and all(other == channel or (other in media and media[other].cross_channel) for other in held)
    )


def criteria(name: str | None) -> dict[str, Any] | None:
    if name is None:
        return None
    level, seconds = CRITERIA[name] or (0, 0)
    condition = {"Name": "Language", "Value": "English", "ComparisonOperator": "NumberGreaterOrEqualTo"}
    expression = {"AttributeCondition": condition | {"ProficiencyLevel": level}}
    return {"Steps": [{"Expression": expression, "Expiry": {"DurationInSeconds": seconds}}]}


class Routing(RuleBasedStateMachine, RoutingObserver):
    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.router = Router()
        self.router.watch(self)
        self.contacts: list[Contact] = []
        self.places: dict[str, Place] = {}
        self.rings_at: dict[str, Agent] = {}
        self.count = 0

    @initialize(profiles=st.lists(profiles, min_size=2, max_size=3), auto=st.booleans())
    def agents_come(self, profiles: list[Any], auto: bool) -> None:
        for number, one in enumerate(profiles):
            skills = {("Language", "English"): 4.0} if number else {}
            person = agent(f"a{number}", auto_accept=auto, after_contact_work=3 * number, proficiencies=skills)
            person.profile = one
            self.router.add(person, self.now)

    @rule(channel=st.sampled_from(CHANNELS), where=st.sampled_from((*QUEUES, "agent/a0")), routing=routings)
    def comes(self, channel: str, where: str, routing: dict[str, Any]) -> None:
        method = "CALLBACK" if len(self.contacts) % 5 == 4 else "INBOUND"
        wanted = routing["criteria"]
        one = contact(channel=channel, method=method, **routing | {"criteria": criteria(wanted)})
        one.description = wanted
        self.contacts.append(one)
        self.router.enqueue(one, queue(where), self.now)

    @rule(number=numbers, where=st.sampled_from(QUEUES))
    def moves(self, number: int, where: str) -> None:
        with suppress(ValueError):
            self.router.enqueue(self.some_contact(number), queue(where), self.now)

    @rule(number=numbers)
    def leaves(self, number: int) -> None:
        self.router.leave(self.some_contact(number), self.now)

    @rule(number=numbers, routing=routings)
    def changes_routing(self, number: int, routing: dict[str, Any]) -> None:
        one = self.some_contact(number)
        place = self.places.get(one.contact_id)
        if place and place.wanted != routing["criteria"] and "/agent/" not in place.queue_arn:
            place.wanted, place.wanted_since = routing["criteria"], self.now
        one.description = routing["criteria"]
        one.routing.priority, one.routing.age = routing["priority"], routing["age"]
        one.routing.criteria = criteria(routing["criteria"])
        self.router.requeue(one, self.now)

    @rule(number=numbers, which=numbers, act=st.sampled_from(ACTS))
    def acts(self, number: int, which: int, act: str) -> None:
        person = self.some_agent(number)
        if person.contacts:
            name = list(person.contacts)[which % len(person.contacts)]
            with suppress(ValueError):
                getattr(self.router, act)(person.arn, name, self.now)

    @rule(number=numbers, status=st.sampled_from((AVAILABLE, AVAILABLE, AVAILABLE, LUNCH, OFFLINE)))
    def sets_status(self, number: int, status: Any) -> None:
        self.router.set_status(self.some_agent(number).arn, status, self.now)

    @rule(number=numbers, profile=profiles)
    def gets_profile(self, number: int, profile: Any) -> None:
        self.router.set_profile(self.some_agent(number).arn, profile, self.now)

    @rule(number=numbers)
    def calls_out(self, number: int) -> None:
        with suppress(ValueError):
            self.router.assign(self.some_agent(number).arn, contact(method="OUTBOUND"), self.now, "CONNECTING")

    @rule(seconds=st.integers(1, 25))
    def time_goes_by(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self.router.tick(self.now)

    def some_agent(self, number: int) -> Agent:
        agents = list(self.router.agents.values())
        return agents[number % len(agents)]

    def some_contact(self, number: int) -> Contact:
        return self.contacts[-1 - number % len(self.contacts)] if self.contacts else contact()

    # What is reported

    def queued(self, contact: Contact, queue_arn: str, now: datetime) -> None:
        assert contact.contact_id not in self.places
        self.count += 1
        wanted = None if "/agent/" in queue_arn else contact.description
        self.places[contact.contact_id] = Place(contact, queue_arn, now, self.count, wanted, now)

    def left(self, contact: Contact, now: datetime) -> None:
        del self.places[contact.contact_id]

    def offered(self, agent: Agent, contact: Contact, now: datetime) -> None:
        """Nobody who could have gone to the agent was before it."""
        name = contact.contact_id
        place = self.places[name]
        assert place.may_go_to(agent, now)
        assert has_place(agent, contact.channel, without=name)
        for other in self.places.values():
            before = other.may_go_to(agent, now) and other.rank(agent) < place.rank(agent)
            had_place = has_place(agent, other.contact.channel, without=name)
            if before and had_place and other.contact.contact_id not in self.rings_at:
                assert other.contact.contact_id in agent.contacts
        self.rings_at[name] = agent

    def accepted(self, agent: Agent, contact: Contact, now: datetime) -> None:
        if contact.contact_id in self.places:
            assert self.rings_at.pop(contact.contact_id) is agent
            del self.places[contact.contact_id]

    def missed(self, agent: Agent, contact: Contact, now: datetime) -> None:
        assert self.rings_at.pop(contact.contact_id) is agent

    withdrawn = missed

    # What must hold

    @invariant()
    def no_contact_is_in_two_hands(self) -> None:
        hands = [name for person in self.router.agents.values() for name in self.in_hand(person)]
        assert len(hands) == len(set(hands))
        assert not {name for name in hands if name not in self.rings_at} & self.places.keys()

    @invariant()
    def who_is_idle_has_nothing_in_hand_and_may_be_offered_something(self) -> None:
        for person in self.router.agents.values():
            held = [one for one in person.contacts.values() if one.state != "PAUSED"]
            idle = not held and any(has_place(person, channel) for channel in CHANNELS)
            assert (person.idle_since is not None) is idle

    @invariant()
    def what_rings_is_connecting_or_incoming(self) -> None:
        rings = {name: person.contacts[name].state for name, person in self.rings_at.items()}
        assert set(rings.values()) <= {"CONNECTING", "INCOMING"}

    @invariant()
    def nobody_waits_for_somebody_free(self) -> None:
        for place in self.places.values():
            name = place.contact.contact_id
            if name not in self.rings_at:
                for person in self.router.agents.values():
                    free = has_place(person, place.contact.channel) and name not in person.contacts
                    assert not (free and place.may_go_to(person, self.now)), f"{name} could go to {person.username}"

    @invariant()
    def queues_hold_those_who_wait_in_their_order(self) -> None:
        for arn in {f"{ARN}/queue/{name}" for name in (*QUEUES, "agent/a0")}:
            places = [place for place in self.places.values() if place.queue_arn == arn]
            places.sort(key=lambda p: (p.contact.routing.priority, self.perceived(p), p.number))
            assert self.router.waiting(arn) == [place.contact for place in places]
            assert self.router.size(arn) == len(places)

    @invariant()
    def what_is_due_lies_ahead(self) -> None:
        due = self.router.due()
        assert due is None or due > self.now

    @staticmethod
    def in_hand(person: Agent) -> list[str]:
        return [name for name, held in person.contacts.items() if held.state not in OVER]

    @staticmethod
    def perceived(place: Place) -> datetime:
        return place.enqueued_at - timedelta(seconds=place.contact.routing.age)


TestRouting = Routing.TestCase
TestRouting.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)
