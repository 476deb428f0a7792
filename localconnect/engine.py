"""Runs flows: a generator that yields what it asks of the world (:mod:`localconnect.effects`), without I/O."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from localconnect.call import (
    STEP_LIMIT,
    ActionFailed,
    Call,
    Disconnected,
    Enqueued,
    Observer,
    Scope,
    StepLimitReached,
    Transferred,
)
from localconnect.clock import Clock
from localconnect.contact import Contact
from localconnect.effects import CallerHungUp, Effect, Queued, Reply
from localconnect.flow import Action, Flow
from localconnect.overrides import Overrides

if TYPE_CHECKING:
    from localconnect.instance import Instance, Queue

__all__ = ["Call", "Ending", "Observer", "drive", "run", "run_call", "walk"]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call ended. ``left in queue``: the caller hung up while waiting for an agent."""

    reason: Literal["flow ended", "caller hung up", "left in queue", "step limit"]
    detail: str


def run(
    instance: Instance,
    contact: Contact,
    *,
    clock: Clock,
    observer: Observer | None = None,
    overrides: Overrides | None = None,
) -> Generator[Effect, Reply, Ending]:
    """Run ``contact`` from the start of its flow to its end."""
    return run_call(Call(instance, contact, clock, observer, overrides or Overrides()))


def run_call(call: Call) -> Generator[Effect, Reply, Ending]:
    """Like :func:`run`, for a driver that looks into the call meanwhile."""
    try:
        try:
            yield from _walk_on(call, call.contact.flow)
        except Enqueued as enqueued:
            queue = yield from _wait_in_queues(call, enqueued.queue)
            return Ending("flow ended", f"left queue {queue.name!r} for an agent")
    except Disconnected:
        pass
    except CallerHungUp:
        if call.place == "in a queue":
            return Ending("left in queue", f"queue {call.contact.queue_name!r}")
        return Ending("caller hung up", call.where())
    except StepLimitReached:
        return Ending("step limit", f"{call.where()}: {STEP_LIMIT:,} actions were taken without waiting for anything")
    return Ending("flow ended", call.where())


def drive(steps: Generator[Effect, Reply, Ending], answer: Callable[[Effect], Reply]) -> Ending:
    """Run a call to its end, with ``answer`` for the world; it raises CallerHungUp when the caller hangs up."""
    with closing(steps):  # whatever else ``answer`` raises, the contact leaves its queue
        try:
            effect = next(steps)
            while True:
                try:
                    reply = answer(effect)
                except CallerHungUp as hung_up:
                    effect = steps.throw(hung_up)
                else:
                    effect = steps.send(reply)
        except StopIteration as stop:
            ending: Ending = stop.value
            return ending


def walk(call: Call, flow: Flow) -> Generator[Effect, Reply, None]:
    """Take ``flow``'s actions, in the present scope, until one has no next."""
    observer = call.observer
    name: str | None = flow.start
    while name is not None:
        action = flow.actions[name]
        call.take(flow, action)
        if observer:
            observer.action_started(flow, action, action.parameters(call))
        outcome, detail = "Success", ""
        try:
            result = action.perform(call)
            if isinstance(result, Generator):
                result = yield from result
            outcome, name = _follow(call, action, result)
        except ActionFailed as failed:
            outcome, detail = failed.error_type, str(failed)
            name = action.errors.get(outcome) or action.errors.get("NoMatchingError")
        except (Disconnected, Transferred, Enqueued):
            if observer and call.at == (flow, action):
                observer.action_finished(flow, action, outcome, detail)
            raise
        if observer:
            observer.action_finished(flow, action, outcome, detail)


def _follow(call: Call, action: Action, result: str | None) -> tuple[str, str | None]:
    if action.branch is None or result is None:
        return "Success", action.next_action
    met = action.branch(call, result)
    if met is None:
        raise ActionFailed(f"no condition fits {result!r}", "NoMatchingCondition")
    return met


def _walk_on(call: Call, flow: Flow) -> Generator[Effect, Reply, None]:
    """Walk ``flow`` and those it transfers to. The stored input goes along, as a system attribute; flow attributes and
    what a function answered stay behind.
    """
    while True:
        try:
            return (yield from walk(call, flow))
        except Transferred as transferred:
            flow = transferred.flow
            call.scope = Scope(stored_input=call.scope.stored_input)


def _wait_in_queues(call: Call, queue: Queue) -> Generator[Effect, Reply, Queue]:
    """In ``queue`` and those that its flow sends the contact on to; the one where an agent takes it."""
    while True:
        try:
            yield from _wait_in_queue(call, queue)
            return queue
        except Enqueued as enqueued:
            queue = enqueued.queue


def _wait_in_queue(call: Call, queue: Queue) -> Generator[Effect, Reply, None]:
    """The CustomerQueue flow, if a hook names one, then silence until an agent takes the contact."""
    contact = call.contact
    contact.buffering = False  # the buffer is cleared on a transfer to a queue (page "Touchtone buffering")
    contact.typed_ahead.clear()
    call.place = "in a queue"
    call.scope = Scope()
    queue.waiting.add(contact.contact_id)
    try:
        if hook := contact.event_hooks.get("CustomerQueue"):
            yield Queued(queue.arn, queue.name, flow_follows=True)
            yield from walk(call, call.instance.flow(hook))
        yield Queued(queue.arn, queue.name)
    finally:
        queue.waiting.discard(contact.contact_id)
