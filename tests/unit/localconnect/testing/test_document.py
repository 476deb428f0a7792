"""A case as the template has it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localconnect.testing import InvalidCase
from localconnect.testing.document import Case, Say, read_case
from tests.unit.localconnect.testing.cases import content, heard, say


def read(**properties: Any) -> Case:
    written = content(heard("hi", "Hello", say(SSML="<speak>an <b>order</b></speak>"), say(Value="soon")))
    return read_case({"Name": "case", "Content": written} | properties, file="case.json")


def test_utterances_are_their_words() -> None:
    assert read().observations["hi"].actions == (Say("an order"), Say("soon"))


def test_a_voice_call() -> None:
    voice = {"FlowId": "f", "SourcePhoneNumber": "+6561234567", "DestinationPhoneNumber": "+6567654321"}
    case = read(EntryPoint={"Type": "VOICE_CALL", "VoiceCallEntryPointParameters": voice})
    assert (case.channel, case.flow, case.source_number, case.destination_number) == ("VOICE", *voice.values())


def test_a_chat() -> None:
    case = read(EntryPoint={"Type": "CHAT", "ChatEntryPointParameters": {"FlowId": "f"}})
    assert (case.channel, case.flow, case.source_number) == ("CHAT", "f", "")


@pytest.mark.parametrize(
    "data",
    ['{"Attributes": {"a": "b"}}', {"Attributes": {"a": "b"}}, '{"Attributes": {"a": "b"}, "SegmentAttributes": {}}'],
)
def test_initialization_data(data: Any) -> None:
    assert read(InitializationData=data).attributes == {"a": "b"}


@pytest.mark.parametrize(
    ("properties", "sentence"),
    [
        ({"EntryPoint": {"Type": "TASK"}}, "entry point is of the type 'TASK'; write VOICE_CALL or CHAT"),
        ({"InitializationData": "{"}, "is not of the form"),
        ({"InitializationData": '{"name": "Wang"}'}, "is not of the form"),
        ({"InitializationData": json.dumps({"Attributes": {"n": 1}})}, "is not of the form"),
        ({"InitializationData": json.dumps({"SegmentAttributes": {"x": "y"}})}, "sets SegmentAttributes"),
    ],
)
def test_what_is_refused(properties: Any, sentence: str) -> None:
    with pytest.raises(InvalidCase, match=f"case.json: .*{sentence}"):
        read(**properties)
