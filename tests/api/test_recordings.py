"""Recordings over HTTP: for the staff alone, through links of minutes, and who listened is in the chain."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from chalicelib import tickets
from chalicelib.tickets import calls
from chalicelib.tickets.rules import INTERNAL

from .conftest import NOBODY, NOW, TELLER, WANG, Ask, made_bucket

CALL = "0f0c2f5e-6a1b-4a64-9f1c-3a1f3d2b7c11"
BUCKET, KEY = "brokerline-recordings", f"recordings/2026/11/24/{CALL}_20261124T01:50_UTC.wav"
TRANSCRIPT = f"Analysis/Voice/2026/11/24/{CALL}_analysis_2026-11-24T01:59:00Z.json"
AGENT = {"sub": "mei-sub", "cognito:groups": "[agent]", "cognito:username": "mei"}


@pytest.fixture
def bucket(cloud: None) -> Iterator[Any]:
    with made_bucket("RECORDINGS_BUCKET", BUCKET) as s3:
        yield s3


@pytest.fixture
def number(bucket: Any) -> str:
    """A ticket with a call, whose recording is in the bucket."""
    details = {"kind": "complaint", "channel": "phone", "language": "en", "subject": "fees", "customer_id": "C-1"}
    ticket = tickets.register(details, "customer", "k", NOW - timedelta(hours=1))
    call = calls.Call(CALL, "2026-11-24T01:49:00Z", "2026-11-24T01:50:10Z", "mei", 95, (f"{BUCKET}/{KEY}",))
    calls.link(ticket.number, call, NOW - timedelta(minutes=30))
    bucket.put_object(Bucket=BUCKET, Key=KEY, Body=b"RIFF")
    return ticket.number


def test_what_there_is_to_listen_to_is_listed(ask: Ask, number: str) -> None:
    answer = ask("GET", f"/tickets/{number}/recordings", who=AGENT)
    assert answer.body == {
        "recordings": [{"recording": CALL, "started_at": "2026-11-24T01:49:00Z", "agent": "mei", "seconds": 95}]
    }


@pytest.mark.parametrize("who", [AGENT, TELLER], ids=["agent", "branch"])
def test_a_link_plays_the_recording_for_minutes(
    ask: Ask, number: str, who: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECORDING_LINK_MINUTES", "3")
    answer = ask("GET", f"/tickets/{number}/recordings/{CALL}", who=who)
    assert answer.status == 200
    link = urlsplit(answer.body["url"])
    assert unquote(link.path).endswith(f"/{KEY}")
    assert parse_qs(link.query)["X-Amz-Expires"] == ["180"]
    assert answer.body["expires_at"] == (NOW + timedelta(minutes=3)).isoformat()
    assert answer.body["transcript"] is None
    assert answer.headers["Cache-Control"] == "no-store"


def test_each_time_is_an_entry_that_names_who_listened(ask: Ask, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "listen" in INTERNAL
    times = iter([NOW, NOW + timedelta(minutes=1)])
    monkeypatch.setattr("chalicelib.http.answering.now", lambda: next(times))
    for _ in range(2):
        answer = ask("GET", f"/tickets/{number}/recordings/{CALL}", who=AGENT)
    entries, ticket = tickets.timeline(number), tickets.find(number)
    assert ticket
    assert tickets.broken_at(entries, ticket.head) is None
    listened = [entry for entry in entries if entry.verb == "listen"]
    assert [(entry.by, entry.details) for entry in listened] == [("agent:mei", {"recording": CALL})] * 2
    assert answer.body["version"] == ticket.version == listened[-1].sequence


def test_who_cannot_be_written_down_gets_no_link(ask: Ask, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*args: Any, **more: Any) -> None:
        raise TimeoutError

    monkeypatch.setattr(tickets, "act", busy)
    answer = ask("GET", f"/tickets/{number}/recordings/{CALL}", who=AGENT)
    assert (answer.status, answer.body["code"]) == (503, "busy")
    assert "url" not in answer.body


def test_the_transcript_comes_with_it_where_contact_lens_wrote_one(ask: Ask, number: str, bucket: Any) -> None:
    bucket.put_object(Bucket=BUCKET, Key=TRANSCRIPT, Body=b"{}")
    answer = ask("GET", f"/tickets/{number}/recordings/{CALL}", who=AGENT)
    assert unquote(urlsplit(answer.body["transcript"]).path).endswith(f"/{TRANSCRIPT}")


@pytest.mark.parametrize("path", ["", f"/{CALL}"])
@pytest.mark.parametrize("who", [WANG, NOBODY], ids=["the customer", "nobody"])
def test_to_others_than_the_staff_there_is_no_such_ticket(
    ask: Ask, number: str, path: str, who: dict[str, str]
) -> None:
    theirs = ask("GET", f"/tickets/{number}/recordings{path}", who=who)
    assert (theirs.status, theirs.body["code"]) == (404, "unknown_ticket")
    assert theirs == ask("GET", f"/tickets/2600000018/recordings{path}", who=AGENT)
    assert not [entry for entry in tickets.timeline(number) if entry.verb == "listen"]


def test_a_recording_that_is_none_or_not_there_yet_is_not_played(ask: Ask, number: str) -> None:
    ticket = tickets.find(number)
    assert ticket
    calls.link_recordings(number, CALL, [f"{BUCKET}/recordings/ivr/{CALL}"], NOW)
    codes = [
        ask("GET", f"/tickets/{number}/recordings/{name}", who=AGENT).body["code"] for name in ("x", f"{CALL}-ivr")
    ]
    assert codes == ["unknown_recording", "recording_not_there"]
    assert not [entry for entry in tickets.timeline(number) if entry.verb == "listen"]
