"""What a customer hears of the agents: whispers, holds, what comes when an agent leaves."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from localconnect.call import Call
from localconnect.clock import TurnedClock
from localconnect.effects import (
    AgentAnswered,
    AgentLeft,
    CallerHungUp,
    Dial,
    Effect,
    HandedOver,
    Interruption,
    OnHold,
    Pause,
    PutOnHold,
    Queued,
    Reply,
    Speak,
    TakenOffHold,
    WithAgent,
)
from localconnect.engine import Ending, run_call, run_callback, run_campaign, run_for_agent, run_outbound
from localconnect.instance import Instance
from localconnect.routing.agents import Agent
from tests.unit.localconnect.flows import CALLER, QUEUE, action, agent, instance, loop, say

KINDS = {
    "AGENT_WHISPER": {"agent whisper": [say("w", "From $.Queue.Name.")]},
    "CUSTOMER_WHISPER": {"customer whisper": [say("w", "$.Agent.FirstName is here.")]},
    "CUSTOMER_HOLD": {"customer hold": [loop("h", "One moment.")]},
    "AGENT_HOLD": {"agent hold": [loop("h", "They wait.")]},
    "OUTBOUND_WHISPER": {"outbound": [say("o", "A call from us.")]},
}
HOOKS = {"AgentWhisper": "agent whisper", "CustomerWhisper": "customer whisper", "CustomerHold": "customer hold"}


def line_with(hooks: dict[str, str], *, remaining: list[dict[str, Any]] | None = None) -> Instance:
    """A line whose flow sets these hooks and goes to the queue."""
    names = list(hooks)
    actions = [
        action(hook, "UpdateContactEventHooks", {"EventHooks": {hook: flow}}, (names[place + 1 :] or ["set"])[0])
        for place, (hook, flow) in enumerate(hooks.items())
    ]
    return instance(
        *actions,
        action("set", "UpdateContactTargetQueue", {"QueueId": QUEUE}, "transfer"),
        action("transfer", "TransferContactToQueue"),
        kinds=KINDS,
        flows={"survey": remaining} if remaining else None,
        queue_flows={"queue": [say("q", "Please wait.", "q")]},
    )


class Trial:
    """A call that is answered by hand: ``next`` goes on, ``throw`` interrupts."""

    def __init__(self, line: Instance) -> None:
        self.clock = TurnedClock()
        self.agent: Agent = agent(line)
        self.contact = line.new_contact(customer_address=CALLER, clock=self.clock)
        self.call = Call(line, self.contact, self.clock, router=line.router)
        self.steps: Generator[Effect, Reply, Ending] = run_call(self.call)

    def next(self, reply: Reply = None) -> Any:
        return self._take(lambda: self.steps.send(reply))

    def throw(self, interruption: Interruption) -> Any:
        return self._take(lambda: self.steps.throw(interruption))

    def answered(self) -> Any:
        """To the queue, and out of it to the agent."""
        effect = self.next()
        while not isinstance(effect, Queued):
            effect = self.next()
        self.call.router.accept(self.agent.arn, self.contact.contact_id, self.clock.now())
        return self.throw(AgentAnswered(self.agent))

    def _take(self, step: Any) -> Any:
        """The next effect, a prompt as (text, who hears it), or the Ending."""
        try:
            effect = step()
        except StopIteration as stop:
            return stop.value
        return (effect.text, effect.to) if isinstance(effect, Speak) else effect


def test_the_agent_hears_a_whisper_then_the_customer_then_they_are_joined() -> None:
    trial = Trial(line_with(HOOKS))
    assert trial.answered() == ("From Service.", "agent")
    assert trial.next() == ("Mei is here.", "customer")
    assert trial.next() == WithAgent(trial.agent)


def test_without_whispers_they_are_joined_at_once() -> None:
    trial = Trial(line_with({}))
    assert trial.answered() == WithAgent(trial.agent)
    assert trial.call.router.size(QUEUE) == 0


def test_an_agent_interrupts_the_queue_flow() -> None:
    trial = Trial(line_with({"CustomerQueue": "queue"}))
    assert isinstance(trial.next(), Queued)
    assert trial.next() == ("Please wait.", "customer")
    trial.call.router.accept(trial.agent.arn, trial.contact.contact_id, trial.clock.now())
    assert trial.throw(AgentAnswered(trial.agent)) == WithAgent(trial.agent)


def test_hold_is_heard_until_the_agent_is_back() -> None:
    trial = Trial(line_with({"CustomerHold": "customer hold"}))
    trial.answered()
    assert trial.throw(PutOnHold()) == ("One moment.", "customer")
    assert isinstance(trial.next(), Pause)
    assert trial.next() == ("One moment.", "customer")
    assert trial.throw(TakenOffHold()) == WithAgent(trial.agent)
    assert trial.throw(PutOnHold()) == ("One moment.", "customer")
    assert trial.throw(TakenOffHold()) == WithAgent(trial.agent)


def test_hold_without_a_flow_is_silence() -> None:
    trial = Trial(line_with({}))
    trial.answered()
    assert trial.throw(PutOnHold()) == OnHold()
    assert trial.throw(TakenOffHold()) == WithAgent(trial.agent)


@pytest.mark.parametrize("on_hold", [False, True])
def test_when_the_agent_leaves_the_call_is_over(on_hold: bool) -> None:
    trial = Trial(line_with({}))
    trial.answered()
    if on_hold:
        trial.throw(PutOnHold())
    assert trial.throw(AgentLeft()).reason == "agent ended"


def test_the_disconnect_flow_goes_on_with_the_customer() -> None:
    survey = [say("ask", "How were we?", "end")]
    trial = Trial(line_with({"CustomerRemaining": "survey"}, remaining=survey))
    trial.answered()
    assert trial.throw(AgentLeft()) == ("How were we?", "customer")
    assert trial.next().reason == "flow ended"


def test_the_disconnect_flow_may_queue_the_customer_again() -> None:
    again = [action("again", "TransferContactToQueue")]
    trial = Trial(line_with({"CustomerRemaining": "survey"}, remaining=again))
    trial.answered()
    trial.call.router.end(trial.agent.arn, trial.contact.contact_id, trial.clock.now())
    trial.call.router.clear(trial.agent.arn, trial.contact.contact_id, trial.clock.now())
    assert isinstance(trial.throw(AgentLeft()), Queued)
    assert trial.call.router.size(QUEUE) == 1


def test_a_transfer_hands_the_customer_over() -> None:
    trial = Trial(line_with({"CustomerRemaining": "survey"}, remaining=[say("ask", "How were we?", "end")]))
    trial.answered()
    onward = trial.call.instance.new_contact(customer_address=CALLER, clock=trial.clock)
    ending = trial.throw(HandedOver(onward))
    assert (ending.reason, ending.onward) == ("transferred", onward)


def test_a_customer_hangs_up_on_the_agent() -> None:
    trial = Trial(line_with(HOOKS))
    trial.answered()
    assert trial.throw(CallerHungUp()).reason == "caller hung up"


def test_an_agent_hears_their_own_hold_flow() -> None:
    trial = Trial(line_with({}))
    steps = run_for_agent(trial.call, trial.call.instance.flow("agent hold"))
    effect = next(steps)
    assert isinstance(effect, Speak)
    assert (effect.text, effect.to) == ("They wait.", "agent")


class TestCallsGoingOut:
    def trial(self, method: str) -> Trial:
        trial = Trial(line_with({}))
        trial.contact.initiation_method = method
        trial.contact.queue_arn = QUEUE
        trial.call.instance.queues[QUEUE].outbound_flow_arn = "outbound"
        return trial

    def test_an_agent_calls_and_the_customer_hears_the_outbound_whisper(self) -> None:
        trial = self.trial("OUTBOUND")
        trial.steps = run_outbound(trial.call, trial.agent)
        assert trial.next() == Dial(CALLER)
        assert trial.next() == ("A call from us.", "customer")
        assert trial.next() == WithAgent(trial.agent)

    def test_a_customer_who_does_not_answer(self) -> None:
        trial = self.trial("OUTBOUND")
        trial.steps = run_outbound(trial.call, trial.agent)
        trial.next()
        assert trial.next("TELECOM_BUSY") == Ending("not answered", "TELECOM_BUSY")

    def test_a_callback_waits_in_its_queue_for_an_agent_who_then_calls(self) -> None:
        trial = self.trial("CALLBACK")
        trial.contact.event_hooks["CustomerQueue"] = "queue"
        trial.steps = run_callback(trial.call, trial.call.instance.queue(QUEUE))
        assert trial.next() == Queued(QUEUE, "Service")
        trial.call.router.accept(trial.agent.arn, trial.contact.contact_id, trial.clock.now())
        assert trial.throw(AgentAnswered(trial.agent)) == Dial(CALLER)

    def test_a_campaign_calls_first_and_then_runs_its_flow(self) -> None:
        trial = Trial(instance(say("hello", "Good day.")))
        trial.steps = run_campaign(trial.call)
        assert trial.next() == Dial(CALLER)
        assert trial.next() == ("Good day.", "customer")
