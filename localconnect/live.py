"""Drives one call in real time: answers what the engine asks for with what a caller's phone reports.

Everything that can happen to a waiting call (a key, a prompt spoken to its end, a function's answer, the receiver put
down) arrives in one queue, :attr:`Handset.events`; a time-out is that queue staying empty. What the phone should know
leaves through ``send`` as plain dictionaries; :mod:`localconnect.server` documents them. What an agent does comes
through :meth:`LiveCall.interrupt`, and goes before all else.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from localconnect.actions.participant import MASK
from localconnect.contact import Contact
from localconnect.effects import (
    AwaitKey,
    CallerHungUp,
    Dial,
    Effect,
    Interruption,
    Invocation,
    Invoke,
    OnHold,
    Pause,
    Queued,
    Reply,
    Speak,
    WithAgent,
)
from localconnect.engine import Ending, Observer
from localconnect.flow import Action, Flow
from localconnect.functions import Functions
from localconnect.speech import plain_text, speaking_seconds
from localconnect.taping import Taping


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """The caller pressed ``key``, one of ``0``-``9``, ``*`` and ``#``."""

    key: str


@dataclass(frozen=True, slots=True)
class PromptSpeaking:
    """The phone has a voice for the prompt with this number and will say when it has spoken it."""

    number: int


@dataclass(frozen=True, slots=True)
class PromptSpoken:
    """The prompt with this number is over."""

    number: int


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller put the phone down, or the connection broke."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The function invoked has answered."""

    answer: asyncio.Task[Invocation]


@dataclass(frozen=True, slots=True)
class PickedUp:
    """The phone that was rung has been answered."""


@dataclass(frozen=True, slots=True)
class Woken:
    """There is an interruption."""


Event = KeyPressed | PromptSpeaking | PromptSpoken | HungUp | Answered | PickedUp | Woken
Send = Callable[[dict[str, Any]], Awaitable[None]]
SendSound = Callable[[bytes], Awaitable[None]]

RING_SECONDS = 60
"""How long a customer's phone rings (page "StartOutboundVoiceContact", which lets it ring for as long)."""


async def nobody_hears(message: object) -> None:
    """What a contact without a phone, such as a task, is sent."""


@dataclass(slots=True, eq=False)
class Handset:
    """What somebody hears and speaks through: a customer's phone, or an agent's panel. ``pace``: how much faster than a
    voice the prompts go by that the other end does not speak itself.
    """

    send: Send = nobody_hears
    send_sound: SendSound = nobody_hears
    pace: float = 1.0
    events: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)


class Trunk(Protocol):
    """The way out to telephones."""

    async def ring(self, number: str) -> str | None:
        """Let the phone with this number ring; it then is the call's. Why it cannot, a disconnect reason, or None."""

    def picked_up(self) -> None:
        """The customer has answered."""


class LiveCall(Observer):
    """One contact and the customer's ``phone``. It is its own engine's observer: pass it to the call that is run.

    ``agent`` hears what is said to the agent, once there is one; ``joined`` says that the two have been joined.
    ``trunk`` leads to the customer of a call that goes out. ``taping`` records. ``effect`` is what the engine waits
    for. Prompts are numbered from ``first_prompt`` on.
    """

    def __init__(
        self,
        contact: Contact,
        functions: Functions,
        phone: Handset,
        *,
        trunk: Trunk | None = None,
        taping: Taping | None = None,
        first_prompt: int = 1,
    ) -> None:
        self.agent = Handset()
        self.joined = False
        self.effect: Effect | None = None
        self._contact = contact
        self._functions = functions
        self._phone = phone
        self._trunk = trunk
        self._taping = taping
        self._prompts = first_prompt - 1
        self._input: Literal["clear", "secret"] | None = None  # what the present action does with keys
        self._ahead: deque[str] = deque()  # keys that the flow has neither taken nor dropped yet
        self._unsent: list[dict[str, Any]] = []
        self._interruptions: deque[Interruption] = deque()

    @property
    def is_secret(self) -> bool:
        """Whether what the caller types, or says, now must be kept nowhere."""
        return self._input == "secret"

    @property
    def is_talking(self) -> bool:
        """Whether customer and agent hear each other."""
        return isinstance(self.effect, WithAgent)

    def interrupt(self, interruption: Interruption) -> None:
        """Throw it into the engine, before it hears of anything else."""
        self._interruptions.append(interruption)
        self._phone.events.put_nowait(Woken())

    async def follow(self, flow: Generator[Effect, Reply, Ending]) -> Ending:
        """Answer the engine's effects until the call ends."""
        with closing(flow):  # however it ends, the contact leaves its queue
            try:
                effect = next(flow)
                while True:
                    try:
                        reply = await self._answer(effect)
                    except Interruption as interruption:
                        effect = flow.throw(interruption)
                    else:
                        effect = flow.send(reply)
            except StopIteration as stop:
                await self._report()
                ending: Ending = stop.value
                return ending

    async def _answer(self, effect: Effect) -> Reply:
        self.effect = effect
        await self._report()
        self._let_interrupt()
        if self._taping:
            self._taping.follow(effect)
        match effect:
            case AwaitKey():
                return await self._await_key(effect)
            case Invoke():
                return await self._invoke(effect)
            case Speak():
                await self._speak(effect)
            case Pause(seconds):
                await self._pause(seconds)
            case Queued():
                await self._send({"type": "queued", "queue": effect.queue_name})
                if not effect.flow_follows:
                    await self._pause(None)
            case Dial(number):
                return await self._dial(number)
            case WithAgent(agent):
                self.joined = True
                await self._send({"type": "joined", "agent": agent.first_name or agent.username})
                await self._talk()
            case OnHold():
                await self._talk()
        return None

    async def _speak(self, speak: Speak) -> None:
        self._prompts += 1
        text = plain_text(speak.text) if speak.ssml else speak.text
        hearer = self.agent if speak.to == "agent" else self._phone
        await hearer.send(
            {
                "type": "say",
                "id": self._prompts,
                "text": text,
                "language": speak.language,
                "voice": speak.voice,
                "bargeIn": speak.barge_in,
            }
        )
        seconds = speaking_seconds(text) / hearer.pace
        deadline = _in(seconds)
        if self._taping:
            self._taping.prompt(seconds)
        while not (speak.barge_in and self._ahead):
            try:
                event = await self._next_event(deadline)
            except Interruption:
                await self._hush(hearer)
                raise
            if event is None or event == PromptSpoken(self._prompts):
                return
            if event == PromptSpeaking(self._prompts):
                deadline = _in(10 + 3 * seconds)  # voices differ; this only saves a call whose voice never ends
        await self._hush(hearer)

    async def _hush(self, hearer: Handset) -> None:
        if self._taping:
            self._taping.hush()
        await hearer.send({"type": "hush"})

    async def _await_key(self, wanted: AwaitKey) -> str | None:
        await self._send({"type": "listen", "seconds": wanted.seconds, "secret": wanted.secret})
        deadline = _in(wanted.seconds)
        while event := await self._next_event(deadline, type_ahead=False):
            if isinstance(event, KeyPressed):
                await self._send(_taken(event.key, wanted.secret))
                return event.key
        return None

    async def _invoke(self, invoke: Invoke) -> Invocation:
        answer = asyncio.create_task(
            asyncio.to_thread(self._functions.invoke, invoke.arn, invoke.event, invoke.seconds)
        )
        if not invoke.waits:
            return Invocation()
        answer.add_done_callback(lambda done: self._phone.events.put_nowait(Answered(done)))
        while event := await self._next_event(None):
            if isinstance(event, Answered) and event.answer is answer:
                return answer.result()
        raise AssertionError("a wait without a deadline has no time-out")

    async def _pause(self, seconds: float | None) -> None:
        deadline = None if seconds is None else _in(seconds)
        while await self._next_event(deadline):
            pass

    async def _dial(self, number: str) -> str | None:
        if self._trunk is None:
            return "TELECOM_NUMBER_INVALID"
        if reason := await self._trunk.ring(number):
            return reason
        deadline = _in(RING_SECONDS)
        try:
            while event := await self._next_event(deadline, type_ahead=False):
                if isinstance(event, PickedUp):
                    self._trunk.picked_up()
                    return None
        except CallerHungUp:
            return "TELECOM_BUSY"
        return "TELECOM_TIMEOUT"

    async def _talk(self) -> None:
        """Until an interruption. Nobody here takes keys."""
        while True:
            if isinstance(await self._next_event(None, type_ahead=False), KeyPressed):
                await self._send({"type": "dropped", "keys": 1})

    def _let_interrupt(self) -> None:
        if self._interruptions:
            raise self._interruptions.popleft()

    async def _send(self, message: dict[str, Any]) -> None:
        await self._phone.send(message)

    async def _next_event(self, deadline: float | None, *, type_ahead: bool = True) -> Event | None:
        """The next thing that happens, or None at the deadline. Keys nobody waits for yet are typed ahead."""
        try:
            async with asyncio.timeout_at(deadline):
                event = await self._phone.events.get()
        except TimeoutError:
            return None
        if isinstance(event, HungUp):
            raise CallerHungUp
        self._let_interrupt()
        if isinstance(event, KeyPressed) and type_ahead:
            self._type_ahead(event.key)
        return event

    def _type_ahead(self, key: str) -> None:
        waiting = len(self._contact.typed_ahead)
        self._contact.press(key)
        if len(self._contact.typed_ahead) > waiting:
            self._ahead.append(key)
        else:
            self._unsent.append({"type": "dropped", "keys": 1})

    async def _report(self) -> None:
        """Send what the engine did since it last waited."""
        self._settle_keys()
        messages, self._unsent = self._unsent, []
        for message in messages:
            await self._send(message)

    def _settle_keys(self) -> None:
        """Note for the phone which keys typed ahead the flow has no more: an input took them, or they were dropped."""
        while len(self._ahead) > len(self._contact.typed_ahead):
            key = self._ahead.popleft()
            self._unsent.append(_taken(key, self._input == "secret") if self._input else {"type": "dropped", "keys": 1})

    # What the engine reports (localconnect.engine.Observer)

    def action_started(self, flow: Flow, action: Action, parameters: Mapping[str, Any]) -> None:
        self._settle_keys()
        if self._ahead and not self._contact.buffering:  # too early for this action's prompt: no input will take them
            self._unsent.append({"type": "dropped", "keys": len(self._ahead)})
            self._ahead.clear()
        self._input = None
        if action.type == "GetParticipantInput" and "EnableDTMFBuffer" not in parameters:
            self._input = "secret" if "InputEncryption" in parameters else "clear"
        if self._taping:
            self._taping.secret(self.is_secret)
        self._unsent.append(
            {"type": "action", "flow": flow.name, "identifier": action.identifier, "actionType": action.type}
        )

    def attributes_set(self, attributes: Mapping[str, str]) -> None:
        self._unsent.append({"type": "attributes", "attributes": dict(attributes)})


def _in(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds


def _taken(key: str, secret: bool) -> dict[str, Any]:
    return {"type": "key", "key": MASK if secret else key}
