"""The driver of a live call, with short generators in the engine's place."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest

from localconnect.contact import Contact
from localconnect.effects import AwaitKey, CallerHungUp, Effect, Invocation, Invoke, Pause, Queued, Reply, Speak
from localconnect.engine import Ending
from localconnect.flow import Action, Flow
from localconnect.live import (
    Event,
    Handset,
    HungUp,
    KeyPressed,
    LiveCall,
    PromptSpeaking,
    PromptSpoken,
    speaking_seconds,
)

ENDED = Ending("flow ended", "the test's flow is over")
FLOW = Flow("arn:flow", "main", "CONTACT_FLOW", "first", MappingProxyType({}))
LONG = "This prompt takes a voice quite a few seconds, far longer than any of these tests may run." * 3

Steps = Generator[Effect, Reply, Ending]
Hear = Callable[[dict[str, Any]], Event | None]


class SlowFunctions:
    def __init__(self, seconds: float = 0) -> None:
        self.seconds = seconds
        self.invoked: list[tuple[str, dict[str, Any], float]] = []

    def invoke(self, arn: str, event: dict[str, Any], seconds: float) -> Invocation:
        time.sleep(self.seconds)
        self.invoked.append((arn, event, seconds))
        return Invocation(b'{"greeting": "hello"}')


def a_contact() -> Contact:
    return Contact(
        contact_id="c1",
        initial_contact_id="c1",
        flow=FLOW,
        instance_arn="arn:instance",
        region="ap-southeast-1",
        customer_address="+8613800138000",
        started_at=datetime.now(UTC),
    )


def an_action(kind: str, identifier: str = "an-action") -> Action:
    return Action(identifier, kind, lambda call: None, lambda call: {}, None, None, {})


def say(text: str = "Hello.", *, barge_in: bool = True) -> Speak:
    return Speak(text, False, "en-US", "Joanna", barge_in)


class Trial:
    """Runs a live call; ``hear`` plays the phone: it may answer each message of the line with an event."""

    def __init__(self, hear: Hear = lambda message: None, *, functions: SlowFunctions | None = None, pace: float = 1):
        self.contact = a_contact()
        self.functions = functions or SlowFunctions()
        self.sent: list[dict[str, Any]] = []
        self._hear = hear
        self._pace = pace

    def run(self, steps: Callable[[LiveCall], Steps], *events: Event) -> Ending:
        async def hold() -> Ending:
            self.phone = Handset(self._send, pace=self._pace)
            live = LiveCall(self.contact, self.functions, self.phone)
            for event in events:
                self.phone.events.put_nowait(event)
            async with asyncio.timeout(5):
                return await live.follow(steps(live))

        return asyncio.run(hold())

    async def _send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)
        if event := self._hear(message):
            self.phone.events.put_nowait(event)

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.sent if message["type"] == kind]


def test_prompt_is_sent_whole_and_ends_when_spoken() -> None:
    trial = Trial(lambda message: PromptSpoken(message["id"]) if message["type"] == "say" else None)

    def steps(live: LiveCall) -> Steps:
        yield say(LONG)
        yield say(LONG, barge_in=False)
        return ENDED

    assert trial.run(steps) == ENDED
    assert trial.sent == [
        {"type": "say", "id": 1, "text": LONG, "language": "en-US", "voice": "Joanna", "bargeIn": True},
        {"type": "say", "id": 2, "text": LONG, "language": "en-US", "voice": "Joanna", "bargeIn": False},
    ]


def test_report_about_an_earlier_prompt_ends_nothing() -> None:
    trial = Trial(pace=20)

    def steps(live: LiveCall) -> Steps:
        yield say("x" * 28)
        return ENDED

    begun = time.monotonic()
    trial.run(steps, PromptSpoken(0))
    assert time.monotonic() - begun >= speaking_seconds("x" * 28) / 20


def test_prompt_without_a_voice_lasts_as_long_as_one_would_need() -> None:
    assert speaking_seconds("欢迎致电") == pytest.approx(0.5 + 4 / 5)
    assert speaking_seconds("Welcome to us.") == pytest.approx(0.5 + 1)


def test_prompt_that_the_phone_speaks_is_waited_for() -> None:
    """The estimate for this prompt is 0.03 s; the voice takes 0.3 s."""

    def steps(live: LiveCall) -> Steps:
        asyncio.get_running_loop().call_later(0.3, trial.phone.events.put_nowait, PromptSpoken(1))
        yield say("Hi")
        return ENDED

    trial = Trial(lambda message: PromptSpeaking(1), pace=20)
    begun = time.monotonic()
    trial.run(steps)
    assert time.monotonic() - begun >= 0.3


def test_key_cuts_a_prompt_short_and_is_typed_ahead() -> None:
    trial = Trial(lambda message: KeyPressed("1") if message["type"] == "say" else None)

    def steps(live: LiveCall) -> Steps:
        live.action_started(FLOW, an_action("GetParticipantInput"), {})
        yield say(LONG)
        assert trial.contact.typed_ahead.popleft() == "1"
        return ENDED

    trial.run(steps)
    assert [message["type"] for message in trial.sent] == ["action", "say", "hush", "key"]
    assert trial.sent[-1] == {"type": "key", "key": "1"}


def test_key_does_not_cut_short_a_prompt_that_must_be_heard() -> None:
    trial = Trial(lambda message: KeyPressed("1") if message["type"] == "say" else None, pace=20)

    def steps(live: LiveCall) -> Steps:
        yield say("Calls are recorded.", barge_in=False)
        return ENDED

    trial.run(steps)
    assert list(trial.contact.typed_ahead) == ["1"]
    assert trial.of_type("hush") == []


def test_keys_too_early_for_any_input_are_reported_as_dropped() -> None:
    trial = Trial(pace=20)

    def steps(live: LiveCall) -> Steps:
        live.action_started(FLOW, an_action("MessageParticipant"), {})
        yield say("Calls are recorded.", barge_in=False)
        live.action_started(FLOW, an_action("GetParticipantInput"), {})
        trial.contact.typed_ahead.clear()
        return ENDED

    trial.run(steps, KeyPressed("1"), KeyPressed("2"))
    assert trial.of_type("dropped") == [{"type": "dropped", "keys": 2}]
    assert trial.of_type("key") == []


def test_awaited_key_is_the_answer_and_not_typed_ahead() -> None:
    answers: list[Reply] = []

    def steps(live: LiveCall) -> Steps:
        answers.append((yield AwaitKey(5, False)))
        return ENDED

    trial = Trial()
    trial.run(steps, KeyPressed("7"))
    assert answers == ["7"]
    assert list(trial.contact.typed_ahead) == []
    assert trial.sent == [{"type": "listen", "seconds": 5, "secret": False}, {"type": "key", "key": "7"}]


def test_no_key_in_time_is_none() -> None:
    answers: list[Reply] = []

    def steps(live: LiveCall) -> Steps:
        answers.append((yield AwaitKey(0.05, False)))
        return ENDED

    Trial().run(steps)
    assert answers == [None]


def test_keys_of_an_encrypted_input_never_go_back_to_the_phone() -> None:
    """Neither the one that cuts the prompt short nor those that follow."""
    trial = Trial(lambda message: KeyPressed("4") if message["type"] in ("say", "listen") else None)

    def steps(live: LiveCall) -> Steps:
        live.action_started(FLOW, an_action("GetParticipantInput"), {"InputEncryption": {}})
        yield say(LONG)
        trial.contact.typed_ahead.popleft()
        yield AwaitKey(5, True)
        return ENDED

    trial.run(steps)
    assert [message["key"] for message in trial.of_type("key")] == ["•", "•"]


def test_buffered_keys_that_a_queue_drops_are_not_shown() -> None:
    trial = Trial(pace=20)
    trial.contact.buffering = True

    def steps(live: LiveCall) -> Steps:
        yield say("One moment.", barge_in=False)
        live.action_started(FLOW, an_action("TransferContactToQueue"), {})
        trial.contact.typed_ahead.clear()
        return ENDED

    trial.run(steps, KeyPressed("9"))
    assert trial.of_type("key") == []
    assert trial.of_type("dropped") == [{"type": "dropped", "keys": 1}]


def test_function_is_invoked_while_keys_are_typed_ahead() -> None:
    trial = Trial(functions=SlowFunctions(0.1))
    answers: list[Reply] = []

    def steps(live: LiveCall) -> Steps:
        answers.append((yield Invoke("arn:function", {"Name": "ContactFlowEvent"}, 8)))
        return ENDED

    trial.run(steps, KeyPressed("3"))
    assert answers == [Invocation(b'{"greeting": "hello"}')]
    assert trial.functions.invoked == [("arn:function", {"Name": "ContactFlowEvent"}, 8)]
    assert list(trial.contact.typed_ahead) == ["3"]


def test_pause_takes_its_time() -> None:
    def steps(live: LiveCall) -> Steps:
        yield Pause(0.2)
        return ENDED

    begun = time.monotonic()
    Trial().run(steps, KeyPressed("1"), PromptSpoken(4))
    assert time.monotonic() - begun >= 0.2


def test_a_queue_whose_flow_follows_is_shown_and_goes_on() -> None:
    trial = Trial(pace=20)

    def steps(live: LiveCall) -> Steps:
        yield Queued("arn:queue", "Service", flow_follows=True)
        yield say("Hold.", barge_in=False)
        return ENDED

    assert trial.run(steps) == ENDED
    assert [message["type"] for message in trial.sent] == ["queued", "say"]


@pytest.mark.parametrize(
    "effect",
    [
        say(LONG),
        AwaitKey(60, False),
        Invoke("arn:function", {}, 8),
        Pause(60),
        Queued("arn:queue", "Service"),
    ],
    ids=lambda effect: type(effect).__name__,
)
def test_hanging_up_reaches_the_engine_wherever_it_waits(effect: Effect) -> None:
    hung_up = Ending("caller hung up", "somewhere")

    def steps(live: LiveCall) -> Steps:
        try:
            yield effect
        except CallerHungUp:
            return hung_up
        return ENDED

    assert Trial().run(steps, HungUp()) == hung_up


def test_trace_comes_before_what_the_action_does() -> None:
    trial = Trial(pace=20)

    def steps(live: LiveCall) -> Steps:
        live.action_started(FLOW, an_action("UpdateContactAttributes", "remember"), {})
        live.attributes_set({"language": "en"})
        live.action_started(FLOW, an_action("MessageParticipant", "greet"), {})
        yield say("Hi", barge_in=False)
        return ENDED

    trial.run(steps)
    assert trial.sent[:3] == [
        {"type": "action", "flow": "main", "identifier": "remember", "actionType": "UpdateContactAttributes"},
        {"type": "attributes", "attributes": {"language": "en"}},
        {"type": "action", "flow": "main", "identifier": "greet", "actionType": "MessageParticipant"},
    ]
    assert trial.sent[3]["type"] == "say"


def test_ssml_is_shown_as_words() -> None:
    trial = Trial(pace=20)

    def steps(live: LiveCall) -> Steps:
        yield Speak(
            '<speak>Code <say-as interpret-as="digits">60</say-as> &amp; more</speak>', True, "en-US", "Joanna", True
        )
        yield Speak("2 < 3 & 4 > 3", False, "en-US", "Joanna", True)
        return ENDED

    trial.run(steps)
    assert [message["text"] for message in trial.of_type("say")] == ["Code 6 0 & more", "2 < 3 & 4 > 3"]
