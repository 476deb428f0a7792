"""Contact records on moto: one link of a contact and one of each recording, however often, late and half they come."""

import base64
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import tickets, voicemail
from chalicelib.events import find_recordings, read_contact_records
from chalicelib.events.contact_records import read_call
from chalicelib.platform.clients import client
from chalicelib.tickets import calls, recordings
from chalicelib.tickets.models import TicketRecord

AT = datetime(2026, 11, 25, 2, tzinfo=UTC)
CALL = "0f0c2f5e-6a1b-4a64-9f1c-3a1f3d2b7c11"
BUCKET = "brokerline-recordings"
SPOKEN = f"recordings/2026/11/25/{CALL}_20261125T01:50_UTC.wav"
MENU = f"recordings/ivr/2026/11/25/{CALL}_20261125T01:49_UTC.wav"
CONTEXT = SimpleNamespace(aws_request_id="r", function_name="read_contact_records")

pytestmark = pytest.mark.usefixtures("bucket")


@pytest.fixture
def bucket(cloud: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("RECORDINGS_BUCKET", BUCKET)
    monkeypatch.setattr("chalicelib.platform.clock.now", lambda: AT)
    client.cache_clear()
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-southeast-1"})
    yield s3
    client.cache_clear()


@pytest.fixture
def errors(caplog: pytest.LogCaptureFixture) -> Iterator[Any]:
    """Gives the errors in the log so far: what each says, and of which ticket."""
    logger = logging.getLogger("brokerline")
    logger.addHandler(caplog.handler)
    logger.propagate, before = False, logger.propagate  # else each is there twice
    yield lambda: [(one.getMessage(), vars(one)["number"]) for one in caplog.records if one.levelname == "ERROR"]
    logger.removeHandler(caplog.handler)
    logger.propagate = before


@pytest.fixture
def number(bucket: Any) -> str:
    """A complaint that was registered an hour and more before the sweeper looks."""
    return opened(AT - timedelta(hours=2))


def opened(at: datetime, key: str = "k") -> str:
    details = {"kind": "complaint", "channel": "phone", "language": "zh-CN", "subject": "费率"}
    return tickets.register(details, "customer", key, at).number


def recording(key: str, participant: str = "AGENT", **more: Any) -> dict[str, Any]:
    location = f"{BUCKET}/{key}".replace(":", "%3A")
    told = {"Location": location, "MediaStreamType": "AUDIO", "ParticipantType": participant, "Status": "AVAILABLE"}
    return told | more


def record(number: str | None, **more: Any) -> dict[str, Any]:
    """A contact record, of its many fields those that are read."""
    return {
        "ContactId": CALL,
        "Attributes": {"Language": "en", **({"TicketNumber": number} if number else {})},
        "InitiationTimestamp": "2026-11-25T01:49:00Z",
        "Agent": {
            "Username": "mei",
            "ConnectedToAgentTimestamp": "2026-11-25T01:50:10Z",
            "AgentInteractionDuration": 95,
        },
        "Recording": recording(MENU, Type="AUDIO"),
        "Recordings": [recording(MENU, "IVR"), recording(SPOKEN)],
        **more,
    }


def batch(*told: dict[str, Any] | bytes) -> dict[str, Any]:
    """Records of the stream, with sequence numbers 0, 1 and so on."""
    data = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in told]
    return {
        "Records": [
            {
                "eventSource": "aws:kinesis",
                "kinesis": {"sequenceNumber": str(place), "data": base64.b64encode(one).decode(), "partitionKey": "p"},
            }
            for place, one in enumerate(data)
        ]
    }


def read(*told: dict[str, Any] | bytes) -> list[str]:
    """Hands the records over; the sequence numbers of those that failed."""
    answer = read_contact_records(batch(*told), CONTEXT)
    return [failed["itemIdentifier"] for failed in answer["batchItemFailures"]]


def links(number: str) -> list[tuple[str, str]]:
    """What was linked, by the verb: a contact, or the name of a recording. The chain is whole."""
    entries, ticket = tickets.timeline(number), tickets.find(number)
    assert ticket
    assert tickets.broken_at(entries, ticket.head) is None
    return [(entry.verb, entry.details["contact_id"]) for entry in entries if entry.verb.startswith("link_")]


WHOLE = [("link_contact", CALL), ("link_recording", CALL), ("link_recording", f"{CALL}-ivr")]


def test_a_call_and_its_recordings_are_linked_once_however_often_they_are_told(number: str) -> None:
    for _ in range(2):
        assert read(record(number), record(number)) == []
    assert links(number) == WHOLE
    ticket = tickets.find(number)
    assert ticket
    assert ticket.recordings == {CALL: f"{BUCKET}/{SPOKEN}", f"{CALL}-ivr": f"{BUCKET}/{MENU}"}
    assert calls.known_of(number)[CALL] == {
        "contact_id": CALL,
        "started_at": "2026-11-25T01:49:00Z",
        "connected_at": "2026-11-25T01:50:10Z",
        "agent": "mei",
        "seconds": 95,
    }


def test_a_record_that_comes_again_when_the_ticket_has_forgotten_its_key_changes_nothing(number: str) -> None:
    read(record(number))
    for place in range(25):
        ticket = tickets.act(number, "note", "agent:li", f"note{place}", AT, "还在查")
    assert f"contact#{CALL}" not in ticket.keys
    assert read(record(number)) == []
    assert links(number) == WHOLE


def test_a_closed_ticket_takes_a_late_record(number: str) -> None:
    other = opened(AT, "other")
    tickets.act(number, "merge", "agent:li", "merge", AT, "同一件事", {"into": other})
    read(record(number))
    assert links(number) == WHOLE


def test_two_functions_with_the_same_record_link_it_once(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read_timeline, raced = tickets.timeline, []

    def slow(asked: str) -> list[tickets.Entry]:
        entries = read_timeline(asked)
        if not raced:
            raced.append(True)
            read(record(number))  # the other one is quicker
        return entries

    monkeypatch.setattr(tickets, "timeline", slow)
    assert read(record(number)) == []
    assert links(number) == WHOLE


def test_a_record_before_the_calls_attributes_is_of_no_ticket_and_the_next_one_is(number: str) -> None:
    assert read(record(None), record(number, Attributes=None)) == []
    assert links(number) == []
    read(record(number))
    assert links(number) == WHOLE


def test_a_recording_that_is_told_of_later_is_linked_then(number: str) -> None:
    read(record(number, Recording=None, Recordings=None))
    assert links(number) == WHOLE[:1]
    read(record(number))
    assert links(number) == WHOLE


def test_a_contact_that_another_part_has_linked_gets_what_the_record_knows(number: str) -> None:
    tickets.act(number, "link_contact", "system:phone", "phone", AT, details={"contact_id": CALL})
    read(record(number), record(number))
    assert links(number) == [WHOLE[0], *WHOLE]
    assert calls.known_of(number)[CALL]["agent"] == "mei"


def test_what_a_record_knows_counts_whoever_links_the_contact_later(number: str) -> None:
    read(record(number))
    known = calls.known_of(number)
    left = {"contact_id": CALL, "started_at": "2026-11-25T01:49:30.000000+00:00"}
    tickets.act(number, "link_contact", "system:voicemail", "voicemail", AT, details=left)
    assert calls.known_of(number) == known


def test_a_ticket_that_is_not_there_rings_the_alarm_and_holds_nothing_up(number: str, errors: Any) -> None:
    assert read(record("2600000018"), record(number)) == []
    assert errors() == [("a contact is of a ticket that is not there", "2600000018")]
    assert links(number) == WHOLE


def test_what_cannot_be_read_is_reported_and_the_others_are_linked(number: str) -> None:
    assert read(b"no JSON", record(number), {"ContactId": CALL, "Attributes": {"TicketNumber": number}}) == ["0", "2"]
    assert links(number) == WHOLE


def test_what_the_tables_did_not_take_is_reported(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **more: Any) -> None:
        raise TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr(tickets, "act", broken)
        assert read(record(number)) == ["0"]
    assert read(record(number)) == []
    assert links(number) == WHOLE


def test_a_voice_message_that_cannot_be_taken_yet_is_tried_again_and_the_call_is_linked(
    number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []

    def take(told: dict[str, Any], at: datetime) -> None:
        taken.append(told["ContactId"])
        if len(taken) == 1:
            raise LookupError

    monkeypatch.setattr(voicemail, "take", take)
    assert read(record(number)) == ["0"]
    assert links(number) == WHOLE
    assert read(record(number)) == []
    assert taken == [CALL, CALL]
    assert links(number) == WHOLE


@pytest.mark.parametrize(
    ("recorded", "objects"),
    [
        ({"Recordings": None}, (MENU,)),
        ({"Recordings": [recording(SPOKEN)], "Recording": None}, (SPOKEN,)),
        ({"Recordings": [recording(SPOKEN, Status="DELETED")], "Recording": None}, ()),
        ({"Recordings": [recording(SPOKEN, MediaStreamType="VIDEO")], "Recording": None}, ()),
        ({"Recordings": [], "Recording": {"Location": None, "Type": "AUDIO"}}, ()),
    ],
)
def test_sound_that_is_there_is_read_from_either_field(recorded: dict[str, Any], objects: tuple[str, ...]) -> None:
    assert read_call(record("1", **recorded)).objects == tuple(f"{BUCKET}/{key}" for key in objects)


def test_a_call_without_an_agent_is_one_all_the_same() -> None:
    call = read_call(record("1", Agent=None))
    assert (call.agent, call.connected_at, call.seconds) == ("", "", 0)


KEYS = st.lists(st.integers(0, 99).map(lambda minute: f"b/recordings/{CALL}_{minute:02d}"), max_size=4)


@given(KEYS, KEYS, st.randoms())
def test_each_recording_has_a_name_of_its_own_that_later_ones_do_not_change(
    spoken: list[str], more: list[str], shuffled: Any
) -> None:
    objects = spoken + [key.replace("/recordings/", "/recordings/ivr/") for key in more]
    named = calls.names(CALL, objects)
    assert sorted(named.values()) == sorted(set(objects))
    assert all(name.startswith(CALL) for name in named)
    shuffled.shuffle(objects)
    assert calls.names(CALL, objects) == named
    later = calls.names(CALL, [*objects, f"b/recordings/{CALL}_99z"])
    assert later.items() >= named.items()


# The clock that looks for what no record told of.


def sweep(at: datetime = AT) -> int:
    return find_recordings({"time": at.isoformat()}, CONTEXT)["looked_at"]


def unrecorded(number: str, key: str = "phone", at: datetime = AT - timedelta(hours=2), **more: Any) -> None:
    """The call is known, its record was lost."""
    details = {"contact_id": CALL, "started_at": "2026-11-25T01:49:00Z", "agent": "mei", **more}
    tickets.act(number, "link_contact", "system:phone", key, at, details=details)


def test_where_nothing_is_missing_nothing_is_looked_at(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read(record(number))
    assert TicketRecord.get(number).unrecorded is None
    monkeypatch.delenv("RECORDINGS_BUCKET")
    assert sweep(AT + timedelta(days=1)) == 0


def test_a_recording_of_which_no_record_told_is_found_when_it_is_there(number: str, bucket: Any, errors: Any) -> None:
    unrecorded(number)
    assert sweep() == 1
    assert errors() == [("a call has no recording", number)]
    bucket.put_object(Bucket=BUCKET, Key=SPOKEN, Body=b"RIFF")
    bucket.put_object(Bucket=BUCKET, Key=MENU, Body=b"RIFF")
    assert sweep() == 1
    assert sweep(AT + timedelta(days=1)) == 0
    assert links(number) == WHOLE
    assert len(errors()) == 1


def test_the_record_that_comes_after_the_clock_finds_the_same_recordings(number: str, bucket: Any) -> None:
    read(record(number, Recording=None, Recordings=None))
    bucket.put_object(Bucket=BUCKET, Key=SPOKEN, Body=b"RIFF")
    assert sweep(AT + timedelta(hours=2)) == 1
    read(record(number))
    assert links(number) == WHOLE


def test_a_call_past_midnight_is_looked_for_on_both_days(bucket: Any) -> None:
    key = f"recordings/2026/11/26/{CALL}_20261126T00:01_UTC.wav"
    bucket.put_object(Bucket=BUCKET, Key=key, Body=b"RIFF")
    assert recordings.kept(CALL, datetime(2026, 11, 25, 23, 58, tzinfo=UTC)) == [f"{BUCKET}/{key}"]
    assert recordings.kept(CALL, datetime(2026, 11, 27, tzinfo=UTC)) == []


def test_a_call_to_the_menus_alone_need_not_have_been_recorded(number: str, errors: Any) -> None:
    unrecorded(number, agent="")
    assert sweep() == 1
    assert errors() == []


@pytest.mark.parametrize(("after", "looked_at"), [(timedelta(minutes=50), 0), (timedelta(hours=1), 1),
                                                  (timedelta(days=7), 1), (timedelta(days=8), 0)])  # fmt: skip
def test_it_is_looked_for_from_an_hour_to_a_week_after_the_last_change(
    number: str, after: timedelta, looked_at: int
) -> None:
    unrecorded(number, at=AT)
    assert sweep(AT + after) == looked_at


def test_one_ticket_that_cannot_be_looked_at_does_not_stop_the_others(bucket: Any, errors: Any) -> None:
    numbers = [opened(AT - timedelta(hours=2), key) for key in "ab"]
    unrecorded(numbers[0], started_at="yesterday")
    unrecorded(numbers[1])
    bucket.put_object(Bucket=BUCKET, Key=SPOKEN, Body=b"RIFF")
    with pytest.raises(RuntimeError, match="1 tickets could not be looked for"):
        sweep()
    assert links(numbers[1]) == WHOLE[:2]
    assert errors() == [("recordings could not be looked for", numbers[0])]


def test_more_than_a_page_of_tickets_is_looked_at(bucket: Any) -> None:
    for place in range(103):
        number = opened(AT - timedelta(hours=2), f"key{place}")
        TicketRecord(number).update(
            actions=[
                TicketRecord.unrecorded.set("yes"),
                TicketRecord.changed_at.set((AT - timedelta(hours=2)).isoformat(timespec="microseconds")),
            ]
        )
    assert len(calls.without_recording(AT, 7)) == 103
