from __future__ import annotations

import json
from typing import Any

import pytest

from localconnect.doubles import Answered, DefaultDoubles
from localconnect.effects import Invocation
from localconnect.testing import InvalidCase
from tests.unit.localconnect.flows import (
    CLOSED,
    FUNCTION,
    HOURS,
    QUEUE,
    Functions,
    action,
    instance,
    menu,
    say,
    store,
)
from tests.unit.localconnect.testing.cases import (
    end_test,
    expect,
    hang_up,
    heard,
    judge,
    log,
    mock,
    observation,
    press,
    substitute,
)
from tests.unit.localconnect.testing.cases import say as utter

LAMBDA = {"LambdaFunctionARN": FUNCTION}
ASK = {"LambdaFunctionARN": FUNCTION, "InvocationTimeLimitSeconds": "3"}


def ask(identifier: str, then: str, otherwise: str = "error") -> dict[str, Any]:
    return action(identifier, "InvokeLambdaFunction", ASK, then, errors={"NoMatchingError": otherwise})


MENU = instance(
    say("welcome", "Welcome to the line.", "menu"),
    menu("menu", {"1": "one", "2": "pin"}, "Press 1 or 2.", InputTimeLimitExceeded="late"),
    say("one", "You pressed one."),
    say("late", "We did not hear you."),
    store("pin", "typed", "Type your number."),
    say("typed", "You typed $.StoredCustomerInput."),
)


class TestPasses:
    def test_what_goes_as_expected(self) -> None:
        result = judge(
            MENU,
            heard("welcome", "welcome to the line", then=["menu"]),
            heard("menu", "press 1 or 2", press("1"), then=["one"]),
            heard("one", "You pressed one"),
        )
        assert (result.name, result.status, result.failure) == ("case", "PASSED", "")
        assert result.observations == {"welcome": "matched", "menu": "matched", "one": "matched"}
        assert [line.text for line in result.transcript] == [
            "Welcome to the line.",
            "Press 1 or 2.",
            "1",
            "You pressed one.",
        ]
        assert 0 < result.seconds < 5

    def test_keys_sent_during_an_earlier_prompt_are_typed_when_the_flow_listens(self) -> None:
        result = judge(
            MENU,
            heard("welcome", "Welcome to the line", press(2), press("45#"), then=["typed"]),
            heard("typed", "You typed 45"),
        )
        assert result.status == "PASSED", result.failure

    def test_silence_is_a_time_out(self) -> None:
        assert judge(MENU, heard("late", "We did not hear you")).status == "PASSED"

    def test_groups_that_nobody_points_at_are_active_from_the_start(self) -> None:
        result = judge(MENU, heard("late", "We did not hear you"), heard("welcome", "Welcome to the line"))
        assert result.status == "PASSED"

    def test_inclusion(self) -> None:
        part = {"Text": "did not hear", "MatchingCriteria": {"Type": "Inclusion"}}
        assert judge(MENU, observation("late", "MessageReceived", part)).status == "PASSED"

    def test_a_prompt_by_its_id(self) -> None:
        line = instance(action("beep", "MessageParticipant", {"PromptId": "p-1"}, "end"))
        assert judge(line, observation("beep", "MessageReceived", {"PromptId": "p-1"})).status == "PASSED"
        assert judge(line, observation("beep", "MessageReceived", {"PromptId": "p-2"})).status == "FAILED"

    def test_end_test_ends_it_there(self) -> None:
        result = judge(MENU, heard("menu", "Press 1 or 2", end_test()))
        assert result.status == "PASSED"
        assert result.transcript[-1].text == "Press 1 or 2."

    def test_the_caller_hangs_up(self) -> None:
        result = judge(MENU, heard("welcome", "Welcome to the line", hang_up()), observation("end", "TestCompleted"))
        assert result.status == "PASSED"
        assert len(result.transcript) == 1

    def test_data_is_logged(self) -> None:
        result = judge(MENU, observation("end", "TestCompleted", {}, log(who="from $.CustomerEndpoint.Address")))
        assert result.logged == [("who", "from +12065550100")]

    def test_the_case_brings_attributes_and_a_number(self) -> None:
        line = instance(say("hi", "Hi $.Attributes.name from $.CustomerEndpoint.Address."))
        result = judge(
            line, heard("hi", "Hi Wang from +6561234567"), attributes={"name": "Wang"}, source_number="+6561234567"
        )
        assert result.status == "PASSED", result.failure

    def test_the_case_says_which_number_is_called(self) -> None:
        line = instance(say("hi", "You called $.SystemEndpoint.Address."))
        result = judge(line, heard("hi", "You called +6567654321"), destination_number="+6567654321")
        assert result.status == "PASSED", result.failure

    def test_several_branches_at_once(self) -> None:
        result = judge(
            MENU,
            heard("welcome", "Welcome to the line", then=["menu", "late"]),
            heard("menu", "Press 1 or 2", then=["never mind"]),
            heard("late", "We did not hear you"),
            observation("never mind", "TestCompleted"),
        )
        assert result.status == "PASSED", result.failure
        assert set(result.observations.values()) == {"matched"}

    def test_the_case_names_its_flow(self) -> None:
        line = instance(say("hi", "Main."), flows={"other": [say("hi", "Something else.")]})
        assert judge(line, heard("other", "Something else"), flow="other").status == "PASSED"


class TestFails:
    def test_when_an_observation_still_waits_at_the_end(self) -> None:
        result = judge(
            MENU, heard("menu", "Press 1 or 2", press("1"), then=["two"]), heard("two", "You pressed two, did you not")
        )
        assert result.status == "FAILED"
        assert result.failure == (
            'observation "two" still waited for MessageReceived {"Text": "You pressed two, did you not"} when '
            "the call ended (flow ended: DisconnectParticipant 'end' in 'main'); it had \"You pressed one.\" instead."
        )
        assert result.observations == {"menu": "matched", "two": "waiting"}

    def test_and_says_when_it_was_never_its_turn(self) -> None:
        result = judge(
            MENU, heard("first", "Nobody says this", then=["second"]), heard("second", "Welcome to the line")
        )
        assert result.observations == {"first": "waiting", "second": "not reached"}

    def test_when_what_it_waited_for_came_before_its_turn(self) -> None:
        result = judge(MENU, heard("menu", "Press 1 or 2", then=["welcome"]), heard("welcome", "Welcome to the line"))
        assert result.status == "FAILED"
        assert 'it had "We did not hear you." instead' in result.failure

    def test_at_once_when_an_assertion_does_not_hold(self) -> None:
        result = judge(
            MENU,
            heard("welcome", "Welcome to the line", expect("$.Channel", "Equals", "CHAT"), then=["menu"]),
            heard("menu", "x"),
        )
        assert result.failure == (
            "observation \"welcome\": $.Channel was expected to be Equals 'CHAT', but it is 'VOICE'."
        )
        assert result.transcript[-1].text == "Welcome to the line."

    def test_when_end_test_comes_before_another_has_been_matched(self) -> None:
        result = judge(MENU, heard("welcome", "Welcome to the line", end_test()), heard("menu", "Press 1 or 2"))
        assert 'observation "menu" still waited' in result.failure
        assert 'when the test was ended by its EndTest; it had "Welcome to the line." instead.' in result.failure

    def test_after_five_minutes(self) -> None:
        line = instance(menu("menu", {"1": "end"}, "Anybody?", InputTimeLimitExceeded="menu"))
        result = judge(line, heard("other", "Something else entirely"))
        assert 'when 5 minutes had passed; it had "Anybody?", "Anybody?"' in result.failure
        assert len(result.transcript) == 60

    def test_in_a_queue_nobody_answers(self) -> None:
        line = instance(
            action("set", "UpdateContactTargetQueue", {"QueueId": QUEUE}, "go"), action("go", "TransferContactToQueue")
        )
        assert "when 5 minutes had passed; it had nothing instead." in judge(line, heard("agent", "Hello")).failure
        assert line.router.size(QUEUE) == 0

    def test_what_test_completed_asserts_counts(self) -> None:
        result = judge(MENU, observation("end", "TestCompleted", {}, expect("$.Attributes.x", "Exists")))
        assert result.failure == "observation \"end\": $.Attributes.x was expected to exist, but it is ''."


@pytest.mark.parametrize(
    ("operator", "operand", "holds"),
    [
        ("Equals", "VOICE", True),
        ("Equals", "voice", False),
        ("TextStartsWith", "VO", True),
        ("TextEndsWith", "CE", True),
        ("TextContains", "OI", True),
        ("TextContains", "X", False),
        ("NumberGreaterThan", "1", False),
        ("Exists", None, True),
    ],
)
def test_assertions(operator: str, operand: str | None, holds: bool) -> None:
    result = judge(MENU, observation("start", "TestInitiated", {}, expect("$.Channel", operator, operand)))
    assert (result.status == "PASSED") is holds


class TestChat:
    LINE = instance(
        action("compare", "Compare", {"ComparisonValue": "$.Channel"}, "menu", on={"CHAT": "hi"},
               errors={"NoMatchingCondition": "menu"}),
        say("hi", "Hello $.CustomerEndpoint.Address, by $.InitiationMethod.", "menu"),
        menu("menu", {"1": "end"}, "Press 1."),
    )  # fmt: skip

    def test_a_chat_is_answered_and_has_no_keypad(self) -> None:
        result = judge(self.LINE, heard("hi", "Hello , by API"), heard("error", "Error."), channel="CHAT")
        assert result.status == "PASSED", result.failure

    def test_no_keys_can_be_sent_to_it(self) -> None:
        with pytest.raises(InvalidCase, match='observation "hi" sends DtmfInput to a chat; send an Utterance'):
            judge(self.LINE, heard("hi", "Hello", press("1")), channel="CHAT")


def test_an_utterance_that_no_bot_heard_is_named_when_the_case_fails() -> None:
    result = judge(MENU, heard("welcome", "Welcome to the line", utter(Text="my order")), heard("x", "Your order?"))
    assert result.failure.endswith('"my order" was said, but nothing listened.')


def test_an_utterance_reaches_the_bots_double() -> None:
    bot = {"Text": "How can I help?", "LexV2Bot": {"AliasArn": "arn:aws:lex:us-east-1:000000000000:bot-alias/B/A"}}
    line = instance(
        action(
            "ask",
            "ConnectParticipantWithLexBot",
            bot,
            "error",
            on={"Balance": "sum"},
            errors={"NoMatchingCondition": "error"},
        ),
        say("sum", "42."),
    )
    doubles = DefaultDoubles()
    doubles.table["ConnectParticipantWithLexBot"] = lambda request: Answered(
        "Balance" if "money" in request.parameters["Utterance"] else "FallbackIntent"
    )
    line.doubles = doubles
    result = judge(line, heard("help", "How can I help?", utter(Text="my money"), then=["sum"]), heard("sum", "42."))
    assert result.status == "PASSED", result.failure


class TestUsage:
    THRICE = instance(
        action("loop", "Loop", {"LoopCount": "3"}, "end", on={"ContinueLooping": "again", "DoneLooping": "end"}),
        say("again", "Once more.", "loop"),
    )

    @pytest.mark.parametrize(
        ("usage", "status"),
        [
            ({"Type": "Exactly", "Times": 3}, "PASSED"),
            ({"Type": "Exactly", "Times": 4}, "FAILED"),
            ({"Type": "AtLeast", "Times": 2}, "PASSED"),
            ({"Type": "AtLeast", "Times": 4}, "FAILED"),
            ({"Type": "AtMost", "Times": 5}, "PASSED"),
            ({"Type": "Always"}, "PASSED"),
            ({"Type": "EXACTLY", "Times": 3}, "PASSED"),
            ({"Type": "AT_LEAST", "Times": 4}, "FAILED"),
            ({"Type": "ANY"}, "PASSED"),
        ],
    )
    def test_how_often(self, usage: dict[str, Any], status: str) -> None:
        assert judge(self.THRICE, heard("again", "Once more", Usage=usage)).status == status

    def test_an_observation_that_has_had_its_turn_leaves_events_alone(self) -> None:
        result = judge(self.THRICE, heard("again", "Once more", log(n="x")))
        assert result.logged == [("n", "x")]


class TestFunctions:
    LINE = instance(
        ask("first", "say first"),
        say("say first", "First $.External.status.", "second"),
        ask("second", "say second", "failed"),
        say("say second", "Second $.External.status."),
        say("failed", "It failed."),
    )

    @staticmethod
    def answer(status: str) -> dict[str, Any]:
        loaded = {"DelaySeconds": 1, "LoadedData": json.dumps({"status": status})}
        return mock("InvokeLambdaFunction", LAMBDA, ExecutionResult=loaded)

    def test_are_really_called_unless_overridden(self) -> None:
        functions = Functions(lambda event: {"status": "real"})
        assert (
            judge(self.LINE, heard("first", "First real"), heard("second", "Second real"), functions=functions).status
            == "PASSED"
        )
        assert len(functions.events) == 2

    def test_overrides_are_used_in_the_order_they_came_and_then_used_up(self) -> None:
        functions = Functions(lambda event: {"status": "real"})
        result = judge(
            self.LINE,
            observation("start", "TestInitiated", {}, self.answer("mocked")),
            heard("first", "First mocked"),
            heard("second", "Second real"),
            functions=functions,
        )
        assert result.status == "PASSED", result.failure
        assert len(functions.events) == 1
        both = judge(
            self.LINE,
            observation("start", "TestInitiated", {}, self.answer("active"), self.answer("suspended")),
            heard("first", "First active"),
            heard("second", "Second suspended"),
        )
        assert both.status == "PASSED", both.failure

    def test_an_override_on_seeing_the_action_serves_that_call(self) -> None:
        started = {"ActionType": "InvokeLambdaFunction", "ActionParameters": LAMBDA}
        result = judge(
            self.LINE,
            observation("ask", "FlowActionStarted", started, self.answer("in time")),
            heard("first", "First in time"),
        )
        assert result.status == "PASSED", result.failure

    @pytest.mark.parametrize(
        "broken",
        [
            mock("InvokeLambdaFunction", LAMBDA, Error={"Value": "TimeLimitExceeded"}),
            mock("InvokeLambdaFunction", LAMBDA, Error={"Value": "NoMatchingError", "DelaySeconds": 2}),
            mock("InvokeLambdaFunction", LAMBDA, ExecutionResult={"DelaySeconds": 4, "LoadedData": "{}"}),
            mock("InvokeLambdaFunction", LAMBDA, ExecutionResult={"LoadedData": "no json"}),
        ],
    )
    def test_failures_and_delays_past_the_limit(self, broken: dict[str, Any]) -> None:
        start = observation("start", "TestInitiated", {}, self.answer("fine"), broken)
        result = judge(self.LINE, start, heard("first", "First fine"), heard("failed", "It failed"))
        assert result.status == "PASSED", result.failure

    def test_a_substitute(self) -> None:
        start = observation("start", "TestInitiated", {}, substitute("InvokeLambdaFunction", LAMBDA, "arn:other"))
        called: list[str] = []

        class Named(Functions):
            def invoke(self, arn: str, event: dict[str, Any], seconds: float) -> Invocation:
                called.append(arn)
                return super().invoke(arn, event, seconds)

        judge(self.LINE, start, functions=Named())
        assert called == ["arn:other", FUNCTION]

    def test_answers_can_be_asserted_once_their_completion_was_seen(self) -> None:
        completed = {"ActionType": "InvokeLambdaFunction", "ActionParameters": LAMBDA}
        functions = Functions(lambda event: {"status": "real"})
        seen = observation("came", "FlowActionCompleted", completed, expect("$.External.status", "Equals", "real"))
        assert judge(self.LINE, seen, functions=functions).status == "PASSED"
        unseen = heard("first", "First real", expect("$.External.status", "Equals", "real"))
        assert "but it is ''" in judge(self.LINE, unseen, functions=functions).failure

    def test_nor_is_an_answer_logged_or_compared_before(self) -> None:
        functions = Functions(lambda event: {"status": "real"})
        completed = {"ActionType": "InvokeLambdaFunction", "ActionParameters": LAMBDA}
        result = judge(
            self.LINE,
            heard("first", "First real", log(before="it is $.External.status!")),
            observation(
                "came",
                "FlowActionCompleted",
                completed,
                log(after="it is $.External.status!"),
                expect("$.External.status", "Equals", "$.LambdaInvocation.ResultData.status"),
                Usage={"Type": "AtLeast", "Times": 2},
            ),
            functions=functions,
        )
        assert result.status == "PASSED", result.failure
        assert result.logged == [("after", "it is real!"), ("before", "it is real!"), ("after", "it is real!")]
        unseen = heard("first", "First real", log(before="it is $.External.status!"))
        assert judge(self.LINE, unseen, functions=functions).logged == [("before", "it is !")]

    def test_a_failure_does_not_complete(self) -> None:
        completed = {"ActionType": "InvokeLambdaFunction", "ActionParameters": LAMBDA}
        functions = Functions(lambda event: Invocation(error="x"))
        assert (
            judge(self.LINE, observation("came", "FlowActionCompleted", completed), functions=functions).status
            == "FAILED"
        )


HOURS_ID = {"HoursOfOperationId": HOURS}
QUEUE_ID = {"QueueId": "service"}


class TestHoursAndQueues:
    LINE = instance(
        action("set", "UpdateContactTargetQueue", {"QueueId": QUEUE}, "check"),
        action(
            "check",
            "CheckHoursOfOperation",
            {"HoursOfOperationId": HOURS},
            "error",
            on={"True": "transfer", "False": "shut"},
        ),
        say("shut", "We are closed."),
        action("transfer", "TransferContactToQueue", errors={"QueueAtCapacity": "full"}),
        say("full", "All lines are busy."),
    )

    @pytest.mark.parametrize(
        ("overridden", "text"),
        [
            (mock("CheckHoursOfOperation", HOURS_ID, ExecutionResult={"Value": "OutOfHours"}), "We are closed"),
            (substitute("CheckHoursOfOperation", HOURS_ID, CLOSED), "We are closed"),
            (mock("CheckHoursOfOperation", HOURS_ID, Error={"Value": "NoMatchingError"}), "Error"),
            (mock("TransferContactToQueue", QUEUE_ID, Error={"Value": "QueueAtCapacity"}), "All lines are busy"),
            (mock("TransferContactToQueue", QUEUE_ID, Error={"Value": "NoMatchingError"}), "Error"),
            (substitute("TransferContactToQueue", QUEUE_ID, "nowhere"), "Error"),
        ],
    )
    def test_overrides(self, overridden: dict[str, Any], text: str) -> None:
        result = judge(self.LINE, observation("start", "TestInitiated", {}, overridden), heard("text", text))
        assert result.status == "PASSED", result.failure

    def test_a_transfer_is_seen_with_its_queue_before_it_happens(self) -> None:
        started = {"ActionType": "TransferContactToQueue", "ActionParameters": {"QueueId": QUEUE}}
        ends = expect("$.Queue.Name", "Equals", "Service"), end_test()
        result = judge(self.LINE, observation("transfer", "FlowActionStarted", started, *ends))
        assert result.status == "PASSED", result.failure

    def test_a_transfer_to_an_agent_is_another(self) -> None:
        to_an_agent = {"QueueId": QUEUE, "AgentId": "a"}
        started = {"ActionType": "TransferContactToQueue", "ActionParameters": to_an_agent}
        result = judge(self.LINE, observation("transfer", "FlowActionStarted", started))
        assert f'it had "CheckHoursOfOperation {HOURS}", "TransferContactToQueue {QUEUE}"' in result.failure

    def test_of_another_queue_is_not_seen(self) -> None:
        started = {"ActionType": "TransferContactToQueue", "ActionParameters": {"QueueId": "other"}}
        result = judge(self.LINE, observation("transfer", "FlowActionStarted", started))
        assert QUEUE in result.failure
