"""The command `localconnect`, given files as a first-time user has them."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner, Result

from localconnect.cli.commands import COMMANDS, app
from localconnect.cli.problem import Problem, explain
from localconnect.language.document import InvalidFlow
from tests.unit.localconnect.flows import FUNCTION, action, document, menu, say
from tests.unit.localconnect.testing.cases import content, heard, press

ROOT = Path(__file__).parents[3]
ASK = {"LambdaFunctionARN": FUNCTION, "InvocationTimeLimitSeconds": "3"}
FLOW = document(
    [
        menu("menu", {"1": "ask"}, "Press 1 for your balance."),
        action("ask", "InvokeLambdaFunction", ASK, "say"),
        say("say", "You have $.External.balance."),
    ]
)
TEMPLATE = """\
Parameters:
  Greeting: {Type: String}
Resources:
  Instance: {Type: "AWS::Connect::Instance", Properties: {InstanceAlias: test}}
  Main:
    Type: AWS::Connect::ContactFlow
    Properties: {Name: main, Type: CONTACT_FLOW, Content: hello.json}
  Hello:
    Type: AWS::Connect::TestCase
    Properties: {Name: says hello, Content: case.json}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    Path("flow.json").write_text(FLOW)
    Path("functions.json").write_text('{"f": {"balance": "12.50"}}')
    Path("case.json").write_text(
        content(
            heard("menu", "Press 1 for your balance", press("1"), then=["balance"]),
            heard("balance", "You have 12.50"),
        )
    )
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def problem(*arguments: str) -> str:
    error = run(*arguments).exception
    assert isinstance(error, Exception)
    return explain(error)


def test_each_command_is_there() -> None:
    result = run("--help")
    assert result.exit_code == 0
    assert all(name in result.stdout for name in COMMANDS)
    assert run("sing").exit_code == 2


class TestCall:
    def test_is_printed(self) -> None:
        result = run("call", "flow.json", "--stub", "functions.json", "--keys", "1")
        assert result.stdout.splitlines() == [
            "Press 1 for your balance.",
            "  > 1",
            "You have 12.50.",
            "flow ended: DisconnectParticipant 'end' in 'flow'",
        ]

    def test_as_json_with_the_delays_of_stubs(self) -> None:
        Path("functions.json").write_text('{"f": {"delay": 9}}')
        result = run("call", "flow.json", "--stub", "functions.json", "--keys", "1", "--json")
        record = json.loads(result.stdout)
        assert [line["text"] for line in record["transcript"]] == ["Press 1 for your balance.", "1", "Error."]
        assert record["actions"][1]["detail"] == "no answer within 3 s"

    def test_a_function_without_a_stub_is_named(self) -> None:
        result = run("call", "flow.json", "--keys", "1")
        assert result.stderr.startswith(f"missing: a stub for the function '{FUNCTION}'")

    def test_from_a_template(self) -> None:
        Path("hello.json").write_text(document([say("hi", "${Greeting}, $.CustomerEndpoint.Address.")]))
        Path("connect.yaml").write_text(TEMPLATE)
        options = ("--template", "connect.yaml", "--parameter", "Greeting=Hello", "--from", "+6561234567")
        assert run("call", *options, "--keys", "").stdout.startswith("Hello, +6561234567.")


class TestCheck:
    def test_a_flow_and_a_case(self) -> None:
        result = run("check", "flow.json", "case.json", "--json")
        flow, case = json.loads(result.stdout)
        assert (flow["kind"], flow["refused"], flow["problems"]) == ("CONTACT_FLOW", [], [])
        assert {"identifier": "ask", "type": "InvokeLambdaFunction"} in flow["runs"]
        assert (case["file"], case["kind"], case["problems"]) == ("case.json", "TEST_CASE", [])
        assert result.exit_code == 0

    def test_what_is_doubled_or_refused(self) -> None:
        view = {"ViewResource": {"Id": "v"}, "InvocationTimeLimitSeconds": "400"}
        Path("flow.json").write_text(document([action("sing", "Sing"), action("view", "ShowView", view, "end")]))
        result = run("check", "flow.json", "--json")
        [flow] = json.loads(result.stdout)
        assert flow["doubled"] == [{"identifier": "view", "type": "ShowView"}]
        assert flow["refused"] == [{"identifier": "sing", "type": "Sing"}]
        assert result.exit_code == 1

    @pytest.mark.parametrize("text", ["{", "[]", '{"Actions": [1]}', '{"Observations": 1}', "{}"])
    def test_what_is_wrong_with_a_file(self, text: str) -> None:
        Path("flow.json").write_text(text)
        result = run("check", "flow.json", "nothing.json")
        assert result.exit_code == 1
        assert "flow.json: " in result.stdout
        assert "nothing.json: cannot be read (No such file or directory)." in result.stdout


class TestTest:
    def test_a_flow_and_a_case_file(self) -> None:
        result = run("test", "--flow", "flow.json", "case.json", "--stub", "functions.json", "--junit", "r/j.xml")
        assert result.exit_code == 0, result.output
        assert "1 passed, 0 failed" in result.stdout
        assert 'failures="0"' in Path("r/j.xml").read_text()

    def test_a_failure_says_what_waited_and_what_was_said(self) -> None:
        result = run("test", "--flow", "flow.json", "case.json")
        assert result.exit_code == 1
        assert 'observation "balance" still waited for MessageReceived {"Text": "You have 12.50"}' in result.stdout
        assert 'it had "Error." instead.' in result.stdout
        assert "caller: 1\n" in result.stdout

    def test_the_cases_of_a_template(self) -> None:
        Path("hello.json").write_text(FLOW.replace("Press 1", "${Greeting}: press 1"))
        Path("connect.yaml").write_text(TEMPLATE)
        options = ("--template", "connect.yaml", "--parameter", "Greeting=Hello", "--stub", "functions.json")
        result = run("test", *options)
        assert result.exit_code == 0, result.output
        assert "says hello" in result.stdout
        result = run("test", *options, "case.json")
        assert "says hello" in result.stdout
        assert "1 passed" in result.stdout
        assert "No test case is named like 'x'." in run("test", *options, "-k", "x").stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["serve"], "What is to run? Give flow files, or a template"),
        (["serve", "flow.json", "--template", "t.yaml"], "and not both"),
        (["test", "--flow", "flow.json", "--parameter", "A=b", "case.json"], "--parameter is for a template"),
        (["test", "--template", "t.yaml", "--parameter", "A"], "'A' is no parameter: write Name=Value."),
        (["test", "--template", "t.yaml"], "t.yaml: cannot be read"),
        (["serve", "flow.json", "--stub", "functions.json", "--functions", "http://x"], "give --stub or --functions"),
        (["call", "flow.json", "--keys", "A"], "'A' are no keys"),
        (["call", "--from", "1"], "'1' is no number to call from"),
        (["call", "flow.json", "--json"], "give the keys too"),
        (["call", "flow.json", "--keys", "", "--stub", "flow.txt"], "flow.txt: cannot be read"),
        (["call", "functions.json", "--keys", ""], "functions.json: a flow is a JSON object"),
        (["test", "--flow", "flow.json", "functions.json"], "functions.json: a test case is a JSON object"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(arguments: list[str], sentence: str) -> None:
    assert sentence in problem(*arguments)


def test_problems_of_a_flow_have_a_line_each() -> None:
    assert explain(InvalidFlow(["one", "two"])) == "one\ntwo"
    assert explain(Problem("one\n two")) == "one two"
    with pytest.raises(KeyError):
        explain(KeyError("a bug is no problem of the user's"))


def test_serve_answers_until_it_is_interrupted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ("serve", "flow.json", "--stub", "functions.json", "--port", str(port))
    environment = {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "localconnect", *options], env=environment, stdout=subprocess.PIPE, text=True
    ) as serving:
        assert serving.stdout
        try:
            assert serving.stdout.readline() == f"ready http://127.0.0.1:{port}\n"
            with urlopen(f"http://127.0.0.1:{port}/phone/line") as answer:
                assert json.load(answer)["alias"] == "localconnect"
            assert "is in use" in problem("serve", "flow.json", "--port", str(port))
        finally:
            serving.send_signal(signal.SIGINT)
        assert serving.wait(20) == 0
