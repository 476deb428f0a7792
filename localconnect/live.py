"""Drives one call in real time: answers what the engine asks for with what a caller's phone reports.

Everything that can happen to a waiting call (a key, a prompt spoken to its end, a function's answer, the receiver put
down) arrives in one queue, :attr:`LiveCall.events`; a time-out is that queue staying empty. What the phone should know
leaves through ``send`` as plain dictionaries; :mod:`localconnect.server` documents them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from localconnect.actions.participant import MASK
from localconnect.contact import Contact
from localconnect.effects import AwaitKey, CallerHungUp, Effect, Invocation, Invoke, Pause, Queued, Reply, Speak
from localconnect.engine import Ending, Observer
from localconnect.flow import Action, Flow
from localconnect.functions import Functions
from localconnect.speech import plain_text, speaking_seconds


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


Event = KeyPressed | PromptSpeaking | PromptSpoken | HungUp | Answered
Send = Callable[[dict[str, Any]], Awaitable[None]]


class LiveCall(Observer):
    """One call between a contact and a phone. It is its own engine's observer: pass it to ``engine.run``.

    A prompt that the phone does not speak itself lasts as long as a voice would need, divided by ``pace``.
    """

    def __init__(self, contact: Contact, functions: Functions, send: Send, *, pace: float = 1.0) -> None:
        self.events: asyncio.Queue[Event] = asyncio.Queue()
        self._contact = contact
        self._functions = functions
        self._send = send
        self._pace = pace
        self._prompts = 0
        self._input: Literal["clear", "secret"] | None = None  # what the present action does with keys
        self._ahead: deque[str] = deque()  # keys that the flow has neither taken nor dropped yet
        self._unsent: list[dict[str, Any]] = []

    async def follow(self, flow: Generator[Effect, Reply, Ending]) -> Ending:
        """Answer the engine's effects until the call ends; a caller who hangs up is thrown into the engine."""
        try:
            effect = next(flow)
            while True:
                try:
                    reply = await self._answer(effect)
                except CallerHungUp as hung_up:
                    effect = flow.throw(hung_up)
                else:
                    effect = flow.send(reply)
        except StopIteration as stop:
            await self._report()
            ending: Ending = stop.value
            return ending

    async def _answer(self, effect: Effect) -> Reply:
        await self._report()
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
        return None

    async def _speak(self, speak: Speak) -> None:
        self._prompts += 1
        text = plain_text(speak.text) if speak.ssml else speak.text
        await self._send(
            {
                "type": "say",
                "id": self._prompts,
                "text": text,
                "language": speak.language,
                "voice": speak.voice,
                "bargeIn": speak.barge_in,
            }
        )
        seconds = speaking_seconds(text) / self._pace
        deadline = _in(seconds)
        while not (speak.barge_in and self._ahead):
            event = await self._next_event(deadline)
            if event is None or event == PromptSpoken(self._prompts):
                return
            if event == PromptSpeaking(self._prompts):
                deadline = _in(10 + 3 * seconds)  # voices differ; this only saves a call whose voice never ends
        await self._send({"type": "hush"})

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
        answer.add_done_callback(lambda done: self.events.put_nowait(Answered(done)))
        while event := await self._next_event(None):
            if isinstance(event, Answered) and event.answer is answer:
                return answer.result()
        raise AssertionError("a wait without a deadline has no time-out")

    async def _pause(self, seconds: float | None) -> None:
        deadline = None if seconds is None else _in(seconds)
        while await self._next_event(deadline):
            pass

    async def _next_event(self, deadline: float | None, *, type_ahead: bool = True) -> Event | None:
        """The next thing that happens, or None at the deadline. Keys nobody waits for yet are typed ahead."""
        try:
            async with asyncio.timeout_at(deadline):
                event = await self.events.get()
        except TimeoutError:
            return None
        if isinstance(event, HungUp):
            raise CallerHungUp
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
        self._unsent.append(
            {"type": "action", "flow": flow.name, "identifier": action.identifier, "actionType": action.type}
        )

    def attributes_set(self, attributes: Mapping[str, str]) -> None:
        self._unsent.append({"type": "attributes", "attributes": dict(attributes)})


def _in(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds


def _taken(key: str, secret: bool) -> dict[str, Any]:
    return {"type": "key", "key": MASK if secret else key}
