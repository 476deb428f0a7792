from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localconnect.clock import TurnedClock
from localconnect.effects import AwaitKey, CallerHungUp, Effect, Pause, Speak
from localconnect.engine import drive, run
from localconnect.language.document import compile_flow
from localconnect.scripted import CallRecord
from localconnect.speech import plain_text
from tests.unit.localconnect.conftest import KeyPair
from tests.unit.localconnect.flows import (
    CALLER,
    action,
    call,
    detail,
    document,
    enable_buffer,
    instance,
    menu,
    outcome,
    say,
    spoken,
    store,
    typed,
)
from tests.unit.localconnect.test_encryption import decrypt


def remember(identifier: str = "remember", then: str = "end") -> dict[str, Any]:
    """Keeps what was stored where a test finds it."""
    return action(identifier, "UpdateContactAttributes", {"Attributes": {"typed": "$.StoredCustomerInput"}}, then)


def stored(keys: str, **parameters: Any) -> str:
    return call(instance(store("pin", "remember", **parameters), remember()), keys).attributes["typed"]


class TestMessageParticipant:
    def test_says_its_text_with_the_references_filled_in(self) -> None:
        assert spoken(call(instance(say("hi", "From $.CustomerEndpoint.Address.")))) == [f"From {CALLER}."]

    def test_says_the_words_of_its_ssml(self) -> None:
        ssml = action("hi", "MessageParticipant", {"SSML": "<speak>A <break/>B</speak>"}, "end")
        line = instance(ssml)
        assert spoken(call(line)) == ["A B"]
        steps = run(line, line.new_contact(customer_address=CALLER, clock=TurnedClock()), clock=TurnedClock())
        assert next(steps) == Speak("<speak>A <break/>B</speak>", True, "en-US", "Joanna", False)

    def test_names_a_prompt_that_it_has_not(self) -> None:
        assert spoken(call(instance(action("hi", "MessageParticipant", {"PromptId": "beep"}, "end")))) == [
            "[prompt beep]"
        ]

    def test_speaks_in_the_voice_that_is_set(self) -> None:
        voice = action("voice", "UpdateContactTextToSpeechVoice", {"TextToSpeechVoice": "Hiujin"}, "hi")
        record = call(instance(voice, say("hi", "你好。")))
        assert [line.language for line in record.transcript] == ["zh-HK"]


class TestMenu:
    MENU = (menu("menu", {"1": "one", "#": "hash"}, InputTimeLimitExceeded="late"), say("one", "One."))
    OTHERS = (say("hash", "Hash."), say("late", "Late."))

    def called(self, keys: str) -> CallRecord:
        return call(instance(*self.MENU, *self.OTHERS), keys)

    @pytest.mark.parametrize(("key", "answer"), [("1", "One."), ("#", "Hash."), ("2", "Error."), ("", "Late.")])
    def test_branches_on_one_key(self, key: str, answer: str) -> None:
        assert spoken(self.called(key)) == ["Choose.", answer]

    def test_says_what_came_of_it(self) -> None:
        assert outcome(self.called("1"), "menu") == "1"
        assert outcome(self.called("2"), "menu") == "NoMatchingCondition"
        assert outcome(self.called(""), "menu") == "InputTimeLimitExceeded"
        assert detail(self.called(""), "menu") == "no key within 5 s"

    def test_waits_its_time_for_the_key(self) -> None:
        clock = TurnedClock(datetime(2026, 1, 1, tzinfo=UTC))
        call(instance(*self.MENU, *self.OTHERS), "", clock=clock)
        assert clock.now() == datetime(2026, 1, 1, 0, 0, 5, tzinfo=UTC)


class TestStoredInput:
    @pytest.mark.parametrize(
        ("keys", "expected"),
        [
            ("1234#", "1234"),
            ("1234", "1234"),  # the time between keys ends it
            ("#", ""),
            ("", "Timeout"),
            ("12*34#", "34"),
            ("12*", "Timeout"),
            ("12*#", ""),
        ],
    )
    def test_until_the_terminator_or_the_time(self, keys: str, expected: str) -> None:
        assert stored(keys) == expected

    def test_ends_at_the_maximum_without_waiting(self) -> None:
        clock = TurnedClock(datetime(2026, 1, 1, tzinfo=UTC))
        line = instance(store("pin", "remember", maximum="4"), remember())
        assert call(line, "123456", clock=clock).attributes["typed"] == "1234"
        assert clock.now() == datetime(2026, 1, 1, tzinfo=UTC)

    def test_the_documented_example_of_a_long_terminator(self) -> None:
        keys = {"InputTerminationSequence": "##", "DisableCancelKey": "True"}
        assert stored("1#2#3*4###", DTMFConfiguration=keys) == "1#2#3*4"

    def test_a_star_is_a_key_like_others_when_it_cancels_nothing(self) -> None:
        assert stored("10*5#", DTMFConfiguration={"DisableCancelKey": "True"}) == "10*5"

    def test_the_first_key_has_its_own_time_limit(self) -> None:
        keys = {"InterdigitTimeLimitSeconds": "2"}
        line = instance(store("pin", "remember", DTMFConfiguration=keys), remember())
        contact = line.new_contact(customer_address=CALLER, clock=TurnedClock())
        steps = run(line, contact, clock=TurnedClock())
        assert next(steps) == Speak("Type.", False, "en-US", "Joanna", True)
        assert steps.send(None) == AwaitKey(7, False)
        assert steps.send("1") == AwaitKey(2, False)
        assert steps.send("2") == AwaitKey(2, False)

    @given(st.text("0123456789", min_size=1, max_size=20))
    @settings(max_examples=30)
    def test_digits_come_through_as_they_are(self, digits: str) -> None:
        assert stored(f"{digits}#", maximum="21") == digits


class TestPhoneNumber:
    @staticmethod
    def number(keys: str, **validation: str) -> CallRecord:
        parameters = {
            "StoreInput": "True",
            "InputTimeLimitSeconds": "5",
            "InputValidation": {"PhoneNumberValidation": validation},
        }
        ask = action("ask", "GetParticipantInput", parameters, "remember", errors={"InvalidPhoneNumber": "invalid"})
        return call(instance(ask, remember(), say("invalid", "Invalid.")), keys)

    def test_a_local_number_gets_its_country_code(self) -> None:
        record = self.number("13800138000#", NumberFormat="Local", CountryCode="CN")
        assert record.attributes["typed"] == "+8613800138000"

    def test_an_international_number_has_it(self) -> None:
        assert self.number("8613800138000#", NumberFormat="E164").attributes["typed"] == "+8613800138000"

    @pytest.mark.parametrize("keys", ["1#", "0000000#", "#"])
    def test_another_is_invalid(self, keys: str) -> None:
        record = self.number(keys, NumberFormat="E164")
        assert outcome(record, "ask") == "InvalidPhoneNumber"
        assert spoken(record) == ["Invalid."]

    def test_none_is_a_timeout(self) -> None:
        assert self.number("", NumberFormat="E164").attributes["typed"] == "Timeout"


class TestEncryption:
    def called(self, keys: str, certificate: str) -> CallRecord:
        encryption = {"EncryptionKeyId": "key-1", "Key": certificate}
        return call(instance(store("pin", "remember", InputEncryption=encryption), remember()), keys)

    def test_only_the_holder_of_the_key_learns_the_digits(self, key_pair: KeyPair) -> None:
        record = self.called("246810#", key_pair.certificate)
        assert decrypt(record.attributes["typed"], "key-1", key_pair.private_key) == "246810"
        assert typed(record) == ["•••••••"]
        assert "246810" not in json.dumps(record.to_json())

    def test_a_timeout_is_told_in_clear(self, key_pair: KeyPair) -> None:
        assert self.called("", key_pair.certificate).attributes["typed"] == "Timeout"

    def test_keys_typed_ahead_are_not_told_either(self, key_pair: KeyPair) -> None:
        pin = store("pin", "end", InputEncryption={"EncryptionKeyId": "key-1", "Key": key_pair.certificate})
        record = call(instance(enable_buffer("buffer", "menu"), menu("menu", {"1": "pin"}), pin), "1246810#")
        assert typed(record) == ["1", "•••••••"]
        assert "246810" not in json.dumps(record.to_json())

    def test_what_is_no_certificate_takes_the_error_branch(self) -> None:
        record = self.called("1#", "no certificate")
        assert outcome(record, "pin") == "NoMatchingError"
        assert detail(record, "pin") == "InputEncryption.Key is no X.509 certificate in PEM form."

    def test_the_driver_is_told_not_to_show_the_keys(self, key_pair: KeyPair) -> None:
        line = instance(store("pin", "end", InputEncryption={"EncryptionKeyId": "k", "Key": key_pair.certificate}))
        steps = run(line, line.new_contact(customer_address=CALLER, clock=TurnedClock()), clock=TurnedClock())
        next(steps)
        assert steps.send(None) == AwaitKey(7, True)


class TestTypeAhead:
    """Page "Touchtone buffering" of the Administrator Guide, sentence by sentence."""

    def test_without_the_buffer_what_is_typed_ahead_is_lost(self) -> None:
        record = call(instance(menu("menu", {"1": "again"}), menu("again", {"2": "end"})), "12,3")
        assert typed(record) == ["1", "3"]

    def test_with_it_the_next_inputs_take_it_in_order_and_do_not_prompt(self) -> None:
        line = instance(
            enable_buffer("buffer", "menu"), menu("menu", {"1": "pin"}), store("pin", "remember"), remember()
        )
        record = call(line, "1234#")
        assert spoken(record) == ["Choose."]
        assert record.attributes["typed"] == "234"

    def test_what_is_short_of_the_maximum_waits_for_the_rest_between_keys(self) -> None:
        line = instance(
            enable_buffer("buffer", "menu"),
            menu("menu", {"1": "pin"}),
            store("pin", "remember", maximum="6"),
            remember(),
        )
        assert call(line, "1234,56").attributes["typed"] == "23456"

    def test_a_key_cuts_the_prompt_of_an_input_short(self) -> None:
        line = instance(menu("menu", {"1": "one"}), say("one", "One."))
        contact = line.new_contact(customer_address=CALLER, clock=TurnedClock())
        steps = run(line, contact, clock=TurnedClock())
        prompt = next(steps)
        assert isinstance(prompt, Speak)
        assert prompt.barge_in
        contact.press("1")
        assert steps.send(None) == Speak("One.", False, "en-US", "Joanna", False)

    @pytest.mark.parametrize(("skips", "heard"), [("true", ["Choose."]), ("false", ["Choose.", "Notice."])])
    def test_waiting_keys_skip_a_message_that_lets_them(self, skips: str, heard: list[str]) -> None:
        notice = action("say", "MessageParticipant", {"Text": "Notice.", "SkipWhenDTMFBufferEnabled": skips}, "pin")
        line = instance(enable_buffer("buffer", "menu"), menu("menu", {"1": "say"}), notice, store("pin", "end"))
        assert spoken(call(line, "12#")) == heard

    def test_a_message_that_lets_keys_skip_it_is_cut_short_by_one(self) -> None:
        notice = action("say", "MessageParticipant", {"Text": "Notice.", "SkipWhenDTMFBufferEnabled": "true"}, "end")
        line = instance(enable_buffer("buffer", "say"), notice)
        steps = run(line, line.new_contact(customer_address=CALLER, clock=TurnedClock()), clock=TurnedClock())
        assert next(steps) == Speak("Notice.", False, "en-US", "Joanna", True)

    def test_stop_and_clear_can_store_what_was_typed(self) -> None:
        stop = action("stop", "GetParticipantInput", {"EnableDTMFBuffer": "false", "StoreInput": "true"}, "remember")
        line = instance(
            enable_buffer("buffer", "menu"),
            menu("menu", {"1": "stop"}),
            stop,
            remember(then="more"),
            store("more", "end"),
        )
        record = call(line, "123,9#")
        assert record.attributes["typed"] == "23"
        assert spoken(record) == ["Choose.", "Type."]


def test_a_contact_without_a_keypad_takes_the_error_branch() -> None:
    line = instance(store("pin", "end"))
    contact = line.new_contact(customer_address=CALLER, clock=TurnedClock())
    contact.channel = "CHAT"
    assert next(run(line, contact, clock=TurnedClock())) == Speak("Error.", False, "en-US", "Joanna", False)


def test_disconnecting_ends_the_call() -> None:
    record = call(instance(action("bye", "DisconnectParticipant")))
    assert (record.ended.reason, record.ended.detail) == ("flow ended", "DisconnectParticipant 'bye' in 'main'")


class TestOtherChannels:
    def test_a_chat_takes_text_only(self) -> None:
        line = instance(action("ssml", "MessageParticipant", {"SSML": "<speak>Hi.</speak>"}, "hi"), say("hi", "Hi."))
        record = call(line, channel="CHAT")
        assert outcome(record, "ssml") == "NoMatchingError"
        assert outcome(call(line), "ssml") == "Success"

    def test_a_task_goes_on_without(self) -> None:
        record = call(instance(say("hi", "Hi.")), channel="TASK")
        assert spoken(record) == []
        assert outcome(record, "hi") == "Success"


def test_media_are_named() -> None:
    media = {"Uri": "s3://bucket/$.Channel/a.wav", "SourceType": "S3", "MediaType": "Audio"}
    assert spoken(call(instance(action("play", "MessageParticipant", {"Media": media}, "end")))) == [
        "[media s3://bucket/VOICE/a.wav]"
    ]


class TestIteratively:
    def playing(self, **more: Any) -> tuple[list[str], float, str]:
        """What was played in a queue until the flow or the caller ended it, in how many seconds, and how it ended."""
        parameters = {
            "Messages": [{"Text": "Please hold."}, {"SSML": "<speak>Still <break time='3s'/></speak>"}],
            **more,
        }
        play = action("play", "MessageParticipantIteratively", parameters, "over", on={"MessagesInterrupted": "over"})
        line = instance(say("start", "Start."))
        content = document([play, say("over", "Over.", "end"), action("end", "DisconnectParticipant")], ends=False)
        flow = compile_flow(content, arn="arn:hold", kind="CUSTOMER_QUEUE", name="hold")
        clock = TurnedClock()
        began = clock.now()
        said: list[str] = []

        def answer(effect: Effect) -> None:
            if isinstance(effect, Speak):
                said.append(plain_text(effect.text))
            elif isinstance(effect, Pause):
                clock.advance(effect.seconds)
            if (clock.now() - began).total_seconds() > 60:
                raise CallerHungUp

        contact = line.new_contact(customer_address=CALLER, flow=flow, clock=clock)
        ending = drive(run(line, contact, clock=clock), answer)
        return said, (clock.now() - began).total_seconds(), ending.reason

    def test_until_it_is_interrupted(self) -> None:
        said, seconds, ended = self.playing(InterruptFrequencySeconds="10")
        assert said[:3] == ["Please hold.", "Still", "Please hold."]
        assert (said[-1], seconds, ended) == ("Over.", 10, "flow ended")

    def test_or_for_ever(self) -> None:
        said, seconds, ended = self.playing()
        assert "Over." not in said
        assert seconds > 60
        assert ended == "caller hung up"

    def test_a_chat_has_none(self) -> None:
        play = action("play", "MessageParticipantIteratively", {"Messages": [{"Text": "Hold."}]})
        line = instance(say("start", "Start."))
        flow = compile_flow(document([play], ends=False), arn="arn:hold", kind="CUSTOMER_QUEUE", name="hold")
        contact = line.new_contact(customer_address=CALLER, flow=flow, clock=TurnedClock(), channel="CHAT")
        assert drive(run(line, contact, clock=TurnedClock()), lambda effect: None).reason == "flow ended"
