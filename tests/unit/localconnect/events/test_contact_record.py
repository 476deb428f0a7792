from __future__ import annotations

import re
from typing import Any

import pytest

from localconnect.contacts import Hold, Interaction, Recorded
from localconnect.events.contact_record import contact_record
from tests.unit.localconnect.events.conftest import PREFIX, QUEUE, Line, at, shape

TIME = "yyyy-mm-ddThh:mm:ssZ"
ENDPOINT = {"Address": str, "Type": str}
# As the page "Data model for Amazon Connect contact records" has it, of an answered and recorded call.
ANSWERED: dict[str, Any] = {
    "AWSAccountId": str,
    "AWSContactTraceRecordFormatVersion": str,
    "Agent": {
        "ARN": str,
        "AfterContactWorkDuration": int,
        "AfterContactWorkEndTimestamp": TIME,
        "AfterContactWorkStartTimestamp": TIME,
        "AgentInitiatedHoldDuration": int,
        "AgentInteractionDuration": int,
        "AgentPauseDuration": int,
        "ConnectedToAgentTimestamp": TIME,
        "CustomerHoldDuration": int,
        "HierarchyGroups": None,
        "LongestHoldDuration": int,
        "NumberOfHolds": int,
        "RoutingProfile": {"ARN": str, "Name": str},
        "Username": str,
    },
    "AgentConnectionAttempts": int,
    "AnsweringMachineDetectionStatus": None,
    "Attributes": {"greeted": str},
    "Campaign": {"CampaignId": None},
    "Channel": str,
    "ConnectedToSystemTimestamp": TIME,
    "ContactDetails": {},
    "ContactId": str,
    "CustomerEndpoint": ENDPOINT,
    "CustomerId": None,
    "CustomerVoiceActivity": None,
    "DisconnectReason": str,
    "DisconnectTimestamp": TIME,
    "InitialContactId": None,
    "InitiationMethod": str,
    "InitiationTimestamp": TIME,
    "InstanceARN": str,
    "LastPausedTimestamp": None,
    "LastResumedTimestamp": None,
    "TotalPauseCount": int,
    "TotalPauseDurationInSeconds": int,
    "LastUpdateTimestamp": TIME,
    "MediaStreams": [{"Type": str}],
    "NextContactId": None,
    "PreviousContactId": None,
    "Queue": {"ARN": str, "DequeueTimestamp": TIME, "Duration": int, "EnqueueTimestamp": TIME, "Name": str},
    "Recording": {"DeletionReason": None, "Location": str, "Status": str, "Type": str},
    "Recordings": [
        {
            "DeletionReason": None,
            "FragmentStartNumber": None,
            "FragmentStopNumber": None,
            "Location": str,
            "MediaStreamType": str,
            "ParticipantType": str,
            "StartTimestamp": TIME,
            "Status": str,
            "StopTimestamp": TIME,
            "StorageType": str,
        }
    ],
    "References": [],
    "RelatedContactId": None,
    "RoutingCriteria": None,
    "ScheduledTimestamp": None,
    "SystemEndpoint": ENDPOINT,
    "Tags": {},
    "TransferCompletedTimestamp": None,
    "TransferredToEndpoint": None,
    "VoiceIdResult": None,
}


def leaf(value: Any) -> Any:
    is_time = isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value)
    return TIME if is_time else type(value)


def answered(line: Line, **members: Any) -> dict[str, Any]:
    """The record of a contact: queued for 7 s, answered, on hold for 5.4 and 2.9 s, ended, 32 s of work."""
    record = line.contact(attributes={"greeted": "true"}, **members)
    record.enqueued_at, record.dequeued_at, record.attempts = at(10), at(17.9), 2
    record.interaction = Interaction(
        agent=line.agent,
        accepted_at=at(17.9),
        connected_at=at(18),
        holds=[Hold(at(20), at(25.4)), Hold(at(30), at(32.9))],
        ended_at=at(51),
        cleared_at=at(83),
    )
    record.ended_at, record.disconnect_reason = at(52), "CUSTOMER_DISCONNECT"
    record.recordings = [
        Recorded("recordings/ivr/a.wav", "IVR", at(0), at(18)),
        Recorded("recordings/b.wav", "AGENT", at(18), at(51)),
    ]
    return contact_record(line.instance, record, at(90))


def test_an_answered_call_has_the_documented_members(line: Line) -> None:
    assert shape(answered(line), leaf) == ANSWERED


def test_the_agents_part_is_reckoned_in_whole_seconds(line: Line) -> None:
    agent = answered(line)["Agent"]
    assert {name: agent[name] for name in agent if name.endswith(("Duration", "Holds"))} == {
        "AfterContactWorkDuration": 32,
        "AgentInitiatedHoldDuration": 8,
        "AgentInteractionDuration": 24,  # 33 s, of which 8.3 s on hold
        "AgentPauseDuration": 0,
        "CustomerHoldDuration": 8,
        "LongestHoldDuration": 5,
        "NumberOfHolds": 2,
    }
    assert agent["AfterContactWorkStartTimestamp"] == "2026-11-25T09:00:51Z"
    assert agent["AfterContactWorkEndTimestamp"] == "2026-11-25T09:01:23Z"


def test_times_queue_and_recordings_are_the_contacts(line: Line) -> None:
    record = answered(line)
    assert record["InitiationTimestamp"] == record["ConnectedToSystemTimestamp"] == "2026-11-25T09:00:00Z"
    assert record["DisconnectTimestamp"] == "2026-11-25T09:00:52Z"
    assert record["LastUpdateTimestamp"] == "2026-11-25T09:01:30Z"
    assert record["AgentConnectionAttempts"] == 2
    assert record["Queue"] == {
        "ARN": QUEUE,
        "DequeueTimestamp": "2026-11-25T09:00:17Z",
        "Duration": 7,
        "EnqueueTimestamp": "2026-11-25T09:00:10Z",
        "Name": "Service",
    }
    assert record["Recording"]["Location"] == record["Recordings"][0]["Location"] == "recordings/ivr/a.wav"
    assert [recording["ParticipantType"] for recording in record["Recordings"]] == ["IVR", "AGENT"]
    assert record["Recordings"][1]["StopTimestamp"] == "2026-11-25T09:00:51Z"


def test_an_abandoned_contact_has_a_queue_and_no_agent(line: Line) -> None:
    record = line.contact()
    record.enqueued_at, record.dequeued_at, record.ended_at = at(1), at(4), at(4)
    written = contact_record(line.instance, record, at(4))
    assert written["Queue"]["Duration"] == 3
    assert [written[name] for name in ("Agent", "Recording", "Recordings")] == [None, None, None]


def test_a_contact_that_was_not_queued_has_no_queue(line: Line) -> None:
    assert contact_record(line.instance, line.contact(), at(1))["Queue"] is None


def test_an_agents_own_queue_has_no_name(line: Line) -> None:
    queue = answered(line, queue_arn=f"{PREFIX}/queue/agent/mei")["Queue"]
    assert (queue["ARN"], queue["Name"]) == (f"{PREFIX}/queue/agent/mei", None)


def test_an_agent_who_was_never_joined_with_the_customer_is_not_named(line: Line) -> None:
    record = line.contact(initiation_method="CALLBACK")
    record.interaction = Interaction(agent=line.agent, accepted_at=at(1), ended_at=at(9), cleared_at=at(9))
    written = contact_record(line.instance, record, at(9))
    assert (written["Agent"], written["ConnectedToSystemTimestamp"]) == (None, None)


def test_an_outbound_call_is_connected_when_the_customer_answers(line: Line) -> None:
    record = line.contact(initiation_method="OUTBOUND")
    record.connected_at = at(8)
    assert contact_record(line.instance, record, at(9))["ConnectedToSystemTimestamp"] == "2026-11-25T09:00:08Z"


def test_a_task_is_paused_where_a_caller_is_put_on_hold(line: Line) -> None:
    related = line.contact("c0").contact
    details = {"name": "Call back", "description": "About the order", "references": {"order": "42"}}
    record = answered(line, channel="TASK", related=related, scheduled_at=at(3600), **details)
    agent = record["Agent"]
    assert [agent[name] for name in ("AgentPauseDuration", "AgentInteractionDuration", "NumberOfHolds")] == [8, 24, 0]
    assert (record["TotalPauseCount"], record["TotalPauseDurationInSeconds"]) == (2, 8)
    assert record["LastPausedTimestamp"] == "2026-11-25T09:00:30Z"
    assert record["LastResumedTimestamp"] == "2026-11-25T09:00:32Z"
    assert record["ContactDetails"] == {"Name": "Call back", "Description": "About the order"}
    assert record["References"] == [{"Name": "order", "Type": "STRING", "Value": "42"}]
    assert (record["RelatedContactId"], record["ScheduledTimestamp"]) == ("c0", "2026-11-25T10:00:00Z")
    assert record["MediaStreams"] == []


@pytest.mark.parametrize(
    ("to", "endpoint"),
    [("+85221234567", {"Address": "+85221234567", "Type": "TELEPHONE_NUMBER"}), (QUEUE, None)],
)
def test_only_a_transfer_out_of_the_line_has_an_endpoint(line: Line, to: str, endpoint: object) -> None:
    record = line.contact()
    record.transferred_to, record.transferred_at, record.next_contact_id = to, at(5), "c2"
    written = contact_record(line.instance, record, at(6))
    assert written["TransferredToEndpoint"] == endpoint
    assert (written["TransferCompletedTimestamp"], written["NextContactId"]) == ("2026-11-25T09:00:05Z", "c2")


def test_a_transferred_contact_names_those_before_it(line: Line) -> None:
    record = line.contact("c2", initial_contact_id="c1", previous_contact_id="c1", initiation_method="TRANSFER")
    written = contact_record(line.instance, record, at(1))
    assert [written[name] for name in ("InitialContactId", "PreviousContactId")] == ["c1", "c1"]


def test_routing_criteria_say_what_became_of_each_step(line: Line) -> None:
    condition = {
        "Name": "connect:Language",
        "Value": "Cantonese",
        "ComparisonOperator": "NumberGreaterOrEqualTo",
        "ProficiencyLevel": 3,
    }
    steps = [
        {"Expression": {"AttributeCondition": condition}, "Expiry": {"DurationInSeconds": seconds}}
        for seconds in (5, 10)
    ]
    record = line.contact()
    record.contact.routing.criteria = {"Steps": steps}
    assert contact_record(line.instance, record, at(1))["RoutingCriteria"] is None

    record.enqueued_at, record.dequeued_at = at(10), at(17)
    record.interaction = Interaction(agent=line.agent, accepted_at=at(17))
    [criteria] = contact_record(line.instance, record, at(30))["RoutingCriteria"]
    assert (criteria["ActivationTimestamp"], criteria["Index"]) == ("2026-11-25T09:00:10Z", 0)
    assert [step["Status"] for step in criteria["Steps"]] == ["EXPIRED", "JOINED"]
    assert [step["Expiry"] for step in criteria["Steps"]] == [{"DurationInSeconds": 5}, {"DurationInSeconds": 10}]
