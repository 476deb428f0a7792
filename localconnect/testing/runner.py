"""Runs a test case: places the call, watches for what the case expects, and does what it says then.

Readings of ours, where the pages "Testing language Amazon Connect" leave it open: each prompt is a message of its own;
an event counts for every active observation that fits it; keys are typed when the flow next listens, so that none is
lost during a prompt; an Utterance goes to the next bot, and nowhere else, and what comes of it is for its double or an
override to say; what TestCompleted asserts counts.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from localconnect.arns import resource_id
from localconnect.call import Call, Observer
from localconnect.clock import TurnedClock
from localconnect.effects import (
    AwaitKey,
    CallerHungUp,
    Dial,
    Effect,
    Invoke,
    OnHold,
    Pause,
    Queued,
    Reply,
    Speak,
    WithAgent,
)
from localconnect.engine import drive, run_call
from localconnect.flow import Action, Flow
from localconnect.functions import Functions
from localconnect.keypad import Keypad
from localconnect.language.conditions import OPERATORS
from localconnect.language.references import as_text, find_references, read_text, read_value, root_of
from localconnect.observers import Observers
from localconnect.recorder import Line, Recorder
from localconnect.testing.document import (
    Assert,
    Case,
    CaseAction,
    EndTest,
    Event,
    HangUp,
    LogData,
    Observation,
    Override,
    Press,
    Say,
)
from localconnect.testing.schema import COMPLETED, resource_of
from localconnect.testing.similarity import includes, is_similar

if TYPE_CHECKING:
    from localconnect.instance import Instance

TIME_LIMIT = 5 * 60
"""Seconds, in the call's time, after which a test that nothing ended is over."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """``seconds`` is how long the run took; ``failure`` is empty when it passed; ``observations`` says of each whether
    it was "matched", "waiting" or "not reached"; ``logged`` is what LogData wrote.
    """

    name: str
    status: Literal["PASSED", "FAILED"]
    seconds: float
    failure: str
    transcript: list[Line]
    observations: dict[str, str]
    logged: list[tuple[str, str]] = field(default_factory=list)


def run_case(
    instance: Instance,
    case: Case,
    functions: Functions,
    *,
    clock: TurnedClock | None = None,
    observer: Observer | None = None,
) -> CaseResult:
    """Run ``case`` with a contact and a clock of its own. Functions that it does not override are really called.

    ``observer`` watches the call as well: it hears of everything before the case does.
    """
    began = time.perf_counter()
    clock = clock or TurnedClock()
    flow = instance.flow(case.flow) if case.flow else None
    contact = instance.new_contact(customer_address=case.source_number, flow=flow, clock=clock)
    contact.attributes.update(case.attributes)
    contact.system_address = case.destination_number or contact.system_address
    if case.channel == "CHAT":
        contact.channel, contact.initiation_method = "CHAT", "API"
    call = Call(instance, contact, clock)
    run = _Run(case, call, functions, clock)
    call.observer = Observers(observer, run) if observer else run
    failure = run.to_the_end()
    return CaseResult(
        case.name,
        "FAILED" if failure else "PASSED",
        time.perf_counter() - began,
        failure,
        run.transcript,
        run.states(),
        run.logged,
    )


class _TestEnded(Exception):
    """The case has said EndTest, or its time is up."""


class _AssertFailed(Exception):
    """Something is not as the case says."""


@dataclass(slots=True, eq=False)
class _Watch:
    """An observation and how it fares. ``heard``: the events of its type that did not fit while it was active."""

    observation: Observation
    active: bool = False
    matches: int = 0
    heard: list[str] = field(default_factory=list)

    @property
    def satisfied(self) -> bool:
        return self.matches >= self.observation.least

    def match(self) -> None:
        self.matches += 1
        self.active = self.observation.most is None or self.matches < self.observation.most


@dataclass(frozen=True, slots=True)
class _Happened:
    """An event of the call: ``subject`` is the text of a message, or the type and resource of an action."""

    type: str
    subject: str = ""
    action_type: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


class _Run(Recorder):
    def __init__(self, case: Case, call: Call, functions: Functions, clock: TurnedClock) -> None:
        super().__init__(clock)
        self.logged: list[tuple[str, str]] = []
        self._call = call
        self._functions = functions
        self._turned = clock
        self._keypad = Keypad()
        self._hung_up = False
        self._readable: set[str] = set()
        self._parameters: Mapping[str, Any] = {}
        self._watches = {identifier: _Watch(observation) for identifier, observation in case.observations.items()}
        for identifier in case.starts:
            self._watches[identifier].active = True

    def to_the_end(self) -> str:
        """Run the call; why the case failed, or nothing."""
        try:
            ended = self._run_call()
            self._happened(_Happened("TestCompleted"))
        except _TestEnded:
            ended = "the test was ended by its EndTest"
        except _AssertFailed as failed:
            return str(failed)
        waiting = [watch for watch in self._watches.values() if watch.active and not watch.satisfied]
        unheard = [f'"{text}" was said, but nothing listened.' for text in self._call.utterances if waiting]
        return "\n".join([*(_describe(watch, ended) for watch in waiting), *unheard])

    def states(self) -> dict[str, str]:
        return {
            identifier: "matched" if watch.matches and watch.satisfied else "waiting" if watch.active else "not reached"
            for identifier, watch in self._watches.items()
        }

    def _run_call(self) -> str:
        try:
            self._happened(_Happened("TestInitiated"))
            ending = drive(run_call(self._call), self._answer)
        except _TestEnded as ended:
            return str(ended)
        return f"the call ended ({ending.reason}: {ending.detail})"

    # The world, as the engine asks for it

    def _answer(self, effect: Effect) -> Reply:
        if self._hung_up:
            raise CallerHungUp
        match effect:
            case Speak():
                return None
            case AwaitKey(seconds=seconds):
                key = self._keypad.type_to(self._call.contact)
                if key is None:
                    self._wait(seconds)
                return key
            case Invoke(arn, event, seconds):
                return self._functions.invoke(arn, event, seconds)
            case Pause(seconds):
                self._wait(seconds)
                return None
            case Queued(flow_follows=True):
                return None
            case Dial():
                return "TELECOM_NUMBER_INVALID"
            case Queued() | WithAgent() | OnHold():
                self._wait(TIME_LIMIT)
                return None

    def _wait(self, seconds: float) -> None:
        passed = (self._turned.now() - self._call.contact.started_at).total_seconds()
        if passed + seconds >= TIME_LIMIT:
            self._turned.advance(TIME_LIMIT - passed)
            raise _TestEnded(f"{TIME_LIMIT // 60} minutes had passed")
        self._turned.advance(seconds)

    # What the engine reports

    def message(self, text: str, language: str) -> None:
        super().message(text, language)
        self._happened(_Happened("MessageReceived", text))

    def action_started(self, flow: Flow, action: Action, parameters: Mapping[str, Any]) -> None:
        self._parameters = parameters
        self._action_happened("FlowActionStarted", action)

    def action_finished(self, flow: Flow, action: Action, outcome: str, detail: str) -> None:
        super().action_finished(flow, action, outcome, detail)
        if action.type == "ConnectParticipantWithLexBot" and self._call.utterances:
            self.transcript.append(Line(self._at(), "caller", self._call.utterances.popleft()))
        # Errors have a detail. To find no condition that fits is the default branch, a success (its page says so).
        if action.type in COMPLETED and (not detail or outcome == "NoMatchingCondition"):
            self._action_happened("FlowActionCompleted", action)

    def _action_happened(self, event_type: str, action: Action) -> None:
        resource = resource_of(action.type, self._parameters)
        subject = f"{action.type} {resource}" if resource else ""
        self._happened(_Happened(event_type, subject, action.type, self._parameters))

    # Observations

    def _happened(self, happened: _Happened) -> None:
        """Match every active observation that fits, before any of them acts (and perhaps ends the test)."""
        watches = [w for w in self._watches.values() if w.active and w.observation.event.type == happened.type]
        matched = [watch for watch in watches if self._fits(watch.observation.event, happened)]
        for watch in watches:
            if watch in matched:
                watch.match()
            elif happened.subject:
                watch.heard.append(happened.subject)
        if matched and happened.type == "FlowActionCompleted":
            self._readable.update(COMPLETED[happened.action_type])
        for watch in matched:
            self._act_on(watch)

    def _fits(self, event: Event, happened: _Happened) -> bool:
        properties = event.properties
        if event.type == "MessageReceived":
            return self._fits_message(properties, happened.subject)
        if event.type in ("FlowActionStarted", "FlowActionCompleted"):
            return self._fits_action(properties, happened)
        return True

    def _fits_action(self, properties: Mapping[str, Any], happened: _Happened) -> bool:
        if properties["ActionType"] != happened.action_type:
            return False
        expected, found = properties["ActionParameters"], happened.parameters
        resources = (read_text(resource_of(happened.action_type, expected))(self._call), expected.get("AgentId", ""))
        started = (resource_of(happened.action_type, found), found.get("AgentId", "") if resources[1] else "")
        return [*map(resource_id, resources)] == [*map(resource_id, started)]

    def _fits_message(self, properties: Mapping[str, Any], heard: str) -> bool:
        if "PromptId" in properties:
            expected = read_text(properties["PromptId"])(self._call)
            return heard.startswith("[prompt ") and resource_id(heard[8:-1]) == resource_id(expected)
        if "Media" in properties:
            return heard == f"[media {read_text(properties['Media']['Uri'])(self._call)}]"
        expected = read_text(properties.get("Text") or properties["SSML"])(self._call)
        included = properties.get("MatchingCriteria", {}).get("Type") == "Inclusion"
        return includes(heard, expected) if included else is_similar(heard, expected)

    def _act_on(self, watch: _Watch) -> None:
        for action in watch.observation.actions:
            self._act(watch.observation, action)
        if watch.satisfied:
            for identifier in watch.observation.next:
                following = self._watches[identifier]
                following.active = following.active or not following.matches

    def _act(self, observation: Observation, action: CaseAction) -> None:
        match action:
            case Press(keys):
                self._keypad.groups.append(keys)
            case Say(text):
                self._call.utterances.append(text)
            case HangUp():
                self._hung_up = True
            case Override(action_type, resource, override):
                self._call.overrides.add(action_type, resource, override)
            case Assert():
                self._assert(observation, action)
            case LogData(expressions):
                self.logged += ((name, self._fill(text)) for name, text in expressions.items())
            case EndTest():
                raise _TestEnded("the test was ended by its EndTest")

    def _assert(self, observation: Observation, expected: Assert) -> None:
        value = self._value(expected.namespace)
        found = as_text(value)
        if expected.operator == "Exists":
            holds, wanted = value not in (None, ""), "to exist"
        else:
            operand = self._fill(expected.operand)
            holds, wanted = OPERATORS[expected.operator](found, operand), f"to be {expected.operator} {operand!r}"
        if not holds:
            raise _AssertFailed(
                f'observation "{observation.identifier}": {expected.namespace} was expected {wanted}, '
                f"but it is {found!r}."
            )

    def _fill(self, text: str) -> str:
        """``text`` with what the case may read in place of its references."""
        filled = ""
        for reference in find_references(text):
            before, _, text = text.partition(reference)
            filled += before + as_text(self._value(reference))
        return filled + text

    def _value(self, namespace: str) -> Any:
        """What functions and bots answered is empty until their FlowActionCompleted has been observed (its page says
        so), and single values only.
        """
        root = root_of(namespace)
        if root not in self._readable and any(root in roots for roots in COMPLETED.values()):
            return None
        value = read_value(namespace)(self._call)
        return None if isinstance(value, list | dict) else value


def _describe(watch: _Watch, ended: str) -> str:
    event = watch.observation.event
    wanted = {name: value for name, value in event.properties.items() if name != "MatchingCriteria"}
    heard = ", ".join(json.dumps(text, ensure_ascii=False) for text in watch.heard) or "nothing"
    return (
        f'observation "{watch.observation.identifier}" still waited for {event.type} '
        f"{json.dumps(wanted, ensure_ascii=False)} when {ended}; it had {heard} instead."
    )
