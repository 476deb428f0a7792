"""The pytest plugin, in runs of pytest of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.localconnect.flows import FUNCTION, action, document, say
from tests.unit.localconnect.testing.cases import content, end_test, heard, observation, substitute

pytest_plugins = ["pytester"]

ASK = {"LambdaFunctionARN": FUNCTION, "InvocationTimeLimitSeconds": "3"}
FLOW = document([action("ask", "InvokeLambdaFunction", ASK, "hi"), say("hi", "Hello $.External.name.")])
TEMPLATE = """\
Parameters:
  Greeting: {Type: String}
Resources:
  Instance: {Type: "AWS::Connect::Instance", Properties: {InstanceAlias: test}}
  Main:
    Type: AWS::Connect::ContactFlow
    Properties: {Name: main, Type: CONTACT_FLOW, Content: flow.json}
  Hello:
    Type: AWS::Connect::TestCase
    Properties:
      Name: says hello
      Content: cases/hello.json
      InitializationData: '{"Attributes": {"name": "Wang"}}'
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A flow that greets whom the stub names, and a case that hears it."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    pytester.path.joinpath("cases").mkdir()
    write(pytester, "flow.json", FLOW)
    write(pytester, "functions.json", '{"f": {"name": "Wang"}}')
    write(pytester, "cases/hello.json", content(heard("hello", "Hello Wang.")))
    write(pytester, "cases/notes.txt", "no case")
    return pytester


def write(pytester: pytest.Pytester, name: str, text: str) -> None:
    pytester.path.joinpath(name).write_text(text, encoding="utf-8")


def run(pytester: pytest.Pytester, *lines: str) -> pytest.RunResult:
    settings = ("localconnect_cases = cases/*.json", *lines)
    write(pytester, "pytest.ini", "[pytest]\n" + "\n".join(settings))
    return pytester.runpytest_inprocess("-p", "localconnect.pytest_plugin", "-v")


LOOSE = ("localconnect_flows = flow.json", "localconnect_stub = functions.json")


def test_each_case_file_is_a_test(project: pytest.Pytester) -> None:
    write(project, "cases/another.json", content(heard("hello", "Hello Wang."), observation("end", "TestCompleted")))
    result = run(project, *LOOSE)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["cases/hello.json::hello PASSED*"])


def test_a_failure_is_told_without_a_traceback(project: pytest.Pytester) -> None:
    write(project, "cases/hello.json", content(heard("hello", "Goodbye to all of you.")))
    result = run(project, *LOOSE)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ['observation "hello" still waited for MessageReceived*it had "Hello Wang." instead.', "*system: Hello Wang."]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*items.py*")


def test_a_file_that_is_no_case_does_not_stop_the_others(project: pytest.Pytester) -> None:
    write(project, "cases/broken.json", content(observation("a", "CallStarted")))
    result = run(project, *LOOSE)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["broken.json: observation \"a\" waits for 'CallStarted'*"])


def test_a_template_names_the_cases(project: pytest.Pytester) -> None:
    write(project, "connect.yaml", TEMPLATE)
    write(project, "flow.json", document([say("hi", "${Greeting} $.Attributes.name.")]))
    result = run(project, "localconnect_template = connect.yaml", "localconnect_parameters =", "    Greeting=Hello")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["cases/hello.json::says hello PASSED*"])


def test_what_is_wrong_with_the_template_is_said_in_a_sentence(project: pytest.Pytester) -> None:
    write(project, "connect.yaml", TEMPLATE)
    result = run(project, "localconnect_template = connect.yaml")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["connect.yaml: The template's parameter Greeting has no value; give one."])


def test_a_conftest_gives_the_functions(project: pytest.Pytester) -> None:
    project.makeconftest(
        """
        from localconnect.effects import Invocation

        class Functions:
            def invoke(self, arn, event, seconds):
                return Invocation(b'{"name": "Wang"}')

        def pytest_localconnect_functions(config):
            return Functions()
        """
    )
    run(project, LOOSE[0]).assert_outcomes(passed=1)


def test_what_a_case_puts_in_place_of_hours_is_made_up(project: pytest.Pytester) -> None:
    hours = {"HoursOfOperationId": "office"}
    check = action("check", "CheckHoursOfOperation", hours, "error", on={"True": "hi", "False": "end"})
    write(project, "flow.json", document([check, say("hi", "Hello Wang.")]))
    start = observation("start", "TestInitiated", {}, substitute("CheckHoursOfOperation", hours, "always"))
    write(project, "cases/hello.json", content(start, heard("hello", "Hello Wang.", end_test())))
    run(project, LOOSE[0]).assert_outcomes(passed=1)


def test_runs_without_cases_are_left_alone(project: pytest.Pytester) -> None:
    project.makepyfile("import sys\n\ndef test_nothing():\n    assert 'localconnect.instance' not in sys.modules")
    write(project, "pytest.ini", "[pytest]")
    project.runpytest_subprocess("-p", "localconnect.pytest_plugin").assert_outcomes(passed=1)
