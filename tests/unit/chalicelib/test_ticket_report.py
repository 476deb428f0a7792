"""Reports on tickets: pages that can be searched and show their bars, tables that are no formulas, e-mails that go out
once."""

import csv
import io
import string
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any, get_args

import pypdfium2
import pytest

from chalicelib import tickets
from chalicelib.events import weekly_statistics
from chalicelib.platform.words import LANGUAGES
from chalicelib.statements.pdf import FONT
from chalicelib.tickets import report, weekly
from chalicelib.tickets.departments import Department, put
from chalicelib.tickets.gathering import tickets_of
from chalicelib.tickets.models import ReportRecord
from chalicelib.tickets.rules import Channel, Kind, Severity, State, Ticket
from chalicelib.tickets.statistics import HOUSE, SERVICE, Report, figures, week
from chalicelib.tickets.statistics import report as report_of

WEEK, NAME = week("2026-W47"), "2026-W47"
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 17, 2, tzinfo=UTC)
TRADING = Department(
    "trading", {"zh-CN": "交易部", "zh-HK": "交易部", "en": "Trading"}, "trading@example.com", "head@example.com"
)
FINANCE = Department(
    "finance", {"zh-CN": "财务部", "zh-HK": "財務部", "en": "Finance"}, "finance@example.com", "h@e.com"
)
STAMP = TUESDAY.isoformat(timespec="microseconds")


def ticket(number: str = "2600000018", **more: Any) -> Ticket:
    given = {"kind": "complaint", "channel": "phone", "language": "zh-CN", "subject": "费率", "text": "多收了佣金"}
    return Ticket(number=number, registered_at=STAMP, **(given | {"name": "王芳", "mobile": "+8613800138000"} | more))


def made(*there: Ticket, department: str = HOUSE) -> Report:
    return report_of(there, department, WEEK, MONDAY)


def say(language: str = "en") -> report.Words:
    return report.words(language, [TRADING, FINANCE])


def rows(*there: Ticket, language: str = "en") -> list[list[str]]:
    text = report.table(made(*there), say(language)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


# --- words ---


def test_the_catalogues_say_the_same_things() -> None:
    def places(language: str) -> dict[str, list[str]]:
        fields = string.Formatter().parse
        return {key: sorted(name for _, name, _, _ in fields(text) if name) for key, text in say(language).text.items()}

    assert places("zh-CN") == places("zh-HK") == places("en")
    words = {"kind": Kind, "channel": Channel, "severity": Severity, "state": State}
    assert {f"{kind}.{word}" for kind, literal in words.items() for word in get_args(literal)} <= set(places("en"))


def test_the_font_has_every_character_of_the_catalogues() -> None:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    has = TTFont(FONT, lazy=True).getBestCmap()
    texts = "".join("".join(say(language).text.values()) for language in LANGUAGES)
    assert {character for character in texts if ord(character) not in has} == set()


# --- pages ---

BUSY = [
    *(ticket(f"{n}", category="fees.commission", department="trading") for n in range(8)),
    *(ticket(f"1{n}", channel="web", rung=("first_response#breach",)) for n in range(4)),
    ticket("20", department="finance", state="closed", closed_at=STAMP, replied_at=STAMP, rating=4, cause="slow"),
]


def text_of(pdf: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Ticket statistics: all departments", "Trading", "First response", "Complaint", "4-7 days"]),
        ("zh-CN", ["工单统计：全部部门", "交易部", "首次回应", "投诉", "4-7 天", "第 1 页"]),
        ("zh-HK", ["工單統計：全部部門", "財務部", "首次回應", "投訴", "4-7 日", "第 1 頁"]),
        ("fr", ["工单统计"]),
    ],
)
def test_the_text_can_be_searched(language: str, words: list[str]) -> None:
    text = text_of(report.pdf(made(*BUSY), say(language)))
    assert [word for word in [*words, "2026-11-16", "2026-11-22", "2026-11-09", "12"] if word not in text] == []


def test_a_bar_is_as_long_as_its_share_of_the_largest() -> None:
    """Eight, four and one of a category: black from the same edge, in lengths of that proportion."""
    there = [ticket(str(n), category="a" if n < 8 else "b" if n < 12 else "c", channel="phone") for n in range(13)]
    page = pypdfium2.PdfDocument(report.pdf(made(*there, department=SERVICE), say()))[0]
    words, image = page.get_textpage(), page.render(scale=4).to_pil().convert("L")
    text = words.get_text_range()
    first = text.index("Registered, by category")
    lengths = []
    for name in ("a", "b", "c"):
        _, bottom, _, top = words.get_charbox(text.index(f"\n{name} ", first) + 1)
        y = round((page.get_height() - (bottom + top) / 2) * 4)
        row = [image.getpixel((x, y)) for x in range(image.width)]
        runs = "".join("#" if shade < 60 else " " for shade in row).split()
        lengths.append(max(map(len, runs)))
    assert lengths[0] > 400
    assert [round(length / lengths[0], 2) for length in lengths] == [1, 0.5, pytest.approx(0.125, abs=0.02)]


def test_no_tickets_make_a_report_too() -> None:
    text = text_of(report.pdf(made(department="trading"), say()))
    assert "Ticket statistics: Trading" in text
    assert "Nothing in this period." in text


def test_what_the_customer_is_and_wrote_is_in_no_report() -> None:
    there = made(*BUSY)
    told = text_of(report.pdf(there, say("zh-CN"))) + report.table(there, say("zh-CN")).decode()
    assert [word for word in ("王芳", "13800138000", "费率", "多收") if word in told] == []


# --- tables ---


def test_a_row_a_ticket_with_times_of_shanghai() -> None:
    there = ticket(department="trading", category="fees.commission", rung=("acceptance#warn", "acceptance#breach"))
    heading, row = rows(there)
    assert dict(zip(heading, row, strict=True)) == {
        "Number": "2600000018", "Kind": "Complaint", "Category": say().named("category", "fees.commission"),
        "Channel": "Phone", "Severity": "Normal", "State": "Registered", "Department": "Trading", "Assignee": "",
        "Registered": "2026-11-17 10:00", "First response": "", "Resolved": "", "Closed": "", "Cause": "",
        "Times reopened": "", "Days extended": "", "Breaches": "Acceptance", "Rating": "",
    }  # fmt: skip


def test_a_spreadsheet_knows_the_characters_by_their_mark() -> None:
    assert report.table(made(), say("zh-CN")).startswith("\ufeff工单号".encode())


@pytest.mark.parametrize("cause", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(cause: str) -> None:
    assert rows(ticket(cause=cause))[1][12] == f"'{cause}"
    assert rows(ticket(cause="slow"))[1][12] == "a delay"


# --- what is read ---


def opened(key: str, at: datetime = TUESDAY, **more: Any) -> Ticket:
    details = {"kind": "complaint", "channel": "phone", "language": "zh-CN", "subject": "费率"}
    return tickets.register(details | more, "customer", key, at)


def act(found: Ticket, verb: str, at: datetime, **details: Any) -> Ticket:
    return tickets.act(found.number, verb, "agent:li", f"{verb}{found.number}", at, "because", details)


def brought(found: Ticket, at: datetime, *verbs: str) -> Ticket:
    for verb in verbs:
        found = act(found, verb, at, assignee="li", department="trading")
    return found


CLOSED = ("accept", "assign", "investigate", "resolve", "reply", "close")


@pytest.mark.usefixtures("cloud")
def test_what_is_read_is_what_the_figures_are_of() -> None:
    """Tickets of many weeks; reading all of them, and those that are read, give the same figures."""
    everything = []
    for weeks in range(-6, 3):
        at = TUESDAY + timedelta(weeks=weeks)
        everything += [
            opened(f"open{weeks}", at),
            brought(opened(f"theirs{weeks}", at), at, "accept", "transfer"),
            brought(opened(f"quick{weeks}", at), at + timedelta(days=1), *CLOSED),
            brought(opened(f"slow{weeks}", at), at + timedelta(days=20), "accept", "transfer", *CLOSED[1:]),
        ]
    read, at = tickets_of(WEEK), MONDAY + timedelta(days=60)
    assert len(read) < len(everything)
    for period in (WEEK, WEEK.before):
        assert figures(read, period, at) == figures(everything, period, at)
    theirs = report_of(tickets_of(WEEK, "trading"), "trading", WEEK, at)
    assert theirs == report_of(everything, "trading", WEEK, at)
    assert theirs.figures[:3] == (2, 1, 10)


@pytest.mark.usefixtures("cloud")
def test_every_page_of_a_listing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.tickets.gathering._PAGE", 2)
    assert {one.number for one in tickets_of(WEEK)} == set()
    numbers = {opened(f"{n}").number for n in range(5)}
    assert {one.number for one in tickets_of(WEEK)} == numbers


# --- once ---


@pytest.fixture
def sent(cloud: None, monkeypatch: pytest.MonkeyPatch) -> list[EmailMessage]:
    """Two departments, a ticket of one of them, and what is sent."""
    monkeypatch.setenv("SUPERVISOR_EMAIL", "supervisor@example.com")
    monkeypatch.setenv("MAIL_SENDER", "service@example.com")
    mails: list[EmailMessage] = []
    monkeypatch.setattr("chalicelib.notifications.mail", mails.append)
    monkeypatch.setattr("chalicelib.platform.clock.now", lambda: MONDAY)
    put(TRADING), put(FINANCE)
    brought(opened("one"), TUESDAY, "accept", "transfer")
    return mails


def to(mails: list[EmailMessage]) -> list[str]:
    return sorted(mail["To"] for mail in mails)


EVERYBODY = ["finance@example.com", "supervisor@example.com", "trading@example.com"]


def test_each_department_gets_its_report_and_the_supervisor_all(sent: list[EmailMessage]) -> None:
    event = {"time": "2026-11-23T00:00:00Z"}
    assert weekly_statistics(event, None) == {"week": NAME, "sent": 3}
    assert to(sent) == EVERYBODY
    trading = next(mail for mail in sent if mail["To"] == TRADING.email)
    assert trading["Subject"] == "工单周报 2026-W47：交易部 / Weekly ticket statistics 2026-W47: Trading"
    files = {part.get_filename(): part.get_content() for part in trading.iter_attachments()}
    assert list(files) == ["2026-W47-trading-zh-CN.pdf", "2026-W47-trading-en.pdf", "2026-W47-trading.csv"]
    assert "Ticket statistics: Trading" in text_of(files["2026-W47-trading-en.pdf"])
    body = trading.get_body(("plain",))
    assert body is not None
    assert "1 registered, 0 closed, 1 open" in body.get_content()


def test_a_clock_that_comes_again_sends_nothing_again(sent: list[EmailMessage]) -> None:
    assert [weekly.send(NAME, MONDAY + timedelta(minutes=20 * n)).sent for n in range(3)] == [3, 0, 0]
    assert weekly.send("2026-W46", MONDAY).sent == 3
    assert len(sent) == 6


def test_of_two_clocks_at_once_each_report_has_one(sent: list[EmailMessage], monkeypatch: pytest.MonkeyPatch) -> None:
    """The second comes while the first is sending its first report."""
    inner: list[weekly.Sent] = []

    def mail(message: EmailMessage) -> None:
        if not sent:
            sent.append(message)
            inner.append(weekly.send(NAME, MONDAY))
        else:
            sent.append(message)

    monkeypatch.setattr("chalicelib.notifications.mail", mail)
    assert weekly.send(NAME, MONDAY) == (1, 0)
    assert inner == [(2, 0)]
    assert to(sent) == EVERYBODY


def test_what_died_between_claim_and_sending_is_sent_later(sent: list[EmailMessage]) -> None:
    ReportRecord(NAME, "trading", state="sending", at=MONDAY.isoformat(timespec="microseconds")).save()
    assert weekly.send(NAME, MONDAY + weekly.STALE) == (2, 0)  # whoever claimed it may be at work yet
    assert weekly.send(NAME, MONDAY + weekly.STALE + timedelta(seconds=1)) == (1, 0)
    assert to(sent) == EVERYBODY


def test_what_nobody_took_is_sent_with_the_next_clock(
    sent: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(message: EmailMessage) -> None:
        if message["To"] == TRADING.email:
            raise OSError("SES took no e-mail: it may be sent again.")
        sent.append(message)

    with monkeypatch.context() as trouble:
        trouble.setattr("chalicelib.notifications.mail", down)
        with pytest.raises(RuntimeError, match="1 reports of 2026-W47"):
            weekly_statistics({"week": NAME}, None)
    assert weekly_statistics({"week": NAME}, None) == {"week": NAME, "sent": 1}
    assert to(sent) == EVERYBODY


def test_what_is_refused_is_not_tried_again(sent: list[EmailMessage], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(message: EmailMessage) -> None:
        raise ValueError("SES refuses the e-mail: look at its sender and its address.")

    with monkeypatch.context() as trouble:
        trouble.setattr("chalicelib.notifications.mail", refuse)
        assert weekly.send(NAME, MONDAY) == (0, 3)
    assert weekly.send(NAME, MONDAY + timedelta(hours=1)) == (0, 0)
    assert {one.state for one in ReportRecord.query(NAME)} == {"refused"}
