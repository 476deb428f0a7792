"""Flow control actions: which action, flow or module comes next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localconnect.actions.doubled import ask, whole_seconds
from localconnect.call import ActionFailed, Call, Scope, Transferred
from localconnect.engine import walk
from localconnect.flow import Perform, Steps
from localconnect.language.references import read_text, read_tree
from localconnect.overrides import Answer, Failure, Substitute

MODULE_DEPTH = 5
"""How deep modules nest (page "Flow modules for reusable functions")."""
MOST_LOOPS = 100


def compare(parameters: Mapping[str, Any]) -> Perform:
    return read_text(parameters["ComparisonValue"])


def loop(parameters: Mapping[str, Any]) -> Perform:
    """ "ContinueLooping" LoopCount times, then "DoneLooping", then from the beginning."""
    read = read_text(str(parameters["LoopCount"]))
    counter = object()

    def perform(call: Call) -> str:
        text = read(call)
        count = int(text) if text.isdecimal() else -1
        if not 0 <= count <= MOST_LOOPS:
            raise ActionFailed(f"LoopCount is {text!r}; it must be a whole number from 0 to {MOST_LOOPS}")
        loops = call.scope.loops
        taken = loops.get(counter, 0)
        loops[counter] = taken + 1 if taken < count else 0
        return "ContinueLooping" if taken < count else "DoneLooping"

    return perform


def wait(parameters: Mapping[str, Any]) -> Perform:
    """Lets the seconds go by, for a voice contact too (the API's page says chat only, the administrators' more), or
    waits for one of the Events, which its double may let happen.
    """
    read = read_text(str(parameters.get("TimeLimitSeconds") or parameters["TimeoutSeconds"]))
    events = parameters.get("Events")

    def perform(call: Call) -> Steps:
        seconds = whole_seconds(read(call))
        if events:
            return (yield from ask(call, "Wait", {"Seconds": seconds, "Events": events}))
        yield from call.pause(seconds)
        return "WaitCompleted"

    return perform


def update_flow_attributes(parameters: Mapping[str, Any]) -> Perform:
    reads = [(name, read_text(entry["Value"])) for name, entry in parameters["FlowAttributes"].items()]

    def perform(call: Call) -> None:
        call.scope.flow_attributes |= {name: read(call) for name, read in reads}

    return perform


def update_flow_logging_behavior(parameters: Mapping[str, Any]) -> Perform:
    enabled = parameters["FlowLoggingBehavior"] == "Enabled"

    def perform(call: Call) -> None:
        call.contact.logging_enabled = enabled

    return perform


def check_hours_of_operation(parameters: Mapping[str, Any]) -> Perform:
    """The hours named, or else those of the target queue."""
    read = read_text(parameters["HoursOfOperationId"]) if "HoursOfOperationId" in parameters else None

    def perform(call: Call) -> str:
        hours = call.instance.hours_named(read(call) if read else _queue_hours(call))
        match call.overrides.take("CheckHoursOfOperation", hours.arn):
            case Substitute(arn):
                hours = call.instance.hours_named(arn)
            case Answer(value):
                return str(value == "InHours")
            case Failure(error):
                raise ActionFailed("the test case says so", error)
        return str(hours.are_open(call.clock.now()))

    return perform


def _queue_hours(call: Call) -> str:
    if call.contact.queue_arn is None:
        raise ActionFailed("neither hours nor a queue is set; name the HoursOfOperationId")
    return call.instance.queue(call.contact.queue_arn).hours_arn


def implied_hours(call: Call) -> dict[str, Any]:
    return {"HoursOfOperationId": _queue_hours(call)} if call.contact.queue_arn else {}


def invoke_flow_module(parameters: Mapping[str, Any]) -> Perform:
    """Runs a module; its result, if it ends with one, is what the conditions compare."""
    read = read_text(parameters["FlowModuleId"])
    read_input = read_tree(parameters.get("Input", {}))

    def perform(call: Call) -> Steps:
        module = call.instance.module(read(call))
        outer = call.scope
        if outer.depth == MODULE_DEPTH:
            raise ActionFailed(f"modules nest {MODULE_DEPTH} deep at most")
        inner = Scope(depth=outer.depth + 1, module_input=read_input(call))
        call.scope = inner
        try:
            yield from walk(call, module)
        finally:
            call.scope = outer
        outer.module_result, outer.module_result_data = inner.module_result, inner.module_result_data
        return inner.module_result

    return perform


def end_flow_module_execution(parameters: Mapping[str, Any]) -> Perform:
    read_result = read_text(parameters["Result"]) if "Result" in parameters else None
    read_data = read_tree(parameters.get("ResultData", {}))

    def perform(call: Call) -> None:
        call.scope.module_result = read_result(call) if read_result else None
        call.scope.module_result_data = read_data(call)

    return perform


def transfer_to_flow(parameters: Mapping[str, Any]) -> Perform:
    read = read_text(parameters["ContactFlowId"])

    def perform(call: Call) -> None:
        raise Transferred(call.instance.flow(read(call)))

    return perform


def end_flow_execution(parameters: Mapping[str, Any]) -> Perform:
    return lambda call: None
