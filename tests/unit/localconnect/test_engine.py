from collections.abc import Mapping
from typing import Any

import pytest

from localconnect.call import STEP_LIMIT
from localconnect.clock import TurnedClock
from localconnect.effects import AwaitKey, CallerHungUp, Queued, Speak
from localconnect.engine import Observer, drive, run
from localconnect.flow import Action, Flow
from tests.unit.localconnect.flows import CALLER, QUEUE, action, call, instance, menu, say, spoken, typed


class Watcher(Observer):
    def __init__(self) -> None:
        self.seen: list[Any] = []

    def action_started(self, flow: Flow, action: Action, parameters: Mapping[str, Any]) -> None:
        self.seen.append(("started", action.identifier, dict(parameters)))

    def action_finished(self, flow: Flow, action: Action, outcome: str, detail: str) -> None:
        self.seen.append(("finished", action.identifier, outcome))

    def message(self, text: str, language: str) -> None:
        self.seen.append(("message", text, language))

    def keys_taken(self, keys: str) -> None:
        self.seen.append(("keys", keys))

    def attributes_set(self, attributes: Mapping[str, str]) -> None:
        self.seen.append(("attributes", dict(attributes)))


def test_an_observer_sees_everything_in_order() -> None:
    attributes = {"Attributes": {"who": "$.CustomerEndpoint.Address"}}
    line = instance(action("set", "UpdateContactAttributes", attributes, "menu"), menu("menu", {"1": "end"}))
    watcher = Watcher()
    contact = line.new_contact(customer_address=CALLER, clock=TurnedClock())
    drive(
        run(line, contact, clock=TurnedClock(), observer=watcher),
        lambda effect: "1" if isinstance(effect, AwaitKey) else None,
    )
    assert watcher.seen == [
        ("started", "set", {"Attributes": {"who": CALLER}}),
        ("attributes", {"who": CALLER}),
        ("finished", "set", "Success"),
        ("started", "menu", {"Text": "Choose.", "InputTimeLimitSeconds": "5"}),
        ("message", "Choose.", "en-US"),
        ("keys", "1"),
        ("finished", "menu", "1"),
        ("started", "end", {}),
        ("finished", "end", "Success"),
    ]


def test_what_an_action_takes_from_the_contact_is_told() -> None:
    line = instance(
        action("set", "UpdateContactTargetQueue", {"QueueId": QUEUE}, "transfer"),
        action("transfer", "TransferContactToQueue"),
    )
    watcher = Watcher()
    steps = run(
        line,
        line.new_contact(customer_address=CALLER, clock=TurnedClock()),
        clock=TurnedClock(),
        observer=watcher,
    )
    assert isinstance(next(steps), Queued)
    assert ("started", "transfer", {"QueueId": QUEUE}) in watcher.seen


def test_an_observer_that_does_nothing_changes_nothing() -> None:
    line = instance(say("hi", "Hi."))
    steps = run(
        line,
        line.new_contact(customer_address=CALLER, clock=TurnedClock()),
        clock=TurnedClock(),
        observer=Observer(),
    )
    assert next(steps) == Speak("Hi.", False, "en-US", "Joanna", False)


def test_what_an_observer_raises_ends_the_call() -> None:
    class Stops(Observer):
        def message(self, text: str, language: str) -> None:
            raise LookupError(text)

    line = instance(say("hi", "Hi."))
    contact = line.new_contact(customer_address=CALLER, clock=TurnedClock())
    with pytest.raises(LookupError):
        drive(run(line, contact, clock=TurnedClock(), observer=Stops()), lambda effect: None)


def test_a_caller_who_hangs_up() -> None:
    line = instance(menu("menu", {"1": "end"}))
    steps = run(line, line.new_contact(customer_address=CALLER, clock=TurnedClock()), clock=TurnedClock())
    next(steps)
    with pytest.raises(StopIteration) as stop:
        steps.throw(CallerHungUp())
    assert (stop.value.value.reason, stop.value.value.detail) == (
        "caller hung up",
        "GetParticipantInput 'menu' in 'main'",
    )


def test_a_flow_that_goes_in_a_circle_is_ended() -> None:
    record = call(instance(say("round", "Round.", "round")))
    assert record.ended.reason == "step limit"
    assert record.ended.detail.startswith("MessageParticipant 'round' in 'main': 10,000 actions were taken")
    assert len(spoken(record)) == STEP_LIMIT


def test_a_flow_that_waits_may_go_on_for_long() -> None:
    loop = [
        menu("menu", {"1": "loop"}),
        action("loop", "Loop", {"LoopCount": "100"}, "menu", on={"ContinueLooping": "loop", "DoneLooping": "menu"}),
    ]
    record = call(instance(*loop), ",".join("1" * 150))
    assert len(typed(record)) == 150
    assert len(record.actions) > STEP_LIMIT


def test_calls_at_the_same_time_do_not_touch_each_other() -> None:
    loop = action("loop", "Loop", {"LoopCount": "1"}, "end", on={"ContinueLooping": "again", "DoneLooping": "over"})
    line = instance(loop, say("again", "Again.", "loop"), say("over", "Over."))
    first, second = (
        run(line, line.new_contact(customer_address=CALLER, clock=TurnedClock()), clock=TurnedClock()) for _ in "12"
    )
    said = [next(steps) for steps in (first, second)] + [steps.send(None) for steps in (first, second)]
    assert [effect.text for effect in said if isinstance(effect, Speak)] == ["Again.", "Again.", "Over.", "Over."]
