from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from localconnect.cli.problem import Problem
from localconnect.coverage import Reached, branch_share, can_be_reached, command
from localconnect.coverage.counting import taken_branch
from localconnect.coverage.limits import reachable_actions
from localconnect.graph import Graph, read_graph
from localconnect.instance import Instance
from localconnect.testing import run_case
from tests.unit.localconnect.flows import Action, Functions, action, document, menu, say

app = typer.Typer()
app.command()(command)

MENU = [
    menu("menu", {"1": "one", "2": "two"}, "Press 1.", NoMatchingCondition="menu"),
    say("one", "One."),
    say("two", "Two."),
]
TEMPLATE = {
    "Resources": {
        "Instance": {"Type": "AWS::Connect::Instance"},
        "Main": {"Type": "AWS::Connect::ContactFlow"},
        "Case": {"Type": "AWS::Connect::TestCase"},
    }
}


def graph(*actions: Action) -> Graph:
    return read_graph(document(actions), file="f.json", name="Main")


def labels(read: Graph, source: str, *, reachable: bool) -> list[str]:
    return [b.label for b in read.nodes[source].branches if can_be_reached(read, b) == reachable]


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A flow with a menu and one case, which presses 1."""
    flow = document(MENU)
    hears = {"Identifier": "e", "Type": "MessageReceived", "Actor": "System", "Properties": {"Text": "Press 1."}}
    press = {
        "ActionType": "SendInstruction",
        "Actor": "Customer",
        "Instruction": {"Type": "DtmfInput", "Properties": {"Value": "1"}},
    }
    case = {
        "Version": "2025-06-21",
        "Observations": [
            {
                "Identifier": "o",
                "Event": hears,
                "Actions": [{"Identifier": "a", "Type": "SendInstruction", "Parameters": press, "Transitions": {}}],
                "Transitions": {"NextObservations": []},
            }
        ],
    }
    body: dict[str, Any] = json.loads(json.dumps(TEMPLATE))
    resources = body["Resources"]
    resources["Main"]["Properties"] = {"Name": "main", "Type": "CONTACT_FLOW", "Content": flow}
    resources["Case"]["Properties"] = {"Name": "press-1", "Content": json.dumps(case)}
    file = tmp_path / "connect.yaml"
    file.write_text(json.dumps(body), "utf-8")
    return file


def test_a_call_is_counted_action_by_action_and_branch_by_branch(template: Path) -> None:
    instance = Instance.from_template(template, {}, region="eu-west-1", account="000000000000")
    [case], reached = instance.test_cases.values(), Reached()
    for _ in range(2):
        assert run_case(instance, case, Functions(), observer=reached).status == "PASSED"
    [coverage] = reached.coverage(instance, [graph(*MENU)])
    assert coverage.actions == {"menu": 2, "one": 2, "two": 0, "error": 0, "end": 2}
    assert {branch.label: count for branch, count in coverage.branches.items() if branch.source == "menu"} == {
        "1": 2,
        "2": 0,
        "InputTimeLimitExceeded": 0,
        "NoMatchingCondition": 0,
    }
    assert coverage.missed_actions() == ["two", "error"]
    assert 0 < branch_share([coverage]) < 100


def test_the_command_prints_the_figure_and_what_was_missed(template: Path) -> None:
    result = CliRunner().invoke(app, ["--template", str(template)])
    assert result.exit_code == 0
    assert 'action "menu" never takes its branch 2 to "two".' in result.output
    assert 'action "two" is never reached.' in result.output
    assert '"menu" never takes its branch 1 ' not in result.output


def test_fail_under_fails_under(template: Path) -> None:
    result = CliRunner().invoke(app, ["--template", str(template), "--fail-under", "100"])
    assert isinstance(result.exception, Problem)
    assert CliRunner().invoke(app, ["--template", str(template), "--fail-under", "10"]).exit_code == 0


def test_the_picture_shows_reached_in_green_and_the_rest_in_red(template: Path, tmp_path: Path) -> None:
    CliRunner().invoke(app, ["--template", str(template), "--svg", str(tmp_path / "pictures")])
    picture = (tmp_path / "pictures" / "Main.svg").read_text("utf-8")
    assert "#e3f4e7" in picture
    assert "#fce1de" in picture


def test_the_rules_are_printed() -> None:
    assert "errors that no test case can bring about" in CliRunner().invoke(app, ["--rules"]).output


def test_an_error_that_the_flow_settles_does_not_count() -> None:
    read = graph(action("hello", "MessageParticipant", {"Text": "Hello."}, "end", errors={"NoMatchingError": "error"}))
    assert labels(read, "hello", reachable=False) == ["NoMatchingError"]


def test_it_counts_where_a_reference_decides() -> None:
    transfer = {"ContactFlowId": "$.Attributes.flow"}
    read = graph(action("transfer", "TransferToFlow", transfer, "end"))
    assert labels(read, "transfer", reachable=True) == ["Success", "NoMatchingError"]


def test_time_outs_wrong_keys_and_functions_count() -> None:
    function = {"LambdaFunctionARN": "f", "InvocationTimeLimitSeconds": "8"}
    read = graph(menu("menu", {"1": "call"}), action("call", "InvokeLambdaFunction", function, "end"))
    assert set(labels(read, "menu", reachable=True)) == {"1", "InputTimeLimitExceeded", "NoMatchingCondition"}
    assert labels(read, "call", reachable=True) == ["Success", "NoMatchingError"]


@pytest.mark.parametrize(("times", "seconds", "ends"), [("2", "30", True), ("11", "30", False), ("11", "1", True)])
def test_the_end_of_a_loop_counts_if_a_test_lives_to_see_it(times: str, seconds: str, ends: bool) -> None:
    on = {"ContinueLooping": "pause", "DoneLooping": "late"}
    read = graph(
        action("loop", "Loop", {"LoopCount": times}, "late", on=on),
        action("pause", "MessageParticipant", {"SSML": f'<speak><break time="{seconds}s"/></speak>'}, "loop"),
        say("late", "It is late."),
    )
    assert ("DoneLooping" in labels(read, "loop", reachable=True)) == ends
    assert ("late" in reachable_actions(read)) == ends


def test_a_branch_is_told_by_its_outcome_and_by_where_it_leads() -> None:
    compare = action("compare", "Compare", {"ComparisonValue": "$.Attributes.n"}, "end")
    compare["Transitions"]["Conditions"] = [
        {"NextAction": "less", "Condition": {"Operator": "NumberLessThan", "Operands": ["5"]}},
        {"NextAction": "more", "Condition": {"Operator": "NumberGreaterThan", "Operands": ["5"]}},
        {"NextAction": "same", "Condition": {"Operator": "Equals", "Operands": ["$.Attributes.m"]}},
    ]
    node = graph(compare, say("less", "<"), say("more", ">"), say("same", "=")).nodes["compare"]
    taken = [taken_branch(node, "5", "less"), taken_branch(node, "5", "more"), taken_branch(node, "8", "same")]
    assert [branch.target for branch in taken if branch] == ["less", "more", "same"]
    other = taken_branch(node, "NoMatchingCondition", "error")
    assert other
    assert other.label == "NoMatchingCondition"
