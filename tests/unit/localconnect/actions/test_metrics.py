from __future__ import annotations

import pytest

from localconnect.clock import TurnedClock
from localconnect.instance import Instance
from localconnect.scripted import place_call
from tests.unit.localconnect.flows import CALLER, QUEUE, Functions, action, agent, detail, instance, say, spoken

SET_QUEUE = action("set queue", "UpdateContactTargetQueue", {"QueueId": QUEUE}, "ask")
FIGURES = "$.Metrics.Queue.Name: $.Metrics.Queue.Size, $.Metrics.Agents.Staffed.Count"


def with_two_waiting(line: Instance) -> Instance:
    clock = TurnedClock()
    for _ in range(2):
        contact = line.new_contact(customer_address=CALLER, clock=clock)
        line.router.enqueue(contact, line.queue(QUEUE), clock.now())
    return line


def heard(line: Instance) -> list[str]:
    return spoken(place_call(line, Functions(), customer_address=CALLER, keys="", router=line.router))


class TestCheck:
    def line(self, metric: str, on: str, operator: str = "NumberGreaterThan") -> Instance:
        checked = action("ask", "CheckMetricData", {"MetricType": metric}, "error", on={on: "yes"})
        checked["Transitions"]["Conditions"][0]["Condition"]["Operator"] = operator
        for error in checked["Transitions"]["Errors"]:
            error["NextAction"] = "no" if error["ErrorType"] == "NoMatchingCondition" else "error"
        return instance(SET_QUEUE, checked, say("yes", "Yes."), say("no", "No."))

    @pytest.mark.parametrize(
        ("operator", "operand", "answer"),
        [("NumberGreaterThan", "1", "Yes."), ("Equals", "2", "Yes."), ("NumberGreaterThan", "2", "No.")],
    )
    def test_contacts_are_counted(self, operator: str, operand: str, answer: str) -> None:
        assert heard(with_two_waiting(self.line("NumberOfContactsInQueue", operand, operator))) == [answer]

    @pytest.mark.parametrize("metric", ["Available", "Staffed", "Online"])
    def test_agents_are_counted(self, metric: str) -> None:
        line = self.line(f"NumberOfAgents{metric}", "0")
        assert heard(line) == ["No."]
        agent(line)
        assert heard(line) == ["Yes."]


class TestGet:
    def test_they_can_be_read(self) -> None:
        line = instance(
            SET_QUEUE, action("ask", "GetMetricData", {"QueueChannel": "Voice"}, "say"), say("say", FIGURES)
        )
        agent(line)
        assert heard(with_two_waiting(line)) == ["Service: 2, 1"]

    def test_of_an_agents_queue(self) -> None:
        line = instance(action("ask", "GetMetricData", {"AgentId": "agent-1"}, "say"), say("say", FIGURES))
        assert heard(line) == ["agent-1: 0, 0"]

    def test_without_a_queue_there_are_none(self) -> None:
        line = instance(action("ask", "GetMetricData", {}, "end"))
        record = place_call(line, Functions(), customer_address=CALLER, keys="")
        assert detail(record, "ask") == "no queue is set; put an UpdateContactTargetQueue before it"
