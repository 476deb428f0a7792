from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localconnect.clock import TurnedClock
from localconnect.doubles import Answered
from localconnect.engine import run
from tests.unit.localconnect.flows import (
    CALLER,
    CLOSED,
    HOURS,
    QUEUE,
    Functions,
    action,
    call,
    detail,
    instance,
    menu,
    outcome,
    say,
    spoken,
    store,
)


def compare(identifier: str, value: str, on: dict[str, str], otherwise: str = "end") -> dict[str, Any]:
    parameters = {"ComparisonValue": value}
    return action(identifier, "Compare", parameters, otherwise, on=on, errors={"NoMatchingCondition": otherwise})


class TestCompare:
    def test_takes_the_branch_that_fits(self) -> None:
        line = instance(compare("channel", "$.Channel", {"CHAT": "error", "VOICE": "hi"}), say("hi", "Hi."))
        assert spoken(call(line)) == ["Hi."]

    def test_or_none(self) -> None:
        record = call(instance(compare("channel", "$.Channel", {"CHAT": "error"}, "hi"), say("hi", "Hi.")))
        assert spoken(record) == ["Hi."]
        assert outcome(record, "channel") == "NoMatchingCondition"

    def test_a_missing_value_fits_nothing(self) -> None:
        record = call(instance(compare("missing", "$.Attributes.missing", {"x": "error"})))
        assert outcome(record, "missing") == "NoMatchingCondition"

    @pytest.mark.parametrize(("key", "said"), [("tier", "Yes."), ("other", "No.")])
    def test_looks_for_a_key(self, key: str, said: str) -> None:
        ask = {
            "LambdaFunctionARN": "f",
            "InvocationTimeLimitSeconds": "8",
            "ResponseValidation": {"ResponseType": "JSON"},
        }
        has_key = compare("has", "$.External.customer", {key: "yes"}, "no")
        has_key["Transitions"]["Conditions"][0]["Condition"]["Operator"] = "KeyExists"
        line = instance(
            action("ask", "InvokeLambdaFunction", ask, "has"), has_key, say("yes", "Yes."), say("no", "No.")
        )
        functions = Functions(lambda event: {"customer": {"tier": "GOLD"}})
        assert spoken(call(line, functions=functions)) == [said]


def looped(count: str) -> list[dict[str, Any]]:
    loop = action(
        "loop",
        "Loop",
        {"LoopCount": count},
        "error",
        on={"ContinueLooping": "again", "DoneLooping": "over"},
        errors={"NoMatchingError": "error"},
    )
    return [loop, say("again", "Again.", "loop"), say("over", "Over.")]


class TestLoop:
    @given(st.integers(0, 100))
    @settings(max_examples=10)
    def test_goes_round_so_many_times(self, count: int) -> None:
        assert spoken(call(instance(*looped(str(count))))) == ["Again."] * count + ["Over."]

    def test_begins_anew_once_it_is_done(self) -> None:
        [loop, again, _] = looped("1")
        line = instance(loop, again, menu("over", {"1": "loop", "2": "end"}))
        assert spoken(call(line, "1,2")) == ["Again.", "Choose.", "Again.", "Choose."]

    @pytest.mark.parametrize("count", ["ten", "101", "-1", ""])
    def test_a_count_that_is_none_takes_the_error_branch(self, count: str) -> None:
        line = instance(
            action(
                "ask", "InvokeLambdaFunction", {"LambdaFunctionARN": "f", "InvocationTimeLimitSeconds": "8"}, "loop"
            ),
            *looped("$.External.count"),
        )
        record = call(line, functions=Functions(lambda event: {"count": count}))
        assert detail(record, "loop") == f"LoopCount is {count!r}; it must be a whole number from 0 to 100"
        assert spoken(record) == ["Error."]


class TestWait:
    @pytest.mark.parametrize("name", ["TimeLimitSeconds", "TimeoutSeconds"])
    def test_lets_time_pass(self, name: str) -> None:
        clock = TurnedClock(datetime(2026, 1, 1, tzinfo=UTC))
        wait = action("wait", "Wait", {name: "90"}, "error", on={"WaitCompleted": "end"})
        record = call(instance(wait), clock=clock)
        assert clock.now() - datetime(2026, 1, 1, tzinfo=UTC) == timedelta(seconds=90)
        assert outcome(record, "wait") == "WaitCompleted"

    def test_a_time_that_is_none_takes_the_error_branch(self) -> None:
        wait = action("wait", "Wait", {"TimeLimitSeconds": "$.Attributes.s"}, "error", on={"WaitCompleted": "end"})
        assert outcome(call(instance(wait)), "wait") == "NoMatchingError"

    @pytest.mark.parametrize("seconds", ["soon", "604801", "9" * 30])
    def test_seven_days_at_most(self, seconds: str) -> None:
        wait = action("wait", "Wait", {"TimeLimitSeconds": "$.Attributes.s"}, "error", on={"WaitCompleted": "end"})
        set_it = action("set", "UpdateContactAttributes", {"Attributes": {"s": seconds}}, "wait")
        assert outcome(call(instance(set_it, wait)), "wait") == "NoMatchingError"

    def waiting(self, *events: str) -> Any:
        parameters = {"TimeLimitSeconds": "90", "Events": list(events)}
        on = {"WaitCompleted": "over", **dict.fromkeys(events, "back")}
        wait = action("wait", "Wait", parameters, "error", on=on, errors={"ParticipantNotFound": "alone"})
        if "BotParticipantDisconnected" not in events:
            wait["Transitions"]["Errors"] = wait["Transitions"]["Errors"][:1]
        return instance(wait, say("over", "Over."), say("back", "Back."), say("alone", "No bot."))

    def test_no_event_comes_by_itself(self) -> None:
        clock = TurnedClock(datetime(2026, 1, 1, tzinfo=UTC))
        assert spoken(call(self.waiting("CustomerReturned"), clock=clock)) == ["Over."]
        assert clock.now() - datetime(2026, 1, 1, tzinfo=UTC) == timedelta(seconds=90)

    def test_but_a_double_may_send_one(self) -> None:
        line = self.waiting("CustomerReturned")
        line.doubles.table["Wait"] = lambda request: Answered("CustomerReturned", seconds=5)
        assert spoken(call(line)) == ["Back."]

    def test_there_is_no_bot_to_wait_for(self) -> None:
        assert spoken(call(self.waiting("BotParticipantDisconnected"))) == ["No bot."]


def flow_attributes(identifier: str, then: str, **attributes: str) -> dict[str, Any]:
    written = {name: {"Value": value} for name, value in attributes.items()}
    return action(identifier, "UpdateFlowAttributes", {"FlowAttributes": written}, then)


class TestFlowAttributes:
    def test_are_kept_within_the_flow(self) -> None:
        line = instance(
            flow_attributes("set", "more", page="1"), flow_attributes("more", "hi", of="3"), say("hi", TEXT)
        )
        assert spoken(call(line)) == ["Page 1 of 3."]

    def test_do_not_go_to_another(self) -> None:
        line = instance(
            flow_attributes("set", "go", page="1", of="3"),
            action("go", "TransferToFlow", {"ContactFlowId": "other"}, "error"),
            flows={"other": [say("hi", TEXT)]},
        )
        assert spoken(call(line)) == ["Page  of ."]


TEXT = "Page $.FlowAttributes.page of $.FlowAttributes.of."


class TestTransferToFlow:
    def test_goes_on_there_and_does_not_come_back(self) -> None:
        line = instance(
            store("pin", "go"),
            action("go", "TransferToFlow", {"ContactFlowId": "other"}, "error"),
            flows={"other": [say("hi", "You typed $.StoredCustomerInput.")]},
        )
        record = call(line, "12#")
        assert spoken(record) == ["Type.", "You typed 12."]
        assert [step.flow for step in record.actions] == ["main", "main", "other", "other"]

    def test_to_nowhere_takes_the_error_branch(self) -> None:
        record = call(instance(action("go", "TransferToFlow", {"ContactFlowId": "nowhere"}, "error")))
        assert detail(record, "go") == "the instance has no flow 'nowhere'"


def check_hours(parameters: dict[str, str]) -> dict[str, Any]:
    return action("check", "CheckHoursOfOperation", parameters, "error", on={"True": "open", "False": "shut"})


class TestHours:
    @pytest.mark.parametrize(("hours", "answer"), [(HOURS, "Open."), (CLOSED, "Shut.")])
    def test_branches_on_whether_they_are_open(self, hours: str, answer: str) -> None:
        check = check_hours({"HoursOfOperationId": hours})
        assert spoken(call(instance(check, say("open", "Open."), say("shut", "Shut.")))) == [answer]

    def test_are_those_of_the_queue_unless_named(self) -> None:
        queue = action("queue", "UpdateContactTargetQueue", {"QueueId": QUEUE}, "check")
        assert spoken(call(instance(queue, check_hours({}), say("open", "Open."), say("shut", "Shut.")))) == ["Open."]

    def test_without_either_take_the_error_branch(self) -> None:
        record = call(instance(check_hours({}), say("open", "Open."), say("shut", "Shut.")))
        assert detail(record, "check") == "neither hours nor a queue is set; name the HoursOfOperationId"

    def test_that_do_not_exist_take_it_too(self) -> None:
        line = instance(check_hours({"HoursOfOperationId": "x"}), say("open", "Open."), say("shut", "Shut."))
        assert detail(call(line), "check") == "the instance has no hours of operation 'x'"


def invoke_module(identifier: str, module: str, then: str, on: dict[str, str] | None = None, **more: Any) -> Any:
    parameters = {"FlowModuleId": module, **more}
    errors = {"NoMatchingCondition": "unknown"} if on else {}
    return action(identifier, "InvokeFlowModule", parameters, then, on=on, errors=errors)


def end_module(identifier: str, **parameters: Any) -> dict[str, Any]:
    return action(identifier, "EndFlowModuleExecution", parameters)


class TestModules:
    def test_come_back_to_where_they_were_called(self) -> None:
        line = instance(
            invoke_module("call", "m", "back"), say("back", "Back."), modules={"m": [say("in", "In.", "done")]}
        )
        assert spoken(call(line)) == ["In.", "Back."]

    @pytest.mark.parametrize(
        ("result", "answer"), [("known", "Known."), ("stranger", "Stranger."), ("other", "Unknown.")]
    )
    def test_their_result_decides_the_branch(self, result: str, answer: str) -> None:
        line = instance(
            invoke_module("call", "m:$LATEST", "error", {"known": "known", "stranger": "stranger"}),
            say("known", "Known."),
            say("stranger", "Stranger."),
            say("unknown", "Unknown."),
            modules={"m": [end_module("out", Result=result)]},
        )
        assert spoken(call(line)) == [answer]

    def test_without_a_result_the_next_action_comes(self) -> None:
        line = instance(
            invoke_module("call", "m", "next", {"known": "error"}),
            say("next", "Next."),
            say("unknown", "Unknown."),
            modules={"m": [say("in", "In.", "done")]},
        )
        assert spoken(call(line)) == ["In.", "Next."]

    def test_input_goes_in_and_result_data_comes_out(self) -> None:
        inside = [
            say("in", "Account $.Modules.Input.account.", "out"),
            end_module("out", Result="ok", ResultData={"name": "N$.Modules.Input.account", "list": [1, 2]}),
        ]
        line = instance(
            invoke_module("call", "m", "back", Input={"account": "$.CustomerEndpoint.Type"}),
            say("back", "$.Modules.Result: $.Modules.ResultData.name, $.Modules.ResultData.list[1]"),
            modules={"m": inside},
        )
        assert spoken(call(line)) == ["Account TELEPHONE_NUMBER.", "ok: NTELEPHONE_NUMBER, 2"]

    def test_only_contact_attributes_are_shared(self) -> None:
        text = "[$.Attributes.a $.FlowAttributes.page $.External.x $.StoredCustomerInput]"
        ask = {"LambdaFunctionARN": "f", "InvocationTimeLimitSeconds": "8"}
        attribute = action("attribute", "UpdateContactAttributes", {"Attributes": {"a": "inner"}}, "in")
        line = instance(
            store("pin", "page"),
            flow_attributes("page", "ask", page="1"),
            action("ask", "InvokeLambdaFunction", ask, "call"),
            invoke_module("call", "m", "back"),
            say("back", text),
            modules={"m": [say("first", text, "attribute"), attribute, flow_attributes("in", "done", page="2")]},
        )
        record = call(line, "12#", Functions(lambda event: {"x": "7"}))
        assert spoken(record) == ["Type.", "[   ]", "[inner 1 7 12]"]

    def test_nest_five_deep(self) -> None:
        nested = {f"m{n}": [invoke_module("call", f"m{n + 1}", "done")] for n in range(1, 5)}
        line = instance(invoke_module("call", "m1", "end"), modules={**nested, "m5": [say("in", "Five.", "done")]})
        assert spoken(call(line)) == ["Five."]
        deeper = {**nested, "m5": [invoke_module("call", "m6", "done")], "m6": [say("in", "Six.", "done")]}
        record = call(instance(invoke_module("call", "m1", "end"), modules=deeper))
        assert spoken(record) == ["Module error."]
        assert "modules nest 5 deep at most" in [step.detail for step in record.actions]

    def test_may_end_the_call(self) -> None:
        line = instance(
            invoke_module("call", "m", "back"),
            say("back", "Back."),
            modules={"m": [action("bye", "DisconnectParticipant")]},
        )
        record = call(line)
        assert spoken(record) == []
        assert record.ended.detail == "DisconnectParticipant 'bye' in 'm'"

    def test_may_leave_for_another_flow(self) -> None:
        line = instance(
            invoke_module("call", "m", "back"),
            say("back", "Back."),
            modules={"m": [action("go", "TransferToFlow", {"ContactFlowId": "other"}, "error")]},
            flows={"other": [say("there", "There.")]},
        )
        assert spoken(call(line)) == ["There."]

    def test_that_do_not_exist_take_the_error_branch(self) -> None:
        record = call(instance(invoke_module("call", "x", "end")))
        assert detail(record, "call") == "the instance has no flow module 'x'"


def test_logging_is_noted() -> None:
    line = instance(
        action("log", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Enabled"}, "hi"), say("hi", "Hi.")
    )
    contact = line.new_contact(customer_address=CALLER, clock=TurnedClock())
    next(run(line, contact, clock=TurnedClock()))
    assert contact.logging_enabled
