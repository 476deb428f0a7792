"""Actions that doubles answer: what they are asked, and what the flow does with their outcome."""

from typing import Any

import pytest

from localconnect.clock import TurnedClock
from localconnect.doubles import Answered, DefaultDoubles, Failed, Outcome, Request
from localconnect.engine import drive, run
from localconnect.instance import Instance
from localconnect.overrides import Answer, Failure, Overrides, Substitute
from tests.unit.localconnect.flows import (
    CALLER,
    QUEUE,
    Action,
    action,
    call,
    detail,
    instance,
    outcome,
    say,
    spoken,
)

SET_QUEUE = action("queue", "UpdateContactTargetQueue", {"QueueId": QUEUE}, "ask")
BOT = "arn:aws:lex:eu-west-2:111122223333:bot-alias/BOT/ALIAS"


def line_with(double: Any, *actions: Action) -> Instance:
    """An instance whose doubles all answer with ``double``, an outcome or what makes one of a request."""
    line = instance(*actions)
    assert isinstance(line.doubles, DefaultDoubles)
    answer = double if callable(double) else lambda request: double
    line.doubles.table = dict.fromkeys(line.doubles.table, answer)
    return line


class Asked:
    """A double that keeps what it is asked."""

    def __init__(self, answer: Outcome | None = None) -> None:
        self.requests: list[Request] = []
        self._answer = answer or Answered()

    def __call__(self, request: Request) -> Outcome:
        self.requests.append(request)
        return self._answer


PLAIN: list[tuple[str, dict[str, Any], str]] = [
    ("AssociateContactToCustomerProfile", {"ProfileRequestData": {"ProfileId": "$.Channel"}}, "VOICE"),
    ("CreateCase", {"LinkContactToCase": "false", "CaseTemplateId": "t"}, "VOICE"),
    ("CreateCustomerProfile", {"ProfileRequestData": {"FirstName": "Mei"}}, "VOICE"),
    ("CreatePersistentContactAssociation", {"RehydrationType": "FROM_SEGMENT", "SourceContactId": "c"}, "CHAT"),
    ("CreateTask", {"Name": "Call back", "ContactFlowId": "f"}, "VOICE"),
    ("CreateWisdomSession", {"WisdomAssistantArn": "arn"}, "VOICE"),
    ("EvaluateDataTableValues", {"DataTableId": "t", "Queries": [{"QueryName": "q"}]}, "VOICE"),
    ("GetCalculatedAttributesForCustomerProfile", {"ProfileRequestData": {"ProfileId": "p"}}, "VOICE"),
    ("GetCase", {"LinkContactToCase": "false", "GetLastUpdatedCase": "true", "CustomerId": "c"}, "VOICE"),
    ("GetCustomerProfile", {"ProfileRequestData": {"PhoneNumber": "1"}}, "VOICE"),
    ("GetCustomerProfileObject", {"ProfileRequestData": {"ProfileId": "p"}}, "VOICE"),
    ("ListDataTableValues", {"DataTableId": "t", "PrimaryKeyGroups": [{}]}, "VOICE"),
    ("ResumeContact", {}, "TASK"),
    (
        "StartOutboundChatContact",
        {
            "SourceEndpoint": {"Address": "arn", "Type": "CONNECT_PHONENUMBER_ARN"},
            "DestinationEndpoint": {"Address": "$.CustomerEndpoint.Address", "Type": "TELEPHONE_NUMBER"},
            "ContactFlowArn": "arn",
            "ContactSubtype": "connect:SMS",
        },
        "VOICE",
    ),
    ("StartVoiceIdStream", {}, "VOICE"),
    ("UpdateCase", {"LinkContactToCase": "true", "CaseId": "c"}, "VOICE"),
    (
        "UpdateContactMediaProcessing",
        {"ChatProcessor": {"ProcessingEnabled": "True", "LambdaProcessorARN": "arn"}},
        "CHAT",
    ),
    (
        "UpdateContactMediaStreamingBehavior",
        {
            "MediaStreamingState": "Enabled",
            "Participants": [{"ParticipantType": "Customer", "MediaDirections": ["From"]}],
            "MediaStreamType": "Audio",
        },
        "VOICE",
    ),
    ("UpdateCustomerProfile", {"ProfileRequestData": {"FirstName": "Mei"}}, "VOICE"),
    ("UpdatePreviousContactParticipantState", {"PreviousContactParticipantState": "OffHold"}, "VOICE"),
    ("UpsertDataTableValues", {"LockVersion": "1", "DataTableId": "t", "DataTableUpsertAttributes": [{}]}, "VOICE"),
]
by_type = pytest.mark.parametrize(("action_type", "parameters", "channel"), PLAIN, ids=[one[0] for one in PLAIN])


@by_type
def test_an_answer_goes_on_and_can_be_read(action_type: str, parameters: dict[str, Any], channel: str) -> None:
    asked = Asked(Answered(data={"Customer": {"City": "Hongkong"}, "Case": {"status": "open"}}))
    set_it = action("set", "UpdateContactAttributes", {"Attributes": {"a": "$.Customer.City $.Case.status"}}, "end")
    line = line_with(asked, action("ask", action_type, parameters, "set"), set_it)
    record = call(line, channel=channel)
    assert record.attributes == {"a": "Hongkong open"}
    assert [request.action_type for request in asked.requests] == [action_type]
    assert asked.requests[0].parameters.keys() == parameters.keys()
    assert "$." not in str(asked.requests[0].parameters)


@by_type
def test_a_failure_takes_its_branch(action_type: str, parameters: dict[str, Any], channel: str) -> None:
    line = line_with(Failed(reason="out of order"), action("ask", action_type, parameters, "end"))
    record = call(line, channel=channel)
    assert (outcome(record, "ask"), detail(record, "ask")) == ("NoMatchingError", "out of order")


@pytest.mark.parametrize(
    ("action_type", "channel", "error"),
    [
        ("StartVoiceIdStream", "CHAT", "NoMatchingError"),
        ("UpdateContactMediaStreamingBehavior", "TASK", "NoMatchingError"),
        ("UpdatePreviousContactParticipantState", "CHAT", "NoMatchingError"),
        ("CreatePersistentContactAssociation", "VOICE", "NoMatchingError"),
        ("UpdateContactMediaProcessing", "VOICE", "ChannelMismatch"),
    ],
)
def test_a_channel_it_does_not_work_on(action_type: str, channel: str, error: str) -> None:
    parameters = next(parameters for name, parameters, _ in PLAIN if name == action_type)
    asked = Asked()
    record = call(line_with(asked, action("ask", action_type, parameters, "end")), channel=channel)
    assert outcome(record, "ask") == error
    assert detail(record, "ask").endswith(f"contacts; this is a {channel} contact")
    assert asked.requests == []


def test_time_that_a_service_takes_goes_by() -> None:
    clock = TurnedClock()
    began = clock.now()
    call(line_with(Answered(seconds=7), action("ask", "ResumeContact", {}, "end")), clock=clock)
    assert (clock.now() - began).total_seconds() == 7


def test_what_is_answered_later_is_added() -> None:
    line = instance(
        action("one", "CreateCustomerProfile", {"ProfileRequestData": {"FirstName": "Mei"}}, "two"),
        action("two", "GetCustomerProfile", {"ProfileRequestData": {}}, "end", errors={"NoneFoundError": "say"}),
        say("say", "$.Customer.City, $.Customer.ProfileId"),
    )
    assert isinstance(line.doubles, DefaultDoubles)
    line.doubles.table["CreateCustomerProfile"] = lambda request: Answered(data={"Customer": {"City": "Hongkong"}})
    assert spoken(call(line)) == ["Hongkong, "]


class TestLex:
    BRANCHES = (say("balance", "Balance $.Lex.Slots.account."), say("other", "Pardon?"))

    def asking(self, **more: Any) -> Action:
        return action(
            "ask",
            "ConnectParticipantWithLexBot",
            {"Text": "How can I help?", "LexV2Bot": {"AliasArn": BOT}, **more},
            "end",
            on={"Balance": "balance"},
            errors={"NoMatchingCondition": "other", "InputTimeLimitExceeded": "other"},
        )

    def test_the_prompt_is_said_and_the_intent_branches(self) -> None:
        asked = Asked(Answered("Balance", {"Lex": {"IntentName": "Balance", "Slots": {"account": "42"}}}))
        line = line_with(asked, self.asking(LexSessionAttributes={"who": "$.CustomerEndpoint.Address"}), *self.BRANCHES)
        assert spoken(call(line)) == ["How can I help?", "Balance 42."]
        assert asked.requests[0].parameters["LexSessionAttributes"] == {"who": CALLER}

    def test_by_default_the_bot_understands_nothing(self) -> None:
        record = call(instance(self.asking(), *self.BRANCHES))
        assert spoken(record) == ["How can I help?", "Pardon?"]
        assert detail(record, "ask") == "no condition fits 'FallbackIntent'"

    def with_override(self, override: Any) -> list[str]:
        line = instance(self.asking(), *self.BRANCHES)
        overrides = Overrides()
        overrides.add("ConnectParticipantWithLexBot", BOT, override)
        contact = line.new_contact(customer_address=CALLER, clock=TurnedClock())
        said: list[str] = []
        steps = run(line, contact, clock=TurnedClock(), overrides=overrides)
        drive(steps, lambda effect: said.append(getattr(effect, "text", "")))
        return [text for text in said if text]

    @pytest.mark.parametrize(
        ("override", "said"),
        [
            (Answer('{"IntentName": "Balance", "Slots": {"account": "7"}}'), "Balance 7."),
            (Answer('{"IntentName": "Balance", "Slots": {"account": "7"}}', 5), "Balance 7."),
            (Answer("no JSON"), "Error."),
            (Answer("{}"), "Pardon?"),
            (Failure("InputTimeLimitExceeded"), "Pardon?"),
            (Failure("NoMatchingError"), "Error."),
            (Substitute("arn:aws:lex:eu-west-2:111122223333:bot-alias/OTHER/ALIAS"), "Pardon?"),
        ],
    )
    def test_a_test_case_goes_before_the_double(self, override: Any, said: str) -> None:
        assert self.with_override(override)[1:] == [said]

    def test_a_bot_of_the_first_version(self) -> None:
        bot = {"LexBot": {"Name": "b", "Region": "eu-west-2", "Alias": "$LATEST"}}
        asked = Asked(Answered("Yes"))
        line = line_with(asked, action("ask", "ConnectParticipantWithLexBot", bot, "yes"), say("yes", "Yes."))
        assert spoken(call(line)) == ["Yes."]
        assert asked.requests[0].parameters == bot

    def test_a_task_talks_to_no_bot(self) -> None:
        assert outcome(call(instance(self.asking(), *self.BRANCHES), channel="TASK"), "ask") == "NoMatchingError"


class TestView:
    SHOW = action(
        "ask",
        "ShowView",
        {"ViewResource": {"Id": "arn:aws:connect:eu-west-2:aws:view/form:1"}, "InvocationTimeLimitSeconds": "300"},
        "end",
        on={"Next": "next"},
        errors={"TimeLimitExceeded": "late", "NoMatchingCondition": "other"},
    )
    BRANCHES = (
        say("next", "$.Views.Action $.Views.ViewResultData.rows[0].id"),
        say("late", "Late."),
        say("other", "Other."),
    )

    @pytest.mark.parametrize(("pressed", "said"), [("Next", "Next 5"), ("Back", "Other.")])
    def test_branches_on_what_was_pressed(self, pressed: str, said: str) -> None:
        views = {"Action": pressed, "ViewResultData": {"rows": [{"id": 5}]}}
        line = line_with(Answered(pressed, {"Views": views}), self.SHOW, *self.BRANCHES)
        assert spoken(call(line, channel="CHAT")) == [said]

    def test_by_default_nobody_answers_in_time(self) -> None:
        clock = TurnedClock()
        began = clock.now()
        assert spoken(call(instance(self.SHOW, *self.BRANCHES), channel="CHAT", clock=clock)) == ["Late."]
        assert (clock.now() - began).total_seconds() == 300

    def test_a_telephone_shows_none(self) -> None:
        assert spoken(call(instance(self.SHOW, *self.BRANCHES))) == ["Error."]


class TestThirdParty:
    def transfer(self, goes_on: str, **branches: str) -> Action:
        parameters = {
            "ThirdPartyPhoneNumber": "+6531234567",
            "ThirdPartyConnectionTimeLimitSeconds": "30",
            "ContinueFlowExecution": goes_on,
        }
        return action("ask", "TransferParticipantToThirdParty", parameters, "back", errors=branches)

    BACK = say("back", "Welcome back.")

    def test_comes_back_if_the_flow_goes_on(self) -> None:
        assert spoken(call(instance(self.transfer("True"), self.BACK))) == ["Welcome back."]

    def test_or_not(self) -> None:
        record = call(instance(self.transfer("False"), self.BACK))
        assert spoken(record) == []
        assert record.ended.reason == "flow ended"

    @pytest.mark.parametrize("error", ["CallFailed", "ConnectionTimeLimitExceeded"])
    def test_a_call_that_fails(self, error: str) -> None:
        line = line_with(Failed(error), self.transfer("True", **{error: "failed"}), self.BACK, say("failed", "Failed."))
        assert spoken(call(line)) == ["Failed."]


COUNTS = {"InitialCallDelaySeconds": "5", "MaximumConnectionAttempts": "1", "RetryDelaySeconds": "600"}


class TestCallback:
    CREATE = action("ask", "CreateCallbackContact", COUNTS, "end")

    def test_is_for_the_callers_number_and_the_queue_set(self) -> None:
        line = instance(SET_QUEUE, self.CREATE)
        call(line)
        assert isinstance(line.doubles, DefaultDoubles)
        [request] = line.doubles.created
        assert request.parameters == {**COUNTS, "QueueId": QUEUE, "CustomerNumber": CALLER}

    def test_or_for_the_number_that_was_set(self) -> None:
        numbered = action("set", "UpdateContactCallbackNumber", {"CallbackNumber": "$.Attributes.n"}, "queue")
        line = instance(
            action("attribute", "UpdateContactAttributes", {"Attributes": {"n": "85221234567"}}, "set"),
            numbered,
            SET_QUEUE,
            self.CREATE,
        )
        call(line)
        assert isinstance(line.doubles, DefaultDoubles)
        assert line.doubles.created[0].parameters["CustomerNumber"] == "+85221234567"

    def test_needs_a_queue(self) -> None:
        assert outcome(call(instance(self.CREATE)), "ask") == "NoMatchingError"


class TestVoiceId:
    @pytest.mark.parametrize(
        ("option", "result"),
        [
            ("enrollmentStatus", "NotEnrolled"),
            ("voiceAuthentication", "NotEnrolled"),
            ("fraudDetection", "Inconclusive"),
        ],
    )
    def test_nobody_is_known(self, option: str, result: str) -> None:
        check = action("ask", "CheckVoiceId", {"CheckVoiceIdOption": option}, "error", on={result: "yes"})
        assert spoken(call(instance(check, say("yes", "Yes.")))) == ["Yes."]


def test_an_outbound_call_is_answered() -> None:
    check = action("ask", "CheckOutboundCallStatus", {}, "error", on={"CallAnswered": "yes"})
    assert spoken(call(instance(check, say("yes", "Yes.")))) == ["Yes."]


@pytest.mark.parametrize(("result", "said"), [("5", "A."), ("50", "B.")])
def test_contacts_are_distributed_by_chance(result: str, said: str) -> None:
    spread = action("ask", "DistributeByPercentage", {}, "b", on={"11": "a"}, errors={"NoMatchingCondition": "b"})
    spread["Transitions"]["Conditions"][0]["Condition"]["Operator"] = "NumberLessThan"
    assert spoken(call(line_with(Answered(result), spread, say("a", "A."), say("b", "B.")))) == [said]


def test_nobody_signs_in() -> None:
    parameters = {
        "CognitoConfiguration": {"UserPoolArn": "arn", "AppClientId": "id"},
        "CustomerProfilesConfiguration": {"ObjectTypeName": "Cognito-attributes"},
        "TimeLimitMinutes": "2",
    }
    clock = TurnedClock()
    began = clock.now()
    record = call(instance(action("ask", "AuthenticateParticipant", parameters, "end")), channel="CHAT", clock=clock)
    assert outcome(record, "ask") == "TimeLimitExceeded"
    assert (clock.now() - began).total_seconds() == 120


def test_a_stream_can_be_named() -> None:
    parameters = next(parameters for name, parameters, _ in PLAIN if name == "UpdateContactMediaStreamingBehavior")
    line = instance(
        action("ask", "UpdateContactMediaStreamingBehavior", parameters, "say"),
        say("say", "$.MediaStreams.Customer.Audio.StreamARN"),
    )
    [said] = spoken(call(line))
    assert said.startswith("arn:aws:kinesisvideo:")
