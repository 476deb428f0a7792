"""Test cases for tests, written in a line an observation."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from localconnect.instance import Instance
from localconnect.testing import CaseResult, load_case, run_case
from tests.unit.localconnect.flows import Functions

Written = dict[str, Any]


def observation(
    identifier: str,
    event_type: str,
    properties: Written | None = None,
    *actions: Written,
    then: Sequence[str] = (),
    **more: Any,
) -> Written:
    """What is waited for, and what is done then, in this order."""
    chained = []
    for number, (action_type, parameters) in enumerate(one["action"] for one in actions):
        following = {"NextAction": f"a{number + 1}"} if number + 1 < len(actions) else {}
        chained.append(
            {"Identifier": f"a{number}", "Type": action_type, "Parameters": parameters, "Transitions": following}
        )
    return {
        "Identifier": identifier,
        "Event": {"Identifier": "e", "Type": event_type, "Actor": "System", "Properties": properties or {}},
        "Actions": chained,
        "Transitions": {"NextObservations": list(then)},
        **more,
    }


def heard(identifier: str, text: str, *actions: Written, then: Sequence[str] = (), **more: Any) -> Written:
    """The caller hears something like ``text``."""
    properties = {"Text": text, "MatchingCriteria": {"Type": "Similarity"}}
    return observation(identifier, "MessageReceived", properties, *actions, then=then, **more)


def press(keys: Any) -> Written:
    instruction = {"Type": "DtmfInput", "Properties": {"Value": keys}}
    return {
        "action": (
            "SendInstruction",
            {"ActionType": "SendInstruction", "Actor": "Customer", "Instruction": instruction},
        )
    }


def say(kind: str = "Utterance", /, **properties: str) -> Written:
    instruction = {"Type": kind, "Properties": properties}
    return {"action": ("SendInstruction", {"Actor": "Customer", "Instruction": instruction})}


def hang_up() -> Written:
    return {"action": ("SendInstruction", {"Actor": "Customer", "Instruction": {"Type": "Disconnect"}})}


def expect(namespace: str, operator: str, operand: str | None = None) -> Written:
    parameters = {"Namespace": namespace, "Operator": operator}
    return {"action": ("Assert", parameters if operand is None else parameters | {"Operand": operand})}


def end_test() -> Written:
    return {"action": ("TestControl", {"ActionType": "TestControl", "Command": {"Type": "EndTest"}})}


def log(**expressions: str) -> Written:
    command = {"Type": "LogData", "Properties": {"Expressions": expressions}}
    return {"action": ("TestControl", {"Command": command})}


def override(action_type: str, resource: Written, strategy: Written) -> Written:
    properties = {"ActionType": action_type, "ActionParameters": resource, "Strategy": strategy}
    behavior = {"Type": "FlowAction", "Properties": properties}
    return {"action": ("OverrideSystemBehavior", {"ActionType": "OverrideSystemBehavior", "Behavior": behavior})}


def mock(action_type: str, resource: Written, **response: Written) -> Written:
    [(kind, content)] = response.items()
    strategy = {"Type": "MockResponse", "Response": {"Type": kind, kind: content}}
    return override(action_type, resource, strategy)


def substitute(action_type: str, resource: Written, arn: str) -> Written:
    return override(action_type, resource, {"Type": "SubstituteResource", "SubstituteArn": arn})


def content(*observations: Written, **more: Any) -> str:
    return json.dumps({"Version": "2025-06-21", "Metadata": {}, "Observations": list(observations), **more})


def judge(line: Instance, *observations: Written, functions: Functions | None = None, **case: Any) -> CaseResult:
    return run_case(line, load_case(content(*observations), name="case", **case), functions or Functions())
