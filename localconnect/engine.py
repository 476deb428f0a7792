"""Runs flows: a generator that yields what it asks of the world (:mod:`localconnect.effects`), without I/O."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing, suppress
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
from localconnect.effects import (
    AgentAnswered,
    AgentLeft,
    CallerHungUp,
    Dial,
    Effect,
    HandedOver,
    Interruption,
    OnHold,
    PutOnHold,
    Queued,
    Reply,
    TakenOffHold,
    WithAgent,
)
from localconnect.flow import Action, Flow
from localconnect.overrides import Overrides
from localconnect.routing.agents import Agent

if TYPE_CHECKING:
    from localconnect.instance import Instance, Queue

__all__ = [
    "Call",
    "Ending",
    "Observer",
    "drive",
    "run",
    "run_call",
    "run_callback",
    "run_campaign",
    "run_for_agent",
    "run_outbound",
    "walk",
]

Audience = Literal["customer", "agent"]


class _NotAnswered(Exception):
    """The customer who was called has not answered; the text is the disconnect reason."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call ended. ``left in queue``: the caller hung up while waiting for an agent. ``transferred``: an agent has
    handed the customer over, who goes on as the contact ``onward``, or with somebody outside if that is None. ``not
    answered``: the customer was called; ``detail`` is the disconnect reason.
    """

    reason: Literal[
        "flow ended", "caller hung up", "left in queue", "agent ended", "transferred", "not answered", "step limit"
    ]
    detail: str
    onward: Contact | None = None


def run(
    instance: Instance,
    contact: Contact,
    *,
    clock: Clock,
    observer: Observer | None = None,
    overrides: Overrides | None = None,
) -> Generator[Effect, Reply, Ending]:
    """Run ``contact`` from the start of its flow to its end. No agent is there."""
    return run_call(Call(instance, contact, clock, observer, overrides or Overrides()))


def run_call(call: Call) -> Generator[Effect, Reply, Ending]:
    """Like :func:`run`, for a driver that looks into the call meanwhile, or whose router has agents."""
    return _to_the_end(call, _serve(call, call.contact.flow))


def run_callback(call: Call, queue: Queue) -> Generator[Effect, Reply, Ending]:
    """A callback, from the moment that it comes to ``queue``: nobody waits there, so no flow is heard."""
    return _to_the_end(call, _queue_for(call, queue))


def run_outbound(call: Call, agent: Agent) -> Generator[Effect, Reply, Ending]:
    """A call that ``agent`` makes."""
    return _to_the_end(call, _meet(call, agent))


def run_campaign(call: Call) -> Generator[Effect, Reply, Ending]:
    """The customer is called, and enters the contact's flow (StartOutboundVoiceContact)."""
    return _to_the_end(call, _call_for_flow(call))


def run_for_agent(call: Call, flow: Flow) -> Generator[Effect, Reply, Ending]:
    """Run ``flow``, of kind AGENT_HOLD, for the agent alone."""
    call.audience = "agent"
    return _to_the_end(call, _walk_on(call, flow))


def _to_the_end(call: Call, steps: Generator[Effect, Reply, None]) -> Generator[Effect, Reply, Ending]:
    try:
        yield from steps
    except Disconnected:
        pass
    except HandedOver as handed:
        where = handed.onward.flow.name if handed.onward else "somebody outside"
        return Ending("transferred", f"to {where!r}" if handed.onward else f"to {where}", handed.onward)
    except AgentLeft:
        return Ending("agent ended", call.where())
    except _NotAnswered as reason:
        return Ending("not answered", str(reason))
    except CallerHungUp:
        if call.place == "in a queue":
            return Ending("left in queue", f"queue {call.contact.queue_name!r}")
        return Ending("caller hung up", call.where())
    except StepLimitReached:
        return Ending("step limit", f"{call.where()}: {STEP_LIMIT:,} actions were taken without waiting for anything")
    return Ending("flow ended", call.where())


def drive(steps: Generator[Effect, Reply, Ending], answer: Callable[[Effect], Reply]) -> Ending:
    """Run a call to its end, with ``answer`` for the world; it raises what interrupts the call."""
    with closing(steps):  # whatever else ``answer`` raises, the contact leaves its queue
        try:
            effect = next(steps)
            while True:
                try:
                    reply = answer(effect)
                except Interruption as interruption:
                    effect = steps.throw(interruption)
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


def _serve(call: Call, flow: Flow) -> Generator[Effect, Reply, None]:
    """Walk ``flow``; where it sends the contact to a queue, wait there and be with the agent who answers."""
    try:
        yield from _walk_on(call, flow)
    except Enqueued as enqueued:
        yield from _queue_for(call, enqueued.queue)


def _queue_for(call: Call, queue: Queue) -> Generator[Effect, Reply, None]:
    agent = yield from _wait_in_queues(call, queue)
    yield from _meet(call, agent)


def _wait_in_queues(call: Call, queue: Queue) -> Generator[Effect, Reply, Agent]:
    """In ``queue`` and those that its flow sends the contact on to; the agent who takes it."""
    while True:
        try:
            yield from _wait_in_queue(call, queue)
        except Enqueued as enqueued:
            queue = enqueued.queue
        except AgentAnswered as answered:
            return answered.agent


def _wait_in_queue(call: Call, queue: Queue) -> Generator[Effect, Reply, None]:
    """The CustomerQueue flow, if a hook names one, then silence until an agent takes the contact."""
    contact = call.contact
    contact.buffering = False  # the buffer is cleared on a transfer to a queue (page "Touchtone buffering")
    contact.typed_ahead.clear()
    call.place = "in a queue"
    call.scope = Scope()
    call.router.enqueue(contact, queue, call.clock.now())
    try:
        hook = contact.event_hooks.get("CustomerQueue")
        if hook and contact.initiation_method != "CALLBACK":
            yield Queued(queue.arn, queue.name, flow_follows=True)
            yield from walk(call, call.instance.flow(hook))
        while True:
            yield Queued(queue.arn, queue.name)
    finally:
        call.router.leave(contact, call.clock.now())


def _meet(call: Call, agent: Agent) -> Generator[Effect, Reply, None]:
    """Agent whisper, customer whisper, then both are joined. Before a callback's, or an agent's own call's, customer
    hears the whisper they are called; theirs is the queue's (page "Contact initiation methods and flow types").

    Where the agent leaves first, the CustomerRemaining flow goes on with the customer.
    """
    call.place = "with an agent"
    call.contact.loaded["Agent"] = {
        "ARN": agent.arn,
        "UserName": agent.username,
        "FirstName": agent.first_name,
        "LastName": agent.last_name,
    }
    try:
        yield from _run_hook(call, "AgentWhisper", "agent")
        if call.contact.initiation_method in ("CALLBACK", "OUTBOUND") and not call.dialled:
            yield from _call_for_agent(call)
        else:
            yield from _run_hook(call, "CustomerWhisper", "customer")
        yield from _talk(call, agent)
    except HandedOver:
        raise
    except AgentLeft:
        flow = call.contact.event_hooks.get("CustomerRemaining")
        if flow is None:
            raise
        call.place = "in a flow"
        call.scope = Scope()
        yield from _serve(call, call.instance.flow(flow))


def _call_for_agent(call: Call) -> Generator[Effect, Reply, None]:
    yield from _dial(call)
    queue = call.instance.queue(call.contact.queue_arn or "")
    if queue.outbound_flow_arn:
        yield from _whisper(call, call.instance.flow(queue.outbound_flow_arn), "customer")


def _call_for_flow(call: Call) -> Generator[Effect, Reply, None]:
    yield from _dial(call)
    yield from _serve(call, call.contact.flow)


def _dial(call: Call) -> Generator[Effect, Reply, None]:
    reason = yield Dial(call.contact.customer_address)
    if isinstance(reason, str):
        raise _NotAnswered(reason)
    call.dialled = True


def _talk(call: Call, agent: Agent) -> Generator[Effect, Reply, None]:
    while True:
        try:
            yield WithAgent(agent)
        except PutOnHold:
            try:
                yield from _run_hook(call, "CustomerHold", "customer")
                while True:
                    yield OnHold()
            except TakenOffHold:
                pass


def _run_hook(call: Call, hook: str, audience: Audience) -> Generator[Effect, Reply, None]:
    """The whisper or hold flow that the contact's ``hook`` names, if it names one."""
    if reference := call.contact.event_hooks.get(hook):
        yield from _whisper(call, call.instance.flow(reference), audience)


def _whisper(call: Call, flow: Flow, audience: Audience) -> Generator[Effect, Reply, None]:
    """Walk ``flow``; that it ends, or disconnects its participant, ends nothing else."""
    call.scope = Scope()
    call.audience = audience
    try:
        with suppress(Disconnected):
            yield from walk(call, flow)
    finally:
        call.audience = "customer"
