"""Statistics of tickets over HTTP: staff's, of a week or of days, as figures and as files."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib import tickets
from chalicelib.tickets.departments import Department, put
from chalicelib.tickets.statistics import week_of

from .conftest import LI, NOBODY, NOW, TELLER, WANG, Ask

WEEK, TODAY = week_of(NOW.date()), NOW.date().isoformat()


@pytest.fixture(autouse=True)
def there(cloud: None) -> None:
    """A department, and a ticket that it was asked about."""
    put(
        Department("trading", {"zh-CN": "交易部", "zh-HK": "交易部", "en": "Trading"}, "t@example.com", "h@example.com")
    )
    details = {"kind": "complaint", "channel": "phone", "language": "zh-CN", "subject": "费率"}
    found = tickets.register(details, "customer", "one", NOW)
    tickets.act(found.number, "accept", "agent:li", "accept", NOW)
    tickets.act(found.number, "transfer", "agent:li", "transfer", NOW, details={"department": "trading"})


def days(query: str, ask: Ask) -> dict[str, Any]:
    answer = ask("GET", f"/statistics?{query}", who=LI)
    assert answer.status == 200, answer.body
    return answer.body


@pytest.mark.parametrize("route", ["/statistics", "/statistics/report.csv", "/statistics/report.pdf"])
@pytest.mark.parametrize("who", [WANG, NOBODY])
def test_they_are_for_staff(ask: Ask, route: str, who: dict[str, str]) -> None:
    answer = ask("GET", f"{route}?department=trading", who=who, headers={"Accept": "application/pdf"})
    assert (answer.status, answer.body["code"]) == (403, "not_allowed")


@pytest.mark.parametrize("who", [LI, TELLER])
def test_the_last_week_is_what_nobody_names(ask: Ask, who: dict[str, str]) -> None:
    body = ask("GET", "/statistics", who=who).body
    assert body["department"] == "all"
    assert body["figures"]["registered"] == 0
    assert body["period"]["to"] < TODAY


def test_a_week_that_goes_on_is_counted_so_far(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.http.answering.now", lambda: NOW + timedelta(minutes=1))
    body = days(f"week={WEEK}", ask)
    assert body["figures"]["by_kind"] == {"complaint": 1}
    assert body["figures_before"]["registered"] == 0
    assert body["figures"]["first_response"] == {"tickets": 0, "median": None, "ninety": None}
    assert body["departments"].keys() == {"trading"}
    assert days(f"from={TODAY}&to={TODAY}&department=trading", ask)["figures"]["open"] == 1
    assert days(f"week={WEEK}&department=service", ask)["figures"]["open"] == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("week=2026-W54", "week"),
        ("week=yesterday", "week"),
        ("week=2019-W01", "week"),
        ("week=2099-W01", "week"),
        ("from=2026-11-01", "to"),
        ("to=2026-11-01", "from"),
        (f"week={WEEK}&from=2026-11-01&to=2026-11-02", "week"),
        (f"from={TODAY}&to=2020-01-01", "to"),
        (f"from={TODAY}&to=2099-01-01", "to"),
        (f"from=2019-01-01&to={TODAY}", "from"),
        ("department=A-1", "department"),
        ("page=1", "page"),
    ],
)
def test_a_period_is_a_week_or_days_not_too_many_and_not_too_long_ago(ask: Ask, query: str, field: str) -> None:
    answer = ask("GET", f"/statistics?{query}", who=LI)
    assert (answer.status, answer.body["code"], answer.body["field"]) == (400, "bad_field", field)


def test_a_department_that_is_not_there_is_unknown(ask: Ask) -> None:
    answer = ask("GET", "/statistics?department=nobody", who=LI)
    assert (answer.status, answer.body["code"]) == (404, "unknown_department")


def test_the_table_is_a_file(ask: Ask) -> None:
    answer = ask("GET", f"/statistics/report.csv?week={WEEK}", who=LI)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="all-')
    assert answer.raw.startswith("\ufeffNumber,Kind".encode())


def test_the_report_is_a_file_for_whoever_takes_one(ask: Ask) -> None:
    answer = ask("GET", f"/statistics/report.pdf?week={WEEK}", who=LI, headers={"Accept": "application/pdf"})
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.raw.startswith(b"%PDF-")
    refused = ask("GET", "/statistics/report.pdf", who=LI, headers={"Accept": "*/*"})
    assert (refused.status, refused.body["field"]) == (400, "Accept")
