import json
from typing import Any

import pytest

from localconnect.testing import check_case
from tests.unit.localconnect.flows import FUNCTION, HOURS, QUEUE
from tests.unit.localconnect.testing.cases import (
    content,
    end_test,
    expect,
    hang_up,
    heard,
    log,
    mock,
    observation,
    override,
    press,
    say,
    substitute,
)

LAMBDA = {"LambdaFunctionARN": FUNCTION}
BOT = {"LexV2Bot": {"AliasArn": "arn:aws:lex:us-east-1:000000000000:bot-alias/B/A"}}
ASKED = {"ActionType": "ConnectParticipantWithLexBot", "ActionParameters": BOT}


def test_a_case_of_everything_is_taken() -> None:
    text = content(
        observation(
            "start",
            "TestInitiated",
            {},
            mock("InvokeLambdaFunction", LAMBDA, ExecutionResult={"DelaySeconds": 1, "LoadedData": "{}"}),
            mock("InvokeLambdaFunction", LAMBDA, Error={"Value": "TimeLimitExceeded"}),
            mock("CheckHoursOfOperation", {"HoursOfOperationId": HOURS}, ExecutionResult={"Value": "OutOfHours"}),
            mock("TransferContactToQueue", {"QueueId": "${Queue}"}, Error={"Value": "QueueAtCapacity"}),
            substitute("TransferContactToQueue", {"QueueId": QUEUE}, "${Other}"),
            then=["welcome"],
        ),
        heard("welcome", "Welcome $.Attributes.name", press(1), press("12#"), then=["asked"]),
        observation("asked", "FlowActionStarted", {"ActionType": "InvokeLambdaFunction", "ActionParameters": LAMBDA}),
        observation("came", "FlowActionCompleted", {"ActionType": "InvokeLambdaFunction", "ActionParameters": LAMBDA}),
        observation(
            "end",
            "TestCompleted",
            {},
            expect("$.Queue.Name", "Equals", "Basic"),
            expect("$.Attributes.x", "Exists"),
            log(contact="It was $.ContactId"),
            hang_up(),
            end_test(),
        ),
        observation("bot", "FlowActionStarted", ASKED),
        observation("told", "FlowActionCompleted", ASKED),
        observation(
            "sound",
            "MessageReceived",
            {"Media": {"Uri": "s3://bucket/hello.wav", "SourceType": "S3", "MediaType": "Audio"}},
            say(Text="my order", LanguageCode="en-US"),
            say(SSML="<speak>my order</speak>"),
            say(Value="my order"),
            say("TextUtterance", Text="my order"),
            mock("ConnectParticipantWithLexBot", BOT, ExecutionResult={"LoadedData": "{}"}),
            mock("ConnectParticipantWithLexBot", BOT, Error={"Value": "TimeLimitExceeded"}),
            mock("DequeueAndTransferToQueue", {"QueueId": QUEUE}, Error={"Value": "QueueAtCapacity"}),
            substitute("DequeueAndTransferToQueue", {"QueueId": QUEUE}, "${Other}"),
        ),
    )
    assert check_case(text, "case.json") == []


def test_the_documented_older_forms_are_taken_too() -> None:
    old = heard("welcome", "Welcome.", press("1"))
    old["Event"]["MatchingCriteria"] = "Inclusion"
    del old["Event"]["Properties"]["MatchingCriteria"]
    old["Usage"] = {"Type": "EXACTLY", "Times": 1}
    old["Actions"][0]["Transitions"] = {"NextAction": ""}
    old["Actions"][0]["Id"] = old["Actions"][0].pop("Identifier")
    for version in ("2025-06-21", "2019-10-30"):
        assert check_case(json.dumps({"Version": version, "Observations": [old]}), "case.json") == []


def problem(*observations: Any, **more: Any) -> str:
    [only] = check_case(content(*observations, **more), "case.json")
    assert only.startswith("case.json: ")
    return only.removeprefix("case.json: ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "case.json: this is no JSON"),
        ("[]", "case.json: a test case is a JSON object whose Observations are a list of objects like {"),
        ('{"Observations": [{"Identifier": "x"}]}', "case.json: a test case is a JSON object whose Observations are"),
    ],
)
def test_what_is_no_case(text: str, expected: str) -> None:
    [found] = check_case(text, "case.json")
    assert found.startswith(expected)


def test_the_whole() -> None:
    one = heard("a", "A")
    assert problem(one, Version="2020-01-01") == "the Version is '2020-01-01'; write \"2025-06-21\"."
    assert problem(one, one) == '2 observations have the Identifier "a"; give each its own.'
    assert problem(heard("a", "A", then=["a"])).startswith("there is no observation to start with")
    assert problem(heard("a", "A", then=["b"])) == (
        'observation "a" goes on to "b", which is no observation here; name one that is.'
    )


QUEUED = {"ActionType": "DequeueAndTransferToQueue", "ActionParameters": {"QueueId": "q"}}
LOADED = {"DelaySeconds": 0, "LoadedData": "{}"}


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (
            observation("a", "CallStarted"),
            "waits for 'CallStarted', which localconnect does not run; it runs TestInitia",
        ),
        (heard("a", ""), "is wrong: Properties.Text is empty"),
        (
            observation("a", "MessageReceived"),
            "Properties must have exactly one of PromptId, Text, SSML, Media.",
        ),
        (
            observation("a", "MessageReceived", {"Text": "x", "MatchingCriteria": {"Type": "Contains"}}),
            "Properties.MatchingCriteria.Type is 'Contains'; write one of Similarity, Inclusion.",
        ),
        (
            observation("a", "FlowActionStarted", {"ActionType": "Compare", "ActionParameters": {}}),
            "Properties.ActionType is 'Compare'; write one of InvokeLambdaFunction,",
        ),
        (
            observation("a", "FlowActionStarted", {"ActionType": "InvokeLambdaFunction", "ActionParameters": {}}),
            "is wrong: ActionParameters lacks 'LambdaFunctionARN'; add it.",
        ),
        (heard("a", "A", Usage={"Type": "Sometimes"}), "has the Usage {'Type': 'Sometimes'}; write"),
        (
            heard("a", "A", Usage={"Type": "Exactly", "Times": 0}),
            "has the Usage {'Type': 'Exactly', 'Times': 0}; write",
        ),
        (
            heard("a", "A", {"action": ("Sing", {})}),
            "has type 'Sing', which localconnect does not run; it runs SendInstr",
        ),
        (heard("a", "A", press("12a")), "its Properties.Value is '12a'; write keys 0-9, * and #."),
        (heard("a", "A", say()), "Properties must have exactly one of Text, SSML, Value."),
        (
            observation("a", "FlowActionStarted", QUEUED),
            "is 'DequeueAndTransferToQueue'; write one of InvokeLambdaFunction, CheckHoursOfOperation,",
        ),
        (
            observation(
                "a",
                "FlowActionCompleted",
                {
                    "ActionType": "ConnectParticipantWithAgenticCX",
                    "ActionParameters": {"AgentConfiguration": {"ApplicationId": "a", "Alias": "LIVE"}},
                },
            ),
            "is about a ConnectParticipantWithAgenticCX, which localconnect does not run.",
        ),
        (
            heard("a", "A", mock("ConnectParticipantWithLexBot", {"LexV2Bot": {}}, ExecutionResult=LOADED)),
            "ActionParameters.LexV2Bot lacks 'AliasArn'; add it.",
        ),
        (heard("a", "A", press("")), "Parameters.Instruction.Properties.Value is empty; leave"),
        (heard("a", "A", expect("$.Queue.Name", "NotEquals", "x")), "Operator is 'NotEquals'; write one of Equals,"),
        (heard("a", "A", expect("$.Queue.Name", "Equals")), "Equals needs an Operand; add it."),
        (
            heard("a", "A", {"action": ("TestControl", {"Command": {"Type": "LogData"}})}),
            "LogData needs Properties.Expressions; add them.",
        ),
        (
            heard("a", "A", override("InvokeLambdaFunction", LAMBDA, {"Type": "SubstituteResource"})),
            "Strategy must have exactly one of SubstituteArn, Response.",
        ),
        (
            heard("a", "A", mock("InvokeLambdaFunction", {}, ExecutionResult=LOADED)),
            "ActionParameters lacks 'LambdaFunctionARN'; add it.",
        ),
        (
            heard("a", "A", mock("InvokeLambdaFunction", LAMBDA, ExecutionResult={"Value": "{}"})),
            "LoadedData is what the function or bot answers, as a string of JSON; add it.",
        ),
        (
            heard("a", "A", mock("InvokeLambdaFunction", LAMBDA, ExecutionResult=LOADED | {"DelaySeconds": "soon"})),
            "DelaySeconds is 'soon'; write a number.",
        ),
        (
            heard("a", "A", mock("InvokeLambdaFunction", LAMBDA, Error={"Value": "Oops"})),
            "the Error's Value is 'Oops'; write one of NoMatchingError, TimeLimitExceeded.",
        ),
        (
            heard(
                "a", "A", mock("CheckHoursOfOperation", {"HoursOfOperationId": "h"}, ExecutionResult={"Value": "Open"})
            ),
            "the ExecutionResult's Value is 'Open'; write InHours or OutOfHours.",
        ),
        (
            heard("a", "A", mock("TransferContactToQueue", {"QueueId": "q"}, ExecutionResult={})),
            "a queue has no ExecutionResult; mock an Error or substitute the queue.",
        ),
    ],
)
def test_observations_that_are_refused(wrong: Any, expected: str) -> None:
    found = problem(wrong)
    assert found.startswith('observation "a" ')
    assert expected in found


def test_action_chains() -> None:
    dangling = heard("a", "A", press("1"))
    dangling["Actions"][0]["Transitions"] = {"NextAction": "b"}
    assert problem(dangling) == 'observation "a" has the action "a0", which goes on to "b", but there is none.'
    twice = heard("a", "A", press("1"))
    twice["Actions"] *= 2
    assert problem(twice) == 'observation "a" has two actions of one Identifier; give each its own.'
