"""A statement that is asked for reaches its fax machine and its mailbox, once, and the customer is told."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError

import pytest

from chalicelib.platform.clock import business_day
from chalicelib.statements.rules import fax_key
from chalicelib.statements.signing import signed
from chalicelib.trading.sessions import is_trading_day, trading_day_of
from devtools.function_environment import environment
from devtools.line import Line
from devtools.sign_in import address

from .journey import scan
from .outbox import awaited, sent_by_mail, texts_to

MOBILE, EMAIL, FAX, BUSY = "+8613800138003", "zhao@example.com", "+862161234567", "+862110000000"
ASK = """
import sys
from datetime import date, datetime
from chalicelib import statements
day, at, key, *places = sys.argv[1:]
period = statements.Period(date.fromisoformat(day), date.fromisoformat(day))
to = dict(place.split("=") for place in places)
print(statements.request("A-4444", "C-4444", period, "en", to, key, datetime.fromisoformat(at)).number)
"""


@pytest.fixture(scope="module")
def day(line: Line) -> str:
    """The trading day on which the seed's accounts began; it is asked for from the day after it."""
    return trading_day_of(datetime.now(UTC)).isoformat()


def ask(line: Line, day: str, key: str, **places: str) -> str:
    """What a contact flow or a route does; the number."""
    at = f"{business_day(datetime.fromisoformat(f'{day}T00:00:00+00:00') + timedelta(days=1))}T02:00:00+00:00"
    words = [f"{channel}={place}" for channel, place in places.items()]
    command = [sys.executable, "-c", ASK, day, at, key, *words]
    done = subprocess.run(
        command, env=environment(line.stage, line.outputs), capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def yesterday() -> str:
    """The last trading day that is over: nothing had moved in the account by then."""
    day = business_day(datetime.now(UTC)) - timedelta(days=1)
    while not is_trading_day(day):
        day -= timedelta(days=1)
    return day.isoformat()


def deliveries(line: Line, number: str) -> dict[str, dict[str, Any]]:
    return {one["channel"]: one for one in scan(line, "StatementDeliveriesTable") if one["number"] == number}


def mails(line: Line) -> list[dict[str, Any]]:
    return [mail for mail in sent_by_mail(line) if EMAIL in mail["To"]]


def told(found: dict[str, dict[str, Any]]) -> bool:
    return bool(found) and all(one["told"] for one in found.values())


def test_a_statement_by_fax_and_by_email_is_delivered_once_and_told(line: Line, day: str) -> None:
    before = len(texts_to(line, MOBILE))
    number = ask(line, day, "both", fax=FAX, email=EMAIL)
    assert ask(line, day, "both", fax=FAX, email=EMAIL) == number
    found = awaited(lambda: deliveries(line, number), told)
    assert {channel: one["state"] for channel, one in found.items()} == {"fax": "delivered", "email": "sent"}
    name = hashlib.sha256(fax_key(number, 1).encode()).hexdigest()[:32]
    faxes = line.stage.s3.list_objects_v2(Bucket=line.outputs["FaxesBucket"], Prefix=f"fax/{name}")["Contents"]
    [tiff] = [one["Key"] for one in faxes if one["Key"].endswith(".tiff")]
    body = line.stage.s3.get_object(Bucket=line.outputs["FaxesBucket"], Key=tiff)["Body"].read()
    assert body[:4] in (b"II*\0", b"MM\0*")
    [mail] = mails(line)
    assert mail["Subject"] == f"Daily statement, {day}"
    new = texts_to(line, MOBILE)[before:]
    assert len(new) == 2
    assert any(f"faxed to {FAX}: 1 pages" in text for text in new)
    assert any(f"by e-mail to {EMAIL}" in text for text in new)


def test_a_busy_line_is_tried_three_times_and_the_customer_is_told(line: Line) -> None:
    before = len(texts_to(line, MOBILE))
    number = ask(line, yesterday(), "busy", fax=BUSY)  # over, so that it can be made anew at each attempt
    for attempt in (1, 2, 3):
        state = "failed" if attempt == 3 else "retrying"
        found = awaited(
            lambda state=state, attempt=attempt: deliveries(line, number)["fax"],  # type: ignore[misc]
            lambda fax, state=state, attempt=attempt: (fax["state"], fax["attempt"]) == (state, attempt),  # type: ignore[misc]
        )
        if due := found.get("due_at"):
            later(line, due)
    awaited(lambda: deliveries(line, number), told)
    [text] = texts_to(line, MOBILE)[before:]
    assert "the line was busy" in text


def tell(line: Line, body: bytes, token: str, secret: bytes) -> int:
    """What the fax carrier posts to the API; the status it is answered with."""
    url = f"{address(line.stage, line.outputs)}/fax/status"
    headers = signed(secret, "POST", "/fax/status", body, datetime.now(UTC)) | {"Authorization": f"Bearer {token}"}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, body, headers | {"Content-Type": "application/json"}, method="POST")
    try:
        with opener.open(request) as answer:
            return int(answer.status)
    except HTTPError as refused:
        return refused.code


def test_the_carrier_s_news_need_its_token_and_its_signature(line: Line, day: str) -> None:
    token, secret = (
        line.stage.ssm.get_parameter(Name=f"/brokerline/local/fax-webhook-{what}", WithDecryption=True)["Parameter"][
            "Value"
        ]
        for what in ("token", "secret")
    )
    number = ask(line, day, "news", fax=FAX)
    news = json.dumps({"key": f"{number}-1", "state": "delivered"}).encode()
    assert tell(line, news, "guessed", secret.encode()) in (401, 403)
    assert tell(line, news, token, b"guessed") == 401
    assert tell(line, news, token, secret.encode()) == 200
    assert tell(line, news.replace(b"-1", b"-9"), token, secret.encode()) == 404
    awaited(lambda: deliveries(line, number), told)


def later(line: Line, due: str) -> None:
    """The clock comes when it is due."""
    answer = line.stage.functions.invoke(
        FunctionName=line.outputs["DeliverAgainFunctionArn"], Payload=json.dumps({"time": due})
    )
    assert "FunctionError" not in answer, answer["Payload"].read()
