"""A test case, read from its file into what the runner works with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from localconnect import overrides
from localconnect.testing.schema import (
    RESOURCE_NAMES,
    check_case,
    event_properties,
    keys_of,
    next_action,
    next_observations,
    read_usage,
)

SOURCE_NUMBER = "+12065550100"
"""Who calls when a case's entry point names nobody: a number kept for fiction."""


@dataclass(frozen=True, slots=True)
class Press:
    keys: str


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


CaseAction = Press | HangUp | Override | Assert | EndTest | LogData


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
    """``flow`` is the id or ARN of the flow under test, None for the phone's. ``starts`` are active from the start."""

    name: str
    flow: str | None
    source_number: str
    attributes: Mapping[str, str]
    observations: Mapping[str, Observation]
    starts: tuple[str, ...] = field(default=())


class InvalidCase(ValueError):
    """A test case that CreateTestCase would refuse, or that localconnect does not run."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def read_case(properties: Mapping[str, Any], *, file: str) -> Case:
    """From the properties of an AWS::Connect::TestCase; ``file`` is what errors name. Raises InvalidCase."""
    entry = properties.get("EntryPoint", {})
    if entry.get("Type", "VOICE_CALL") != "VOICE_CALL":
        raise InvalidCase([f"{file}: its entry point is a {entry['Type']}; localconnect runs VOICE_CALL."])
    voice = entry.get("VoiceCallEntryPointParameters", {})
    return load_case(
        properties["Content"],
        name=properties["Name"],
        file=file,
        flow=voice.get("FlowId"),
        source_number=voice.get("SourcePhoneNumber", SOURCE_NUMBER),
        attributes=_read_attributes(properties.get("InitializationData", "{}"), file),
    )


def load_case(
    text: str,
    *,
    name: str,
    file: str | None = None,
    flow: str | None = None,
    source_number: str = SOURCE_NUMBER,
    attributes: Mapping[str, str] | None = None,
) -> Case:
    """Read the content of a test case. Raises InvalidCase."""
    problems = check_case(text, file or name)
    if problems:
        raise InvalidCase(problems)
    observations = [_read_observation(written) for written in json.loads(text)["Observations"]]
    pointed_at = {identifier for observation in observations for identifier in observation.next}
    return Case(
        name,
        flow,
        source_number,
        dict(attributes or {}),
        {observation.identifier: observation for observation in observations},
        tuple(o.identifier for o in observations if o.identifier not in pointed_at),
    )


def _read_attributes(initialization_data: str, file: str) -> Mapping[str, str]:
    try:
        attributes: Mapping[str, str] = json.loads(initialization_data).get("Attributes", {})
    except (ValueError, AttributeError) as error:
        raise InvalidCase([f'{file}: its InitializationData is no JSON like {{"Attributes": {{}}}}.']) from error
    return attributes


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
    by_identifier = {action["Identifier"]: action for action in written}
    action = written[0] if written else None
    while action:
        # Popped, so that a chain that bites its tail ends.
        del by_identifier[action["Identifier"]]
        yield _read_action(action["Type"], action["Parameters"])
        action = by_identifier.get(next_action(action))


def _read_action(action_type: str, parameters: Mapping[str, Any]) -> CaseAction:
    match action_type:
        case "SendInstruction":
            instruction = parameters["Instruction"]
            return Press(keys_of(instruction)) if instruction["Type"] == "DtmfInput" else HangUp()
        case "OverrideSystemBehavior":
            properties = parameters["Behavior"]["Properties"]
            kind = properties["ActionType"]
            resource = properties["ActionParameters"][RESOURCE_NAMES[kind]]
            return Override(kind, resource, _read_strategy(kind, properties["Strategy"]))
        case "Assert":
            return Assert(parameters["Namespace"], parameters["Operator"], parameters.get("Operand", ""))
    command = parameters["Command"]
    return EndTest() if command["Type"] == "EndTest" else LogData(command["Properties"]["Expressions"])


def _read_strategy(action_type: str, strategy: Mapping[str, Any]) -> overrides.Override:
    if strategy["Type"] == "SubstituteResource":
        return overrides.Substitute(strategy["SubstituteArn"])
    response = strategy["Response"]
    content = response[response["Type"]]
    delay = float(content.get("DelaySeconds", 0))
    if response["Type"] == "Error":
        return overrides.Failure(content["Value"], delay)
    return overrides.Answer(content["LoadedData" if action_type == "InvokeLambdaFunction" else "Value"], delay)
