"""The router: who waits where, who has what, and who is offered which contact.

It is given the time with every call, and what was due by itself until then comes first, at its own time. What it does
and why: pages "How routing works", "Queues: priority and delay examples", "Queues: standard and agent", "Channels and
concurrency", "About contact states" and "Set your Next status" (Administrator Guide). Where they leave something open:

- An agent who lets a contact ring is not offered it again before they have dismissed it.
- Idle agents come before those who have a contact in hand; of each, the one who has been so longest.
- Seconds added to a contact's time in queue move its place; a queue's delay goes by the time that has really passed.
- Change of a contact's routing counts at once; in Amazon Connect it may take a minute.
- RoutingProficiencies ask for an agent hierarchy, which agents here have none of: they make no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from operator import attrgetter
from typing import TYPE_CHECKING, Literal

from localconnect.contact import Contact
from localconnect.routing.acts import Act, able, refuse_crowding
from localconnect.routing.agents import Agent, AgentContact, ContactState, QueueConfig, RoutingProfile, Status
from localconnect.routing.capacity import OVER, free_places, held_channels, served_queues
from localconnect.routing.idle import IdleList
from localconnect.routing.observer import RoutingObserver
from localconnect.routing.timers import Timers
from localconnect.routing.waiting import Waiting, WaitingRoom

if TYPE_CHECKING:
    from localconnect.instance import Queue

RING_SECONDS = 20
"""An agent has so long to accept a contact of any channel (page "Configure agent settings")."""


@dataclass(slots=True, eq=False)
class _Seat:
    """An agent, with what the router works out from their routing profile: see :func:`served_queues`."""

    agent: Agent
    tiers: list[list[QueueConfig]] = field(init=False)
    served: dict[tuple[str, str], QueueConfig] = field(init=False)

    def __post_init__(self) -> None:
        self.read_profile()

    def read_profile(self) -> None:
        self.tiers = served_queues(self.agent)
        self.served = {(config.queue_arn, config.channel): config for tier in self.tiers for config in tier}


class Router:
    """``agents`` by ARN. Every method that is given an agent's ARN, and a contact's id, raises ValueError with a
    sentence where there is no such agent, or the contact is not in a state for it.
    """

    def __init__(self, agents: Iterable[Agent] = ()) -> None:
        self.agents: dict[str, Agent] = {}
        self._seats: dict[str, _Seat] = {}
        self._idle: IdleList[_Seat] = IdleList()
        self._waiting = WaitingRoom()
        self._holders: dict[str, Agent] = {}
        self._timers = Timers()
        self._numbers = count()
        self._observers: list[RoutingObserver] = []
        self._changed: dict[str, Agent] = {}
        for agent in agents:
            self.add(agent, agent.status_since)

    def watch(self, observer: RoutingObserver) -> None:
        self._observers.append(observer)

    # Contacts

    def enqueue(self, contact: Contact, queue: Queue, now: datetime) -> None:
        """The contact waits in ``queue``, and no more where it waited before. Raises ValueError where an agent has it,
        or where its routing criteria are not as they should be.
        """
        with self._moment(now):
            if holder := self._holders.get(contact.contact_id):
                raise ValueError(
                    f"{holder.username} has contact {contact.contact_id}; end it there before it is queued."
                )
            waiting = Waiting(contact, queue.arn, now, next(self._numbers))
            self._leave(contact, now)
            self._waiting.join(waiting)
            self._tell("queued", contact, queue.arn, now)
            self._find_agent(waiting, now)

    def requeue(self, contact: Contact, now: datetime) -> None:
        """The contact's routing has changed: if it waits, it finds its new place. Raises ValueError as enqueue does."""
        with self._moment(now):
            waiting = self._waiting.find(contact.contact_id)
            if waiting:
                self._waiting.place(waiting, now)
                if waiting.agent is None:
                    self._find_agent(waiting, now)

    def leave(self, contact: Contact, now: datetime) -> None:
        """The contact waits no more, if it did. If it rang, the agent has missed it (a call) or it counts as rejected
        (pages "About contact states" and "Agent event streams data model"), and is to be cleared.
        """
        with self._moment(now):
            self._leave(contact, now)

    def size(self, queue_arn: str, channel: str | None = None) -> int:
        """How many wait, of ``channel`` or of all. One that rings is waiting still."""
        return self._waiting.size(queue_arn, channel)

    def is_full(self, queue: Queue) -> bool:
        return queue.max_contacts is not None and self.size(queue.arn) >= queue.max_contacts

    def waiting(self, queue_arn: str) -> list[Contact]:
        """In their order."""
        return [waiting.contact for waiting in self._waiting.of(queue_arn)]

    def oldest_age(self, queue_arn: str, now: datetime, channel: str | None = None) -> float:
        """For how many seconds the one has waited who has waited longest; 0 where nobody waits."""
        since = min((waiting.enqueued_at for waiting in self._waiting.of(queue_arn, channel)), default=now)
        return (now - since).total_seconds()

    # Agents

    def add(self, agent: Agent, now: datetime) -> None:
        with self._moment(now):
            if agent.arn in self.agents:
                raise ValueError(f"there is an agent {agent.arn} already; give the new one another ARN.")
            self.agents[agent.arn] = agent
            seat = self._seats[agent.arn] = _Seat(agent)
            self._idle.move_back(seat, now)
            self._note(seat)
            self._find_contacts(seat, now)

    def set_status(self, agent_arn: str, status: Status, now: datetime) -> None:
        """After-contact work is over, and a status in which nothing is offered waits as the next one where contacts
        are still in hand (page "Set your Next status"). A ROUTABLE one takes effect at once, cancels the next one, and
        contacts that were missed or went wrong are dismissed with it (page "CCP connectivity", Missed calls).
        """
        with self._moment(now):
            seat = self._seat(agent_arn)
            agent = seat.agent
            agent.next_status = None
            over = OVER - {"ENDED"} if status.kind == "ROUTABLE" else OVER
            for held in [held for held in agent.contacts.values() if held.state in over]:
                self._dismiss(seat, held, now)
            if status.kind == "ROUTABLE" or not agent.contacts:
                self._begin_status(seat, status, now)
            else:
                agent.next_status = status
                self._note(seat)
            self._find_contacts(seat, now)

    def set_profile(self, agent_arn: str, profile: RoutingProfile, now: datetime) -> None:
        """Contacts in hand stay there."""
        with self._moment(now):
            seat = self._seat(agent_arn)
            seat.agent.profile = profile
            seat.read_profile()
            self._note(seat)
            self._find_contacts(seat, now)

    # What agents do with contacts

    def accept(self, agent_arn: str, contact_id: str, now: datetime) -> None:
        """Agent and customer are joined at once; for a callback, the customer is called now."""
        with self._moment(now):
            seat, _ = self._able("accept", agent_arn, contact_id)
            self._accept(seat, self._waiting[contact_id], now)
            self._find_contacts(seat, now)

    def reject(self, agent_arn: str, contact_id: str, now: datetime) -> None:
        """The contact waits on. A call that is rejected shows as missed (page "Agent event streams data model")."""
        with self._moment(now):
            _, held = self._able("reject", agent_arn, contact_id)
            self._miss(self._waiting[contact_id], _unanswered(held.contact), now)

    def assign(
        self, agent_arn: str, contact: Contact, now: datetime, state: Literal["CONNECTING", "CONNECTED"]
    ) -> None:
        """A contact that waits in no queue is the agent's: they call somebody (CONNECTING), or are joined already.
        Raises ValueError where somebody has it, it waits, or the agent has as many of its channel as they may.
        """
        with self._moment(now):
            seat = self._seat(agent_arn)
            self._refuse_assignment(seat.agent, contact)
            held = AgentContact(contact, state, now)
            seat.agent.contacts[contact.contact_id] = held
            self._hand_over(seat, held, now)

    def connect(self, agent_arn: str, contact_id: str, now: datetime) -> None:
        """The customer has answered the agent's call, or the callback."""
        with self._moment(now):
            self._connect(*self._able("connect", agent_arn, contact_id), now)

    def hold(self, agent_arn: str, contact_id: str, now: datetime) -> None:
        """A task is paused, and lets another in meanwhile."""
        with self._moment(now):
            seat, held = self._able("hold", agent_arn, contact_id)
            self._set_state(seat, held, "PAUSED" if held.contact.channel == "TASK" else "CONNECTED_ONHOLD", now)
            self._tell("held", seat.agent, held.contact, now)
            self._find_contacts(seat, now)

    def resume(self, agent_arn: str, contact_id: str, now: datetime) -> None:
        """Raises ValueError also where other tasks have taken the place of the one that was paused."""
        with self._moment(now):
            seat, held = self._able("resume", agent_arn, contact_id)
            if held.state == "PAUSED":
                refuse_crowding(seat.agent, held.contact.channel)
            self._set_state(seat, held, "CONNECTED", now)
            self._tell("resumed", seat.agent, held.contact, now)

    def end(self, agent_arn: str, contact_id: str, now: datetime) -> None:
        """After-contact work begins; it is over by itself after the agent's seconds, or when they clear the contact."""
        with self._moment(now):
            seat, held = self._able("end", agent_arn, contact_id)
            if seconds := seat.agent.after_contact_work:
                self._timers.set(("work over", agent_arn, contact_id), now + timedelta(seconds=seconds))
            self._finish(seat, held, "ENDED", now)

    def fail(self, agent_arn: str, contact_id: str, now: datetime) -> None:
        """It went wrong after it was accepted, as when the customer is gone before they are joined. Reported as ended;
        there is no after-contact work.
        """
        with self._moment(now):
            seat, held = self._able("fail", agent_arn, contact_id)
            self._finish(seat, held, "ERROR", now)

    def clear(self, agent_arn: str, contact_id: str, now: datetime) -> None:
        """The agent is done with a contact that is over for them (page "DismissUserContact"). With the last one, the
        next status begins.
        """
        with self._moment(now):
            seat, held = self._able("clear", agent_arn, contact_id)
            self._dismiss(seat, held, now)
            self._find_contacts(seat, now)

    # Time

    def due(self) -> datetime | None:
        """When something next happens by itself: then, or later, call :meth:`tick`."""
        return self._timers.due()

    def tick(self, now: datetime) -> None:
        """Make happen what was due until ``now``, each at its time."""
        while (when := self.due()) and when <= now:
            self._happen(self._timers.pop(), when)
            self._tell_changes(when)

    def _happen(self, key: tuple[str, ...], now: datetime) -> None:
        match key:
            case ("rings out", contact_id):
                self._miss(self._waiting[contact_id], "MISSED", now)
            case ("work over", agent_arn, contact_id):
                seat = self._seats[agent_arn]
                self._dismiss(seat, seat.agent.contacts[contact_id], now)
                self._find_contacts(seat, now)
            case ("look for agent", contact_id):
                self._find_agent(self._waiting[contact_id], now)
            case ("look for contact", agent_arn):
                self._find_contacts(self._seats[agent_arn], now)

    # Who is offered what

    def _find_agent(self, waiting: Waiting, now: datetime) -> None:
        """Those who may take it are served in the order of their idleness, each with what is first for them, until it
        rings somewhere. If it does not, look again when a delay is over or another step of its criteria counts.
        """
        key = waiting.queue_arn, waiting.contact.channel
        again = [waiting.next_step_at(now)]
        others_first = False
        for seat in list(self._idle):
            config = seat.served.get(key)
            if config is None or not free_places(seat.agent, config.channel) or not waiting.wants(seat.agent, now):
                continue
            ripe = waiting.enqueued_at + timedelta(seconds=config.delay)
            if ripe > now:
                again.append(ripe)
                continue
            best = self._best_contact(seat, now) or waiting
            self._offer(seat, best, now)
            if best is waiting:
                return
            others_first = True
        if others_first:  # somebody may have room for this one too
            self._find_agent(waiting, now)
            return
        if times := [time for time in again if time]:
            self._timers.set(("look for agent", waiting.contact_id), min(times))

    def _find_contacts(self, seat: _Seat, now: datetime) -> None:
        """As many as the agent has places for, unless somebody else has been idle longer."""
        while best := self._best_contact(seat, now):
            self._find_agent(best, now)

    def _best_contact(self, seat: _Seat, now: datetime) -> Waiting | None:
        """By the profile's priority of the queue, then by rank. If there is none, look again when a delay is over."""
        again: list[datetime] = []
        for tier in seat.tiers:
            firsts = []
            for config in tier:
                if free_places(seat.agent, config.channel):
                    first, ripens = self._waiting.first_for(seat.agent, config, now)
                    firsts += [first] if first else []
                    again += [ripens] if ripens else []
            if firsts:
                return min(firsts, key=attrgetter("rank"))
        if again:
            self._timers.set(("look for contact", seat.agent.arn), min(again))
        return None

    def _offer(self, seat: _Seat, waiting: Waiting, now: datetime) -> None:
        """It rings. A call is accepted at once where the agent's settings say so (page "Enable auto-accept call", which
        leaves callbacks and other channels out).
        """
        agent, contact = seat.agent, waiting.contact
        self._waiting.offer(waiting, agent)
        callback = contact.initiation_method == "CALLBACK"
        agent.contacts[contact.contact_id] = AgentContact(contact, "INCOMING" if callback else "CONNECTING", now)
        self._timers.drop(("look for agent", contact.contact_id))
        self._timers.set(("rings out", contact.contact_id), now + timedelta(seconds=RING_SECONDS))
        self._note(seat)
        self._tell("offered", agent, contact, now)
        if agent.auto_accept and contact.channel == "VOICE" and not callback:
            self._accept(seat, waiting, now)

    def _accept(self, seat: _Seat, waiting: Waiting, now: datetime) -> None:
        self._forget(waiting)
        held = seat.agent.contacts[waiting.contact_id]
        callback = waiting.contact.initiation_method == "CALLBACK"
        self._set_state(seat, held, "CONNECTING" if callback else "CONNECTED", now)
        self._hand_over(seat, held, now)

    def _hand_over(self, seat: _Seat, held: AgentContact, now: datetime) -> None:
        """From now on the agent has it, and is last in line for more."""
        self._holders[held.contact.contact_id] = seat.agent
        self._move_back(seat, held.contact, now)
        self._tell("accepted", seat.agent, held.contact, now)
        if held.state == "CONNECTED":
            self._connect(seat, held, now)

    def _connect(self, seat: _Seat, held: AgentContact, now: datetime) -> None:
        held.connected_at = now
        self._set_state(seat, held, "CONNECTED", now)
        self._tell("connected", seat.agent, held.contact, now)

    def _miss(self, waiting: Waiting, state: ContactState, now: datetime) -> None:
        agent = self._stop_ringing(waiting, state, now)
        self._waiting.take_back(waiting)
        self._tell("missed", agent, waiting.contact, now)
        self._find_agent(waiting, now)

    def _stop_ringing(self, waiting: Waiting, state: ContactState, now: datetime) -> Agent:
        agent = waiting.agent
        assert agent is not None, "it rang"
        self._timers.drop(("rings out", waiting.contact_id))
        self._set_state(self._seats[agent.arn], agent.contacts[waiting.contact_id], state, now)
        return agent

    def _leave(self, contact: Contact, now: datetime) -> None:
        waiting = self._waiting.find(contact.contact_id)
        if waiting is None:
            return
        self._forget(waiting)
        if agent := waiting.agent:
            self._stop_ringing(waiting, _unanswered(contact), now)
            self._tell("withdrawn", agent, contact, now)
        self._tell("left", contact, now)

    def _forget(self, waiting: Waiting) -> None:
        """It waits no more."""
        self._waiting.part(waiting)
        self._timers.drop(("rings out", waiting.contact_id))
        self._timers.drop(("look for agent", waiting.contact_id))

    def _finish(self, seat: _Seat, held: AgentContact, state: ContactState, now: datetime) -> None:
        del self._holders[held.contact.contact_id]
        self._set_state(seat, held, state, now)
        self._tell("ended", seat.agent, held.contact, now)

    def _dismiss(self, seat: _Seat, held: AgentContact, now: datetime) -> None:
        agent, contact = seat.agent, held.contact
        del agent.contacts[contact.contact_id]
        self._timers.drop(("work over", agent.arn, contact.contact_id))
        self._move_back(seat, contact, now)
        self._tell("cleared", agent, contact, now)
        if agent.next_status and not agent.contacts:
            self._begin_status(seat, agent.next_status, now)

    def _begin_status(self, seat: _Seat, status: Status, now: datetime) -> None:
        agent = seat.agent
        agent.next_status = None
        if status != agent.status:
            if agent.status.kind != "ROUTABLE":
                self._idle.move_back(seat, now)
            agent.status, agent.status_since = status, now
        self._note(seat)

    def _move_back(self, seat: _Seat, contact: Contact, now: datetime) -> None:
        """Handling a contact puts the agent last, one of their own making only if the profile counts it."""
        if not (contact.initiation_method == "OUTBOUND" and seat.agent.profile.ignores_outbound):
            self._idle.move_back(seat, now)
        self._note(seat)

    def _set_state(self, seat: _Seat, held: AgentContact, state: ContactState, now: datetime) -> None:
        if state != held.state:
            held.state, held.since = state, now
        self._note(seat)

    def _note(self, seat: _Seat) -> None:
        """Something about the agent is different."""
        agent = seat.agent
        self._changed[agent.arn] = agent
        has_place = any(free_places(agent, channel) for channel in agent.profile.concurrency)
        if has_place:
            agent.idle_since = self._idle.file(seat, busy=bool(held_channels(agent)))
        else:
            agent.idle_since = None
            self._idle.remove(seat)

    # What is asked for

    def _seat(self, agent_arn: str) -> _Seat:
        if agent_arn not in self._seats:
            raise ValueError(f"there is no agent {agent_arn}; the router knows {len(self._seats)} others.")
        return self._seats[agent_arn]

    def _able(self, act: Act, agent_arn: str, contact_id: str) -> tuple[_Seat, AgentContact]:
        seat = self._seat(agent_arn)
        waiting = self._waiting.find(contact_id)
        ringing = waiting is not None and waiting.agent is seat.agent
        return seat, able(act, seat.agent, contact_id, ringing=ringing)

    def _refuse_assignment(self, agent: Agent, contact: Contact) -> None:
        if self._waiting.find(contact.contact_id):
            raise ValueError(f"contact {contact.contact_id} waits in a queue; let it leave before it is assigned.")
        holder = agent if contact.contact_id in agent.contacts else self._holders.get(contact.contact_id)
        if holder:
            raise ValueError(f"{holder.username} has contact {contact.contact_id}; end and clear it there first.")
        refuse_crowding(agent, contact.channel)

    # Telling

    @contextmanager
    def _moment(self, now: datetime) -> Iterator[None]:
        self.tick(now)
        yield
        self._tell_changes(now)

    def _tell(self, what: str, *about: object) -> None:
        for observer in self._observers:
            getattr(observer, what)(*about)

    def _tell_changes(self, now: datetime) -> None:
        changed, self._changed = self._changed, {}
        for agent in changed.values():
            self._tell("changed", agent, now)


def _unanswered(contact: Contact) -> ContactState:
    return "MISSED" if contact.channel == "VOICE" else "REJECTED"
