import json
from typing import Any

import pytest

from localconnect.clock import TurnedClock
from localconnect.effects import Invocation, Invoke
from localconnect.engine import run
from localconnect.overrides import Answer, Failure, Overrides, Substitute
from localconnect.scripted import CallRecord
from tests.unit.localconnect.flows import (
    ARN,
    CALLER,
    FUNCTION,
    QUEUE,
    Functions,
    action,
    call,
    detail,
    instance,
    outcome,
    say,
    spoken,
)


def ask(
    identifier: str = "ask", then: str = "answer", *, json_answer: bool = False, **attributes: str
) -> dict[str, Any]:
    parameters: dict[str, Any] = {"LambdaFunctionARN": FUNCTION, "InvocationTimeLimitSeconds": "3"}
    if attributes:
        parameters["LambdaInvocationAttributes"] = attributes
    if json_answer:
        parameters["ResponseValidation"] = {"ResponseType": "JSON"}
    return action(identifier, "InvokeLambdaFunction", parameters, then)


def asked(answer: Any, *, json_answer: bool = False) -> CallRecord:
    line = instance(ask(json_answer=json_answer), say("answer", "Answer: $.External.a"))
    return call(line, functions=Functions(lambda event: answer))


def test_the_event_is_the_documented_one() -> None:
    functions = Functions()
    line = instance(
        action("queue", "UpdateContactTargetQueue", {"QueueId": QUEUE}, "set"),
        action("set", "UpdateContactAttributes", {"Attributes": {"k": "v"}}, "ask"),
        ask(then="end", operation="balance", caller="$.CustomerEndpoint.Address"),
    )
    record = call(line, functions=functions)
    [event] = functions.events
    assert event == {
        "Name": "ContactFlowEvent",
        "Details": {
            "ContactData": {
                "Attributes": {"k": "v"},
                "Channel": "VOICE",
                "ContactId": record.contact_id,
                "CustomerEndpoint": {"Address": CALLER, "Type": "TELEPHONE_NUMBER"},
                "CustomerId": None,
                "Description": None,
                "InitialContactId": record.contact_id,
                "InitiationMethod": "INBOUND",
                "InstanceARN": ARN,
                "LanguageCode": "en-US",
                "MediaStreams": {"Customer": {"Audio": None}},
                "Name": None,
                "PreviousContactId": record.contact_id,
                "Queue": {"ARN": QUEUE, "Name": "Service"},
                "References": {},
                "SystemEndpoint": None,
            },
            "Parameters": {"operation": "balance", "caller": CALLER},
        },
    }
    assert json.loads(json.dumps(event)) == event
    assert functions.seconds == [3]


class TestAnswers:
    def test_a_map_of_strings_is_there_for_the_flow(self) -> None:
        assert spoken(asked({"a": "1"})) == ["Answer: 1"]

    @pytest.mark.parametrize("answer", [{"a": 1}, {"a": None}, {"a": {"b": "c"}}, ["a"], "a", b"", b"{", b"\xff"])
    def test_anything_else_takes_the_error_branch(self, answer: Any) -> None:
        record = asked(answer)
        assert outcome(record, "ask") == "NoMatchingError"
        assert spoken(record) == ["Error."]

    def test_json_may_be_of_any_depth(self) -> None:
        line = instance(ask(json_answer=True), say("answer", "$.External.rows[1].price, $.External.n"))
        functions = Functions(lambda event: {"rows": [{}, {"price": "12.50"}], "n": 3})
        assert spoken(call(line, functions=functions)) == ["12.50, 3"]

    def test_32_kb_are_the_most(self) -> None:
        most = json.dumps({"a": "x" * (32 * 1024 - len('{"a": ""}'))}).encode()
        assert outcome(asked(most), "ask") == "Success"
        record = asked(most + b" ")
        assert outcome(record, "ask") == "NoMatchingError"
        assert detail(record, "ask") == "the function answered 32,769 bytes; 32,768 are allowed"

    def test_a_function_that_failed_takes_the_error_branch(self) -> None:
        record = asked(Invocation(error="the function failed: KeyError: 'x'"))
        assert (outcome(record, "ask"), detail(record, "ask")) == (
            "NoMatchingError",
            "the function failed: KeyError: 'x'",
        )

    def test_only_the_latest_answer_is_there(self) -> None:
        answers = iter([{"a": "1"}, {"b": "2"}])
        line = instance(ask("first", "second"), ask("second", "say"), say("say", "[$.External.a $.External.b]"))
        assert spoken(call(line, functions=Functions(lambda event: next(answers)))) == ["[ 2]"]

    def test_a_failure_leaves_nothing_of_the_one_before(self) -> None:
        answers = iter([{"a": "1"}, Invocation(error="late")])
        second = ask("second", "say")
        second["Transitions"]["Errors"] = [{"ErrorType": "NoMatchingError", "NextAction": "say"}]
        line = instance(ask("first", "second"), second, say("say", "[$.External.a]"))
        assert spoken(call(line, functions=Functions(lambda event: next(answers)))) == ["[]"]


class TestOverrides:
    """What a test case may put in a function's place."""

    def steps(self, *overrides: Any) -> Any:
        waiting = Overrides()
        for override in overrides:
            waiting.add("InvokeLambdaFunction", FUNCTION, override)
        line = instance(ask(), say("answer", "Answer: $.External.a"))
        contact = line.new_contact(customer_address=CALLER, clock=TurnedClock())
        return run(line, contact, clock=TurnedClock(), overrides=waiting)

    def test_an_answer(self) -> None:
        steps = self.steps(Answer('{"a": "7"}', delay=2))
        assert next(steps).seconds == 2
        assert steps.send(None).text == "Answer: 7"

    def test_an_answer_that_is_too_late(self) -> None:
        steps = self.steps(Answer('{"a": "7"}', delay=3.5))
        assert next(steps).seconds == 3
        assert steps.send(None).text == "Error."

    def test_a_failure(self) -> None:
        steps = self.steps(Failure("TimeLimitExceeded"))
        assert next(steps).seconds == 0
        assert steps.send(None).text == "Error."

    def test_another_function(self) -> None:
        effect = next(self.steps(Substitute("arn:other")))
        assert isinstance(effect, Invoke)
        assert effect.arn == "arn:other"

    def test_an_invoke_wants_an_invocation(self) -> None:
        steps = self.steps()
        next(steps)
        with pytest.raises(TypeError, match="answer with an Invocation"):
            steps.send(None)


class TestAsynchronous:
    def calling(self, answer: Any) -> tuple[CallRecord, Functions]:
        parameters = {
            "LambdaFunctionARN": FUNCTION,
            "InvocationTimeLimitSeconds": "60",
            "InvocationType": "ASYNCHRONOUS",
        }
        functions = Functions(lambda event: answer)
        line = instance(action("ask", "InvokeLambdaFunction", parameters, "say"), say("say", "<$.External.a>"))
        return call(line, functions=functions), functions

    @pytest.mark.parametrize("answer", [{"a": "1"}, b"?", Invocation(error="it failed")])
    def test_what_the_function_answers_is_not_looked_at(self, answer: Any) -> None:
        record, functions = self.calling(answer)
        assert spoken(record) == ["<>"]
        assert len(functions.events) == 1
