"""Contacts under way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from localconnect import engine
from localconnect.call import Call
from localconnect.centre.contacts import StartedByFlows
from localconnect.clock import Clock
from localconnect.contact import Contact
from localconnect.contacts import ContactRecord, Recorded
from localconnect.effects import AgentAnswered, Effect, Reply
from localconnect.engine import Ending
from localconnect.events.publisher import Publisher
from localconnect.events.sink import MemorySink, Sink
from localconnect.functions import Functions
from localconnect.instance import Instance
from localconnect.live import Event, Handset, HungUp, LiveCall
from localconnect.observers import Observers
from localconnect.recording import recording_key
from localconnect.routing.agents import Agent
from localconnect.routing.observer import RoutingObserver
from localconnect.taping import Taping

DISCONNECT_REASONS = {
    "caller hung up": "CUSTOMER_DISCONNECT",
    "left in queue": "CUSTOMER_DISCONNECT",
    "flow ended": "CONTACT_FLOW_DISCONNECT",
    "agent ended": "AGENT_DISCONNECT",
    "transferred": "AGENT_DISCONNECT",
}
"""By how a call ended, in the words of the page "Data model for Amazon Connect contact records"."""

HEART_BEAT_CHECK = 10
"""Seconds between looks for agents whose heart beat is due."""

Begin = Callable[[Call], Generator[Effect, Reply, Ending]]

_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Leg:
    """A contact under way. ``phone`` is the customer's, or nobody's."""

    centre: Centre
    contact: Contact
    phone: Handset
    record: ContactRecord
    taping: Taping
    live: LiveCall = field(init=False)

    def __post_init__(self) -> None:
        self.live = LiveCall(self.contact, self.centre.functions, self.phone, trunk=self, taping=self.taping)

    # The way out to telephones (localconnect.live.Trunk)

    async def ring(self, number: str) -> str | None:
        waiting = self.centre.phones.pop(number, None)
        if waiting is None:
            return "TELECOM_NUMBER_INVALID"
        self.phone.send, self.phone.send_sound = waiting.send, waiting.send_sound
        self.phone.pace, self.phone.events = waiting.pace, waiting.events
        await self.phone.send({"type": "ring", "from": self.contact.system_address or "anonymous"})
        return None

    def picked_up(self) -> None:
        self.centre.connect_to_system(self)
        if agent := self.centre.agent_with(self.contact.contact_id):
            self.centre.router.connect(agent.arn, self.contact.contact_id, self.centre.clock.now())


class Centre(RoutingObserver):
    """``legs`` are the contacts under way by id, ``desks`` the panels of agents by ARN, ``phones`` by number those that
    can be rung. Use it within one event loop.
    """

    def __init__(self, instance: Instance, functions: Functions, clock: Clock, sink: Sink | None = None) -> None:
        self.instance = instance
        self.router = instance.router
        self.functions = functions
        self.clock = clock
        self.sink = sink or MemorySink(most=1000)
        self.publisher = Publisher(instance, self.sink)
        self.legs: dict[str, Leg] = {}
        self.desks: dict[str, Handset] = {}
        self.phones: dict[str, Handset] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._hold_flows: dict[str, tuple[asyncio.Task[None], Handset]] = {}
        self._timer: asyncio.TimerHandle | None = None
        instance.doubles = StartedByFlows(self, instance.doubles)
        for observer in (instance.contacts, self.publisher, self):
            self.router.watch(observer)

    # Contacts

    def enter(self, contact: Contact, phone: Handset) -> Leg:
        """A contact comes to the centre."""
        record = ContactRecord(
            contact=contact,
            clock=self.clock,
            hang_up=lambda: phone.events.put_nowait(HungUp()),
            show_attributes=lambda attributes: leg.live.attributes_set(attributes),
        )
        leg = Leg(self, contact, phone, record, Taping(contact, self.clock))
        self.legs[contact.contact_id] = leg
        self.instance.contacts.begin(record)
        self.publisher.initiated(record, self.clock.now())
        return leg

    async def serve(self, contact: Contact, phone: Handset, begin: Begin = engine.run_call) -> Ending:
        """From a contact's first moment to the customer's last, through every contact that it is transferred to."""
        return await self.go_on(self.enter(contact, phone), begin)

    async def go_on(self, leg: Leg, begin: Begin) -> Ending:
        """Like :meth:`serve`, for a contact that has entered already."""
        ended = {"reason": "error", "detail": "localconnect failed; its log says where."}
        try:
            ending = await self._run(leg, begin)
            while ending.onward:
                leg = self.enter(ending.onward, leg.phone)
                ending = await self._run(leg, engine.run_call)
            if ending.reason == "transferred":
                await _hung_up(leg.phone)
            ended = {"reason": "stopped" if leg.record.stopped else ending.reason, "detail": ending.detail}
            return ending
        finally:
            await leg.phone.send({"type": "ended", **ended})

    async def _run(self, leg: Leg, begin: Begin) -> Ending:
        call = Call(self.instance, leg.contact, self.clock, Observers(leg.live, leg.record), router=self.router)
        reason = "OTHER"
        if leg.contact.initiation_method not in _DIALLED or leg.contact.channel != "VOICE":
            self.connect_to_system(leg)
        try:
            ending = await leg.live.follow(begin(call))
            reason = DISCONNECT_REASONS.get(ending.reason, ending.detail if ending.reason == "not answered" else reason)
            return ending
        finally:
            self.end(leg, reason)

    def connect_to_system(self, leg: Leg) -> None:
        """The contact's flow is about to run, or the customer who was called has answered."""
        leg.record.connected_at = self.clock.now()
        self.publisher.connected_to_system(leg.record, self.clock.now())

    def end(self, leg: Leg, reason: str) -> None:
        contact_id = leg.contact.contact_id
        del self.legs[contact_id]
        leg.taping.stop()
        self._keep_recordings(leg)
        leg.record.end(reason)
        self.publisher.disconnected(leg.record, self.clock.now())
        if agent := self.agent_with(contact_id):
            self.router.end(agent.arn, contact_id, self.clock.now())

    def _keep_recordings(self, leg: Leg) -> None:
        storage = self.instance.storage.get("CALL_RECORDINGS")
        if storage is None or storage.bucket is None:
            return
        for taped in leg.taping.taped:
            ivr = taped.participant == "IVR"
            key = recording_key(storage.prefix or "", leg.contact.contact_id, taped.started_at, ivr=ivr)
            self.sink.put_object(storage.bucket, key, taped.tape.wav(ivr=ivr), "audio/wav")
            location = f"{storage.bucket}/{key}"
            leg.record.recordings.append(Recorded(location, taped.participant, taped.started_at, taped.stopped_at))

    def agent_with(self, contact_id: str) -> Agent | None:
        """Who is busy with the contact; not those who have missed it, or are done with it."""
        for agent in self.router.agents.values():
            held = agent.contacts.get(contact_id)
            if held and held.state in _IN_CONVERSATION:
                return agent
        return None

    def spawn(self, work: Awaitable[object]) -> asyncio.Task[None]:
        """Do it besides; what goes wrong is logged."""
        task = asyncio.create_task(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def entertain(self, contact_id: str, ears: Handset, hold_flow: Awaitable[object]) -> None:
        """Run an agent's hold flow until the contact is off hold."""
        self._hold_flows[contact_id] = self.spawn(hold_flow), ears

    # Sound

    async def hear_customer(self, phone: Handset, pcm: bytes) -> None:
        """The microphone of ``phone``: kept where the contact is recorded, heard by the agent it is joined with."""
        leg = next((leg for leg in self.legs.values() if leg.phone is phone), None)
        if leg is None or leg.live.is_secret:
            return
        leg.taping.customer(pcm)
        if leg.live.is_talking:
            await leg.live.agent.send_sound(pcm)

    async def hear_agent(self, agent: Agent, pcm: bytes) -> None:
        for contact_id, held in list(agent.contacts.items()):
            leg = self.legs.get(contact_id)
            if leg and leg.live.is_talking and held.state == "CONNECTED":
                leg.taping.agent(pcm)
                await leg.phone.send_sound(pcm)

    def tell_legs(self, agent: Agent, event: Event) -> None:
        """Something that the agent's panel reports of a prompt."""
        for contact_id, held in agent.contacts.items():
            if held.state not in _IN_CONVERSATION:
                continue
            if leg := self.legs.get(contact_id):
                leg.phone.events.put_nowait(event)
            if hold_flow := self._hold_flows.get(contact_id):
                hold_flow[1].events.put_nowait(event)

    # What the router reports (localconnect.routing.observer)

    def queued(self, contact: Contact, queue_arn: str, now: datetime) -> None:
        asyncio.get_running_loop().call_soon(self.wake)  # the router sets its timers after this

    def accepted(self, agent: Agent, contact: Contact, now: datetime) -> None:
        leg = self.legs.get(contact.contact_id)
        if leg:
            leg.live.agent = self.desks.get(agent.arn, Handset())
            state = agent.contacts[contact.contact_id].state
            if (contact.initiation_method, state) != ("OUTBOUND", "CONNECTING"):  # a call of the agent's waits nowhere
                leg.live.interrupt(AgentAnswered(agent))

    def resumed(self, agent: Agent, contact: Contact, now: datetime) -> None:
        if held := self._hold_flows.pop(contact.contact_id, None):
            held[0].cancel()

    def ended(self, agent: Agent, contact: Contact, now: datetime) -> None:
        self.resumed(agent, contact, now)

    def changed(self, agent: Agent, now: datetime) -> None:
        from localconnect.centre.panel import snapshot  # the panel acts on the centre

        if desk := self.desks.get(agent.arn):
            self.spawn(desk.send(snapshot(self, agent)))
        self.wake()

    # Time

    async def beat(self) -> None:
        """Publish the agents' heart beats as they are due, until cancelled."""
        while True:
            await asyncio.sleep(HEART_BEAT_CHECK)
            self.publisher.heart_beat(self.clock.now())

    def wake(self) -> None:
        """Look again when the router next has something to do."""
        if self._timer:
            self._timer.cancel()
        due = self.router.due()
        if due:
            seconds = max(0.0, (due - self.clock.now()).total_seconds())
            self._timer = asyncio.get_running_loop().call_later(seconds, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self.router.tick(self.clock.now())
        self.wake()


_DIALLED = ("API", "CALLBACK", "OUTBOUND")
_IN_CONVERSATION = ("CONNECTING", "CONNECTED", "CONNECTED_ONHOLD", "PAUSED")


async def _logged(work: Awaitable[object]) -> None:
    try:
        await work
    except Exception:
        _log.exception("a contact broke")


async def _hung_up(phone: Handset) -> None:
    while not isinstance(await phone.events.get(), HungUp):
        pass
