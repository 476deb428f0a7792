"""A test case, read from its file into what the runner works with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from localconnect import overrides
from localconnect.speech import plain_text
from localconnect.testing.schema import (
    LOADING,
    check_case,
    event_properties,
    identifier_of,
    keys_of,
    next_action,
    next_observations,
    read_usage,
    resource_of,
)

SOURCE_NUMBER = "+12065550100"
"""Who calls when a case's entry point names nobody: a number kept for fiction."""


@dataclass(frozen=True, slots=True)
class Press:
    keys: str


@dataclass(frozen=True, slots=True)
class Say:
    """Words for a bot, as text: a spoken prompt's tags are left out."""

    text: str


@dataclass(frozen=True, slots=True)
class HangUp:
    pass


@dataclass(frozen=True, slots=True)
class Override:
    action_type: str
    resource: str
    override: overrides.Override


@dataclass(frozen=True, slots=True)
class Assert:
    namespace: str
    operator: str
    operand: str


@dataclass(frozen=True, slots=True)
class EndTest:
    pass


@dataclass(frozen=True, slots=True)
class LogData:
    expressions: Mapping[str, str]


Channel = Literal["VOICE", "CHAT"]
CaseAction = Press | Say | HangUp | Override | Assert | EndTest | LogData


@dataclass(frozen=True, slots=True)
class Event:
    """``properties`` as in the file, with MatchingCriteria inside."""

    type: str
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Observation:
    """Has to be matched ``least`` times and is not beyond ``most`` (None: no end)."""

    identifier: str
    event: Event
    actions: tuple[CaseAction, ...]
    next: tuple[str, ...]
    least: int = 1
    most: int | None = 1


@dataclass(frozen=True, slots=True)
class Case:
    """``flow`` is the id or ARN of the flow under test, None for the phone's. Numbers are in E.164 form; a chat has
    none: they are empty. ``starts`` are active from the start.
    """

    name: str
    flow: str | None
    source_number: str
    attributes: Mapping[str, str]
    observations: Mapping[str, Observation]
    starts: tuple[str, ...] = field(default=())
    channel: Channel = "VOICE"
    destination_number: str | None = None


class InvalidCase(ValueError):
    """A test case that CreateTestCase would refuse, or that localconnect does not run."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def read_case(properties: Mapping[str, Any], *, file: str) -> Case:
    """From the properties of an AWS::Connect::TestCase; ``file`` is what errors name. Raises InvalidCase."""
    entry = properties.get("EntryPoint", {})
    kind = entry.get("Type", "VOICE_CALL")
    if kind not in ("VOICE_CALL", "CHAT"):
        raise InvalidCase([f"{file}: its entry point is of the type {kind!r}; write VOICE_CALL or CHAT."])
    voice = entry.get("VoiceCallEntryPointParameters", {})
    chat = entry.get("ChatEntryPointParameters", {})
    return load_case(
        properties["Content"],
        name=properties["Name"],
        file=file,
        flow=(chat if kind == "CHAT" else voice).get("FlowId"),
        source_number=voice.get("SourcePhoneNumber", SOURCE_NUMBER),
        attributes=_read_attributes(properties.get("InitializationData", "{}"), file),
        channel="CHAT" if kind == "CHAT" else "VOICE",
        destination_number=voice.get("DestinationPhoneNumber"),
    )


def load_case(
    text: str,
    *,
    name: str,
    file: str | None = None,
    flow: str | None = None,
    source_number: str = SOURCE_NUMBER,
    attributes: Mapping[str, str] | None = None,
    channel: Channel = "VOICE",
    destination_number: str | None = None,
) -> Case:
    """Read the content of a test case. Raises InvalidCase."""
    problems = check_case(text, file or name)
    if problems:
        raise InvalidCase(problems)
    observations = [_read_observation(written) for written in json.loads(text)["Observations"]]
    if channel == "CHAT" and (problems := [*_keys_in_chat(observations, file or name)]):
        raise InvalidCase(problems)
    pointed_at = {identifier for observation in observations for identifier in observation.next}
    return Case(
        name,
        flow,
        "" if channel == "CHAT" else source_number,
        dict(attributes or {}),
        {observation.identifier: observation for observation in observations},
        tuple(o.identifier for o in observations if o.identifier not in pointed_at),
        channel,
        destination_number,
    )


def _read_attributes(initialization_data: Any, file: str) -> Mapping[str, str]:
    """The contact's first attributes. Those on the top level, beside Attributes, the service takes and forgets."""
    try:
        data = json.loads(initialization_data) if isinstance(initialization_data, str) else initialization_data
        attributes: Mapping[str, str] = data.get("Attributes", {})
        right = data.keys() <= {"Attributes", "SegmentAttributes"}
        right = right and all(isinstance(value, str) for value in attributes.values())
    except (ValueError, AttributeError, TypeError):
        right = False
    if not right:
        raise InvalidCase([f'{file}: its InitializationData is not of the form {{"Attributes": {{"name": "text"}}}}.'])
    if data.get("SegmentAttributes"):
        raise InvalidCase([f"{file}: its InitializationData sets SegmentAttributes, which localconnect does not run."])
    return attributes


def _keys_in_chat(observations: Sequence[Observation], file: str) -> Iterator[str]:
    for observation in observations:
        if any(isinstance(action, Press) for action in observation.actions):
            yield f'{file}: observation "{observation.identifier}" sends DtmfInput to a chat; send an Utterance.'


def _read_observation(written: Mapping[str, Any]) -> Observation:
    least, most = read_usage(written["Usage"]) if "Usage" in written else (1, 1)
    return Observation(
        written["Identifier"],
        Event(written["Event"]["Type"], event_properties(written["Event"])),
        tuple(_read_actions(written.get("Actions", []))),
        tuple(next_observations(written)),
        least,
        most,
    )


def _read_actions(written: Sequence[Mapping[str, Any]]) -> Iterator[CaseAction]:
    """From the first, along NextAction."""
    by_identifier = {identifier_of(action): action for action in written}
    action = written[0] if written else None
    while action:
        # Popped, so that a chain that bites its tail ends.
        del by_identifier[identifier_of(action)]
        yield _read_action(action["Type"], action["Parameters"])
        action = by_identifier.get(next_action(action))


def _read_action(action_type: str, parameters: Mapping[str, Any]) -> CaseAction:
    match action_type:
        case "SendInstruction":
            return _read_instruction(parameters["Instruction"])
        case "OverrideSystemBehavior":
            properties = parameters["Behavior"]["Properties"]
            kind = properties["ActionType"]
            resource = resource_of(kind, properties["ActionParameters"])
            return Override(kind, resource, _read_strategy(kind, properties["Strategy"]))
        case "Assert":
            return Assert(parameters["Namespace"], parameters["Operator"], parameters.get("Operand", ""))
    command = parameters["Command"]
    return EndTest() if command["Type"] == "EndTest" else LogData(command["Properties"]["Expressions"])


def _read_instruction(instruction: Mapping[str, Any]) -> CaseAction:
    match instruction["Type"]:
        case "DtmfInput":
            return Press(keys_of(instruction))
        case "Disconnect":
            return HangUp()
    said = instruction["Properties"]
    return Say(plain_text(said["SSML"]) if "SSML" in said else said.get("Text") or said["Value"])


def _read_strategy(action_type: str, strategy: Mapping[str, Any]) -> overrides.Override:
    if strategy["Type"] == "SubstituteResource":
        return overrides.Substitute(strategy["SubstituteArn"])
    response = strategy["Response"]
    content = response[response["Type"]]
    delay = float(content.get("DelaySeconds", 0))
    if response["Type"] == "Error":
        return overrides.Failure(content["Value"], delay)
    return overrides.Answer(content["LoadedData" if action_type in LOADING else "Value"], delay)
