"""Voice messages on moto: whatever comes twice, late, in another order or never, there is one ticket for each."""

from __future__ import annotations

import email
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from chalicelib import notifications, tickets, voicemail
from chalicelib.events import follow_voicemails, hear_transcripts, sweep_voicemails
from chalicelib.platform.clients import client
from chalicelib.platform.words import LANGUAGES
from chalicelib.voicemail import Sender, taking, telling, transcribing
from chalicelib.voicemail.models import VoicemailRecord
from chalicelib.voicemail.transcribing import AmazonTranscribe, NoTranscriber, Written
from chalicelib.voicemail.words import catalogue

from .tones import heard, pitch, recording, sounding

AT = datetime(2026, 11, 25, 2, 0, 0, 400_000, tzinfo=UTC)
BUCKET, CALLER, DESK = "recordings", "+8613800138000", "desk@brokerline.example"
SETTINGS = {
    "RECORDINGS_BUCKET": BUCKET,
    "RECORDINGS_PREFIX": "recordings",
    "MAIL_SENDER": "service@brokerline.example",
    "VOICEMAIL_EMAIL": DESK,
    "STAFF_URL": "https://staff.example",
}
KEY = "recordings/ivr/2026/11/25/c-1_20261125T02:00_UTC.wav"
SENDER = Sender("c-1", "service", "en", CALLER, "", "", "", "")


def after(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


class Post:
    """SES as the house uses it: what was sent, or the error that is due."""

    def __init__(self) -> None:
        self.mails: list[email.message.Message] = []
        self.errors: list[Exception] = []

    def send_email(self, *, Content: dict[str, Any], **rest: Any) -> None:
        if self.errors:
            raise self.errors.pop()
        self.mails.append(email.message_from_bytes(Content["Raw"]["Data"]))


class Scribe:
    """Implements :class:`transcribing.Transcriber`: what it was asked, and what is to come of it."""

    def __init__(self, result: Written | Exception) -> None:
        self.result_, self.started = result, [""][:0]

    def start(self, name: str, bucket: str, key: str, language: str) -> Any:
        self.started.append(f"{name} {bucket}/{key} {language}")
        return "asked"

    def result(self, name: str) -> Written:
        if isinstance(self.result_, Exception):
            raise self.result_
        return self.result_


@pytest.fixture(autouse=True)
def post(cloud: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """A bucket, the settings, and the post."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    boto3.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-southeast-1"})
    post = Post()
    monkeypatch.setattr(notifications, "client", lambda service: post)
    client.cache_clear()
    yield post
    client.cache_clear()


@pytest.fixture
def scribe(monkeypatch: pytest.MonkeyPatch) -> Callable[[Written | Exception], Scribe]:
    def hired(result: Written | Exception) -> Scribe:
        scribe = Scribe(result)
        monkeypatch.setattr(telling, "transcriber", lambda: scribe)
        return scribe

    return hired


def left(*, sender: Sender = SENDER, ended: float | None = 6.0) -> int:
    """A message of a call: begun at ``AT``, and ended so many seconds later, or not, because the caller hung up."""
    message = voicemail.begin(sender, None, AT)
    if ended is not None:
        assert voicemail.end(sender.contact_id, message, after(ended)) == "ok"
    return message


def arrived(said: dict[tuple[float, float], float] | None = None, seconds: float = 9.0) -> None:
    """The recording of the call is in the bucket. The caller spoke from 1 s to 5 s after they were asked."""
    body = recording(seconds, said or {(1.0, 5.0): 1000})
    boto3.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=body)


def record(**more: Any) -> dict[str, Any]:
    """The contact record of the call; its recording started half a second before it could tell."""
    ivr = {"ParticipantType": "IVR", "Location": f"{BUCKET}/{KEY}", "StartTimestamp": "2026-11-25T02:00:00Z"}
    return {"ContactId": "c-1", "Attributes": {}, "Agent": None, "Recordings": [ivr], **more}


def all_tickets() -> list[tickets.Ticket]:
    return tickets.listed("state", "registered").tickets


def sound(ticket: tickets.Ticket, message: int = 1) -> Any:
    bucket, _, key = ticket.recordings[f"c-1-{message}"].partition("/")
    return heard(boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())


def the_ticket() -> tickets.Ticket:
    """The one ticket there is, whose chain is whole and which has the message once."""
    [ticket] = all_tickets()
    timeline = tickets.timeline(ticket.number)
    assert tickets.broken_at(timeline, ticket.head) is None
    assert [entry.verb for entry in timeline].count("link_recording") == 1
    return ticket


def stream(contact_id: str = "c-1", message: int = 1) -> dict[str, Any]:
    keys = {"contact_id": {"S": contact_id}, "message": {"N": str(message)}}
    change = {"Keys": keys, "SequenceNumber": "1"}
    event = {"Records": [{"eventName": "MODIFY", "eventSource": "aws:dynamodb", "dynamodb": change}]}
    return follow_voicemails(event, SimpleNamespace(aws_request_id="r", function_name="follow_voicemails"))


# Taken, once


def test_a_message_becomes_a_ticket_with_its_sound() -> None:
    left()
    arrived()
    [taken] = voicemail.take(record(), after(60))
    ticket = the_ticket()
    assert (ticket.kind, ticket.channel, ticket.language, ticket.mobile, ticket.reply_by) == (
        "consultation", "voicemail", "en", CALLER, "call",
    )  # fmt: skip
    assert ticket.registered_at == tickets.timeline(ticket.number)[0].at == AT.isoformat(timespec="microseconds")
    assert (ticket.contacts, ticket.subject) == (("c-1",), "Voice message")
    assert "6 seconds" in ticket.text
    assert (taken.ticket, taken.seconds, taken.state) == (ticket.number, 6, "taken")
    samples = sound(ticket)
    assert len(samples) == 6 * 8000
    assert pitch(samples) == pytest.approx(1000, abs=1)
    assert sounding(samples) == pytest.approx(4.0, abs=0.01)


@pytest.mark.parametrize("started", ["2026-11-25T02:00:01Z", "2026-11-25T02:01:00Z"])
def test_a_recording_that_starts_in_the_next_second_or_minute_holds_the_message(started: str) -> None:
    begun = datetime.fromisoformat(started) - timedelta(seconds=0.05)
    voicemail.begin(SENDER, None, begun)
    voicemail.end("c-1", 1, begun + timedelta(seconds=6))
    arrived()
    [ivr] = record()["Recordings"]
    [taken] = voicemail.take(record(Recordings=[ivr | {"StartTimestamp": started}]), after(120))
    assert (taken.state, taken.seconds) == ("taken", 6)
    assert sounding(sound(the_ticket())) == pytest.approx(4.0, abs=0.01)


def test_a_contact_record_that_comes_again_adds_nothing() -> None:
    left()
    arrived()
    assert len(voicemail.take(record(), after(60))) == 1
    before = the_ticket()
    assert voicemail.take(record(), after(90)) == []
    assert the_ticket() == before


def test_a_contact_record_that_comes_days_later_finds_its_ticket_in_the_new_year() -> None:
    left()
    arrived()
    assert voicemail.take(record(), after(60 * 86_400))[0].ticket == the_ticket().number
    assert the_ticket().number.startswith("26")


def test_two_at_once_make_one_ticket(monkeypatch: pytest.MonkeyPatch) -> None:
    left()
    arrived()
    keep, raced = taking._keep, [True]

    def slow(*args: Any) -> str:
        if raced and raced.pop():
            assert len(voicemail.take(record(), after(59))) == 1
        return keep(*args)

    monkeypatch.setattr(taking, "_keep", slow)
    assert voicemail.take(record(), after(60)) == []
    the_ticket()


@pytest.mark.parametrize("dies_in", ["_ticket", "_link"])
def test_who_dies_on_the_way_and_comes_again_makes_one_ticket(monkeypatch: pytest.MonkeyPatch, dies_in: str) -> None:
    left()
    arrived()
    with monkeypatch.context() as broken:
        whole = getattr(taking, dies_in)

        def dies(*args: Any) -> None:
            whole(*args)
            raise RuntimeError("the function was stopped")

        broken.setattr(taking, dies_in, dies)
        with pytest.raises(RuntimeError):
            voicemail.take(record(), after(60))
    assert len(voicemail.take(record(), after(70))) == 1
    the_ticket()


def test_a_record_before_its_attributes_and_before_its_recording_is_known_takes_nothing_yet() -> None:
    left()
    arrived()
    assert voicemail.take(record(Recordings=None), after(30)) == []
    assert voicemail.take(record(Attributes=None), after(60))[0].state == "taken"
    the_ticket()


def test_a_recording_that_is_not_in_the_bucket_yet_is_asked_for_again() -> None:
    left()
    with pytest.raises(taking.NotThereYet):
        voicemail.take(record(), after(60))
    assert all_tickets() == []
    arrived()
    assert len(voicemail.take(record(), after(90))) == 1
    the_ticket()


def test_the_record_of_a_call_without_a_message_is_nothing() -> None:
    arrived()
    assert voicemail.take(record(), after(60)) == []
    assert all_tickets() == []


def test_who_hangs_up_has_left_what_they_said() -> None:
    left(ended=None)
    arrived(seconds=7.0)
    assert voicemail.take(record(), after(60))[0].seconds == 7
    assert sounding(sound(the_ticket())) == pytest.approx(4.0, abs=0.01)


@pytest.mark.parametrize(("ended", "seconds"), [(1.0, 9.0), (None, 1.5)])
def test_who_says_nothing_leaves_no_message(ended: float | None, seconds: float) -> None:
    message = voicemail.begin(SENDER, None, AT)
    if ended:
        assert voicemail.end("c-1", message, after(ended)) == "short"
    arrived(seconds=seconds)
    assert voicemail.take(record(), after(60)) == []
    assert sweep_voicemails({"time": after(86_400 * 3).isoformat()}, None) == {"looked_at": 0}
    assert all_tickets() == []


def test_a_message_in_the_midst_of_which_an_agent_came_is_none() -> None:
    left(ended=None)
    arrived()
    agent = {"ConnectedToAgentTimestamp": "2026-11-25T02:00:04Z"}
    assert voicemail.take(record(Agent=agent), after(60)) == []
    assert all_tickets() == []


def test_a_message_that_was_whole_when_an_agent_came_is_kept() -> None:
    left()
    arrived()
    agent = {"ConnectedToAgentTimestamp": "2026-11-25T02:00:08Z"}
    assert len(voicemail.take(record(Agent=agent), after(60))) == 1


def test_said_again_the_second_take_counts_and_thrown_away_none() -> None:
    message = left()
    assert voicemail.begin(SENDER, message, after(10)) == message
    assert voicemail.end("c-1", message, after(14)) == "ok"
    arrived({(1.0, 5.0): 1000, (11.0, 14.0): 600}, seconds=20)
    [taken] = voicemail.take(record(), after(60))
    samples = sound(the_ticket())
    assert (taken.message, taken.seconds, round(pitch(samples))) == (1, 4, 600)


def test_thrown_away_it_is_never_taken() -> None:
    message = left()
    for _ in range(2):
        voicemail.drop("c-1", message)
    arrived()
    assert voicemail.take(record(), after(60)) == []
    assert sweep_voicemails({"time": after(86_400).isoformat()}, None) == {"looked_at": 0}
    assert all_tickets() == []


def test_a_call_may_leave_two_messages_each_with_a_ticket() -> None:
    left()
    second = voicemail.begin(SENDER, None, after(20))
    voicemail.end("c-1", second, after(25))
    arrived({(1.0, 5.0): 1000, (21.0, 24.0): 600}, seconds=30)
    assert [taken.message for taken in voicemail.take(record(), after(60))] == [1, 2]
    assert len(all_tickets()) == 2
    by_subject = {round(pitch(sound(ticket, int(next(iter(ticket.recordings))[-1])))) for ticket in all_tickets()}
    assert by_subject == {600, 1000}


def test_a_beginning_and_an_end_that_come_again_are_the_same() -> None:
    assert voicemail.begin(SENDER, None, AT) == voicemail.begin(SENDER, None, after(0.1)) == 1
    assert voicemail.end("c-1", 1, after(5)) == voicemail.end("c-1", 1, after(9)) == "ok"
    assert VoicemailRecord.of_call("c-1")[0].ended == after(5).isoformat(timespec="microseconds")
    with pytest.raises(LookupError):
        voicemail.end("c-1", 2, after(9))


def test_a_message_for_a_ticket_goes_into_that_one() -> None:
    complaint = {"kind": "complaint", "channel": "phone", "language": "en", "subject": "Fees"}
    ticket = tickets.register(complaint, "customer", "k", AT)
    left(sender=SENDER._replace(ticket=ticket.number))
    arrived()
    assert voicemail.take(record(), after(60))[0].ticket == ticket.number
    assert the_ticket().kind == "complaint"


def test_a_call_that_the_ticket_knows_is_not_linked_again() -> None:
    complaint = {"kind": "complaint", "channel": "phone", "language": "en", "subject": "Fees"}
    ticket = tickets.register(complaint, "customer", "k", AT)
    tickets.act(ticket.number, "link_contact", "system:calls", "contact#c-1", AT, details={"contact_id": "c-1"})
    left(sender=SENDER._replace(ticket=ticket.number))
    arrived()
    voicemail.take(record(), after(60))
    assert [one.verb for one in tickets.timeline(the_ticket().number)].count("link_contact") == 1


def test_a_message_for_a_ticket_that_is_not_there_has_one_of_its_own() -> None:
    left(sender=SENDER._replace(ticket="2600000000"))
    arrived()
    assert voicemail.take(record(), after(60))[0].ticket == the_ticket().number


# The clock


def test_a_lost_event_is_found_by_the_clock_and_a_record_after_it_adds_nothing() -> None:
    left()
    arrived()
    assert sweep_voicemails({"time": after(1800).isoformat()}, None) == {"looked_at": 0}
    assert sweep_voicemails({"time": after(3600).isoformat()}, None) == {"looked_at": 1}
    assert sounding(sound(the_ticket())) == pytest.approx(4.0, abs=0.01)
    assert voicemail.take(record(), after(4000)) == []
    assert sweep_voicemails({"time": after(86_400).isoformat()}, None) == {"looked_at": 0}
    the_ticket()


def test_a_recording_that_never_comes_is_a_ticket_too_and_if_it_comes_after_all_it_is_in_it() -> None:
    left()
    assert sweep_voicemails({"time": after(3600).isoformat()}, None) == {"looked_at": 1}
    assert all_tickets() == []
    assert sweep_voicemails({"time": after(86_400).isoformat()}, None) == {"looked_at": 1}
    [ticket] = all_tickets()
    assert "has not arrived" in ticket.text
    assert ticket.recordings == {}
    assert sweep_voicemails({"time": after(2 * 86_400).isoformat()}, None) == {"looked_at": 0}
    arrived()
    assert voicemail.take(record(), after(3 * 86_400))[0].ticket == the_ticket().number == ticket.number


def test_a_lost_message_of_a_complaint_is_noted_there_once() -> None:
    ticket = tickets.register(
        {"kind": "complaint", "channel": "phone", "language": "en", "subject": "Fees"}, "customer", "k", AT
    )
    left(sender=SENDER._replace(ticket=ticket.number))
    for hours in (24, 25):
        sweep_voicemails({"time": after(hours * 3600).isoformat()}, None)
    notes = [entry.why for entry in tickets.timeline(ticket.number) if entry.verb == "note"]
    assert notes == [catalogue("en")["text.lost"]]


def test_one_that_cannot_be_looked_at_keeps_no_other_waiting_and_rings_the_alarm() -> None:
    left(sender=SENDER._replace(contact_id="c-0"))
    key = KEY.replace("c-1", "c-0")
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"no WAV file")
    left()
    arrived()
    with pytest.raises(RuntimeError, match="1 voice messages"):
        sweep_voicemails({"time": after(3600).isoformat()}, None)
    the_ticket()


# What follows


def taken() -> None:
    left()
    arrived()
    voicemail.take(record(), after(60))


def test_the_desk_is_told_once_by_mail_with_a_link_and_nothing_of_the_message(post: Post) -> None:
    taken()
    assert stream() == stream() == {"batchItemFailures": []}
    [mail] = post.mails
    ticket = the_ticket()
    assert (mail["To"], mail["From"]) == (DESK, SETTINGS["MAIL_SENDER"])
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    said = body.decode()
    assert f"https://staff.example/tickets/{ticket.number}" in said
    assert catalogue("zh-CN")["email.transcript.none"] in said
    assert "2026-11-25 10:00" in said
    assert CALLER not in said


def test_mail_that_was_not_taken_is_sent_again(post: Post) -> None:
    taken()
    post.errors = [OSError("SES took no e-mail")]
    assert stream()["batchItemFailures"] == [{"itemIdentifier": "1"}]
    assert stream() == {"batchItemFailures": []}
    assert len(post.mails) == 1


def test_without_an_address_nobody_is_told_and_the_ticket_is_there(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEMAIL_EMAIL", "")
    taken()
    stream()
    assert post.mails == []
    assert VoicemailRecord.of_call("c-1")[0].told
    the_ticket()


def test_a_lost_message_is_told_as_that(post: Post) -> None:
    left()
    sweep_voicemails({"time": after(86_400).isoformat()}, None)
    stream()
    body = post.mails[0].get_payload(decode=True)
    assert isinstance(body, bytes)
    assert "录音没有送达" in body.decode()


def test_a_message_that_is_expected_is_told_to_nobody(post: Post) -> None:
    left()
    assert stream() == {"batchItemFailures": []}
    assert stream("c-404") == {"batchItemFailures": []}
    assert post.mails == []


def notes() -> list[str]:
    return [entry.why for entry in tickets.timeline(the_ticket().number) if entry.verb == "note"]


def ended(job: str = "voicemail.c-1-1") -> None:
    hear_transcripts({"detail": {"TranscriptionJobName": job, "TranscriptionJobStatus": "COMPLETED"}}, None)


def test_a_transcript_comes_into_the_ticket_once(scribe: Callable[[Written], Scribe]) -> None:
    hired = scribe(Written("made", "请给我回电话"))
    taken()
    stream()
    assert hired.started == [f"c-1-1 {BUCKET}/voicemail/2026/11/25/c-1-1.wav en"]
    for job in ("voicemail.c-1-1", "voicemail.c-1-1", "voicemail.c-404-1", "of-others"):
        ended(job)
    assert notes() == ["请给我回电话"]
    assert sweep_voicemails({"time": after(86_400).isoformat()}, None) == {"looked_at": 0}


def test_news_that_never_came_is_asked_for_by_the_clock(
    scribe: Callable[[Written], Scribe], monkeypatch: pytest.MonkeyPatch
) -> None:
    hired = scribe(Written("asked"))
    monkeypatch.setattr("chalicelib.platform.clock.now", lambda: after(61))
    taken()
    stream()
    assert sweep_voicemails({"time": after(3700).isoformat()}, None) == {"looked_at": 1}
    assert notes() == []
    hired.result_ = Written("made", "hello")
    assert sweep_voicemails({"time": after(7400).isoformat()}, None) == {"looked_at": 1}
    assert notes() == ["hello"]


def test_a_transcription_that_fails_leaves_the_ticket_and_says_so(scribe: Callable[[Written], Scribe]) -> None:
    scribe(Written("failed"))
    taken()
    stream()
    for _ in range(2):
        ended()
    assert notes() == [catalogue("zh-CN")["transcript.failed"]]
    assert VoicemailRecord.of_call("c-1")[0].transcript == "failed"


def test_a_transcriber_that_takes_no_order_delays_nothing(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(NoTranscriber):
        def start(self, name: str, bucket: str, key: str, language: str) -> Any:
            raise OSError("not reached")

    monkeypatch.setattr(telling, "transcriber", Broken)
    taken()
    stream()
    assert len(post.mails) == 1
    assert notes() == [catalogue("zh-CN")["transcript.failed"]]


# Amazon Transcribe


def job(**more: Any) -> Any:
    """A client of the service, whose one job is so."""
    asked: list[dict[str, Any]] = []

    class Conflict(Exception):
        pass

    def start(**job: Any) -> None:
        if job in asked:
            raise Conflict
        asked.append(job)

    def get(**named: Any) -> dict[str, Any]:
        assert named == {"TranscriptionJobName": asked[0]["TranscriptionJobName"]}
        return {"TranscriptionJob": more}

    return SimpleNamespace(
        start_transcription_job=start,
        get_transcription_job=get,
        asked=asked,
        exceptions=SimpleNamespace(ConflictException=Conflict),
    )


def test_amazon_transcribe_is_asked_once_in_the_language_of_the_call() -> None:
    text = {"results": {"transcripts": [{"transcript": " Please call me back. "}]}}
    service = job(TranscriptionJobStatus="COMPLETED", Transcript={"TranscriptFileUri": "https://there"})
    scribe = AmazonTranscribe(service, lambda address: json.dumps(text).encode() if address == "https://there" else b"")
    assert [scribe.start("c-1-1", "b", "voicemail/c.wav", "zh-HK") for _ in range(2)] == ["asked"] * 2
    [asked] = service.asked
    assert (asked["TranscriptionJobName"], asked["LanguageCode"]) == ("voicemail.c-1-1", "zh-HK")
    assert asked["Media"] == {"MediaFileUri": "s3://b/voicemail/c.wav"}
    assert scribe.result("c-1-1") == Written("made", "Please call me back.")


@pytest.mark.parametrize(("status", "state"), [("IN_PROGRESS", "asked"), ("QUEUED", "asked"), ("FAILED", "failed")])
def test_what_has_become_of_a_job(status: str, state: str) -> None:
    scribe = AmazonTranscribe(job(TranscriptionJobStatus=status), lambda address: b"")
    scribe.start("c-1-1", "b", "k", "en")
    assert scribe.result("c-1-1") == Written(state)  # type: ignore[arg-type]


def test_the_stage_s_setting_names_the_transcriber(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(transcribing.transcriber(), NoTranscriber)
    assert NoTranscriber().result("c-1-1") == Written("failed")
    monkeypatch.setenv("TRANSCRIBER", "amazon")
    assert isinstance(transcribing.transcriber(), AmazonTranscribe)
    monkeypatch.setenv("TRANSCRIBER", "other")
    with pytest.raises(RuntimeError, match="TRANSCRIBER"):
        transcribing.transcriber()


# Message waiting


def test_a_message_waits_until_an_agent_has_taken_up_its_ticket() -> None:
    taken()
    [waits] = voicemail.waiting("service")
    assert (waits.ticket, waits.seconds, waits.queue) == (the_ticket().number, 6, "service")
    assert voicemail.waiting("another") == []
    tickets.act(waits.ticket, "note", "system:clocks", "k1", after(100), "nobody has been here")
    assert len(voicemail.waiting("service")) == 1
    tickets.act(waits.ticket, "note", "agent:mei", "k2", after(120), "I will call")
    assert voicemail.waiting("service") == voicemail.waiting("service") == []


def test_every_text_is_there_in_every_language() -> None:
    assert len({frozenset(catalogue(language)) for language in LANGUAGES}) == 1
