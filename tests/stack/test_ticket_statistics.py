"""The week's statistics leave the house by e-mail, once; the branch asks for them through API Gateway."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from email.header import decode_header, make_header
from pathlib import Path

import pytest

from devtools.function_environment import environment, run_module
from devtools.line import Line
from devtools.sign_in import address, token

from .journey import scan
from .outbox import awaited, sent_by_mail

PLANT = """
from datetime import datetime
from chalicelib import tickets
at = datetime.fromisoformat("2026-11-17T02:00:00+00:00")
details = {"kind": "complaint", "channel": "phone", "language": "zh-CN", "subject": "?", "category": "fees"}
found = tickets.register(details, "customer", "statistics", at)
tickets.act(found.number, "accept", "agent:li", "accept", at)
tickets.act(found.number, "transfer", "agent:li", "transfer", at, details={"department": "finance"})
print(found.number)
"""
WEEK = "2026-W47"


@pytest.fixture(scope="module")
def number(line: Line) -> str:
    """A complaint of that week that finance was asked about."""
    there = environment(line.stage, line.outputs)
    done = subprocess.run([sys.executable, "-c", PLANT], env=there, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def send(line: Line) -> None:
    """The clock comes for that week."""
    answer = line.stage.functions.invoke(
        FunctionName=line.outputs["WeeklyStatisticsFunctionArn"], Payload=json.dumps({"week": WEEK})
    )
    assert "FunctionError" not in answer, answer["Payload"].read()


def sent(line: Line) -> list[str]:
    """To whom reports on that week went."""
    return sorted(
        mail["To"][0] for mail in sent_by_mail(line) if WEEK in str(make_header(decode_header(mail["Subject"] or "")))
    )


def test_each_department_and_the_supervisor_get_the_week_once(line: Line, number: str) -> None:
    departments = [one["email"] for one in scan(line, "DepartmentsTable")]
    everybody = sorted([*departments, "supervisor@brokerline.example"])
    assert len(everybody) == 6
    send(line)
    awaited(lambda: sent(line), lambda addresses: addresses == everybody)
    send(line)
    assert sent(line) == everybody
    awaited(lambda: {one["state"] for one in scan(line, "ReportsTable")}, lambda states: states == {"sent"})


def get(line: Line, path: str, accept: str) -> bytes:
    url = f"{address(line.stage, line.outputs)}{path}"
    signed = {"Authorization": f"Bearer {token(line.stage, line.outputs, 'branch')}"}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(url, headers=signed | {"Accept": accept})) as answer:
        return bytes(answer.read())


def test_the_branch_asks_for_figures_and_files(line: Line, number: str) -> None:
    figures = json.loads(get(line, f"/statistics?week={WEEK}&department=finance", "application/json"))
    assert figures["figures"]["registered"] == 1
    assert number in get(line, f"/statistics/report.csv?week={WEEK}", "text/csv").decode("utf-8-sig")
    assert get(line, f"/statistics/report.pdf?week={WEEK}", "application/pdf").startswith(b"%PDF-")


def test_the_command_line_writes_the_same_files(line: Line, number: str, tmp_path: Path) -> None:
    files = [tmp_path / "week.pdf", tmp_path / "week.csv"]
    asked = (WEEK, "finance", "en", *map(str, files))
    printed = run_module("devtools.statistics", line.stage, line.outputs, "No statistics", *asked)
    title, heading, rows = json.loads(printed.splitlines()[-1])
    assert title == "Ticket statistics: Finance, 2026-11-16 to 2026-11-22"
    assert dict(zip(heading, rows[0], strict=True)) == {
        "Figure": "Registered",
        "Period": "1",
        "Before": "0",
        "Change": "+1",
    }
    assert files[0].read_bytes().startswith(b"%PDF-")
    assert number in files[1].read_text("utf-8-sig")
