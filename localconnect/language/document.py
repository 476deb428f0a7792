"""A flow file: checked as CreateContactFlow would, and compiled once for all the calls that will run it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from localconnect.actions import ACTIONS, read_parameters
from localconnect.call import ActionFailed, Call
from localconnect.flow import Action, Flow, Perform, Steps
from localconnect.language.conditions import compile_branch
from localconnect.language.rules import CHANNELS
from localconnect.language.schema import FLOW_KINDS, NO_MATCHING_CONDITION, Rule, rule_for

VERSION = "2019-10-30"
MOST_ACTIONS = 250
LONGEST_CONTENT = 256_000
LONGEST_IDENTIFIER = 50
_FORBIDDEN_CHARACTERS = frozenset("%:(\\/)=$,;[]{}")
_FORBIDDEN_IDENTIFIERS = frozenset(
    (
        "__proto__",
        "constructor",
        "__defineGetter__",
        "__defineSetter__",
        "toString",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "valueOf",
    )
)


class InvalidFlow(ValueError):
    """A flow file that CreateContactFlow would refuse, or that localconnect does not run."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def check_flow(text: str, *, kind: str, name: str) -> list[str]:
    """What is wrong with a flow file: nothing, or sentences that name the file, the action and what to do.

    ``kind`` is the Type of AWS::Connect::ContactFlow, or MODULE; ``name`` the file's. ``text`` may still hold a
    template's ``${Placeholders}``; what they stand for is not checked then.
    """
    return [f"{name}: {problem}" for problem in _problems(text, kind)]


def compile_flow(text: str, *, arn: str, kind: str, name: str, file: str | None = None) -> Flow:
    """Make a flow ready to run. ``name`` is what it is called, ``file`` what its errors name. Raises InvalidFlow."""
    problems = check_flow(text, kind=kind, name=file or name)
    if problems:
        raise InvalidFlow(problems)
    document = json.loads(text)
    actions = {action["Identifier"]: _compile_action(action) for action in document["Actions"]}
    return Flow(arn, name, kind, document["StartAction"], actions)


def _compile_action(action: Mapping[str, Any]) -> Action:
    parameters, transitions = action.get("Parameters", {}), action.get("Transitions", {})
    conditions = transitions.get("Conditions")
    return Action(
        identifier=action["Identifier"],
        type=action["Type"],
        perform=_perform(action["Type"], parameters),
        parameters=read_parameters(action["Type"], parameters),
        next_action=transitions.get("NextAction"),
        branch=compile_branch(conditions) if conditions else None,
        errors={error["ErrorType"]: error["NextAction"] for error in transitions.get("Errors", [])},
    )


def _perform(action_type: str, parameters: Mapping[str, Any]) -> Perform:
    """What does the action, on contacts of a channel that it works on."""
    perform = ACTIONS[action_type](parameters)
    rule = rule_for(action_type, parameters)
    if rule is None or rule.channels == CHANNELS:
        return perform
    channels, mismatch = rule.channels, rule.mismatch

    def perform_on_channel(call: Call) -> Steps | str | None:
        if call.contact.channel not in channels:
            works_on = " and ".join(sorted(channels))
            raise ActionFailed(f"it works on {works_on} contacts; this is a {call.contact.channel} contact", mismatch)
        return perform(call)

    return perform_on_channel


def _problems(text: str, kind: str) -> Iterator[str]:
    if kind not in FLOW_KINDS:
        yield f"{kind!r} is no type of flow; use one of {', '.join(FLOW_KINDS)}."
        return
    if len(text) > LONGEST_CONTENT:
        yield f"the content has {len(text):,} characters; {LONGEST_CONTENT:,} are allowed, so split the flow."
    try:
        document = json.loads(text)
    except ValueError as error:
        yield f"this is no JSON: {error}."
        return
    shape = next(_shape_problems(document), None)
    if shape:  # nothing further can be said of a document that has not the shape of one
        yield shape
        return
    yield from _document_problems(document, kind)
    identifiers = frozenset(action["Identifier"] for action in document["Actions"])
    for action in document["Actions"]:
        for problem in _action_problems(action, kind, identifiers):
            yield f'action "{action["Identifier"]}" {problem}'


def _shape_problems(document: Any) -> Iterator[str]:
    if isinstance(document, dict) and "modules" in document and "Actions" not in document:
        yield (
            'this is a flow in the old console format ("modules", "metadata"), which CreateContactFlow does not take '
            "either; import it in the flow designer, save it, and take its content from DescribeContactFlow."
        )
        return
    if not isinstance(document, dict) or not isinstance(document.get("Actions"), list):
        yield 'a flow is a JSON object with Version, StartAction and a list "Actions".'
        return
    for number, action in enumerate(document["Actions"], 1):
        if not isinstance(action, dict) or not all(isinstance(action.get(key), str) for key in ("Identifier", "Type")):
            yield f"action number {number} lacks an Identifier or a Type; add them as strings."
        elif not all(isinstance(action.get(key, {}), dict) for key in ("Parameters", "Transitions")):
            yield f'action "{action["Identifier"]}" has Parameters or Transitions that are no object; write {{}}.'
        elif not _transitions_have_shape(action.get("Transitions", {})):
            yield f'action "{action["Identifier"]}" has Transitions not of the form {_TRANSITIONS}.'


_TRANSITIONS = (
    '{"NextAction": "…", "Conditions": [{"NextAction": "…", "Condition": {"Operator": "Equals", "Operands": ["…"]}}], '
    '"Errors": [{"NextAction": "…", "ErrorType": "…"}]}'
)


def _transitions_have_shape(transitions: Mapping[str, Any]) -> bool:
    try:
        strings = [transitions.get("NextAction", "-")]
        for error in transitions.get("Errors", []):
            strings += error["NextAction"], error["ErrorType"]
        for branch in transitions.get("Conditions", []):
            condition = branch["Condition"]
            [operand] = condition["Operands"]
            strings += branch["NextAction"], condition["Operator"], operand
    except (TypeError, KeyError, ValueError):
        return False
    return all(isinstance(string, str) for string in strings) and transitions.keys() <= {
        "NextAction",
        "Conditions",
        "Errors",
    }


def _document_problems(document: Mapping[str, Any], kind: str) -> Iterator[str]:
    if document.get("Version") != VERSION:
        yield f'the Version is {document.get("Version")!r}; write "{VERSION}".'
    known = {"Version", "StartAction", "Metadata", "Actions"} | ({"Settings"} if kind == "MODULE" else set())
    for key in document.keys() - known:
        yield f"there is no {key!r} in a {'module' if kind == 'MODULE' else 'flow'}; remove it."
    actions = document["Actions"]
    if len(actions) > MOST_ACTIONS:
        yield f"it has {len(actions)} actions; {MOST_ACTIONS} are allowed, so move some into a module."
    counts = Counter(action["Identifier"] for action in actions)
    for identifier, count in counts.items():
        if count > 1:
            yield f'{count} actions have the Identifier "{identifier}"; give each its own.'
    start = document.get("StartAction")
    if not isinstance(start, str) or start not in counts:
        yield f"the StartAction is {start!r}, which no action has as its Identifier."


def _action_problems(action: Mapping[str, Any], kind: str, identifiers: frozenset[str]) -> Iterator[str]:
    yield from identifier_problems(action["Identifier"])
    parameters, transitions = action.get("Parameters", {}), action.get("Transitions", {})
    for target in _targets(transitions):
        if target not in identifiers:
            yield f'goes on to "{target}", which is no action here; name one that is.'
    rule = rule_for(action["Type"], parameters)
    if rule is None:
        yield f'has type "{action["Type"]}", which localconnect does not run.'
        return
    if kind not in rule.kinds:
        yield f"is a {action['Type']}, which a {kind} may not have; it may stand in {', '.join(sorted(rule.kinds))}."
    for problem in rule.parameters.problems("Parameters", parameters):
        yield f"is wrong: {problem}"
    if action["Type"] == "GetParticipantInput":
        yield from _input_problems(parameters)
    yield from _transition_problems(action["Type"], transitions, rule)


def identifier_problems(identifier: str) -> Iterator[str]:
    """What is wrong with an action's Identifier, as the rest of a sentence about the action."""
    if not 0 < len(identifier) <= LONGEST_IDENTIFIER:
        yield f"has an Identifier of {len(identifier)} characters; 1 to {LONGEST_IDENTIFIER} are allowed."
    if identifier in _FORBIDDEN_IDENTIFIERS or _FORBIDDEN_CHARACTERS & set(identifier):
        yield f"has a forbidden Identifier; choose one without any of {' '.join(sorted(_FORBIDDEN_CHARACTERS))}."


def _targets(transitions: Mapping[str, Any]) -> Iterator[str]:
    if "NextAction" in transitions:
        yield transitions["NextAction"]
    for branch in (*transitions.get("Conditions", []), *transitions.get("Errors", [])):
        yield branch["NextAction"]


def _transition_problems(action_type: str, transitions: Mapping[str, Any], rule: Rule) -> Iterator[str]:
    if rule.next_action == "required" and "NextAction" not in transitions:
        yield "lacks a NextAction; add it to Transitions."
    if rule.next_action == "none" and transitions:
        yield f"is a {action_type}, after which nothing comes; write Transitions as {{}}."
        return
    conditions = transitions.get("Conditions", [])
    yield from _error_problems(transitions.get("Errors", []), rule, bool(conditions))
    yield from _condition_problems(action_type, conditions, rule)


def _error_problems(errors: Sequence[Mapping[str, str]], rule: Rule, has_conditions: bool) -> Iterator[str]:
    counts = Counter(error["ErrorType"] for error in errors)
    required = set(rule.must_catch)
    if NO_MATCHING_CONDITION in rule.may_catch and has_conditions:
        required.add(NO_MATCHING_CONDITION)
    for missing in sorted(required - counts.keys()):
        yield f"has no branch for the error {missing}; add it to Errors."
    for unknown in sorted(counts.keys() - rule.must_catch - rule.may_catch):
        yield f"has a branch for the error {unknown}, which it never has; remove it."
    for repeated in sorted(error for error, count in counts.items() if count > 1):
        yield f"has several branches for the error {repeated}; keep one."


def _condition_problems(action_type: str, conditions: Sequence[Mapping[str, Any]], rule: Rule) -> Iterator[str]:
    if rule.results is None:
        if conditions:
            yield f"has Conditions, but a {action_type} of this form has no result to compare; remove them."
        return
    operands = []
    for number, branch in enumerate(conditions, 1):
        operator, [operand] = branch["Condition"]["Operator"], branch["Condition"]["Operands"]
        operands.append(operand)
        if operator not in rule.operators:
            yield f"has the Operator {operator!r} in condition {number}; use {', '.join(sorted(rule.operators))}."
        for problem in rule.operand.problems(f"the operand of condition {number}", operand):
            yield f"is wrong: {problem}"
    if rule.results and sorted(operands) != sorted(rule.results):
        yield f"must have one condition for each of {', '.join(rule.results)}, and no other."


def _input_problems(parameters: Mapping[str, Any]) -> Iterator[str]:
    keys, validation = parameters.get("DTMFConfiguration"), parameters.get("InputValidation")
    if isinstance(keys, dict):
        disabled = str(keys.get("DisableCancelKey", "")).casefold() == "true"
        if "*" in str(keys.get("InputTerminationSequence", "")) and not disabled:
            yield 'ends its input with *, which cancels it; set DisableCancelKey to "True" or choose other keys.'
    phone = validation.get("PhoneNumberValidation") if isinstance(validation, dict) else None
    if isinstance(phone, dict) and phone.get("NumberFormat") == "Local" and "CountryCode" not in phone:
        yield "takes local telephone numbers; add the CountryCode."
