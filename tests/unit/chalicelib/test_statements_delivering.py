"""Deliveries on their way: sent once, tried again, given up, heard of by webhook or by asking, and told in the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from chalicelib import customers, notifications, statements, trading
from chalicelib.events import deliver, deliver_again
from chalicelib.platform.clients import client
from chalicelib.statements import Period, Requested, Status, carriers, delivering, rules
from chalicelib.statements.fax_machine import FaxMachine
from chalicelib.statements.models import Delivery
from chalicelib.statements.rules import Patience, after_sending

from .post import Post
from .seed import ACCOUNT, security
from .trading_seed import DAY, at, opened

FAX, BUSY, NO_FAX = "+862161234567", "+862110000000", "+862110000001"
EMAIL, MOBILE = "wang@example.com", "+8613800138000"
NOW = at("17:00")
SETTINGS = {
    "FAX_CARRIER": "machine",
    "FAX_BUCKET": "faxes",
    "FAX_OUT_OF_ORDER": f"{BUSY}=busy {NO_FAX}=not_a_fax",
    "MAIL_SENDER": "service@brokerline.example",
}


@pytest.fixture
def post(cloud: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """A customer with a mobile number, an account with 100,000.00, a bucket for faxes, and the post."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    boto3.client("s3").create_bucket(Bucket="faxes", CreateBucketConfiguration={"LocationConstraint": "ap-southeast-1"})
    customers.register(
        account_number="60001234",
        pin="246810",
        customer_id="C-1",
        account_id=ACCOUNT,
        name="王芳",
        level="vip",
        mobile=MOBILE,
    )
    security()
    opened()
    post = Post()
    monkeypatch.setattr(notifications, "client", lambda service: post)
    client.cache_clear()
    yield post
    client.cache_clear()


def ask(language: str = "en", **to: str) -> str:
    period = Period(DAY, DAY)
    asked = statements.request(ACCOUNT, "C-1", period, language, to or {"fax": FAX}, "k", NOW)  # type: ignore[arg-type]
    assert isinstance(asked, Requested)
    return asked.number


def state(number: str, channel: str = "fax") -> tuple[str, str, int]:
    found = Delivery.get(number, channel)
    return found.state, found.reason, int(found.attempt)


def run(number: str, channel: Any = "fax", now: datetime = NOW) -> None:
    """What the stream does: it comes again after each change, and comes twice."""
    for _ in range(4):
        delivering.go_on(number, channel, now)


def later(number: str, minutes: int) -> datetime:
    """The clock comes, and what it moved goes on."""
    now = NOW + timedelta(minutes=minutes)
    delivering.look_at_due(now)
    run(number, now=now)
    return now


def test_a_fax_is_sent_once_delivered_and_told_once(post: Post) -> None:
    number = ask()
    run(number)
    assert state(number) == ("delivered", "", 1)
    assert post.texts == [(MOBILE, f"The statement you asked for has been faxed to {FAX}: 1 pages.")]
    tiff = FaxMachine(carriers._drawer()).pages(rules.fax_key(number, 1))
    assert tiff[:2] in (b"II", b"MM")
    assert [change[1] for change in Delivery.get(number, "fax").changes] == ["queued", "delivered"]


def test_an_email_has_the_pdf_in_it_and_ends_when_it_is_taken(post: Post) -> None:
    number = ask("zh-CN", email=EMAIL)
    run(number, "email")
    assert state(number, "email") == ("sent", "", 1)
    [mail] = post.mails
    text, pdf = mail.get_payload()
    assert "1234" in text.get_payload(decode=True).decode()
    assert pdf.get_content_type() == "application/pdf"
    assert pdf.get_payload(decode=True).startswith(b"%PDF")
    assert post.texts == [(MOBILE, f"您索取的对账单已经发送到邮箱{EMAIL}。")]
    assert delivering.look_at_due(NOW + timedelta(days=9)) == 0


def test_what_is_stopped_before_it_could_write_is_found_again(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fax went out; the ledger has moved since, so that the statement would be another; it is not sent again."""
    number = ask()
    monkeypatch.setattr(Delivery, "move", lambda *arguments: False)
    delivering.go_on(number, "fax", NOW)
    monkeypatch.undo()
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(notifications, "client", lambda service: post)
    trading.open_position(ACCOUNT, "600519", Decimal(100), Decimal(0), None, DAY, at("16:59"))
    price()
    run(number)
    assert state(number) == ("delivered", "", 1)
    pages = [one["Key"] for one in client("s3").list_objects_v2(Bucket="faxes")["Contents"] if "tiff" in one["Key"]]
    assert len(pages) == 2  # what was sent, and what was refused under its key
    assert len(post.texts) == 1


def price() -> None:
    from chalicelib.trading.models import ClosingPrice

    ClosingPrice("600519", DAY.isoformat(), price=Decimal("100.00"), at=at("15:00").isoformat()).save()


def test_a_busy_line_is_tried_again_and_then_given_up_and_told(post: Post) -> None:
    number = ask(fax=BUSY)
    run(number)
    assert state(number) == ("retrying", "busy", 1)
    assert delivering.look_at_due(NOW + timedelta(minutes=9)) == 0
    later(number, 10)
    assert state(number) == ("retrying", "busy", 2)
    assert post.texts == []
    later(number, 20)
    assert state(number) == ("failed", "busy", 3)
    assert post.texts == [(MOBILE, f"The statement you asked for could not be faxed to {BUSY}: the line was busy.")]
    assert later(number, 999)
    assert len(post.texts) == 1


def test_a_line_that_is_free_again_is_reached_by_the_next_attempt(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    number = ask(fax=BUSY)
    run(number)
    monkeypatch.setenv("FAX_OUT_OF_ORDER", "")
    later(number, 10)
    assert state(number) == ("delivered", "", 2)


def test_what_is_no_fax_is_not_tried_again(post: Post) -> None:
    number = ask(fax=NO_FAX)
    run(number)
    assert state(number) == ("failed", "not_a_fax", 1)
    assert "it is not a fax machine" in post.texts[0][1]


def test_what_cannot_be_told_now_is_told_when_it_is_asked_again(post: Post) -> None:
    number = ask()
    delivering.go_on(number, "fax", NOW)
    from botocore.exceptions import EndpointConnectionError

    post.errors.append(EndpointConnectionError(endpoint_url="sns"))
    with pytest.raises(OSError, match="SNS took no SMS"):
        delivering.go_on(number, "fax", NOW)
    run(number)
    assert len(post.texts) == 1


def refusal(code: str) -> Exception:
    from botocore.exceptions import ClientError

    return ClientError({"Error": {"Code": code, "Message": "no"}}, "SendEmail")


def test_what_the_stream_has_lost_it_has_once_more(post: Post) -> None:
    number = ask()
    assert delivering.look_at_due(NOW + timedelta(minutes=9)) == 0
    assert delivering.look_at_due(NOW + timedelta(minutes=10)) == 1
    assert state(number) == ("queued", "", 1)
    assert later(number, 20)
    assert state(number) == ("delivered", "", 1)
    assert delivering.look_at_due(NOW + timedelta(days=9)) == 0  # it is over and told


def test_what_cannot_be_sent_for_a_day_has_failed_and_what_cannot_be_told_rests(post: Post) -> None:
    number, late = ask(), NOW + timedelta(hours=24)
    delivering.look_at_due(late)
    assert state(number) == ("failed", "not_made", 1)
    assert delivering.look_at_due(late + timedelta(minutes=10)) == 1
    assert delivering.look_at_due(late + timedelta(days=9)) == 0
    assert not Delivery.get(number, "fax").told
    run(number, now=late)  # redriven
    assert "we could not make it" in post.texts[0][1]


def test_an_address_that_is_refused_is_told(post: Post) -> None:
    number = ask(email=EMAIL)
    post.errors.append(refusal("MessageRejected"))
    run(number, "email")
    assert state(number, "email") == ("failed", "rejected", 1)
    assert "the address was refused" in post.texts[0][1]


def test_a_service_that_is_not_there_is_asked_again_for_a_day(post: Post) -> None:
    number = ask(email=EMAIL)
    post.errors.append(refusal("ThrottlingException"))
    run(number, "email")
    assert state(number, "email") == ("retrying", "unreachable", 1)
    delivering.look_at_due(NOW + timedelta(minutes=10))
    post.errors.append(refusal("ThrottlingException"))
    delivering.go_on(number, "email", NOW + timedelta(hours=24))
    assert state(number, "email") == ("failed", "unreachable", 1)


def test_a_statement_that_does_not_add_up_does_not_leave(post: Post) -> None:
    trading.open_position(ACCOUNT, "600519", Decimal(100), Decimal(0), None, DAY, at("09:00"))  # of no known price
    number = ask(email=EMAIL)
    run(number, "email")
    assert state(number, "email") == ("retrying", "not_made", 1)
    assert post.mails == []
    price()
    delivering.look_at_due(NOW + timedelta(minutes=10))
    run(number, "email", NOW + timedelta(minutes=10))
    assert state(number, "email") == ("sent", "", 2)


def test_who_left_no_number_is_told_nothing(post: Post) -> None:
    asked = statements.request("A-9", "C-9", Period(DAY, DAY), "en", {"fax": FAX}, "k", NOW)
    assert isinstance(asked, Requested)
    for minutes in (0, 10, 20):
        later(asked.number, minutes)
    assert state(asked.number) == ("failed", "not_made", 3)
    assert post.texts == []
    assert Delivery.get(asked.number, "fax").told


class Slow:
    """A carrier that takes faxes and says nothing, unless it is asked."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.known: Any = "sent"

    def send(self, number: str, tiff: bytes, key: str) -> Status:
        self.sent.append(key)
        return Status(key, "queued")

    def status(self, key: str) -> Status:
        if isinstance(self.known, Exception):
            raise self.known
        return Status(key, self.known)


@pytest.fixture
def slow(post: Post, monkeypatch: pytest.MonkeyPatch) -> Slow:
    slow = Slow()
    monkeypatch.setattr(delivering, "carrier", lambda: slow)
    return slow


def test_a_carrier_s_news_end_a_fax_once_in_any_order(post: Post, slow: Slow) -> None:
    number = ask()
    run(number)
    assert state(number) == ("sent", "", 1)
    assert slow.sent == [f"{number}-1"]
    for news in ("delivered", "sent", "failed", "delivered", "queued"):
        delivering.hear(Status(f"{number}-1", news), NOW)  # type: ignore[arg-type]
        run(number)
    assert state(number) == ("delivered", "", 1)
    assert len(post.texts) == 1
    assert [change[1] for change in Delivery.get(number, "fax").changes] == ["queued", "sent", "delivered"]


def test_news_of_an_attempt_that_is_over_are_old(slow: Slow) -> None:
    number = ask()
    run(number)
    delivering.hear(Status(f"{number}-1", "failed", "busy"), NOW)
    later(number, 10)
    assert state(number) == ("sent", "", 2)
    delivering.hear(Status(f"{number}-1", "delivered"), NOW)
    assert state(number) == ("sent", "", 2)


@pytest.mark.parametrize("key", ["000000000000-1", "nothing", "{number}-2", "{number}-0", "{number}"])
def test_news_of_a_fax_never_sent_are_refused(slow: Slow, key: str) -> None:
    with pytest.raises(LookupError, match="There is no fax"):
        delivering.hear(Status(key.format(number=ask()), "delivered"), NOW)


def test_a_carrier_that_says_nothing_is_asked(slow: Slow) -> None:
    number = ask()
    run(number)
    later(number, 10)
    assert state(number) == ("sent", "", 1)
    slow.known = "delivered"
    later(number, 20)
    assert state(number) == ("delivered", "", 1)


@pytest.mark.parametrize("known", ["sent", OSError("no line"), LookupError("none")])
def test_a_fax_of_which_nothing_is_heard_for_a_day_is_told_so(post: Post, slow: Slow, known: Any) -> None:
    number = ask()
    run(number)
    slow.known = known
    later(number, 24 * 60 - 1)
    assert state(number) == ("sent", "", 1)
    later(number, 24 * 60 + 10)
    assert state(number) == ("failed", "no_news", 1)
    assert "We do not know whether" in post.texts[0][1]


def test_a_fax_that_was_taken_though_no_answer_came_is_heard_of(post: Post, slow: Slow) -> None:
    def lost(*arguments: Any) -> Status:
        raise OSError("the answer was lost")

    number, slow.send = ask(), lost  # type: ignore[method-assign]
    run(number)
    assert state(number) == ("retrying", "unreachable", 1)
    delivering.hear(Status(f"{number}-1", "delivered"), NOW)
    assert state(number) == ("delivered", "", 1)


def test_one_that_cannot_be_looked_at_keeps_no_other_waiting(
    post: Post, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ask()
    run(number)
    stuck = Delivery("000000000000", "fax", due="due", due_at="0", changes=[], state="sent", told=False)
    for name in ("key", "account_id", "customer_id", "first", "last", "language", "destination"):
        setattr(stuck, name, "x")
    stuck.save()
    slow.known = "delivered"
    look = delivering._look
    monkeypatch.setattr(delivering, "_look", lambda n, *rest: look(n, *rest) if n == number else 1 / 0)
    with pytest.raises(RuntimeError, match="1 deliveries could not be looked at"):
        delivering.look_at_due(NOW + timedelta(minutes=10))
    assert state(number) == ("delivered", "", 1)


def test_the_stream_s_records_name_deliveries_and_a_failure_is_its_own(post: Post, monkeypatch: Any) -> None:
    number = ask()
    go_on = delivering.go_on

    def stumble(name: str, *rest: Any) -> None:
        if name == "bad":
            raise TimeoutError
        go_on(name, *rest)

    monkeypatch.setattr(delivering, "go_on", stumble)
    event = {"Records": [record("bad", "1"), record(number, "2")]}
    context = SimpleNamespace(aws_request_id="r")
    assert deliver(event, context) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert state(number)[0] == "delivered"
    assert deliver({"Records": [record("bad", "1")]}, context) == {"batchItemFailures": [{"itemIdentifier": "1"}]}


def record(number: str, sequence: str) -> dict[str, Any]:
    keys = {"number": {"S": number}, "channel": {"S": "fax"}}
    return {"eventSource": "aws:dynamodb", "dynamodb": {"Keys": keys, "SequenceNumber": sequence}}


def test_the_clock_looks_at_what_is_due_at_its_time(post: Post) -> None:
    number = ask(fax=BUSY)
    run(number)
    assert deliver_again({"time": (NOW + timedelta(minutes=9)).isoformat()}, None) == {"looked_at": 0}
    assert deliver_again({"time": (NOW + timedelta(minutes=10)).isoformat()}, None) == {"looked_at": 1}
    assert state(number) == ("queued", "", 2)


PATIENCE = Patience(3, timedelta(minutes=10), timedelta(hours=24))


@pytest.mark.parametrize(
    ("outcome", "reason", "attempt", "hours", "state"),
    [
        ("sent", "", 1, 0, "sent"),
        ("delivered", "", 3, 99, "delivered"),
        ("failed", "busy", 2, 0, "retrying"),
        ("failed", "busy", 3, 0, "failed"),
        ("failed", "busy", 1, 24, "failed"),
        ("failed", "bad_number", 1, 0, "failed"),
        ("failed", "unreachable", 3, 23, "retrying"),
        ("failed", "unreachable", 1, 24, "failed"),
    ],
)
def test_what_comes_after_an_attempt(outcome: Any, reason: str, attempt: int, hours: int, state: str) -> None:
    step = after_sending(outcome, reason, attempt, NOW, NOW + timedelta(hours=hours), PATIENCE)
    assert step == (state, reason)


def test_the_carrier_is_the_one_that_is_set(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.statements.email_fax import EmailFax
    from chalicelib.statements.http_fax import HttpFax

    monkeypatch.setenv("FAX_CARRIER", "email")
    monkeypatch.setenv("FAX_DOMAIN", "fax.example.com")
    assert isinstance(carriers.carrier(), EmailFax)
    monkeypatch.setenv("FAX_CARRIER", "http")
    monkeypatch.setenv("FAX_URL", "https://fax.example.com")
    monkeypatch.setenv("FAX_SECRET_PARAMETER", "/brokerline/test/fax-secret")
    with pytest.raises(RuntimeError, match="SSM has no /brokerline/test/fax-secret"):
        carriers.carrier()
    boto3.client("ssm").put_parameter(Name="/brokerline/test/fax-secret", Value="s", Type="SecureString")
    assert isinstance(carriers.carrier(), HttpFax)
    monkeypatch.setenv("FAX_CARRIER", "pigeon")
    with pytest.raises(RuntimeError, match="set it to machine, http or email"):
        carriers.carrier()


def test_a_period_of_the_request_is_that_of_the_statement(post: Post) -> None:
    number = ask()
    assert delivering._period(Delivery.get(number, "fax")) == Period(date(2026, 11, 24), date(2026, 11, 24))
