from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from localconnect.graph import Graph, read_graph, read_template
from localconnect.lint import RULES, lint
from tests.unit.localconnect.flows import Action, action, document, menu, store

TEMPLATE = Path(__file__).parents[4] / "infra" / "connect.yaml"
FUNCTION = {"LambdaFunctionARN": "arn:aws:lambda:eu-west-1:000000000000:function:f", "InvocationTimeLimitSeconds": "8"}

FAILED = {"NoMatchingError": "error"}


def graph(*actions: Action, kind: str = "CONTACT_FLOW", ends: bool = True) -> Graph:
    return read_graph(document(actions, ends=ends), file="f.json", name="f", kind=kind)


def found(*graphs: Graph, whole: bool = False) -> dict[str, list[str]]:
    """By code, the actions that are named."""
    actions: dict[str, list[str]] = {}
    for finding in lint(graphs, whole=whole):
        actions.setdefault(finding.rule.code, []).append(finding.action)
    return actions


def say(identifier: str, text: str, then: str = "end") -> Action:
    """With an error branch, which the service doesn't ask for."""
    return action(identifier, "MessageParticipant", {"Text": text}, then, errors=FAILED)


def texts(identifier: str, then: str, **values: str) -> Action:
    entries = {name: {"Value": value} for name, value in values.items()}
    return action(identifier, "UpdateFlowAttributes", {"FlowAttributes": entries}, then, errors=FAILED)


def keep(identifier: str, then: str, **values: str) -> Action:
    return action(identifier, "UpdateContactAttributes", {"Attributes": values}, then, errors=FAILED)


def call(identifier: str, then: str, failed: str = "error", **attributes: str) -> Action:
    parameters = FUNCTION | ({"LambdaInvocationAttributes": attributes} if attributes else {})
    return action(identifier, "InvokeLambdaFunction", parameters, then, errors={"NoMatchingError": failed})


def compare(identifier: str, value: str, on: dict[str, str], otherwise: str = "end") -> Action:
    errors = {"NoMatchingCondition": otherwise}
    return action(identifier, "Compare", {"ComparisonValue": value}, otherwise, on=on, errors=errors)


LANGUAGE = compare("language", "$.Attributes.Language", {"fr": "French"}, "English")
SAID = say("say", "$.FlowAttributes.Hello $.FlowAttributes.Bye")

# By code: a flow with the actions that it is found in, and one in which nothing is.
CASES: dict[str, tuple[Sequence[Action], list[str], Sequence[Action]]] = {
    "LC001": (
        [say("hello", "Hello."), say("forgotten", "Nobody hears this.")],
        ["forgotten"],
        [say("hello", "Hello.", "then"), say("then", "Again.")],
    ),
    "LC002": ([say("hello", "Hello.", "nowhere")], ["hello"], [say("hello", "Hello.")]),
    "LC003": (
        [say("one", "One.", "two"), say("two", "Two.", "one")],
        ["one"],
        [say("one", "One.", "two"), menu("two", {"1": "one"}, InputTimeLimitExceeded="one")],
    ),
    "LC004": (
        [
            {
                "Identifier": "menu",
                "Type": "GetParticipantInput",
                "Parameters": {"Text": "Press 1.", "InputTimeLimitSeconds": "5"},
                "Transitions": {
                    "NextAction": "error",
                    "Errors": [
                        {"NextAction": "error", "ErrorType": "NoMatchingError"},
                        {"NextAction": "error", "ErrorType": "NoMatchingCondition"},
                    ],
                },
            }
        ],
        ["menu"],
        [menu("menu", {"1": "end"})],
    ),
    "LC005": (
        [
            store("ask", "ask again", "Please enter your card number."),
            store("ask again", "send", "And now the rest."),
            call("send", "end", cardPin="$.StoredCustomerInput"),
        ],
        ["ask", "ask again"],
        [
            store("ask", "send", "Please enter the article's number."),
            call("send", "again", Shipping="$.StoredCustomerInput"),
            store(
                "again", "end", "Enter your password.", InputEncryption={"EncryptionKeyId": "k", "Key": "certificate"}
            ),
        ],
    ),
    "LC006": (
        [call("look", "look again", "look again"), call("look again", "end")],
        ["look"],
        [call("look", "look again"), call("look again", "end", "end 2"), say("end 2", "Sorry.")],
    ),
    "LC007": (
        [LANGUAGE, texts("French", "say", Hello="Salut", Bye="Au revoir"), texts("English", "say", Hello="Hi"), SAID],
        ["English"],
        [
            LANGUAGE,
            texts("French", "say", Hello="Salut", Bye="Au revoir"),
            texts("English", "say", Hello="Hi", Bye="Bye"),
            SAID,
        ],
    ),
    "LC008": (
        [say("hello", "$.FlowAttributes.Nothing $.External.Name", "call"), call("call", "end")],
        ["hello", "hello"],
        [
            texts("texts", "call", Hello="Hello"),
            call("call", "hello", "hello 2"),
            say("hello", "$.FlowAttributes.Hello $.External.Name"),
            say("hello 2", "$.FlowAttributes.Hello $.Attributes.FromElsewhere"),
        ],
    ),
    "LC009": ([say("what (now)", "Hello.")], ["what (now)"], [say("what now", "Hello.")]),
    "LC010": (
        [texts("texts", "hello", Hello="Hello", Old="Hi"), say("hello", "$.FlowAttributes.Hello")],
        ["texts"],
        [texts("texts", "hello", Hello="Hello"), say("hello", "$.FlowAttributes.Hello")],
    ),
}


def test_each_rule_has_a_case_and_a_code_of_its_own() -> None:
    assert [rule.code for rule in RULES] == sorted(CASES)
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("code", CASES)
def test_a_rule_finds_what_breaks_it(code: str) -> None:
    broken, named, _ = CASES[code]
    assert found(graph(*broken))[code] == named


@pytest.mark.parametrize("code", CASES)
def test_a_rule_finds_nothing_where_nothing_is(code: str) -> None:
    _, _, sound = CASES[code]
    assert code not in found(graph(*sound))


def test_no_rule_finds_anything_in_our_own_flows() -> None:
    graphs = read_template(TEMPLATE)
    assert len(graphs) == 15
    assert [str(finding) for finding in lint(graphs, whole=True)] == []


def test_a_finding_names_file_action_and_code() -> None:
    [finding] = [found for found in lint([graph(say("hello", "Hello.", "nowhere"))]) if found.rule.code == "LC002"]
    assert (
        str(finding)
        == 'f.json: action "hello": LC002 it goes on to "nowhere", which is no action here; name one that is.'
    )


def test_a_start_that_is_not_there_is_dangling_and_makes_nothing_unreachable() -> None:
    body = json.loads(document([say("hello", "Hello.")])) | {"StartAction": "nowhere"}
    read = read_graph(json.dumps(body), file="f.json", name="f")
    assert found(read) == {"LC002": [""]}


def test_a_missing_next_action_is_dangling() -> None:
    assert found(graph(keep("keep", "end", A="a") | {"Transitions": {}}))["LC002"] == ["keep"]


def test_a_prompt_may_repeat_in_a_queue_flow() -> None:
    repeated = [say("wait", "Please wait.", "wait")]
    assert "LC003" not in found(graph(*repeated, kind="CUSTOMER_QUEUE"))
    assert found(graph(*repeated))["LC003"] == ["wait"]


def test_a_circle_that_a_function_can_leave_by_failing_has_a_way_out() -> None:
    circle = [call("look", "tell", "error"), say("tell", "$.External.Text", "look")]
    assert "LC003" not in found(graph(*circle))


def test_a_telephone_number_cannot_be_encrypted() -> None:
    phone = {"PhoneNumberValidation": {"NumberFormat": "E164"}}
    assert "LC005" not in found(graph(store("ask", "end", "The number on your card?", InputValidation=phone)))


def test_what_a_secret_is_called_is_configurable() -> None:
    asked = graph(store("ask", "end", "Please enter your ticket."))
    assert [f.rule.code for f in lint([asked], secret_words=("ticket",))] == ["LC005"]
    assert lint([asked]) == []


def test_a_secret_that_is_asked_for_in_one_of_the_languages_is_found() -> None:
    asked = [
        LANGUAGE,
        texts("French", "ask", Ask="Votre code, s'il vous plaît."),
        texts("English", "ask", Ask="请输入密码"),
        store("ask", "end", "$.FlowAttributes.Ask"),
    ]
    assert found(graph(*asked))["LC005"] == ["ask"]


def test_texts_that_follow_the_choice_of_a_language_are_compared_too() -> None:
    chosen = [
        menu("choose", {"1": "en", "2": "fr"}),
        keep("en", "English", Language="en"),
        keep("fr", "French", Language="fr"),
        texts("French", "say", Hello="Salut", Bye="Au revoir"),
        texts("English", "say", Hello="Hi"),
        SAID,
    ]
    assert found(graph(*chosen))["LC007"] == ["English"]


def test_contact_attributes_are_looked_for_in_the_whole_instance() -> None:
    reader, setter = graph(say("hello", "$.Attributes.Name")), graph(keep("keep", "end", Name="Ann"))
    assert found(reader, whole=True) == {"LC008": ["hello"]}
    assert "LC008" not in found(reader, setter, whole=True)
    assert "LC008" not in found(reader)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_says_what_is_wrong_in_a_sentence(rule: Any) -> None:
    assert rule.summary.endswith(".")
    assert rule.severity in ("error", "warning", "note")
