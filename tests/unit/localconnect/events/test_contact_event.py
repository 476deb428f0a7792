from __future__ import annotations

from typing import Any

import pytest

from localconnect.contacts import Interaction, Recorded
from localconnect.events.contact_event import contact_event
from tests.unit.localconnect.events.conftest import PREFIX, QUEUE, Line, at


def connected(line: Line, **members: Any) -> Any:
    record = line.contact(**members)
    record.enqueued_at = at(4)
    record.interaction = Interaction(agent=line.agent, accepted_at=at(9), connected_at=at(9.25))
    return record


def detail(line: Line, kind: Any, record: Any) -> dict[str, Any]:
    whole: dict[str, Any] = contact_event(line.instance, kind, record, at(60))["detail"]
    return whole


def test_a_call_connected_to_an_agent_is_as_the_page_shows_it(line: Line) -> None:
    event = contact_event(line.instance, "CONNECTED_TO_AGENT", connected(line), at(9.5))
    assert event.pop("id")
    assert event == {
        "version": "0",
        "detail-type": "Amazon Connect Contact Event",
        "source": "aws.connect",
        "account": "111122223333",
        "time": "2026-11-25T09:00:09Z",
        "region": "ap-southeast-1",
        "resources": [f"{PREFIX}/contact/c1", PREFIX],
        "detail": {
            "eventType": "CONNECTED_TO_AGENT",
            "contactId": "c1",
            "channel": "VOICE",
            "instanceArn": PREFIX,
            "initiationMethod": "INBOUND",
            "initiationTimestamp": "2026-11-25T09:00:00.000Z",
            "connectedToSystemTimestamp": "2026-11-25T09:00:00.000Z",
            "queueInfo": {
                "queueArn": QUEUE,
                "queueType": "STANDARD",
                "enqueueTimestamp": "2026-11-25T09:00:04.000Z",
            },
            "agentInfo": {
                "agentArn": line.agent.arn,
                "connectedToAgentTimestamp": "2026-11-25T09:00:09.250Z",
            },
            "systemEndpoint": {"type": "TELEPHONE_NUMBER", "address": "+6561234567"},
            "tags": {"aws:connect:instanceId": "i", "aws:connect:systemEndpoint": "+6561234567"},
        },
    }


def test_a_transferred_contact_names_those_before_it_and_its_tags(line: Line) -> None:
    record = line.contact("c2", initial_contact_id="c0", previous_contact_id="c1", tags={"Dept": "Finance"})
    told = detail(line, "INITIATED", record)
    assert (told["initialContactId"], told["previousContactId"]) == ("c0", "c1")
    assert told["tags"]["Dept"] == "Finance"


def test_after_contact_work_and_recordings_are_told_once_they_are_over(line: Line) -> None:
    record = connected(line)
    record.interaction.ended_at = record.ended_at = at(20)
    record.recordings = [Recorded("recordings/a.wav", "AGENT", at(9), at(20))]
    during = detail(line, "DISCONNECTED", record)
    assert during["disconnectTimestamp"] == "2026-11-25T09:00:20.000Z"
    assert "afterContactWorkDuration" not in during["agentInfo"]
    assert [recording["location"] for recording in during["recordings"]] == ["recordings/a.wav"]

    record.interaction.cleared_at = at(32)
    assert detail(line, "COMPLETED", record)["agentInfo"] | {"agentArn": ""} == {
        "agentArn": "",
        "connectedToAgentTimestamp": "2026-11-25T09:00:09.250Z",
        "afterContactWorkStartTimestamp": "2026-11-25T09:00:20.000Z",
        "afterContactWorkEndTimestamp": "2026-11-25T09:00:32.000Z",
        "afterContactWorkDuration": 12,
    }


def test_an_outbound_contact_has_no_queue(line: Line) -> None:
    assert "queueInfo" not in detail(line, "DISCONNECTED", connected(line, initiation_method="OUTBOUND"))


def test_an_agents_own_queue_is_of_another_type(line: Line) -> None:
    told = detail(line, "QUEUED", connected(line, queue_arn=f"{PREFIX}/queue/agent/mei"))
    assert told["queueInfo"]["queueType"] == "AGENT"


@pytest.mark.parametrize("method", ["CALLBACK", "MONITOR", "QUEUE_TRANSFER"])
def test_some_contacts_have_no_system_endpoint(line: Line, method: str) -> None:
    assert "systemEndpoint" not in detail(line, "INITIATED", line.contact(initiation_method=method))


def test_an_update_says_what_has_changed(line: Line) -> None:
    event = contact_event(line.instance, "CONTACT_DATA_UPDATED", line.contact(), at(1), ["UserDefinedAttributes"])
    assert event["detail"]["updatedProperties"] == ["UserDefinedAttributes"]
