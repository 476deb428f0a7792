"""Each refusal with the whole sentence that a flow's author reads."""

import json
from typing import Any

import pytest

from localconnect.actions import ACTIONS
from localconnect.doubles import DefaultDoubles
from localconnect.language.document import InvalidFlow, check_flow, compile_flow
from localconnect.language.schema import ACTION_TYPES, support
from tests.unit.localconnect.flows import FUNCTION, HOURS, action, document, menu, say, store


def problems(*actions: dict[str, Any], kind: str = "CONTACT_FLOW") -> list[str]:
    return check_flow(document(actions), kind=kind, name="main.json")


EVERY_ACTION = [
    action("buffer", "GetParticipantInput", {"EnableDTMFBuffer": "true"}, "voice"),
    action("voice", "UpdateContactTextToSpeechVoice", {"TextToSpeechVoice": "Zhiyu"}, "data"),
    action("data", "UpdateContactData", {"LanguageCode": "cmn-CN", "TargetContact": "Current"}, "log"),
    action("log", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Enabled"}, "record"),
    action(
        "record",
        "UpdateContactRecordingBehavior",
        {"RecordingBehavior": {"RecordedParticipants": ["Agent", "Customer"], "IVRRecordingBehavior": "Enabled"}},
        "hook",
    ),
    action("hook", "UpdateContactEventHooks", {"EventHooks": {"CustomerQueue": "${QueueFlow}"}}, "menu"),
    menu("menu", {"1": "pin"}),
    store("pin", "compare", InputEncryption={"EncryptionKeyId": "${Key.AssociationId}", "Key": "${Certificate}"}),
    action("compare", "Compare", {"ComparisonValue": "$.StoredCustomerInput"}, "error", on={"Timeout": "loop"}),
    action("loop", "Loop", {"LoopCount": "2"}, "end", on={"ContinueLooping": "pin", "DoneLooping": "end"}),
    action("set", "UpdateContactAttributes", {"Attributes": {"a": "$.External.a"}}, "set too"),
    action("set too", "UpdateFlowAttributes", {"FlowAttributes": {"page": {"Value": "1"}}}, "wait"),
    action("wait", "Wait", {"TimeLimitSeconds": "60"}, "error", on={"WaitCompleted": "ask"}),
    action(
        "ask",
        "InvokeLambdaFunction",
        {
            "LambdaFunctionARN": "${IvrFunctionArn}",
            "InvocationTimeLimitSeconds": "8",
            "LambdaInvocationAttributes": {"operation": "balance"},
            "ResponseValidation": {"ResponseType": "JSON"},
        },
        "module",
    ),
    action(
        "module",
        "InvokeFlowModule",
        {"FlowModuleId": "${Module}"},
        "end",
        on={"known": "hours"},
        errors={"NoMatchingCondition": "end"},
    ),
    action(
        "hours", "CheckHoursOfOperation", {"HoursOfOperationId": HOURS}, "end", on={"True": "queue", "False": "end"}
    ),
    action("queue", "UpdateContactTargetQueue", {"QueueId": "${Queue}"}, "transfer"),
    action("transfer", "TransferContactToQueue", {}),
    action("elsewhere", "TransferToFlow", {"ContactFlowId": "$.Attributes.next"}, "error"),
]


def test_a_flow_of_many_actions_is_taken() -> None:
    assert problems(*EVERY_ACTION) == []


@pytest.mark.parametrize("action_type", sorted(ACTION_TYPES))
def test_every_type_that_has_a_rule_is_done(action_type: str) -> None:
    assert action_type in ACTIONS
    assert support(action_type) in ("runs", "doubled")
    assert (support(action_type) == "doubled") <= (action_type in DefaultDoubles().table)


def test_a_type_without_a_rule_is_not_supported() -> None:
    assert support("StartOutboundEmailContact") is None
    assert ACTIONS.keys() == ACTION_TYPES


def test_an_action_without_parameters_need_not_say_so() -> None:
    flow = document([{"Identifier": "x", "Type": "DisconnectParticipant"}], ends=False)
    assert check_flow(flow, kind="CONTACT_FLOW", name="main.json") == []
    assert compile_flow(flow, arn="a", kind="CONTACT_FLOW", name="main").start == "x"


def test_numbers_need_no_quotes() -> None:
    unquoted = ask | {"InvocationTimeLimitSeconds": 8}
    assert problems(action("x", "InvokeLambdaFunction", unquoted, "end")) == []
    loop = action("x", "Loop", {"LoopCount": 2}, "end", on={"ContinueLooping": "end", "DoneLooping": "end"})
    assert problems(loop) == []


def test_a_flow_in_the_old_console_format_is_told_apart() -> None:
    old = json.dumps({"modules": [], "version": "1", "start": "x", "metadata": {"name": "Main"}})
    [problem] = check_flow(old, kind="CONTACT_FLOW", name="main.json")
    assert problem.startswith('main.json: this is a flow in the old console format ("modules", "metadata"), which ')


@pytest.mark.parametrize(
    ("kind", "last"), [("MODULE", "EndFlowModuleExecution"), ("CUSTOMER_QUEUE", "EndFlowExecution")]
)
def test_modules_and_queue_flows_end_in_their_own_way(kind: str, last: str) -> None:
    assert problems(say("hi", "Hi.", "last"), action("last", last), kind=kind) == []


def broken(change: dict[str, Any]) -> str:
    return json.dumps(json.loads(document([say("hi", "Hi.")])) | change)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "this is no JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)."),
        ("[]", 'a flow is a JSON object with Version, StartAction and a list "Actions".'),
        (broken({"Version": "2020-01-01"}), "the Version is '2020-01-01'; write \"2019-10-30\"."),
        (broken({"StartAction": "nowhere"}), "the StartAction is 'nowhere', which no action has as its Identifier."),
        (broken({"StartAction": ["hi"]}), "the StartAction is ['hi'], which no action has as its Identifier."),
        (broken({"Settings": {}}), "there is no 'Settings' in a flow; remove it."),
        (
            broken({"Actions": [{"Type": "Loop"}]}),
            "action number 1 lacks an Identifier or a Type; add them as strings.",
        ),
        (
            broken({"Actions": [{"Identifier": "x", "Type": "Loop", "Parameters": []}]}),
            'action "x" has Parameters or Transitions that are no object; write {}.',
        ),
    ],
)
def test_documents_that_are_refused(text: str, problem: str) -> None:
    assert f"main.json: {problem}" in check_flow(text, kind="CONTACT_FLOW", name="main.json")


def test_a_kind_that_does_not_exist_is_refused() -> None:
    [problem] = check_flow(broken({}), kind="PARTY", name="main.json")
    assert problem.startswith("main.json: 'PARTY' is no type of flow; use one of CONTACT_FLOW, ")


@pytest.mark.parametrize(
    ("transitions", "fits"),
    [
        ({"NextAction": 1}, False),
        ({"Errors": [{"NextAction": "end"}]}, False),
        ({"Conditions": [{"NextAction": "end", "Condition": {"Operator": "Equals", "Operands": []}}]}, False),
        ({"Conditions": [{"NextAction": "end", "Condition": {"Operator": "Equals", "Operands": ["1", "2"]}}]}, False),
        ({"Otherwise": "end"}, False),
        ({"NextAction": "end"}, True),
    ],
)
def test_transitions_have_one_form(transitions: dict[str, Any], fits: bool) -> None:
    found = problems({"Identifier": "x", "Type": "MessageParticipant", "Parameters": {}, "Transitions": transitions})
    assert any("not of the form" in problem for problem in found) is not fits


def test_two_actions_of_one_identifier() -> None:
    assert 'main.json: 2 actions have the Identifier "hi"; give each its own.' in problems(
        say("hi", "1"), say("hi", "2")
    )


def test_more_than_250_actions() -> None:
    many = [say(f"say {number}", "x") for number in range(249)]
    assert problems(*many[:248]) == []
    assert "main.json: it has 251 actions; 250 are allowed, so move some into a module." in problems(*many)


def test_more_than_256000_characters() -> None:
    text = document([say("hi", "Hi.")])
    assert check_flow(text + " " * (256_000 - len(text)), kind="CONTACT_FLOW", name="main.json") == []
    [problem] = check_flow(text + " " * (256_001 - len(text)), kind="CONTACT_FLOW", name="main.json")
    assert problem == "main.json: the content has 256,001 characters; 256,000 are allowed, so split the flow."


@pytest.mark.parametrize("identifier", ["a:b", "a/b", "a(b", "a,b", "a$b", "toString", "__proto__"])
def test_forbidden_identifiers(identifier: str) -> None:
    [problem] = problems(say(identifier, "Hi."))
    assert problem.startswith(f'main.json: action "{identifier}" has a forbidden Identifier; choose one without')


def test_identifiers_are_short() -> None:
    assert problems(say("x" * 50, "Hi.")) == []
    assert problems(say("x" * 51, "Hi.")) == [
        f'main.json: action "{"x" * 51}" has an Identifier of 51 characters; 1 to 50 are allowed.'
    ]


def test_an_unknown_action_is_refused_by_name() -> None:
    assert problems(action("x", "Foo", {}, "end")) == [
        'main.json: action "x" has type "Foo", which localconnect does not run.'
    ]


ask = {"LambdaFunctionARN": FUNCTION, "InvocationTimeLimitSeconds": "8"}
prompted = {"Text": "x", "InputTimeLimitSeconds": "5"}
numbered = {"StoreInput": "True", "InputTimeLimitSeconds": "5"}


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (say("x", "Hi.", "nowhere"), 'goes on to "nowhere", which is no action here; name one that is.'),
        (say("x", ""), "is wrong: Parameters.Text is empty; leave it out or write something."),
        (say("x", "Hi $.Atributes.name"), "refers to '$.Atributes.name', but Amazon Connect has no $.Atributes."),
        (action("x", "MessageParticipant", {}, "end"), "Parameters must have exactly one of PromptId, Text, SSML"),
        (
            action("x", "MessageParticipant", {"Text": "a", "SSML": "b"}, "end"),
            "must have exactly one of PromptId, Text, SSML",
        ),
        (action("x", "MessageParticipant", {"Text": "a", "Voice": ""}, "end"), "has 'Voice', which localconnect does"),
        (action("x", "MessageParticipant", {"Media": {"Uri": "s3"}}, "end"), "Media lacks 'SourceType'; add it."),
        (action("x", "MessageParticipant", {"Text": "a"}), "lacks a NextAction; add it to Transitions."),
        (
            action("x", "MessageParticipant", {"Text": "a"}, "end", on={"1": "end"}),
            "has Conditions, but a MessageParticipant of this form has no result to compare; remove them.",
        ),
        (
            action("x", "MessageParticipant", {"Text": "a"}, "end", errors={"QueueAtCapacity": "end"}),
            "has a branch for the error QueueAtCapacity, which it never has; remove it.",
        ),
        (action("x", "DisconnectParticipant", {}, "end"), "after which nothing comes; write Transitions as {}."),
        (action("x", "EndFlowExecution"), "is a EndFlowExecution, which a CONTACT_FLOW may not have; it may stand in"),
        (action("x", "EndFlowModuleExecution"), "which a CONTACT_FLOW may not have; it may stand in MODULE."),
        (
            action("x", "InvokeLambdaFunction", ask | {"InvocationTimeLimitSeconds": True}, "end"),
            "Parameters.InvocationTimeLimitSeconds is True; write it as a string",
        ),
        (
            action("x", "InvokeLambdaFunction", ask | {"InvocationTimeLimitSeconds": "9"}, "end"),
            "Parameters.InvocationTimeLimitSeconds is '9'; write a whole number from 1 to 8.",
        ),
        (
            action("x", "InvokeLambdaFunction", ask | {"InvocationTimeLimitSeconds": "$.Attributes.s"}, "end"),
            "no reference may stand there, write a fixed value.",
        ),
        (
            action("x", "InvokeLambdaFunction", ask | {"ResponseValidation": {"ResponseType": "JSON_OBJECT"}}, "end"),
            "is 'JSON_OBJECT'; write one of STRING_MAP, JSON.",
        ),
        (action("x", "InvokeLambdaFunction", {"LambdaFunctionARN": FUNCTION}, "end"), "lacks 'InvocationTimeLimitSec"),
        (action("x", "Compare", {"ComparisonValue": "literal"}, "end", on={"1": "end"}), "write one reference, as in"),
        (action("x", "Compare", {"ComparisonValue": "$.External"}, "end"), "name what is in it, as in $.External.name"),
        (
            action("x", "Loop", {"LoopCount": "2"}, "end", on={"ContinueLooping": "end"}),
            "must have one condition for each of ContinueLooping, DoneLooping, and no other.",
        ),
        (action("x", "Loop", {"LoopCount": "101"}, "end"), "write a whole number from 0 to 100."),
        (
            action("x", "TransferToFlow", {"ContactFlowId": "id $.Attributes.x"}, "end"),
            "write one reference and nothing",
        ),
        (
            action("x", "UpdateFlowAttributes", {"FlowAttributes": {"a": "flat"}}, "end"),
            "Parameters.FlowAttributes.a is 'flat'; write an object.",
        ),
        (
            action("x", "UpdateFlowAttributes", {"FlowAttributes": {"a.b": {"Value": "1"}}}, "end"),
            "has the name 'a.b'; a name has letters in it and none of $..",
        ),
        (
            action("x", "UpdateContactEventHooks", {"EventHooks": {"CustomerQueue": "a", "AgentHold": "b"}}, "end"),
            "must have exactly one of AgentHold",
        ),
        (
            action("x", "UpdateContactData", {"TargetContact": "Current"}, "end"),
            "must have at least one of LanguageCode",
        ),
        (
            action(
                "x", "UpdateContactRecordingBehavior", {"RecordingBehavior": {"RecordedParticipants": "Agent"}}, "end"
            ),
            "RecordedParticipants is 'Agent'; write a list of Agent, Customer.",
        ),
        (
            action("x", "InvokeFlowModule", {"FlowModuleId": "m"}, "end", on={"a": "end"}),
            "has no branch for the error NoMatchingCondition; add it to Errors.",
        ),
        (action("x", "UpdateContactTargetQueue", {}, "end"), "must have exactly one of QueueId, AgentId."),
        (
            action("x", "GetMetricData", {"QueueId": "q", "AgentId": "a"}, "end"),
            "must have at most one of QueueId, AgentId.",
        ),
        (action("x", "TagContact", {"Tags": dict.fromkeys("abcdefg", "1")}, "end"), "has 7 names; 6 are allowed."),
        (action("x", "UntagContact", {"TagKeys": []}, "end"), "Parameters.TagKeys has 0 items; write 1 or more."),
        (action("x", "UntagContact", {"TagKeys": "a"}, "end"), "Parameters.TagKeys is 'a'; write a list."),
        (action("x", "UntagContact", {"TagKeys": ["a", 1]}, "end"), "Parameters.TagKeys[2] is 1; write it as a string"),
        (
            action("x", "UpdateContactCallbackNumber", {"CallbackNumber": "+852"}, "end"),
            "Parameters.CallbackNumber is '+852'; write one reference",
        ),
        (action("x", "UpdateContactRoutingBehavior", {"QueuePriority": "0"}, "end"), "write a whole number from 1 to"),
        (
            action("x", "UpdateContactRoutingCriteria", {"RoutingCriteria": "now"}, "end"),
            "RoutingCriteria is 'now'; write one reference",
        ),
        (
            action("x", "CheckMetricData", {"MetricType": "NumberOfAgentsStaffed"}, "end", on={"0": "end"}),
            "has the Operator 'Equals' in condition 1; use NumberGreaterThan.",
        ),
        (
            action("x", "CheckVoiceId", {"CheckVoiceIdOption": "fraudDetection"}, "end", on={"Not enrolled": "end"}),
            "is 'Not enrolled'; write one of HighRisk, LowRisk, Inconclusive.",
        ),
        (
            action(
                "x",
                "Wait",
                {"TimeLimitSeconds": "5", "Events": ["CustomerReturned"]},
                "end",
                on={"WaitCompleted": "end"},
            ),
            "must have one condition for each of WaitCompleted, CustomerReturned, and no other.",
        ),
        (
            action(
                "x",
                "TransferParticipantToThirdParty",
                {"ThirdPartyPhoneNumber": "+6531234567", "ContinueFlowExecution": "False"},
                "end",
                errors={"CallFailed": "end"},
            ),
            "has a branch for the error CallFailed, which it never has; remove it.",
        ),
        (
            action("x", "ConnectParticipantWithLexBot", {"Text": "Hi.", "LexBot": {"Name": "b"}}, "end"),
            "Parameters.LexBot lacks 'Region'; add it.",
        ),
        (
            action("x", "CreateTask", {"Name": "n", "ContactFlowId": "f", "DelaySeconds": "518401"}, "end"),
            "write a whole number from 1 to 518400.",
        ),
        (action("x", "CompleteOutboundCall", {}, "end"), "which a CONTACT_FLOW may not have; it may stand in OUTBOUND"),
        (
            action("x", "UpdateContactRecordingAndAnalyticsBehavior", {}, "end"),
            "must have at least one of VoiceBehavior, ChatBehavior, ScreenRecordingBehavior.",
        ),
        (menu("x", {"12": "end"}), "the operand of condition 1 has 2 characters; 1 are allowed."),
        (menu("x", {"a": "end"}), "the operand of condition 1 is 'a'; only the characters 0123456789*# are allowed."),
        (
            action("x", "GetParticipantInput", prompted | {"DTMFConfiguration": {}}, "end", on={"1": "end"}),
            "has 'DTMFConfiguration', which localconnect does not run there",
        ),
        (action("x", "GetParticipantInput", {"Text": "x"}, "end", on={"1": "end"}), "lacks 'InputTimeLimitSeconds'"),
        (store("x", "end", maximum="0"), "MaximumLength is '0'; write a whole number from 1 up."),
        (
            store("x", "end", DTMFConfiguration={"InputTerminationSequence": "*"}),
            'ends its input with *, which cancels it; set DisableCancelKey to "True" or choose other keys.',
        ),
        (
            store("x", "end", DTMFConfiguration={"InterdigitTimeLimitSeconds": "21"}),
            "write a whole number from 1 to 20.",
        ),
        (action("x", "GetParticipantInput", numbered, "end"), "lacks 'InputValidation'; add it."),
        (
            action(
                "x",
                "GetParticipantInput",
                numbered | {"InputValidation": {"PhoneNumberValidation": {"NumberFormat": "Local"}}},
                "end",
            ),
            "takes local telephone numbers; add the CountryCode.",
        ),
    ],
)
def test_actions_that_are_refused(wrong: dict[str, Any], problem: str) -> None:
    found = problems(wrong)
    assert any(line.startswith('main.json: action "x" ') and problem in line for line in found), found


@pytest.mark.parametrize("whole", EVERY_ACTION, ids=lambda whole: whole["Type"])
def test_every_error_an_action_has_must_have_a_branch(whole: dict[str, Any]) -> None:
    for error in whole["Transitions"].get("Errors", []):
        others = [other for other in whole["Transitions"]["Errors"] if other != error]
        changed = whole | {"Transitions": whole["Transitions"] | {"Errors": others}}
        flow = [changed if other is whole else other for other in EVERY_ACTION]
        if whole["Type"] != "Loop":
            wanted = f"has no branch for the error {error['ErrorType']}; add it to Errors."
            assert problems(*flow) == [f'main.json: action "{whole["Identifier"]}" {wanted}']


def test_values_are_checked_once_their_placeholders_are_filled_in() -> None:
    flow = document([action("x", "Wait", {"TimeLimitSeconds": "${Seconds}"}, "end", on={"WaitCompleted": "end"})])
    assert check_flow(flow, kind="CONTACT_FLOW", name="main.json") == []
    [problem] = check_flow(flow.replace("${Seconds}", "soon"), kind="CONTACT_FLOW", name="main.json")
    assert "is 'soon'; write a whole number from 1 to 604800." in problem


def test_compiling_a_wrong_flow_names_everything_at_once() -> None:
    with pytest.raises(InvalidFlow) as raised:
        compile_flow(
            document([action("x", "Foo", {}, "end"), say("y", "")]),
            arn="a",
            kind="CONTACT_FLOW",
            name="m",
            file="m.json",
        )
    assert len(raised.value.problems) == 2
    assert all(problem.startswith("m.json: action ") for problem in raised.value.problems)
