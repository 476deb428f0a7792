"""A call whose keys are known beforehand, in a time that passes at once: for scripts and tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any

from localconnect.call import Call
from localconnect.clock import TurnedClock
from localconnect.contact import KEYS, Contact
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
from localconnect.engine import Ending, drive, run_call
from localconnect.functions import Functions
from localconnect.instance import Instance
from localconnect.keypad import Keypad
from localconnect.recorder import Line, Recorder, Step
from localconnect.routing.router import Router

PATIENCE = 30 * 60
"""Seconds after which the caller hangs up by themselves, should a flow ask for ever."""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """What became of a call. Keys for an encrypted input are "•" each."""

    contact_id: str
    transcript: list[Line]
    attributes: dict[str, str]
    actions: list[Step]
    ended: Ending
    queue: str | None

    def to_json(self) -> dict[str, Any]:
        """As JSON has it: the fields above, lines and actions as objects."""
        written = {field.name: getattr(self, field.name) for field in fields(self)}
        lines, steps = map(asdict, self.transcript), map(asdict, self.actions)
        ended = {"reason": self.ended.reason, "detail": self.ended.detail}
        return {**written, "transcript": [*lines], "actions": [*steps], "ended": ended}


def place_call(
    instance: Instance,
    functions: Functions,
    *,
    customer_address: str,
    keys: str,
    clock: TurnedClock | None = None,
    deliver: int = 1,
    channel: str = "VOICE",
    router: Router | None = None,
) -> CallRecord:
    """Call the instance's phone flow, or have a contact of another ``channel`` enter it.

    ``keys`` are groups between commas. One is typed, all at once, each time the line waits for a key with nothing typed
    ahead; an empty one is silence until the time-out, as is everything after the last. In a queue the caller hears one
    prompt and hangs up. ``deliver`` invokes functions so many times with each event, as Connect may, and takes the last
    answer. ``router`` is where the others wait; without it there are none. Prompts take no time.
    """
    clock = clock or TurnedClock()
    contact = instance.new_contact(customer_address=customer_address, clock=clock, channel=channel)
    recorder = Recorder(clock)
    caller = _Caller(contact, functions, clock, _read_groups(keys), deliver)
    ending = drive(run_call(Call(instance, contact, clock, recorder, router=router or Router())), caller.answer)
    return CallRecord(
        contact.contact_id, recorder.transcript, contact.attributes, recorder.steps, ending, contact.queue_name
    )


def _read_groups(keys: str) -> list[str]:
    groups = keys.split(",") if keys else []
    for group in groups:
        if not KEYS.issuperset(group):
            raise ValueError(f"{group!r} is no group of keys; write keys 0-9, * and #, groups between commas.")
    return groups


class _Caller:
    def __init__(
        self, contact: Contact, functions: Functions, clock: TurnedClock, groups: Iterable[str], deliver: int
    ) -> None:
        self._contact = contact
        self._functions = functions
        self._clock = clock
        self._keypad = Keypad(groups)
        self._deliver = deliver
        self._prompts_in_queue: int | None = None

    def answer(self, effect: Effect) -> Reply:
        match effect:
            case Speak():
                self._listen()
                return None
            case AwaitKey(seconds=seconds):
                return self._type(seconds)
            case Invoke(arn, event, seconds):
                answers = [self._functions.invoke(arn, event, seconds) for _ in range(self._deliver)]
                return answers[-1]
            case Pause(seconds):
                self._wait(seconds)
                return None
            case Queued(flow_follows=True):
                self._prompts_in_queue = 0
                return None
            case Dial():
                return "TELECOM_NUMBER_INVALID"
            case Queued() | WithAgent() | OnHold():
                raise CallerHungUp

    def _listen(self) -> None:
        if self._prompts_in_queue is not None:
            self._prompts_in_queue += 1
            if self._prompts_in_queue > 1:
                raise CallerHungUp

    def _type(self, seconds: float) -> str | None:
        key = self._keypad.type_to(self._contact)
        if key is None:
            self._wait(seconds)
        return key

    def _wait(self, seconds: float) -> None:
        self._clock.advance(seconds)
        if (self._clock.now() - self._contact.started_at).total_seconds() > PATIENCE:
            raise CallerHungUp
