from __future__ import annotations

from typing import Any

import pytest

from tests.unit.localconnect.events.conftest import (
    AGENT_EVENTS,
    AVAILABLE,
    LUNCH,
    OFFLINE,
    RECORDS,
    Line,
    at,
    build_line,
)


def sign_in(line: Line) -> None:
    line.router.set_status(line.agent.arn, AVAILABLE, line.clock.now())


def answered(line: Line, **members: Any) -> Any:
    """A contact that the agent has taken, from a queue."""
    record = line.contact(**members)
    line.publisher.initiated(record, line.clock.now())
    line.publisher.connected_to_system(record, line.clock.now())
    line.enqueue(record)
    line.router.accept(line.agent.arn, record.contact.contact_id, line.turn(5))
    return record


def agent_events(line: Line) -> list[tuple[str, str, list[str]]]:
    """Kind, status and the states of the contacts in hand."""
    return [
        (
            event["EventType"],
            event["CurrentAgentSnapshot"]["AgentStatus"]["Name"],
            [contact["State"] for contact in event["CurrentAgentSnapshot"]["Contacts"]],
        )
        for event in line.published(AGENT_EVENTS)
    ]


# Contacts


def test_a_call_that_is_answered_is_complete_when_the_agent_has_cleared_it(line: Line) -> None:
    sign_in(line)
    record = answered(line)
    line.router.end(line.agent.arn, "c1", line.turn(60))
    line.end(record, "AGENT_DISCONNECT")
    assert line.kinds() == ["INITIATED", "QUEUED", "CONNECTED_TO_AGENT", "DISCONNECTED"]
    assert line.published(RECORDS) == []

    line.router.clear(line.agent.arn, "c1", line.turn(20))
    assert line.kinds()[4:] == ["COMPLETED"]
    [written] = line.published(RECORDS)
    assert written["DisconnectReason"] == "AGENT_DISCONNECT"
    assert (written["Agent"]["AgentInteractionDuration"], written["Agent"]["AfterContactWorkDuration"]) == (60, 20)
    assert written["Queue"]["Duration"] == 5
    assert [record.key for record in line.sink.records if record.stream_arn == RECORDS] == ["c1"]


def test_an_agent_who_clears_before_the_customer_is_gone_leaves_it_to_the_end(line: Line) -> None:
    sign_in(line)
    record = answered(line)
    line.router.end(line.agent.arn, "c1", line.turn(9))
    line.router.clear(line.agent.arn, "c1", line.turn(1))
    assert "COMPLETED" not in line.kinds()
    line.end(record)
    assert line.kinds()[-2:] == ["DISCONNECTED", "COMPLETED"]
    assert len(line.published(RECORDS)) == 1


def test_a_contact_without_an_agent_is_complete_at_once(line: Line) -> None:
    record = line.contact()
    line.enqueue(record)
    line.router.leave(record.contact, line.turn(3))
    line.end(record)
    assert line.kinds() == ["QUEUED", "DISCONNECTED", "COMPLETED"]
    [written] = line.published(RECORDS)
    assert (written["Agent"], written["Queue"]["Duration"]) == (None, 3)


def test_a_contact_that_was_only_missed_is_delivered_once(line: Line) -> None:
    sign_in(line)
    record = line.contact()
    line.enqueue(record)
    line.router.tick(line.turn(60))
    line.router.leave(record.contact, line.clock.now())
    line.end(record)
    line.router.clear(line.agent.arn, "c1", line.turn(1))
    [written] = line.published(RECORDS)
    assert written["AgentConnectionAttempts"] == 1
    assert line.kinds().count("COMPLETED") == 1


def test_attributes_changed_afterwards_deliver_a_newer_record(line: Line) -> None:
    record = line.contact()
    record.set_attributes({"rating": "none"})
    line.publisher.updated(record, line.turn(1), "UserDefinedAttributes")
    assert line.published(RECORDS) == []
    line.end(record)
    record.set_attributes({"rating": "5"})
    line.publisher.updated(record, line.turn(86_400), "UserDefinedAttributes")
    first, second = line.published(RECORDS)
    assert (first["Attributes"], second["Attributes"]) == ({"rating": "none"}, {"rating": "5"})
    assert first["LastUpdateTimestamp"] < second["LastUpdateTimestamp"]
    assert line.sink.events[-1]["detail"]["updatedProperties"] == ["UserDefinedAttributes"]


@pytest.mark.parametrize(
    ("channel", "method", "told"),
    [("VOICE", "INBOUND", False), ("VOICE", "OUTBOUND", True), ("CHAT", "API", True), ("TASK", "API", True)],
)
def test_connected_to_system_is_told_of_all_but_calls_that_come_in(
    line: Line, channel: str, method: str, told: bool
) -> None:
    line.publisher.connected_to_system(line.contact(channel=channel, initiation_method=method), at(0))
    assert line.kinds() == ["CONNECTED_TO_SYSTEM"] * told


@pytest.mark.parametrize(("channel", "told"), [("TASK", ["PAUSED", "RESUMED"]), ("VOICE", [])])
def test_a_task_is_paused_and_resumed_and_a_call_put_on_hold_is_not_told(
    line: Line, channel: str, told: list[str]
) -> None:
    sign_in(line)
    answered(line, channel=channel)
    before = len(line.kinds())
    line.router.hold(line.agent.arn, "c1", line.turn(1))
    line.router.resume(line.agent.arn, "c1", line.turn(1))
    assert line.kinds()[before:] == told


def test_without_streams_only_contact_events_go_out() -> None:
    line = build_line(storage={})
    sign_in(line)
    line.end(line.contact())
    assert (line.kinds(), list(line.sink.records)) == (["DISCONNECTED", "COMPLETED"], [])


# Agents


def test_who_leaves_offline_signs_in_and_who_goes_there_signs_out(line: Line) -> None:
    for status in (AVAILABLE, LUNCH, OFFLINE):
        line.router.set_status(line.agent.arn, status, line.turn(1))
    assert agent_events(line) == [
        ("LOGIN", "Available", []),
        ("STATE_CHANGE", "Available", []),
        ("STATE_CHANGE", "Lunch", []),
        ("STATE_CHANGE", "Offline", []),
        ("LOGOUT", "Offline", []),
    ]
    previous = [event["PreviousAgentSnapshot"] for event in line.published(AGENT_EVENTS)]
    names = [snapshot and snapshot["AgentStatus"]["Name"] for snapshot in previous]
    assert names == [None, "Offline", "Available", "Lunch", None]
    assert {record.key for record in line.sink.records} == {line.agent.arn}


def test_each_state_of_a_contact_is_an_event(line: Line) -> None:
    sign_in(line)
    answered(line)
    for act in (line.router.hold, line.router.resume, line.router.end, line.router.clear):
        act(line.agent.arn, "c1", line.turn(1))
    states = [["CONNECTING"], ["CONNECTED"], ["CONNECTED_ONHOLD"], ["CONNECTED"], ["ENDED"], []]
    assert agent_events(line)[2:] == [("STATE_CHANGE", "Available", state) for state in states]


def test_what_makes_no_difference_to_the_snapshot_is_no_event(line: Line) -> None:
    sign_in(line)
    before = len(line.sink.records)
    line.publisher.changed(line.agent, line.turn(1))
    assert len(line.sink.records) == before


def test_an_agent_who_is_added_while_it_runs_signs_in(line: Line) -> None:
    other = build_line(status=AVAILABLE).agent
    other.arn += "-2"
    line.router.add(other, line.turn(1))
    line.publisher.changed(other, line.clock.now())
    assert [kind for kind, _, _ in agent_events(line)] == ["LOGIN", "STATE_CHANGE"]


def test_a_heart_beat_comes_after_120_seconds_without_another_event(line: Line) -> None:
    sign_in(line)
    line.sink.records.clear()
    for seconds in (119, 1, 60, 60):
        line.publisher.heart_beat(line.turn(seconds))
    beats = line.published(AGENT_EVENTS)
    assert [(beat["EventType"], beat["EventTimestamp"]) for beat in beats] == [
        ("HEART_BEAT", "2026-11-25T09:02:00.000Z"),
        ("HEART_BEAT", "2026-11-25T09:04:00.000Z"),
    ]
    assert beats[0]["CurrentAgentSnapshot"]["AgentStatus"]["Name"] == "Available"
    assert beats[0]["PreviousAgentSnapshot"]["AgentStatus"]["Name"] == "Offline"


def test_the_heart_beats_on_for_an_hour_after_signing_out(line: Line) -> None:
    sign_in(line)
    line.router.set_status(line.agent.arn, OFFLINE, line.turn(1))
    line.sink.records.clear()
    for _ in range(60):
        line.publisher.heart_beat(line.turn(120))
    assert len(line.sink.records) == 30


def test_who_has_not_signed_in_has_no_heart_beat(line: Line) -> None:
    line.publisher.heart_beat(line.turn(3600))
    assert not line.sink.records
