"""A complaint by phone, from the call to the closing survey: each clock rings, each message goes out, and once."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from typing import Any
from uuid import uuid4

import pytest
from websockets.sync.client import connect

from chalicelib.platform.clock import business_day
from chalicelib.tickets import Ticket, clocks
from chalicelib.tickets.books import week_of
from chalicelib.tickets.rules import INTERNAL, fold
from chalicelib.tickets.words import by_when, catalogue, grouped
from devtools.line import Line
from devtools.sign_in import address, token
from localconnect.cli.serve import served
from localconnect.clock import SystemClock
from localconnect.server import create_app
from tests.unit.chalicelib.tones import heard as sound_of
from tests.unit.chalicelib.tones import pitch, sounding, tone

from .api import Api
from .journey import call, heard, scan
from .outbox import awaited, sent_by_mail, texts_to
from .phone import hear, leave_a_message, press, send
from .test_centre import records
from .test_ticket_statistics import get
from .test_tickets_api import fetched
from .ticket import ring, schedule, timeline

# An account of this file's own.
MOBILE, EMAIL, WHO = "+8613800138002", "li@example.com", "60003333#,271828#"
HERTZ, SECONDS = 770, 2
BOSS, MEI = "supervisor@brokerline.example", "mei@brokerline.example"
FINANCE, HEAD = "finance@brokerline.example", "head.finance@brokerline.example"
QUESTION, ANSWER, DELAY = "Which day was it?", "On Monday.", "The bank has not answered yet."
RESULT = "The commission was booked twice, and has been paid back. " * 5
PAID_BACK, REMARK, FINDING = "All of it has been paid back now.", "Sounds upset.", "Booked twice by us."


@pytest.fixture(scope="module")
def customer(line: Line) -> Api:
    return Api(line, token(line.stage, line.outputs, "li"))


def ticket_of(line: Line, number: str) -> Ticket:
    return fold(timeline(line, number))


def settled_by(line: Line, number: str) -> datetime:
    """When the whole is to be settled."""
    return next(clock.due for clock in clocks.running(ticket_of(line, number)) if clock.name == "resolution")


def complain(line: Line) -> str:
    """Register a complaint about fees on the phone page, and say it after the tone; the number that is heard."""
    with (
        closing(line.sink()) as sink,
        served(create_app(line.instance, line.functions, SystemClock(), sink)) as place,
        connect(f"ws://{place}/phone/call", proxy=None) as phone,
    ):
        send(phone, "dial", **{"from": MOBILE}, pace=20)
        hear(phone, lambda message: message["type"] == "listen")
        press(phone, f"3{WHO.replace(',', '')}7141")
        told = hear(phone, lambda message: "TicketNumber" in message.get("attributes", ()))
        number = str(told["attributes"]["TicketNumber"])
        hear(phone, lambda message: message.get("text", "").count(" ".join(number)) == 2)
        press(phone, "2")
        leave_a_message(phone, tone(HERTZ, SECONDS).tobytes())
        send(phone, "hangup")
        hear(phone, lambda message: message["type"] == "ended")
    assert sink.lost == 0
    return number


def read_again(line: Line, contact_id: str) -> dict[str, Any]:
    """Have the contact's record come once more; the record."""
    [record] = [one for one in records(line, "ContactRecordsStreamArn") if one["ContactId"] == contact_id]
    kinesis = {"data": b64encode(json.dumps(record).encode()).decode(), "sequenceNumber": "1"}
    event = {"Records": [{"eventSource": "aws:kinesis", "kinesis": kinesis}]}
    answer = line.functions.invoke(line.outputs["ReadContactRecordsFunctionArn"], event, 60)
    assert json.loads(answer.payload) == {"batchItemFailures": []}, answer.error
    return record


def act(person: Api, number: str, verb: str, why: str = "", **details: Any) -> Any:
    """Look at the ticket, and do this to it as it was seen; the ticket as it then stands."""
    seen = person("GET", f"/tickets/{number}")
    body = {"verb": verb, "details": details} | ({"why": why} if why else {})
    done = person("POST", f"/tickets/{number}/acts", body, str(uuid4()), {"If-Match": seen.headers["etag"]})
    assert done.status == 200, done.body
    return done.body


def alarm(line: Line, number: str) -> str:
    """The ticket's alarm, once it is set to what its clocks have to say next, rings then; what they said."""
    bell = clocks.bells(ticket_of(line, number))[0]
    at = (bell.at.astimezone(UTC) + timedelta(microseconds=999_999)).replace(microsecond=0)
    awaited(lambda: schedule(line, number), lambda seen: seen == f"at({at:%Y-%m-%dT%H:%M:%S})")
    ring(line, number=number, time=at.isoformat())
    assert f"{bell.clock}#{bell.stage}" in ticket_of(line, number).rung
    return f"{bell.clock} {bell.stage}"


def settle(agent: Api, number: str, result: str) -> None:
    act(agent, number, "resolve", result, cause="our_mistake")
    act(agent, number, "reply")


def asked_by_phone(line: Line, number: str, rating: str = "") -> str:
    return heard(call(line, f"{WHO},7,2,{number}#,{rating}", customer_address=MOBILE, deliver=2))


def rated_by_link(line: Line, text: str, rating: int) -> int:
    """Follow the link of a message, without signing in."""
    link = f"{address(line.stage, line.outputs)}/surveys/{text.rpartition('/surveys/')[2]}"
    assert b'<form method="post">' in fetched("GET", link)[2]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return fetched("POST", link, f"rating={rating}&why=Not+all+of+it.".encode(), form)[0]


def texts_about(line: Line, number: str) -> list[str]:
    """What was sent to the customer's mobile, in order."""
    return [text for text in texts_to(line, MOBILE) if grouped(number) in text]


def mails_about(line: Line, number: str) -> Counter[tuple[str, str]]:
    """To whom, and by which text of the catalogue."""
    texts = catalogue("zh-CN") | {"subject": catalogue("en")["subject"]}
    names = {name: text for name, text in texts.items() if name == "subject" or name.startswith("staff.")}
    found: Counter[tuple[str, str]] = Counter()
    for mail in sent_by_mail(line):
        subject = str(make_header(decode_header(mail["Subject"] or "")))
        if grouped(number) in subject:
            [name] = [name for name, text in names.items() if re.fullmatch(re.sub(r"\{\w+\}", ".+", text), subject)]
            found[mail["To"][0], name] += 1
    return found


def follow_again(line: Line, number: str) -> None:
    """Have the stream bring every entry once more."""
    keys = [{"number": {"S": number}, "sequence": {"N": str(one.sequence)}} for one in timeline(line, number)]
    changes = [{"Keys": key, "SequenceNumber": key["sequence"]["N"]} for key in keys]
    event = {"Records": [{"eventSource": "aws:dynamodb", "dynamodb": change} for change in changes]}
    answer = line.functions.invoke(line.outputs["FollowTicketsFunctionArn"], event, 120)
    assert json.loads(answer.payload) == {"batchItemFailures": []}, answer.error


def test_a_complaint_from_the_call_to_the_closing_survey(line: Line, agent: Api, customer: Api) -> None:
    number = complain(line)
    path = f"/tickets/{number}"

    # The call is in the ticket, and what was said in it.
    [contact_id] = ticket_of(line, number).contacts
    names = {f"{contact_id}-1", f"{contact_id}-ivr"}
    awaited(lambda: ticket_of(line, number).recordings.keys(), lambda seen: seen == names)
    linked = [one for one in timeline(line, number) if one.verb.startswith("link_")]
    record = read_again(line, contact_id)
    assert [one for one in timeline(line, number) if one.verb.startswith("link_")] == linked
    listed = agent("GET", f"{path}/recordings").body["recordings"]
    assert {one["recording"] for one in listed} == names
    assert {one["started_at"] for one in listed} == {record["InitiationTimestamp"]}
    said = sound_of(fetched("GET", agent("GET", f"{path}/recordings/{contact_id}-1").body["url"])[2])
    assert (round(sounding(said)), round(pitch(said), -1)) == (SECONDS, HERTZ)

    # Nobody looks at it: the clocks say so.
    assert [alarm(line, number) for _ in range(4)] == [
        "first_response warn",
        "first_response breach",
        "first_response head",
        "acceptance warn",
    ]

    # An agent takes it up, and asks: while the customer is awaited, the clocks stand still.
    accepted = datetime.fromisoformat(act(agent, number, "accept")["changed_at"])
    settled = settled_by(line, number)
    assert by_when(settled) == str(business_day(accepted) + timedelta(days=60))
    act(agent, number, "assign", assignee="mei")
    act(agent, number, "investigate")
    act(agent, number, "note", REMARK)
    asked = act(agent, number, "ask_customer", QUESTION)
    assert alarm(line, number) == "waiting over"
    answered = act(customer, number, "hear_customer", ANSWER)
    waited = datetime.fromisoformat(answered["changed_at"]) - datetime.fromisoformat(asked["changed_at"])
    assert settled_by(line, number) == settled + waited

    # A department is asked, and late; then the whole is, and more time is taken.
    act(agent, number, "transfer", department="finance")
    assert [alarm(line, number) for _ in range(3)] == ["department warn", "department breach", "department head"]
    act(agent, number, "answer", FINDING)
    assert alarm(line, number) == "resolution warn"
    act(agent, number, "extend", DELAY, days=10)
    extended = settled_by(line, number)
    assert extended == settled + waited + timedelta(days=10)
    assert customer("GET", path).body["result"] == ""
    settle(agent, number, RESULT)

    # The result is heard by phone, and does not satisfy.
    texts = awaited(lambda: texts_about(line, number), lambda sent: "/surveys/" in sent[-1])
    said_by_phone = asked_by_phone(line, number)
    assert f"Ticket number {' '.join(number)}. Complaint by phone: fees. It has been answered" in said_by_phone
    assert f"Our answer is: {RESULT.strip()}" in said_by_phone
    assert rated_by_link(line, texts[-1], 2) == 200
    assert agent("GET", path).body["state"] == "reopened"

    # Once more; silence closes it, and the customer opens it again.
    act(agent, number, "assign", assignee="mei")
    act(agent, number, "investigate")
    settle(agent, number, PAID_BACK)
    assert alarm(line, number) == "silence over"
    assert agent("GET", path).body["state"] == "closed"
    act(customer, number, "reopen", "It is not there.")
    act(agent, number, "assign", assignee="mei")
    act(agent, number, "investigate")
    settle(agent, number, PAID_BACK)
    assert "We are glad that it is settled." in asked_by_phone(line, number, "1")
    assert act(agent, number, "close")["state"] == "closed"

    # The way back: each message once, whatever the stream brings again.
    ours = f"Your ticket {grouped(number)}"
    sent = [
        f"We have received your complaint. Its ticket number is {grouped(number)}.",
        f"{ours} has been accepted. We will settle it by {by_when(settled)}.",
        f"About your ticket {grouped(number)} we need to ask you: {QUESTION}",
        f"{ours} takes longer, until {by_when(extended)}, because: {DELAY}",
        f"The result of your ticket {grouped(number)}: {RESULT[:199]}… (The whole of it has been e-mailed to you.)",
        f"{ours} has been reopened.",
        f"The result of your ticket {grouped(number)}: {PAID_BACK}\nHow did we do?",
        f"{ours} is closed.",
        f"{ours} has been reopened.",
        f"The result of your ticket {grouped(number)}: {PAID_BACK}\nHow did we do?",
        f"{ours} is closed.",
    ]
    mailed = Counter(
        {
            (EMAIL, "subject"): 1,
            (BOSS, "staff.warn"): 2,
            (BOSS, "staff.breach"): 2,
            (BOSS, "staff.escalated"): 1,
            (MEI, "staff.assigned"): 3,
            (MEI, "staff.over"): 1,
            (MEI, "staff.heard"): 1,
            (FINANCE, "staff.transferred"): 1,
            (MEI, "staff.warn"): 2,
            (MEI, "staff.breach"): 1,
            (MEI, "staff.escalated"): 1,
            (HEAD, "staff.escalated"): 1,
            (MEI, "staff.answered"): 1,
            (MEI, "staff.reopened"): 2,
        }
    )
    awaited(lambda: len(texts_about(line, number)), lambda count: count >= len(sent))
    awaited(lambda: mails_about(line, number), lambda found: found >= mailed)
    follow_again(line, number)
    texts = texts_about(line, number)
    assert [text for text, start in zip(texts, sent, strict=True) if not text.startswith(start)] == []
    assert mails_about(line, number) == mailed
    assert schedule(line, number) is None

    # The timeline is whole; the customer sees nothing of what was said inside the house.
    whole = agent("GET", f"{path}/timeline").body
    assert (whole["whole"], len(whole["entries"])) == (True, len(timeline(line, number)))
    seen = customer("GET", f"{path}/timeline").body
    assert not {one["verb"] for one in seen["entries"]} & {*INTERNAL, "link_contact", "link_recording"}
    shown = json.dumps([seen, customer("GET", path).body], ensure_ascii=False)
    assert [word for word in (REMARK, FINDING, "mei", "finance", contact_id) if word in shown] == []

    # It counts in its week.
    week = week_of(ticket_of(line, number).registered_at)
    figures = agent("GET", f"/statistics?week={week}").body["figures"]
    assert figures["registered"] == len([one for one in scan(line, "TicketsTable") if one["week"] == week])
    assert get(line, f"/statistics/report.csv?week={week}", "text/csv").decode("utf-8-sig").count(number) == 1
