"""What follows from entries, on moto: one schedule a ticket, each message once, clocks that ring, lost ones found."""

import email
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import BotoCoreError
from botocore.session import Session

from chalicelib import customers, notifications, tickets
from chalicelib.events import follow_tickets, ring_tickets
from chalicelib.notifications import tasks
from chalicelib.platform.clients import client
from chalicelib.platform.clock import stamp
from chalicelib.tickets import clocks, departments, following, survey, telling

from .post import Post

AT = datetime(2026, 11, 25, 2, tzinfo=UTC)  # a Wednesday, 10:00 in Shanghai
MOBILE, EMAIL = "+8613800138000", "wang@example.com"
COMPLAINT = {
    "kind": "complaint", "channel": "web", "language": "en", "subject": "Fees", "name": "Wang Fang",
    "customer_id": "C-1", "account_id": "A-1", "mobile": "+8613900139000",
}  # fmt: skip
SETTINGS = {
    "MAIL_SENDER": "service@brokerline.example",
    "STAFF_DOMAIN": "house.example",
    "SUPERVISOR_EMAIL": "boss@house.example",
    "LETTERS_EMAIL": "letters@house.example",
    "LETTERS_BUCKET": "letters",
    "STAFF_LANGUAGE": "en",
    "SURVEY_URL": "https://s",
    "SURVEY_SECRET_PARAMETER": "/brokerline/test/survey-secret",
    "CONNECT_PARAMETER": "/brokerline/test/connect",
    "TICKET_SCHEDULES": "tickets",
    "RING_TICKETS_ARN": "arn:aws:lambda:ap-southeast-1:123456789012:function:ring_tickets",
    "RING_TICKETS_ROLE_ARN": "arn:aws:iam::123456789012:role/ring",
}


@pytest.fixture
def post(cloud: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """A customer on file, a department, and the post."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    where: Any = {"LocationConstraint": "ap-southeast-1"}
    boto3.client("s3").create_bucket(Bucket="letters", CreateBucketConfiguration=where)
    boto3.client("scheduler").create_schedule_group(Name="tickets")
    boto3.client("ssm").put_parameter(Name="/brokerline/test/survey-secret", Value="new old", Type="SecureString")
    customers.register(
        account_number="60001234", pin="246810", customer_id="C-1", account_id="A-1", name="王芳", level="vip",
        mobile=MOBILE, email=EMAIL,
    )  # fmt: skip
    departments.put(departments.Department("fees", {"en": "Fees"}, "fees@house.example", "head@house.example"))
    post = Post()
    monkeypatch.setattr(notifications, "client", lambda service: post)
    client.cache_clear()
    yield post
    client.cache_clear()


def opened(**more: Any) -> str:
    return tickets.register(COMPLAINT | more, "customer", f"k{more}", AT).number


def do(number: str, *verbs: str, at: datetime = AT, **details: Any) -> None:
    for verb in verbs:
        found = tickets.find(number)
        assert found
        tickets.act(number, verb, "agent:li", f"{verb}{found.version}", at, "because", details)


def run(number: str, at: datetime = AT) -> None:
    """What the stream does: every entry in turn, but for what the house did itself, each of them twice."""
    followed = 0
    while new := tickets.timeline(number)[followed:]:
        followed += len(new)
        for entry in new:
            for _ in range(0 if entry.verb in ("tell", "note") else 2):
                following.follow(number, entry.sequence, at)


def schedules() -> dict[str, str]:
    scheduler = boto3.client("scheduler")
    names = [one["Name"] for one in scheduler.list_schedules(GroupName="tickets")["Schedules"]]
    return {name: scheduler.get_schedule(Name=name, GroupName="tickets")["ScheduleExpression"] for name in names}


def told(post: Post) -> list[tuple[str, str]]:
    return [(mail["To"], mail["Subject"]) for mail in post.mails]


def body(mail: email.message.Message) -> str:
    payload = mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def test_a_new_ticket_is_told_once_to_the_address_on_file_and_its_alarm_is_set(post: Post) -> None:
    number = opened()
    run(number)
    [(mobile, text)] = post.texts
    assert mobile == MOBILE
    assert f"{number[:3]} {number[3:6]} {number[6:]}" in text
    assert schedules() == {number: "at(2026-11-25T23:00:00)"}  # two hours before the first response is due
    last = tickets.timeline(number)[-1]
    assert (last.verb, last.by, last.key, last.details) == (
        "tell", "system:telling", "tell#1#sms", {"channel": "sms", "what": "registered"},
    )  # fmt: skip


def test_an_account_of_another_customer_reaches_nobody_on_file(post: Post) -> None:
    run(opened(customer_id="C-2"))
    assert [mobile for mobile, _ in post.texts] == ["+8613900139000"]


def test_the_alarm_moves_with_the_ticket_and_is_gone_at_the_end(post: Post) -> None:
    number = opened()
    run(number)
    do(number, "accept", "assign", "investigate", "resolve", assignee="agent:mei")
    run(number)
    [resolution] = clocks.running(tickets.find(number))  # type: ignore[arg-type]
    warned = resolution.due.astimezone(UTC) - timedelta(hours=168)
    assert schedules() == {number: f"at({warned:%Y-%m-%dT%H:%M:%S})"}
    do(number, "reply", "close")
    run(number)
    assert schedules() == {}
    run(number)  # once more: there is none to remove
    assert schedules() == {}


def test_an_alarm_never_comes_before_its_bell(post: Post) -> None:
    number = tickets.register(COMPLAINT, "customer", "k", AT + timedelta(microseconds=1)).number
    run(number)
    assert schedules() == {number: "at(2026-11-25T23:00:01)"}


def test_warnings_breaches_and_escalations_are_told_once_each(post: Post) -> None:
    number = opened()
    do(number, "accept", "assign", "transfer", assignee="agent:mei", department="fees")
    tickets.act(number, "watch", "agent:mei", "watch", AT, details={"who": "agent:wu"})
    run(number)
    assert told(post)[0][0] == "mei@house.example"
    assert told(post)[1][0] == "fees@house.example"
    post.mails.clear()
    late = AT + timedelta(days=90)
    for _ in range(2):
        assert ring_tickets({"number": number, "time": late.isoformat()}, None) == {"rung": 1}
    run(number, late)
    subjects = [subject.partition(": ")[2] for _, subject in told(post)]
    for clock in ("first response", "the department's answer", "resolution"):
        assert [subject for subject in subjects if f"{clock} is due" in subject] != []
    by_stage = [(to, subject) for to, subject in told(post) if "first response" in subject]
    assert [to for to, _ in by_stage] == [
        "mei@house.example", "wu@house.example",
        "mei@house.example", "wu@house.example", "boss@house.example",
        "mei@house.example", "wu@house.example", "head@house.example",
    ]  # fmt: skip
    assert len(told(post)) == len(set(told(post))) == 24
    assert schedules() == {}


def test_a_bell_that_is_due_already_rings_at_once(post: Post) -> None:
    number = opened()
    following.follow(number, 1, AT + timedelta(days=1))
    assert [entry.verb for entry in tickets.timeline(number)][1:] == ["ring", "ring", "tell"]
    run(number, AT + timedelta(days=1))
    assert {to for to, _ in told(post)} == {"boss@house.example"}


def test_the_result_has_a_link_that_opens_the_survey(post: Post) -> None:
    number = opened()
    do(number, "accept", "assign", "investigate", "resolve", "reply", assignee="agent:mei")
    run(number)
    text = post.texts[-1][1]
    token = text.rpartition("https://s/")[2]
    assert survey.verify(token, [b"new"], AT + timedelta(days=29)) == number
    assert tickets.find(number).responded_at == stamp(AT)  # type: ignore[union-attr]


def test_a_letter_is_left_for_the_branch_which_is_told(post: Post) -> None:
    number = opened(reply_by="letter", address="上海市南京路1号", language="zh-CN")
    do(number, "accept", "assign", "investigate", assignee="agent:mei")
    tickets.act(number, "resolve", "agent:li", "resolve", AT, "手续费已退还。\n" * 120)
    do(number, "reply")
    run(number)
    [letter] = client("s3").list_objects_v2(Bucket="letters")["Contents"]
    assert letter["Key"] == f"letters/{number}-6.pdf"
    content = client("s3").get_object(Bucket="letters", Key=letter["Key"])["Body"].read()
    pages = text_of(content)
    assert (len(pages), "".join(pages).count("手续费已退还")) == (3, 120)
    assert "上海市南京路1号" in pages[0]
    assert "书面答复" in post.texts[-1][1]
    assert ("letters@house.example", letter["Key"] in told(post)[-1][1]) == (told(post)[-1][0], True)


def test_a_call_is_asked_for_by_mail_until_there_are_agents_who_take_tasks(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = opened(reply_by="call")
    do(number, "accept", "assign", "investigate", "resolve", "reply", assignee="agent:mei")
    following.follow(number, 6, AT)
    assert (told(post)[-1][0], "We will call you" in post.texts[-1][1]) == ("mei@house.example", True)
    with pytest.raises(OSError, match="no Amazon Connect to take a task yet"):
        tasks.start("name", "text", {}, "key")
    another = opened(reply_by="call", subject="another")
    do(another, "accept", "assign", "investigate", "resolve", "reply", assignee="agent:mei")
    nobody_there = '{"instance": "i", "flow": "f", "endpoint": "http://127.0.0.1:1"}'
    boto3.client("ssm").put_parameter(Name="/brokerline/test/connect", Value=nobody_there, Type="String")
    refused = BotoCoreError()
    connect = SimpleNamespace(start_task_contact=lambda **task: raised(refused))
    monkeypatch.setattr(Session, "create_client", lambda *given, **more: connect)
    with pytest.raises(OSError, match="took no task"):
        tasks.start("name", "text", {}, "key")
    started: list[Any] = []
    monkeypatch.setattr(tasks, "start", lambda *task: started.append(task))
    for _ in range(2):
        following.follow(another, 6, AT)
    [(name, _, attributes, key)] = started
    assert ("call the customer" in name, attributes, key) == (True, {"TicketNumber": another}, f"{another}#6")


def raised(error: Exception) -> None:
    raise error


def text_of(pdf: bytes) -> list[str]:
    import pypdfium2

    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


def test_who_cannot_be_told_now_is_told_later_and_the_others_once(post: Post) -> None:
    number = opened(reply_by="sms")
    do(number, "accept", "assign", "investigate", assignee="agent:mei")
    tickets.act(number, "resolve", "agent:li", "resolve", AT, "x" * 300)
    do(number, "reply")
    post.errors.append(OSError("SNS took no SMS"))
    with pytest.raises(OSError, match="SNS took no SMS"):
        following.follow(number, 6, AT)
    assert (len(post.texts), len(post.mails)) == (0, 1)
    for _ in range(2):
        following.follow(number, 6, AT)
    assert (len(post.texts), len(post.mails)) == (1, 1)


def test_an_address_that_is_refused_is_not_tried_again_and_the_house_sees_it(post: Post) -> None:
    number = opened(reply_by="email")
    post.errors.append(ValueError("SES refuses the e-mail"))
    run(number)
    last = tickets.timeline(number)[-1]
    assert (last.verb, last.why, post.mails) == ("note", "The address was refused: nobody was told.", [])


def test_an_address_of_two_lines_is_one_that_is_refused(post: Post) -> None:
    number = opened(reply_by="email", account_id="", email="a@example.com\nBcc: b@example.com")
    run(number)
    assert (post.mails, tickets.timeline(number)[-1].verb) == ([], "note")


def test_the_sweeper_rings_what_is_overdue_and_nothing_else(post: Post) -> None:
    early, late = opened(), tickets.register(COMPLAINT, "customer", "late", AT + timedelta(days=2)).number
    assert ring_tickets({"time": AT.isoformat()}, None) == {"rung": 0}
    assert ring_tickets({"time": (AT + timedelta(days=1)).isoformat()}, None) == {"rung": 1}
    assert [entry.verb for entry in tickets.timeline(early)] == ["register", "ring", "ring"]
    assert [entry.verb for entry in tickets.timeline(late)] == ["register"]


def test_one_that_cannot_be_rung_keeps_no_other_waiting(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers, ring = [opened(), opened(subject="another")], tickets.ring

    def failing(number: str, at: datetime) -> tickets.Ticket:
        if number == min(numbers):
            raise TimeoutError
        return ring(number, at)

    monkeypatch.setattr(tickets, "ring", failing)
    with pytest.raises(RuntimeError, match="1 tickets could not be rung"):
        following.ring_overdue(AT + timedelta(days=1))
    assert len(tickets.timeline(max(numbers))) == 3


def test_silence_after_the_reply_closes_the_ticket_and_is_told(post: Post) -> None:
    number = opened()
    do(number, "accept", "assign", "investigate", "resolve", "reply", assignee="agent:mei")
    run(number)
    post.mails.clear()
    ring_tickets({"number": number, "time": (AT + timedelta(days=9)).isoformat()}, None)
    run(number, AT + timedelta(days=9))
    assert "is closed" in post.texts[-1][1]
    assert (post.mails, schedules()) == ([], {})


def test_a_batch_of_the_stream_says_which_of_it_failed(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    number = opened()

    def record(number: str, sequence: str) -> dict[str, Any]:
        keys = {"number": {"S": number}, "sequence": {"N": "1"}}
        return {"eventSource": "aws:dynamodb", "dynamodb": {"Keys": keys, "SequenceNumber": sequence}}

    event = {"Records": [record(number, "111"), record("2600000000", "222")]}
    assert follow_tickets(event, None) == {"batchItemFailures": [{"itemIdentifier": "222"}]}
    assert len(post.texts) == 1


def test_nothing_that_is_told_is_written_into_the_timeline(post: Post) -> None:
    number = opened()
    do(number, "accept", "assign", "investigate", "resolve", "reply", assignee="agent:mei")
    run(number)
    own = [entry for entry in tickets.timeline(number) if entry.by == telling._BY]
    assert own
    assert not any(MOBILE in str(entry) or EMAIL in str(entry) or "https" in str(entry) for entry in own)
