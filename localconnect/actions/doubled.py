"""Actions that a double answers: what they ask it, and what becomes of its outcome."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any

from localconnect.call import ActionFailed, Call, Disconnected
from localconnect.doubles import Answered, Failed, Outcome, Request
from localconnect.effects import Effect, Reply
from localconnect.flow import Perform, Steps
from localconnect.language.references import read_text, read_tree

if TYPE_CHECKING:
    from localconnect.instance import Queue

LONGEST_WAIT = 604_800
"""Seconds, which are seven days (page "Wait")."""

Asking = Generator[Effect, Reply, str | None]


def ask(call: Call, action_type: str, parameters: Mapping[str, Any]) -> Asking:
    """Put it to the double; its result, once what can be read from it is there. Raises ActionFailed."""
    outcome = call.instance.doubles.answer(Request(action_type, parameters, call.contact))
    return (yield from settle(call, outcome))


def settle(call: Call, outcome: Outcome) -> Asking:
    if outcome.seconds:
        yield from call.pause(outcome.seconds)
    match outcome:
        case Failed(error, reason):
            raise ActionFailed(reason, error)
        case Answered(result, data):
            for namespace, values in data.items():
                call.contact.loaded[namespace] = {**call.contact.loaded.get(namespace, {}), **values}
            return result


def doubled(action_type: str) -> Callable[[Mapping[str, Any]], Perform]:
    """An action that its double alone answers."""

    def make(parameters: Mapping[str, Any]) -> Perform:
        read = read_tree(parameters)

        def perform(call: Call) -> Steps:
            return (yield from ask(call, action_type, read(call)))

        return perform

    return make


def show_view(parameters: Mapping[str, Any]) -> Perform:
    """Branches on what was done in the view; $.Views has that and what was filled in."""
    read = read_tree(parameters)
    read_limit = read_text(str(parameters["InvocationTimeLimitSeconds"]))

    def perform(call: Call) -> Steps:
        return (yield from ask(call, "ShowView", {**read(call), "Seconds": whole_seconds(read_limit(call))}))

    return perform


def transfer_participant_to_third_party(parameters: Mapping[str, Any]) -> Perform:
    """With ContinueFlowExecution "False" the flow is over once the third party has answered."""
    read = read_tree(parameters)
    goes_on = str(parameters.get("ContinueFlowExecution", "True")).casefold() == "true"

    def perform(call: Call) -> Steps:
        yield from ask(call, "TransferParticipantToThirdParty", read(call))
        if not goes_on:
            raise Disconnected
        return None

    return perform


def create_callback_contact(parameters: Mapping[str, Any]) -> Perform:
    """To the number that UpdateContactCallbackNumber has set, or else the caller's own, in the queue named or set."""
    read, read_queue = read_tree(parameters), queue_reader(parameters)

    def perform(call: Call) -> Steps:
        number = call.contact.callback_number or call.contact.customer_address
        asked = {**read(call), "QueueId": read_queue(call).arn, "CustomerNumber": number}
        return (yield from ask(call, "CreateCallbackContact", asked))

    return perform


def queue_reader(parameters: Mapping[str, Any]) -> Callable[[Call], Queue]:
    """What finds the queue that an action's QueueId or AgentId names, or else the contact's. It raises ActionFailed."""
    if "AgentId" in parameters:
        read_agent = read_text(parameters["AgentId"])
        return lambda call: call.instance.agent_queue(read_agent(call))
    read_queue = read_text(parameters["QueueId"]) if "QueueId" in parameters else None

    def find(call: Call) -> Queue:
        reference = read_queue(call) if read_queue else call.contact.queue_arn
        if reference is None:
            raise ActionFailed("no queue is set; put an UpdateContactTargetQueue before it")
        return call.instance.queue(reference)

    return find


def whole_seconds(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 7 and int(text) <= LONGEST_WAIT):
        raise ActionFailed(f"the time to wait is {text!r}; it must be a whole number of seconds, seven days at most")
    return int(text)
