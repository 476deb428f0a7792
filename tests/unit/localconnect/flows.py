"""Small flows for tests, written in a line an action, and the instance around them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from localconnect.effects import Invocation
from localconnect.hours import Hours, Opening
from localconnect.instance import Instance, Queue
from localconnect.language.document import compile_flow
from localconnect.language.schema import rule_for
from localconnect.routing.agents import Agent, MediaConcurrency, QueueConfig, RoutingProfile, Status
from localconnect.scripted import CallRecord, place_call

ARN = "arn:aws:connect:ap-southeast-1:000000000000:instance/i"
FUNCTION = "arn:aws:lambda:ap-southeast-1:000000000000:function:f"
QUEUE = f"{ARN}/queue/service"
HOURS = f"{ARN}/operating-hours/always"
CLOSED = f"{ARN}/operating-hours/never"
CALLER = "+8613800138000"

Action = dict[str, Any]


def action(
    identifier: str,
    action_type: str,
    parameters: Mapping[str, Any] | None = None,
    then: str | None = None,
    *,
    on: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Action:
    """One action. ``on`` goes from results to next actions; errors not named go to "error"."""
    rule = rule_for(action_type, parameters or {})
    caught = dict.fromkeys(rule.must_catch if rule else (), "error") | dict(errors or {})
    transitions: dict[str, Any] = {} if then is None else {"NextAction": then}
    if caught:
        transitions["Errors"] = [{"ErrorType": error, "NextAction": target} for error, target in caught.items()]
    if on:
        transitions["Conditions"] = [
            {"NextAction": target, "Condition": {"Operator": "Equals", "Operands": [result]}}
            for result, target in on.items()
        ]
    return {
        "Identifier": identifier,
        "Type": action_type,
        "Parameters": dict(parameters or {}),
        "Transitions": transitions,
    }


def say(identifier: str, text: str, then: str = "end") -> Action:
    return action(identifier, "MessageParticipant", {"Text": text}, then)


def loop(identifier: str, text: str) -> Action:
    """A prompt that is said over and over."""
    return action(identifier, "MessageParticipantIteratively", {"Messages": [{"Text": text}]})


def store(identifier: str, then: str, text: str = "Type.", *, maximum: str = "20", **parameters: Any) -> Action:
    """A GetParticipantInput that stores; 7 s for the first key."""
    stored = {
        "Text": text,
        "StoreInput": "True",
        "InputTimeLimitSeconds": "7",
        "InputValidation": {"CustomValidation": {"MaximumLength": maximum}},
    }
    return action(identifier, "GetParticipantInput", stored | parameters, then)


def menu(identifier: str, on: Mapping[str, str], text: str = "Choose.", **errors: str) -> Action:
    """A GetParticipantInput with conditions; 5 s for the key."""
    parameters = {"Text": text, "InputTimeLimitSeconds": "5"}
    return action(identifier, "GetParticipantInput", parameters, "error", on=on, errors=errors)


def enable_buffer(identifier: str, then: str) -> Action:
    return action(identifier, "GetParticipantInput", {"EnableDTMFBuffer": "true"}, then)


def document(actions: Sequence[Action], *, ends: bool = True, kind: str = "CONTACT_FLOW") -> str:
    """A flow of ``actions``, from the first; "end" and "error" say so and hang up (in a whisper: end it), unless
    ``ends`` is false, as it always is in a hold flow.
    """
    ending = "EndFlowExecution" if kind.endswith("WHISPER") else "DisconnectParticipant"
    closing = [say("error", "Error.", "end"), action("end", ending)]
    whole = [*actions, *(closing if ends and not kind.endswith("HOLD") else [])]
    return json.dumps({"Version": "2019-10-30", "StartAction": whole[0]["Identifier"], "Actions": whole})


def instance(
    *actions: Action,
    modules: Mapping[str, Sequence[Action]] | None = None,
    flows: Mapping[str, Sequence[Action]] | None = None,
    queue_flows: Mapping[str, Sequence[Action]] | None = None,
    kinds: Mapping[str, Mapping[str, Sequence[Action]]] | None = None,
    max_contacts: int | None = None,
) -> Instance:
    """An instance whose phone flow is of ``actions``; others go by their names, those of other ``kinds`` too. It has a
    queue, and hours of two kinds.

    Modules end themselves: nothing is added to them but "done", an EndFlowModuleExecution.
    """
    line = Instance(arn=ARN, alias="test", region="ap-southeast-1", account="000000000000")
    main = compile_flow(document(actions), arn=f"{ARN}/contact-flow/main", kind="CONTACT_FLOW", name="main")
    line.flows[main.arn] = line.phone_flow = main
    for kind, group in {"CONTACT_FLOW": flows or {}, "CUSTOMER_QUEUE": queue_flows or {}, **(kinds or {})}.items():
        for name, others in group.items():
            arn = f"{ARN}/contact-flow/{name}"
            line.flows[arn] = compile_flow(document(others, kind=kind), arn=arn, kind=kind, name=name)
    for name, others in (modules or {}).items():
        arn = f"{ARN}/flow-module/{name}"
        whole = [*others, action("done", "EndFlowModuleExecution"), say("error", "Module error.", "done")]
        line.modules[arn] = compile_flow(document(whole, ends=False), arn=arn, kind="MODULE", name=name)
    line.queues[QUEUE] = Queue(QUEUE, "Service", HOURS, max_contacts)
    zone = ZoneInfo("Asia/Shanghai")
    line.hours[HOURS] = Hours(HOURS, "Always", zone, tuple(Opening(day, time(0), time(0)) for day in range(7)))
    line.hours[CLOSED] = Hours(CLOSED, "Never", zone, ())
    return line


def agent(line: Instance, username: str = "mei", *, after_contact_work: int = 0, auto_accept: bool = False) -> Agent:
    """A new agent of ``line``, who serves its queue by voice and is available."""
    profile = RoutingProfile(
        f"{ARN}/routing-profile/service",
        "Service",
        (QueueConfig(QUEUE, "VOICE", 1, 0), QueueConfig(QUEUE, "TASK", 1, 0)),
        {"VOICE": MediaConcurrency("VOICE", 1), "TASK": MediaConcurrency("TASK", 1)},
        QUEUE,
    )
    available = Status(f"{ARN}/agent-state/available", "Available", "ROUTABLE")
    new = Agent(
        arn=f"{ARN}/agent/{username}",
        username=username,
        first_name=username.capitalize(),
        profile=profile,
        status=available,
        status_since=datetime(2026, 1, 1, tzinfo=UTC),
        after_contact_work=after_contact_work,
        auto_accept=auto_accept,
    )
    line.router.add(new, new.status_since)
    return new


class Functions:
    """Answers with what ``answer`` makes of an event (JSON, bytes or an Invocation); keeps the events."""

    def __init__(self, answer: Callable[[dict[str, Any]], Any] | None = None) -> None:
        self.events: list[dict[str, Any]] = []
        self.seconds: list[float] = []
        self._answer = answer or (lambda event: {})

    def invoke(self, arn: str, event: dict[str, Any], seconds: float) -> Invocation:
        self.events.append(event)
        self.seconds.append(seconds)
        answer = self._answer(event)
        if isinstance(answer, Invocation):
            return answer
        return Invocation(answer if isinstance(answer, bytes) else json.dumps(answer).encode())


def call(line: Instance, keys: str = "", functions: Functions | None = None, **options: Any) -> CallRecord:
    return place_call(line, functions or Functions(), customer_address=CALLER, keys=keys, **options)


def spoken(record: CallRecord) -> list[str]:
    """What the system said."""
    return [line.text for line in record.transcript if line.speaker == "system"]


def typed(record: CallRecord) -> list[str]:
    return [line.text for line in record.transcript if line.speaker == "caller"]


def outcome(record: CallRecord, identifier: str) -> str:
    """How the action went, the first time."""
    return next(step.outcome for step in record.actions if step.identifier == identifier)


def detail(record: CallRecord, identifier: str) -> str:
    return next(step.detail for step in record.actions if step.identifier == identifier)
