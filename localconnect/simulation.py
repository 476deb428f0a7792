"""Many contacts and agents at once, in a time that jumps from one event to the next: for tests and measurements.

simulation = Simulation(instance, functions, agents=lambda agent, contact: Handling(ring=3, talk=180))
for minute in range(60):
    simulation.call_in(60 * minute, "+8613800138000", patience=120)
simulation.run()
[record.interaction for record in simulation.contacts]
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from localconnect.call import Call
from localconnect.clock import TurnedClock
from localconnect.contact import Contact
from localconnect.contacts import ContactRecord, Contacts
from localconnect.effects import (
    AgentAnswered,
    AgentLeft,
    AwaitKey,
    CallerHungUp,
    Effect,
    Interruption,
    Invoke,
    Pause,
    Queued,
    Reply,
    WithAgent,
)
from localconnect.engine import Ending, run_call
from localconnect.flow import Flow
from localconnect.functions import Functions
from localconnect.instance import Instance
from localconnect.keypad import Keypad
from localconnect.routing.agents import Agent
from localconnect.routing.observer import RoutingObserver


@dataclass(frozen=True, slots=True)
class Handling:
    """How an agent takes a contact that rings at them: after ``ring`` seconds (None: not at all), for ``talk``. One
    that was missed is dismissed after ``dismiss``.
    """

    ring: float | None
    talk: float
    dismiss: float = 5


class Simulation(RoutingObserver):
    """``agents`` says how an agent handles a contact. Prompts take no time, functions answer at once, and each key of a
    caller comes when the flow waits for it.
    """

    def __init__(
        self,
        instance: Instance,
        functions: Functions,
        agents: Callable[[Agent, Contact], Handling],
        clock: TurnedClock | None = None,
    ) -> None:
        self.instance = instance
        self.functions = functions
        self.clock = clock or TurnedClock()
        self.router = instance.router
        self.contacts = Contacts()
        self._agents = agents
        self._begun = self.clock.now()
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = count()
        self._calls: dict[str, _Call] = {}
        self._due: datetime | None = None
        for observer in (self.contacts, self):
            self.router.watch(observer)

    def at(self, seconds: float, do: Callable[[], None]) -> None:
        """Have something done so many seconds after the beginning."""
        self._plan(self._begun + timedelta(seconds=seconds), do)

    def call_in(
        self,
        seconds: float,
        customer_address: str,
        *,
        keys: str = "",
        patience: float | None = None,
        flow: Flow | None = None,
    ) -> None:
        """Somebody calls, types ``keys`` (groups between commas) and hangs up after ``patience`` seconds in a queue."""

        def begin() -> None:
            contact = self.instance.new_contact(customer_address=customer_address, flow=flow, clock=self.clock)
            call = _Call(self, contact, Keypad(keys.split(",") if keys else []), patience)
            self._calls[contact.contact_id] = call
            self.contacts.begin(call.record)
            call.go_on(None)

        self.at(seconds, begin)

    def run(self) -> None:
        """Until nothing happens any more."""
        self._watch_router()
        while self._events:
            moment, _, do = heapq.heappop(self._events)
            self.clock.advance((moment - self.clock.now()).total_seconds())
            do()
            self._watch_router()

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        self._plan(self.clock.now() + timedelta(seconds=seconds), do)

    def _plan(self, moment: datetime, do: Callable[[], None]) -> None:
        heapq.heappush(self._events, (moment, next(self._numbers), do))

    def _watch_router(self) -> None:
        due = self.router.due()
        if due and (self._due is None or due < self._due):
            self._due = due
            self._plan(max(due, self.clock.now()), self._tick)

    def _tick(self) -> None:
        self._due = None
        self.router.tick(self.clock.now())

    def talk(self, agent: Agent, contact: Contact) -> None:
        """The two are joined: the agent leaves when what was to be said is said."""

        def leave() -> None:
            if contact.contact_id in self._calls:
                self.router.end(agent.arn, contact.contact_id, self.clock.now())
                self._calls[contact.contact_id].interrupt(AgentLeft())

        self.later(self._agents(agent, contact).talk, leave)

    def over(self, contact: Contact) -> None:
        del self._calls[contact.contact_id]

    # What the router reports (localconnect.routing.observer)

    def queued(self, contact: Contact, queue_arn: str, now: datetime) -> None:
        call = self._calls[contact.contact_id]

        def give_up() -> None:
            if call.record.enqueued_at == now and call.record.dequeued_at is None:
                call.interrupt(CallerHungUp())

        if call.patience is not None:
            self.later(call.patience, give_up)

    def offered(self, agent: Agent, contact: Contact, now: datetime) -> None:
        ring = self._agents(agent, contact).ring

        def accept() -> None:
            held = agent.contacts.get(contact.contact_id)
            if held and held.state == "CONNECTING" and held.since == now:
                self.router.accept(agent.arn, contact.contact_id, self.clock.now())

        if ring is not None:
            self.later(ring, accept)

    def missed(self, agent: Agent, contact: Contact, now: datetime) -> None:
        self.later(self._agents(agent, contact).dismiss, lambda: self._clear(agent, contact))

    withdrawn = missed

    def ended(self, agent: Agent, contact: Contact, now: datetime) -> None:
        if not agent.after_contact_work:  # nobody but the agent would end it
            self.later(0, lambda: self._clear(agent, contact))

    def _clear(self, agent: Agent, contact: Contact) -> None:
        if contact.contact_id in agent.contacts:
            self.router.clear(agent.arn, contact.contact_id, self.clock.now())

    def accepted(self, agent: Agent, contact: Contact, now: datetime) -> None:
        self._calls[contact.contact_id].interrupt(AgentAnswered(agent))


_WAIT = object()


class _Call:
    def __init__(self, simulation: Simulation, contact: Contact, keypad: Keypad, patience: float | None) -> None:
        self._simulation = simulation
        self._contact = contact
        self._keypad = keypad
        self.patience = patience
        self._waits = 0  # a wait that is over has another number
        self._waiting = False
        self._interruption: Interruption | None = None
        self.record = ContactRecord(
            contact=contact, clock=simulation.clock, hang_up=lambda: None, show_attributes=lambda attributes: None
        )
        call = Call(simulation.instance, contact, simulation.clock, router=simulation.router)
        self._steps: Generator[Effect, Reply, Ending] = run_call(call)

    def interrupt(self, interruption: Interruption) -> None:
        """Now where the call waits; where it runs, as soon as it waits."""
        self._waits += 1
        if not self._waiting:
            self._interruption = interruption
        else:
            self._waiting = False
            self._advance(lambda: self._steps.throw(interruption))

    def go_on(self, reply: Reply) -> None:
        self._waiting = False
        self._advance(lambda: self._steps.send(reply))

    def _advance(self, step: Callable[[], Effect]) -> None:
        """Take steps until the call has to wait for something, or is over."""
        try:
            while True:
                effect = step()
                if interruption := self._interruption:
                    self._interruption = None
                    step = _thrown(self._steps, interruption)
                    continue
                reply = self._answer(effect)
                if reply is _WAIT:
                    self._waiting = True
                    return
                step = _sent(self._steps, reply)
        except StopIteration as stop:
            self.record.end(stop.value.reason)
            self._simulation.over(self._contact)

    def _answer(self, effect: Effect) -> Any:
        match effect:
            case AwaitKey(seconds=seconds):
                return self._keypad.type_to(self._contact) or self._wait(seconds)
            case Invoke(arn, event, seconds):
                return self._simulation.functions.invoke(arn, event, seconds)
            case Pause(seconds):
                return self._wait(seconds)
            case WithAgent(agent):
                self._simulation.talk(agent, self._contact)
                return _WAIT
            case Queued(flow_follows=False):
                return _WAIT
        return None

    def _wait(self, seconds: float) -> object:
        """Go on after so many seconds, unless an interruption comes first."""
        self._waits += 1
        wait = self._waits
        self._simulation.later(seconds, lambda: self.go_on(None) if self._waiting and self._waits == wait else None)
        return _WAIT


def _thrown(steps: Generator[Effect, Reply, Ending], interruption: Interruption) -> Callable[[], Effect]:
    return lambda: steps.throw(interruption)


def _sent(steps: Generator[Effect, Reply, Ending], reply: Reply) -> Callable[[], Effect]:
    return lambda: steps.send(reply)
