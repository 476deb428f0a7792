"""Flows that nobody would write: made from the tables of the language, and then mangled."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localconnect.clock import TurnedClock
from localconnect.doubles import Answered, DefaultDoubles, Failed, Outcome, Request
from localconnect.effects import AwaitKey, CallerHungUp, Effect, Invocation, Invoke, Pause, Reply
from localconnect.engine import Ending, drive, run
from localconnect.language.document import check_flow, compile_flow
from localconnect.language.fields import (
    Anything,
    Field,
    Fields,
    Items,
    Listing,
    Names,
    Reference,
    ReferenceOr,
    Text,
)
from localconnect.language.schema import ACTION_TYPES, FLOW_KINDS, Rule, rule_for
from tests.unit.localconnect.flows import CALLER, HOURS, QUEUE, instance, say

REFERENCES = [
    "$.Attributes.a",
    "$.External.b",
    "$.External",
    "$.StoredCustomerInput",
    "$.CustomerEndpoint.Address",
    "$.Lex.IntentName",
    "$.Customer.ProfileId",
    "$.Views.ViewResultData.rows[0]",
    "$.Queue.ARN",
    "$.Tags.a",
    "$.References.a.Value",
]
TEXTS = ["a", "1", "True", "${Placeholder}", "股", "main", HOURS, QUEUE, "PhoneNumber", "3" * 12, "+85221234567"]
MOST_EFFECTS = 200

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(TEXTS),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(TEXTS), inner, max_size=2),
    max_leaves=4,
)


def values(field: Field) -> st.SearchStrategy[Any]:
    """What ``field`` takes."""
    match field:
        case Text():
            return texts(field)
        case Reference():
            return st.sampled_from([reference for reference in REFERENCES if reference != "$.External"])
        case ReferenceOr(other):
            return st.just("$.External.criteria") | values(other)
        case Listing(choices):
            return st.lists(st.sampled_from(choices), unique=True)
        case Items(item):
            return st.lists(values(item), min_size=field.least, max_size=field.most or field.least + 2)
        case Names():
            return st.dictionaries(st.sampled_from(["a", "b", "号"]), values(field.values), max_size=3)
        case Anything():
            return st.just({}) | st.dictionaries(st.sampled_from("ab"), json_values, max_size=2)
        case Fields():
            return objects(field)


def texts(field: Text) -> st.SearchStrategy[Any]:
    """A text that ``field`` takes; a number also without quotes."""
    if field.choices:
        fixed: st.SearchStrategy[Any] = st.sampled_from(field.choices)
    elif field.least is not None:
        most = min(field.least + 1000, field.most if field.most is not None else field.least + 1000)
        numbers = st.integers(field.least, most)
        fixed = numbers.map(str) | numbers
    elif field.characters is not None:
        fixed = st.text(field.characters, min_size=1, max_size=field.longest or 5)
    else:
        fixed = st.sampled_from([text for text in TEXTS if field.longest is None or len(text) <= field.longest])
    if field.dynamic == "never":
        return fixed
    references = st.sampled_from(REFERENCES)
    return fixed | references if field.dynamic == "whole" else fixed | references | references.map("x {} y".format)


@st.composite
def objects(draw: st.DrawFn, field: Fields) -> dict[str, Any]:
    """An object that ``field`` takes."""
    chosen = {name for name, entry in field.fields.items() if entry.required}
    optional = sorted(field.fields.keys() - chosen - set(field.choose) - set(field.conflict))
    chosen |= draw(st.sets(st.sampled_from(optional))) if optional else set()
    chosen |= set(draw(st.permutations(field.conflict))[:1]) if field.conflict else set()
    if field.choose and not field.least <= len(chosen & set(field.choose)) <= field.most:
        rest = [name for name in field.choose if name not in field.conflict]
        chosen |= {draw(st.sampled_from(rest or list(field.choose)))}
    return {name: draw(values(field.fields[name])) for name in field.fields if name in chosen}


# Types whose rule depends on their parameters, with what makes it this rule rather than that.
FORMS: dict[str, list[dict[str, Any]]] = {
    "CheckMetricData": [{"MetricType": "NumberOfAgentsStaffed"}, {"MetricType": "NumberOfContactsInQueue"}],
    "CheckVoiceId": [{"CheckVoiceIdOption": option} for option in ("enrollmentStatus", "fraudDetection")],
    "ConnectParticipantWithLexBot": [{}, {"LexBot": {"Name": "a", "Region": "b", "Alias": "c"}}],
    "GetParticipantInput": [
        {"EnableDTMFBuffer": "True"},
        {"StoreInput": "False"},
        {"StoreInput": "True"},
        {"StoreInput": "True", "InputValidation": {"PhoneNumberValidation": {"NumberFormat": "E164"}}},
    ],
    "UpdateContactRecordingAndAnalyticsBehavior": [{"VoiceBehavior": {}}, {"ChatBehavior": {}}],
    "GetCustomerProfile": [
        {"ProfileRequestData": {"PhoneNumber": CALLER}},
        {"ProfileRequestData": {"IdentifierName": "_phone", "IdentifierValue": "$.CustomerEndpoint.Address"}},
        {
            "ProfileRequestData": {
                "SearchCriteria": [{"IdentifierName": "_phone", "IdentifierValue": "1"}],
                "LogicalOperator": "AND",
            }
        },
    ],
    "TransferParticipantToThirdParty": [{"ContinueFlowExecution": "False"}, {"ContinueFlowExecution": "True"}],
    "Wait": [{}, {"Events": ["CustomerReturned", "BotParticipantDisconnected"]}],
    "InvokeLambdaFunction": [{}, {"InvocationType": "ASYNCHRONOUS"}],
}


@st.composite
def actions(
    draw: st.DrawFn, identifier: str, kind: str, targets: list[str], types: Iterable[str] = ACTION_TYPES
) -> dict[str, Any]:
    """An action, of one of these types, that a flow of this kind may have, wired to any of ``targets``."""
    action_type = draw(st.sampled_from([name for name in sorted(types) if kind in kinds_of(name)]))
    form = draw(st.sampled_from(FORMS.get(action_type, [{}])))
    rule = _rule(action_type, form)
    parameters = _without_contradictions(draw(objects(rule.parameters)), form, rule.parameters.conflict)
    rule = _rule(action_type, parameters)
    if rule.next_action == "none":
        return {"Identifier": identifier, "Type": action_type, "Parameters": parameters, "Transitions": {}}
    target = st.sampled_from(targets)
    operands = draw(_operands(rule)) if rule.results is not None else []
    errors = set(rule.must_catch) | (
        draw(st.sets(st.sampled_from(sorted(rule.may_catch)))) if rule.may_catch else set()
    )
    errors |= {"NoMatchingCondition"} & rule.may_catch if operands else set()
    conditions = [{"NextAction": draw(target), "Condition": condition} for condition in operands]
    return {
        "Identifier": identifier,
        "Type": action_type,
        "Parameters": parameters,
        "Transitions": {
            "NextAction": draw(target),
            "Errors": [{"ErrorType": error, "NextAction": draw(target)} for error in sorted(errors)],
            "Conditions": conditions,
        },
    }


def kinds_of(action_type: str) -> frozenset[str]:
    return _rule(action_type, FORMS.get(action_type, [{}])[0]).kinds


def _rule(action_type: str, parameters: dict[str, Any]) -> Rule:
    rule = rule_for(action_type, parameters)
    assert rule is not None
    return rule


@st.composite
def _operands(draw: st.DrawFn, rule: Rule) -> list[dict[str, Any]]:
    written = list(rule.results) or draw(st.lists(texts(rule.operand).map(str), max_size=3))
    operator = st.just("Equals") if rule.results else st.sampled_from(sorted(rule.operators))
    return [{"Operator": draw(operator), "Operands": [operand]} for operand in written]


def _without_contradictions(drawn: dict[str, Any], form: dict[str, Any], conflict: tuple[str, ...]) -> dict[str, Any]:
    """The form put in, and what the tables cannot say: see _input_problems of the document."""
    parameters = {name: value for name, value in drawn.items() if not (form and {name, *form} <= {*conflict})} | form
    keys = parameters.get("DTMFConfiguration", {})
    if "*" in keys.get("InputTerminationSequence", ""):
        keys["DisableCancelKey"] = "True"
    parameters.get("InputValidation", {}).get("PhoneNumberValidation", {}).setdefault("CountryCode", "CN")
    return parameters


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A kind of flow and a well-formed flow of it."""
    kind = draw(st.sampled_from(FLOW_KINDS))
    identifiers = [f"action {number}" for number in range(draw(st.integers(1, 5)))]
    return kind, {
        "Version": "2019-10-30",
        "StartAction": draw(st.sampled_from(identifiers)),
        "Actions": [draw(actions(identifier, kind, identifiers)) for identifier in identifiers],
    }


class Chance(DefaultDoubles):
    """Answers as the defaults do, or with any result or error that an action can have."""

    def __init__(self, chance: st.DataObject) -> None:
        super().__init__(profiles=[{"PhoneNumber": CALLER}], cases=[{"title": "a"}])
        self._chance = chance

    def answer(self, request: Request) -> Outcome:
        default = super().answer(request)
        other = st.sampled_from([Failed("TimeLimitExceeded"), Failed("CallFailed"), Answered("1", {"Lex": {"a": [1]}})])
        return self._chance.draw(st.just(default) | other)


def run_to_the_end(kind: str, document: dict[str, Any], chance: st.DataObject) -> Ending:
    """Run a flow with a caller and functions that do anything; they hang up after some time."""
    line = instance(say("start", "Start."), max_contacts=1)
    flow = compile_flow(json.dumps(document), arn=f"{line.arn}/contact-flow/main", kind=kind, name="main")
    line.flows[flow.arn] = line.modules["main"] = flow
    line.doubles = Chance(chance)
    clock = TurnedClock(datetime(2026, 1, 1, tzinfo=UTC))
    channel = chance.draw(st.sampled_from(["VOICE", "VOICE", "CHAT", "TASK"]))
    contact = line.new_contact(customer_address=CALLER, flow=flow, clock=clock, channel=channel)
    contact.event_hooks["CustomerQueue"] = flow.arn
    left = MOST_EFFECTS

    def answer(effect: Effect) -> Reply:
        nonlocal left
        left -= 1
        if left == 0:
            raise CallerHungUp
        match effect:
            case AwaitKey():
                return chance.draw(st.sampled_from([None, "1", "#", "*"]))
            case Invoke():
                payload = chance.draw(st.sampled_from([b"{}", b'{"b": "1"}', b'{"b": [1, {"a": null}]}', b"[]", b"?"]))
                return Invocation(payload)
            case Pause(seconds):
                clock.advance(seconds)
        return None

    with patch("localconnect.call.STEP_LIMIT", 300):
        return drive(run(line, contact, clock=clock), answer)


@given(documents(), st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_well_formed_flow_is_taken_and_runs_to_an_end(made: tuple[str, dict[str, Any]], data: st.DataObject) -> None:
    kind, document = made
    assert check_flow(json.dumps(document), kind=kind, name="main.json") == []
    assert run_to_the_end(kind, document, data).reason in (
        "flow ended",
        "caller hung up",
        "left in queue",
        "step limit",
    )


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to everything in a JSON value, keys and numbers."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in entries:
        yield (*path, key)
        yield from places(entry, (*path, key))


@given(documents(), st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_mangled_flow_is_refused_by_name_or_runs(made: tuple[str, dict[str, Any]], data: st.DataObject) -> None:
    kind, good = made
    document = copy.deepcopy(good)
    *way, last = data.draw(st.sampled_from([path for path in places(document) if path[0] == "Actions" and path[1:]]))
    holder: Any = document
    for step in way:
        holder = holder[step]
    if isinstance(holder, dict) and data.draw(st.booleans()):
        del holder[last]
    else:
        holder[last] = data.draw(json_values | st.just("nowhere"))
    problems = check_flow(json.dumps(document), kind=kind, name="main.json")
    if not problems:
        run_to_the_end(kind, document, data)
        return
    number = (*way, last)[1]
    mangled = f'action "{good["Actions"][number]["Identifier"]}"'
    if (*way, last)[2:] and last != "Identifier":
        assert all(problem.startswith(f"main.json: {mangled} ") or "action number" in problem for problem in problems)
    assert all(problem.startswith("main.json: ") for problem in problems)


@pytest.mark.parametrize("action_type", sorted(ACTION_TYPES))
@given(data=st.data())
@settings(max_examples=1, suppress_health_check=[HealthCheck.too_slow])
def test_every_type_of_action_runs(action_type: str, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([kind for kind in FLOW_KINDS if kind in kinds_of(action_type)]))
    one = data.draw(actions("one", kind, ["one"], [action_type]))
    document = {"Version": "2019-10-30", "StartAction": "one", "Actions": [one]}
    assert check_flow(json.dumps(document), kind=kind, name="main.json") == []
    run_to_the_end(kind, document, data)
