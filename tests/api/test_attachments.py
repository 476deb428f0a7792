"""Files beside a ticket: a place for one, there once, then the ticket's; links for those who may see the ticket."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from chalicelib import tickets
from tests.unit.chalicelib.seed import ACCOUNT, customer

from .conftest import LI, STRANGER, TELLER, WANG, Answered, Ask, made_bucket
from .test_tickets import opened

BUCKET = "brokerline-ticket-files"
FILE = {"name": "对账单.pdf", "size": 5, "type": "application/pdf"}


@pytest.fixture
def bucket(cloud: None) -> Iterator[Any]:
    with made_bucket("TICKET_FILES_BUCKET", BUCKET) as s3:
        yield s3


def attach(ask: Ask, number: str, name: str, who: dict[str, str] = WANG) -> Answered:
    body = {"verb": "attach", "details": {"object": name, "name": "对账单.pdf"}}
    return ask("POST", f"/tickets/{number}/acts", body, who=who, key="attach", headers={"If-Match": "*"})


def test_a_file_is_put_in_its_place_and_is_then_the_tickets(ask: Ask, bucket: Any) -> None:
    customer()
    number = opened(ask, account_id=ACCOUNT).body["number"]
    path = f"/tickets/{number}/attachments"
    first, again = (ask("POST", path, FILE, key="f") for _ in range(2))
    name = first.body["object"]
    assert (first.status, again.body["object"]) == (201, name)
    assert first.body["headers"] == {
        "Content-Type": "application/pdf", "Content-Length": "5", "If-None-Match": "*"
    }  # fmt: skip
    link = urlsplit(first.body["url"])
    assert unquote(link.path).endswith(f"/{number}/{name}")
    signed = parse_qs(link.query)["X-Amz-SignedHeaders"][0].split(";")
    assert {"content-length", "content-type", "if-none-match"} <= set(signed)

    early = attach(ask, number, name)
    assert (early.status, early.body["code"], early.body["field"]) == (422, "not_arrived", "object")
    bucket.put_object(Bucket=BUCKET, Key=f"{number}/{name}", Body=b"%PDF-")
    assert attach(ask, number, name).body["attachments"] == {name: "对账单.pdf"}
    assert len(tickets.timeline(number)) == 2

    for who in (WANG, LI, TELLER):
        given = ask("GET", f"{path}/{name}", who=who)
        query = parse_qs(urlsplit(given.body["url"]).query)
        assert query["X-Amz-Expires"] == ["300"]
        assert query["response-content-disposition"][0].startswith("attachment; filename*=UTF-8''%E5")
        assert given.headers["Cache-Control"] == "no-store"
    assert ask("GET", f"{path}/{name}", who=STRANGER).body["code"] == "unknown_ticket"
    assert ask("GET", f"{path}/{'0' * 32}").body["code"] == "unknown_attachment"


def test_a_file_of_another_ticket_is_not_taken(ask: Ask, bucket: Any) -> None:
    one, other = (opened(ask, key).body["number"] for key in "ab")
    name = ask("POST", f"/tickets/{one}/attachments", FILE, who=LI, key="f").body["object"]
    bucket.put_object(Bucket=BUCKET, Key=f"{one}/{name}", Body=b"%PDF-")
    assert attach(ask, other, name, LI).body["code"] == "not_arrived"
    assert ask("POST", f"/tickets/{other}/attachments", FILE, who=LI, key="f").body["object"] != name


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"size": 0}, 422, "too_large"),
        ({"size": 20 * 2**20 + 1}, 422, "too_large"),
        ({"type": "text/html"}, 422, "type_not_taken"),
        ({"type": "x"}, 400, "bad_field"),
        ({"name": ""}, 400, "bad_field"),
    ],
)
def test_a_file_that_is_not_taken(ask: Ask, bucket: Any, change: dict[str, Any], status: int, code: str) -> None:
    number = opened(ask).body["number"]
    answer = ask("POST", f"/tickets/{number}/attachments", FILE | change, who=LI, key="f")
    assert (answer.status, answer.body["code"]) == (status, code)


def test_who_had_a_link_is_logged(ask: Ask, bucket: Any, caplog: pytest.LogCaptureFixture) -> None:
    number = opened(ask).body["number"]
    name = ask("POST", f"/tickets/{number}/attachments", FILE, who=LI, key="f").body["object"]
    bucket.put_object(Bucket=BUCKET, Key=f"{number}/{name}", Body=b"%PDF-")
    attach(ask, number, name, LI)
    ask("GET", f"/tickets/{number}/attachments/{name}", who=LI)
    [record] = [record for record in caplog.records if record.message == "attachment opened"]
    assert (record.who, record.ticket, record.object) == ("li-sub", number, name)
