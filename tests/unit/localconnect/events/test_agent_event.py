from __future__ import annotations

import re
from typing import Any

from localconnect.events.agent_event import agent_event, agent_snapshot
from localconnect.routing.agents import AgentContact
from tests.unit.localconnect.events.conftest import AVAILABLE, LUNCH, PREFIX, QUEUE, Line, at, shape

TIME = "yyyy-mm-ddThh:mm:ss.sssZ"
QUEUE_WITH_CHANNELS = {"ARN": str, "Channels": [str], "Name": str}
# As the pages "Agent event streams data model" and "Sample agent event stream" have it.
SNAPSHOT: dict[str, Any] = {
    "AgentStatus": {"ARN": str, "Name": str, "StartTimestamp": TIME, "Type": str},
    "NextAgentStatus": {"ARN": str, "EnqueuedTimestamp": TIME, "Name": str},
    "Configuration": {
        "AgentHierarchyGroups": None,
        "FirstName": str,
        "LastName": str,
        "Proficiencies": [{"Name": str, "ProficiencyLevel": float, "Value": str}],
        "RoutingProfile": {
            "ARN": str,
            "Concurrency": [{"AvailableSlots": int, "Channel": str, "MaximumSlots": int}],
            "DefaultOutboundQueue": QUEUE_WITH_CHANNELS,
            "InboundQueues": [QUEUE_WITH_CHANNELS | {"Name": None}],
            "Name": str,
        },
        "Username": str,
    },
    "Contacts": [
        {
            "Channel": str,
            "ConnectedToAgentTimestamp": TIME,
            "ContactId": str,
            "InitialContactId": None,
            "InitiationMethod": str,
            "Queue": {"ARN": str, "Name": str},
            "QueueTimestamp": TIME,
            "State": str,
            "StateStartTimestamp": TIME,
        }
    ],
}
EVENT = {
    "AWSAccountId": str,
    "AgentARN": str,
    "CurrentAgentSnapshot": SNAPSHOT,
    "EventId": str,
    "EventTimestamp": TIME,
    "EventType": str,
    "InstanceARN": str,
    "PreviousAgentSnapshot": None,
    "Version": str,
}


def leaf(value: Any) -> Any:
    is_time = isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value)
    return TIME if is_time else type(value)


def on_a_call(line: Line) -> dict[str, Any]:
    """The agent talks, and goes to lunch afterwards."""
    record = line.contact()
    record.enqueued_at = at(1.25)
    line.agent.contacts["c1"] = AgentContact(record.contact, "CONNECTED", at(3.0015), at(3.0015))
    line.agent.status, line.agent.next_status = AVAILABLE, LUNCH
    return agent_snapshot(line.instance, line.agent, at(5))


def test_an_event_has_the_documented_members(line: Line) -> None:
    event = agent_event(line.instance, "STATE_CHANGE", on_a_call(line), None, line.agent, at(5.5))
    assert shape(event, leaf) == EVENT
    assert (event["EventType"], event["EventTimestamp"]) == ("STATE_CHANGE", "2026-11-25T09:00:05.500Z")
    assert event["AgentARN"] == line.agent.arn


def test_a_contact_in_hand_takes_a_place(line: Line) -> None:
    snapshot = on_a_call(line)
    assert snapshot["Configuration"]["RoutingProfile"]["Concurrency"] == [
        {"AvailableSlots": 0, "Channel": "VOICE", "MaximumSlots": 1},
        {"AvailableSlots": 3, "Channel": "TASK", "MaximumSlots": 3},
    ]
    [contact] = snapshot["Contacts"]
    assert (contact["QueueTimestamp"], contact["StateStartTimestamp"]) == (
        "2026-11-25T09:00:01.250Z",
        "2026-11-25T09:00:03.001Z",
    )


def test_the_agents_own_queue_comes_first_and_has_no_name(line: Line) -> None:
    queues = agent_snapshot(line.instance, line.agent, at(0))["Configuration"]["RoutingProfile"]["InboundQueues"]
    assert queues == [
        {"ARN": f"{PREFIX}/queue/agent/mei", "Channels": ["VOICE", "TASK"], "Name": None},
        {"ARN": QUEUE, "Channels": ["VOICE", "TASK"], "Name": "Service"},
    ]


def test_nothing_to_say_is_null(line: Line) -> None:
    snapshot = agent_snapshot(line.instance, line.agent, at(0))
    assert (snapshot["NextAgentStatus"], snapshot["Contacts"]) == (None, [])
    line.agent.contacts["c1"] = AgentContact(line.contact(queue_arn=None).contact, "CONNECTING", at(0))
    [contact] = agent_snapshot(line.instance, line.agent, at(0))["Contacts"]
    names = ("Queue", "QueueTimestamp", "ConnectedToAgentTimestamp", "InitialContactId")
    assert [contact[name] for name in names] == [None] * 4


def test_a_next_status_keeps_the_time_at_which_it_was_set(line: Line) -> None:
    first = on_a_call(line)
    assert first["NextAgentStatus"]["EnqueuedTimestamp"] == "2026-11-25T09:00:05.000Z"
    assert agent_snapshot(line.instance, line.agent, at(9), first)["NextAgentStatus"] == first["NextAgentStatus"]
    line.agent.next_status = AVAILABLE
    other = agent_snapshot(line.instance, line.agent, at(9), first)["NextAgentStatus"]
    assert (other["Name"], other["EnqueuedTimestamp"]) == ("Available", "2026-11-25T09:00:09.000Z")
