"""E-mails that came in, on moto: each becomes a ticket or the customer's word in one, once, and is moved."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib import customers, tickets
from chalicelib.events import read_mail
from chalicelib.platform.clients import client
from chalicelib.tickets import files, mailbox, receiving
from chalicelib.tickets.models import TicketRecord
from chalicelib.tickets.news import Reach, to_customer
from chalicelib.tickets.notices import House, to_staff

MAIL = Path(__file__).with_name("data") / "mail"
SETTINGS = {
    "INCOMING_MAIL_BUCKET": "incoming-mail",
    "TICKET_FILES_BUCKET": "ticket-files",
    "MAIL_SENDER": "service@brokerline.example",
    "STAFF_LANGUAGE": "en",
}
HOUSE = House("boss@house.example", "house.example", "letters@house.example", "en")


@pytest.fixture(autouse=True)
def s3(cloud: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    client.cache_clear()
    s3 = boto3.client("s3")
    for bucket in ("incoming-mail", "ticket-files"):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "ap-southeast-1"})
    yield s3
    client.cache_clear()


def eml(name: str) -> bytes:
    return (MAIL / f"{name}.eml").read_bytes()


def put(s3: Any, raw: bytes, name: str = "o3vrnil0e2ic28") -> dict[str, Any]:
    """What SES does, and the event of S3's that follows."""
    s3.put_object(Bucket="incoming-mail", Key=f"incoming/{name}", Body=raw)
    return {"detail-type": "Object Created", "detail": {"object": {"key": f"incoming/{name}", "size": len(raw)}}}


def arrived(s3: Any, name: str = "o3vrnil0e2ic28") -> datetime:
    moment: datetime = s3.head_object(Bucket="incoming-mail", Key=f"incoming/{name}")["LastModified"]
    return moment


def outcome(event: dict[str, Any]) -> Any:
    return read_mail(event, None)["outcome"]


def kept(s3: Any) -> list[str]:
    return [found["Key"] for found in s3.list_objects_v2(Bucket="incoming-mail").get("Contents", ())]


def everything() -> list[tickets.Ticket]:
    return [found for record in TicketRecord.scan() if (found := tickets.find(record.number))]


def answer(subject: str, text: str = "The fee of 3 November", sender: str = "wang@example.com", **more: str) -> bytes:
    headers = {
        "Return-Path": f"<{sender}>",
        "Authentication-Results": f"amazonses.com; spf=pass x; dkim=none; dmarc={more.pop('dmarc', 'pass')} y",
        "From": f"Wang Fang <{sender}>",
        "Subject": subject,
        "Message-ID": f"<{crc32(f'{subject}{text}'.encode())}@example.com>",
        "Content-Type": "text/plain; charset=utf-8",
    } | more
    return ("".join(f"{name}: {value}\r\n" for name, value in headers.items()) + f"\r\n{text}\r\n").encode()


@pytest.fixture
def number(s3: Any) -> str:
    """The ticket of an e-mail, that now waits for the customer's answer."""
    assert outcome(put(s3, eml("gb18030"))) == "read"
    [ticket] = everything()
    do(ticket.number, "accept", "assign", "investigate", "ask_customer")
    return ticket.number


def do(number: str, *verbs: str) -> None:
    for verb in verbs:
        at = datetime.fromisoformat(tickets.timeline(number)[-1].at)
        tickets.act(number, verb, "agent:li", f"{verb}{at}", at, "Which fee?", {"assignee": "agent:mei"})


def subject(number: str) -> str:
    """That of the acknowledgement, answered."""
    ticket = tickets.find(number)
    assert ticket
    [told] = to_customer(tickets.timeline(number)[0], ticket, Reach("", ticket.email), "", 200)
    return f"回复：{told.subject}"


def test_an_e_mail_becomes_a_question_of_nobody_known_which_is_acknowledged(s3: Any) -> None:
    came = put(s3, eml("gb18030"))
    at = arrived(s3)
    assert outcome(came) == "read"
    [ticket] = everything()
    assert (ticket.kind, ticket.channel, ticket.language, ticket.customer_id) == ("consultation", "email", "zh-CN", "")
    assert (ticket.subject, ticket.name) == ("关于佣金费率的咨询：账户為何多收", "王芳")
    assert ticket.text.startswith("您好：")
    assert (ticket.email, ticket.reply_by) == ("wang@example.com", "email")
    assert datetime.fromisoformat(ticket.registered_at) == at
    assert f"{ticket.number[:3]} {ticket.number[3:6]} {ticket.number[6:]}" in subject(ticket.number)
    assert kept(s3) == ["read/o3vrnil0e2ic28"]


def test_an_e_mail_that_comes_twice_is_one_ticket(s3: Any) -> None:
    event = put(s3, eml("attachments"))
    assert [outcome(event), outcome(event)] == ["read", None]  # told of twice
    assert outcome(put(s3, eml("attachments"), "another")) == "read"  # sent twice
    [ticket] = everything()
    assert len(tickets.timeline(ticket.number)) == 4
    assert kept(s3) == ["read/another", "read/o3vrnil0e2ic28"]


@pytest.mark.parametrize("step", ["move", "keep"])
def test_what_fails_halfway_is_done_once_by_the_clock(s3: Any, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def fail(*given: Any) -> None:
        raise ClientError({"Error": {"Code": "SlowDown"}}, step)

    with monkeypatch.context() as broken:
        broken.setattr(mailbox if step == "move" else files, step, fail)
        with pytest.raises(ClientError):
            read_mail(put(s3, eml("attachments")), None)
    later = arrived(s3) + timedelta(minutes=11)
    assert read_mail({"time": later.isoformat(), "detail": {}}, None) == {"received": 1}
    [ticket] = everything()
    assert sorted(ticket.attachments.values()) == ["screen shot.jpg", "对账单.pdf"]
    assert len(tickets.timeline(ticket.number)) == 4
    assert kept(s3) == ["read/o3vrnil0e2ic28"]


def test_the_clock_finds_what_nobody_told_of_and_leaves_the_new_in_peace(s3: Any) -> None:
    for name in ("gb18030", "html_only"):
        put(s3, eml(name), name)
    first, last = arrived(s3, "gb18030"), arrived(s3, "html_only")
    assert receiving.receive_forgotten(first + timedelta(minutes=10)) == 0
    assert receiving.receive_forgotten(last + timedelta(minutes=11)) == 2
    assert receiving.receive_forgotten(last + timedelta(minutes=11)) == 0
    assert kept(s3) == ["read/gb18030", "read/html_only"]
    assert len(everything()) == 2


def test_one_that_cannot_be_taken_keeps_no_other_waiting(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("gb18030", "html_only"):
        put(s3, eml(name), name)
    register = tickets.register

    def sometimes(details: Any, *given: Any) -> Any:
        if details["language"] == "zh-CN":
            raise OSError("no table")
        return register(details, *given)

    monkeypatch.setattr(tickets, "register", sometimes)
    with pytest.raises(RuntimeError, match="1 e-mails could not be taken"):
        receiving.receive_forgotten(arrived(s3, "html_only") + timedelta(hours=1))
    assert kept(s3) == ["incoming/gb18030", "read/html_only"]


def test_files_are_kept_beside_the_ticket_and_what_is_not_taken_is_named(s3: Any) -> None:
    outcome(put(s3, eml("attachments")))
    [ticket] = everything()
    found = {called: f"{ticket.number}/{name}" for name, called in ticket.attachments.items()}
    got = {called: s3.get_object(Bucket="ticket-files", Key=key) for called, key in found.items()}
    assert {called: one["ContentType"] for called, one in got.items()} == {
        "对账单.pdf": "application/pdf", "screen shot.jpg": "image/jpeg",
    }  # fmt: skip
    assert got["对账单.pdf"]["Body"].read().startswith(b"%PDF-1.4")
    last = tickets.timeline(ticket.number)[-1]
    assert (last.verb, last.why.rpartition(": ")[2]) == ("note", "trade.exe, message-4")


def test_a_long_text_is_cut_and_kept_whole_beside_the_ticket(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_CHARACTERS", "10")
    outcome(put(s3, answer("Long", "0123456789 and more")))
    [ticket] = everything()
    assert ticket.text == "012345678…"
    [(name, called)] = ticket.attachments.items()
    assert called == "whole text.txt"
    assert s3.get_object(Bucket="ticket-files", Key=f"{ticket.number}/{name}")["Body"].read() == b"0123456789 and more"


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("auto_reply", "automatic"),
        ("bounce", "automatic"),
        ("loop", "automatic"),
        ("virus", "refused"),
        ("nobody", "unreadable"),
    ],
)
def test_what_is_no_customers_word_is_counted_and_kept(
    s3: Any, name: str, folder: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger = logging.getLogger("brokerline")
    monkeypatch.setattr(logger, "propagate", True)
    assert outcome(put(s3, eml(name))) == folder
    assert kept(s3) == [f"{folder}/o3vrnil0e2ic28"]
    assert everything() == []
    told = {vars(record)["outcome"] for record in caplog.records if record.getMessage() == "e-mail received"}
    assert told == {folder}  # what the metric MailReceived counts by


def test_what_is_too_long_is_not_opened(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_MEGABYTES", "0")
    assert outcome(put(s3, eml("gb18030"))) == "unreadable"
    assert kept(s3) == ["unreadable/o3vrnil0e2ic28"]


def test_what_ses_leaves_when_a_rule_is_made_is_no_ticket(s3: Any) -> None:
    assert outcome(put(s3, answer("Amazon SES Setup Notification"), "AMAZON_SES_SETUP_NOTIFICATION")) == "automatic"
    assert everything() == []


def test_a_broken_e_mail_without_an_id_is_a_ticket_all_the_same(s3: Any) -> None:
    assert outcome(put(s3, eml("broken"))) == "read"
    [ticket] = everything()
    assert (ticket.name, ticket.text, list(ticket.attachments.values())) == (
        "小王", "开户的流程", ["application-1"],
    )  # fmt: skip


def test_nobody_is_answered_at_an_address_that_nobody_vouches_for(s3: Any) -> None:
    outcome(put(s3, eml("forged")))
    [ticket] = everything()
    first, note = tickets.timeline(ticket.number)
    assert ticket.email == ""
    assert to_customer(first, ticket, Reach("", ""), "", 200) == []
    assert (note.verb, "wang@example.com" in note.why) == ("note", True)


def test_an_answer_is_heard_in_the_ticket_that_waits_for_it(s3: Any, number: str) -> None:
    assert outcome(put(s3, answer(subject(number)))) == "read"
    ticket = tickets.find(number)
    assert ticket
    assert (ticket.state, len(everything())) == ("investigating", 1)
    heard = tickets.timeline(number)[-1]
    assert (heard.verb, heard.by, heard.why) == ("hear_customer", "customer", "The fee of 3 November")


def test_an_answer_that_comes_twice_is_heard_once(s3: Any, number: str) -> None:
    for name in ("one", "two"):
        outcome(put(s3, answer(subject(number)), name))
    assert [entry.verb for entry in tickets.timeline(number)][-2:] == ["ask_customer", "hear_customer"]


@pytest.mark.parametrize("verbs", [(), ("resolve", "reply"), ("resolve", "reply", "close")])
def test_what_nobody_waited_for_is_a_note_of_which_the_handler_is_told(
    s3: Any, number: str, verbs: tuple[str, ...]
) -> None:
    outcome(put(s3, answer(subject(number)), "first"))
    do(number, *verbs)
    before = tickets.find(number)
    outcome(put(s3, answer(subject(number), "And one more thing"), "second"))
    after, note = tickets.find(number), tickets.timeline(number)[-1]
    assert before
    assert after
    assert before.state == after.state
    assert (note.verb, note.by, note.why) == ("note", "customer", "And one more thing")
    [told] = to_staff(note, after, "email", HOUSE)
    assert (told.to, told.what, "And one more thing" in told.text) == ("mei@house.example", "staff.heard", True)


def test_an_answer_from_the_address_on_file_is_heard_too(s3: Any) -> None:
    customers.register(
        account_number="60001234", pin="246810", customer_id="C-1", account_id="A-1", name="王芳", level="vip",
        mobile="+8613800138000", email="Fang@example.org",
    )  # fmt: skip
    details = {
        "kind": "complaint", "channel": "web", "language": "en", "subject": "Fees", "customer_id": "C-1",
        "account_id": "A-1",
    }  # fmt: skip
    number = tickets.register(details, "customer", "k", datetime(2026, 11, 25, 2, tzinfo=UTC)).number
    outcome(put(s3, answer(f"Re: {number}", sender="fang@example.org")))
    assert tickets.timeline(number)[-1].why == "The fee of 3 November"


@pytest.mark.parametrize("more", [{"sender": "eve@example.net"}, {"dmarc": "fail"}])
def test_nobody_else_speaks_in_a_ticket(s3: Any, number: str, more: dict[str, str]) -> None:
    outcome(put(s3, answer(subject(number), **more)))
    waiting = tickets.find(number)
    assert waiting
    assert waiting.state == "waiting"
    [other] = [ticket for ticket in everything() if ticket.number != number]
    assert (other.state, other.related) == ("registered", (number,))


def test_a_number_that_is_none_of_ours_is_a_question_like_any_other(s3: Any) -> None:
    outcome(put(s3, answer("Re: Your ticket 261 234 5674")))
    [ticket] = everything()
    assert (ticket.subject, ticket.related) == ("Re: Your ticket 261 234 5674", ())


def test_an_e_mail_without_a_subject_or_a_word_is_named_in_its_language(s3: Any) -> None:
    outcome(put(s3, answer("", "")))
    outcome(put(s3, answer("", "幾時開戶"), "second"))
    assert {ticket.subject for ticket in everything()} == {"(an e-mail without a subject)", "（冇主題嘅電郵）"}
