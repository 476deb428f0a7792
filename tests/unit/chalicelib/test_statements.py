"""Statements: figures that add up or do not leave, pages that can be searched and read, and the fax carriers."""

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws
from PIL import Image

from chalicelib import statements
from chalicelib.platform.words import LANGUAGES
from chalicelib.statements import Entry, Fees, Holding, Period, Statement, Unreconciled, month_of, totals
from chalicelib.statements.carrier import REASONS, STATES, FaxCarrier, Status, advance
from chalicelib.statements.document import document
from chalicelib.statements.drawer import Bucket, Drawer, Folder
from chalicelib.statements.email_fax import EmailFax, Gateway, message
from chalicelib.statements.fax import fax_pages
from chalicelib.statements.fax_machine import FaxMachine
from chalicelib.statements.http_fax import HttpFax, Webhook, over_urllib
from chalicelib.statements.pdf import FONT
from chalicelib.statements.signing import Unsigned, signed, verify
from chalicelib.statements.statement import checked
from chalicelib.statements.words import catalogue

START = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
MADE = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
D = Decimal
NAMES = {"zh-CN": "上海机场", "zh-HK": "上海機場", "en": "Shanghai International Airport Company Limited"}


def made(*entries: Entry, held: int = 0) -> Statement:
    """A true statement of November 2026 over ``entries``, whose balances it reckons; ``held`` shares at its start."""
    balance, kept = D("100000.00"), []
    for number, entry in enumerate(entries):
        balance += entry.net
        kept.append(entry._replace(at=START + timedelta(minutes=number), balance=balance))
    fees, money_in, money_out = totals(kept)
    closing = held + sum(entry.quantity for entry in kept)
    holding = Holding("600009", NAMES, held, closing, D("33.10"), D("33.10") * closing)
    period = month_of(date(2026, 11, 2))
    return Statement(
        "1234", "王小明", period, D("100000.00"), kept, [holding], balance, fees, money_in, money_out, MADE
    )


def buy(reference: str = "00000001") -> Entry:
    fees = Fees(D("5.00"), transfer_fee=D("0.03"))
    return Entry(START, "buy", reference, D("-3310.00"), D(0), "600009", 100, D("33.10"), fees)


SELL = Entry(
    START, "sell", "00000002", D("3320.00"), D(0), "600009", -100, D("33.20"), Fees(D("5"), D("1.66"), D(".03"))
)
DEPOSIT = Entry(START, "deposit", "T1", D("2500.50"), D(0))
TRUE = made(buy(), SELL, DEPOSIT)
LONG = made(*(buy(f"{number:08d}") for number in range(25)), DEPOSIT)


# --- figures ---


def test_a_hand_worked_month() -> None:
    """100,000 - 3,310 - 5.03 + 3,320 - 6.69 + 2,500.50 = 102,498.78."""
    assert checked(TRUE) is TRUE
    assert TRUE.closing == D("102498.78")
    assert TRUE.fees == Fees(D("10.00"), D("1.66"), D("0.06"))
    assert (TRUE.money_in, TRUE.money_out) == (D("5813.81"), D("3315.03"))


def _entry(index: int, **other: Any) -> Callable[[Statement], Statement]:
    def changed(true: Statement) -> Statement:
        entries = [*true.entries]
        entries[index] = entries[index]._replace(**other)
        return true._replace(entries=entries)

    return changed


def _holding(**other: Any) -> Callable[[Statement], Statement]:
    return lambda true: true._replace(holdings=[true.holdings[0]._replace(**other)])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda s: s._replace(opening=D("100000.01")), "balance after 00000001"),
        (lambda s: s._replace(closing=D("1.00")), "closing balance"),
        (lambda s: s._replace(fees=s.fees._replace(stamp_duty=D("1.65"))), "sum of stamp_duty"),
        (lambda s: s._replace(money_in=s.money_in + D("0.01")), "Money in"),
        (lambda s: s._replace(money_out=D("0.00")), "Money out"),
        (lambda s: s._replace(period=Period(date(2026, 11, 3), date(2026, 11, 30))), "outside the period"),
        (lambda s: s._replace(period=Period(date(2026, 11, 30), date(2026, 11, 1))), "before it begins"),
        (lambda s: s._replace(made_at=START), "not over"),
        (lambda s: s._replace(entries=s.entries[::-1]), "order of time"),
        (lambda s: s._replace(entries=s.entries[:2]), "closing balance"),
        (lambda s: s._replace(holdings=[]), "no such holding"),
        (lambda s: s._replace(holdings=s.holdings * 2), "more than once"),
        (_entry(0, amount=D("3310.00")), "wrong way"),
        (_entry(0, quantity=-100), "wrong way"),
        (_entry(0, price=D("33.11")), "amount is given as 3310.00 but comes to 3311.00"),
        (_entry(0, code=""), "no security"),
        (_entry(0, fees=Fees(D("-5.00"))), "below nothing"),
        (_entry(2, amount=D("2500.501")), "to the fen"),
        (_entry(2, amount=D("2500.51")), "balance after T1"),
        (_holding(closing=100, value=D("3310.00")), "closing quantity"),
        (_holding(opening=-100, closing=-100), "below nothing"),
        (_holding(value=D("0.01")), "the value"),
    ],
)
def test_what_contradicts_itself_does_not_leave(change: Callable[[Statement], Statement], says: str) -> None:
    with pytest.raises(Unreconciled, match=says):
        statements.statement_pdf(change(TRUE), "en")


@given(st.lists(st.sampled_from([buy(), SELL, DEPOSIT, Entry(START, "shares", "B", D(0), D(0), "600009", 30)])))
def test_what_goes_in_and_out_explains_the_closing_balance(entries: list[Entry]) -> None:
    statement = checked(made(*entries, held=100 * len(entries)))
    assert statement.opening + statement.money_in - statement.money_out == statement.closing


@pytest.mark.parametrize(
    ("first", "last", "kind"),
    [
        ((2026, 11, 2), (2026, 11, 2), "daily"),
        ((2028, 2, 1), (2028, 2, 29), "monthly"),
        ((2026, 2, 1), (2026, 2, 27), "period"),
        ((2026, 10, 15), (2026, 11, 14), "period"),
    ],
)
def test_a_period_is_called_what_it_is(first: tuple[int, int, int], last: tuple[int, int, int], kind: str) -> None:
    assert Period(date(*first), date(*last)).kind == kind


def test_an_entry_is_of_its_day_in_shanghai() -> None:
    late = TRUE.entries[2]._replace(at=datetime(2026, 11, 30, 16, 0, tzinfo=UTC))  # midnight of the first of December
    with pytest.raises(Unreconciled, match="2026-12-01"):
        checked(TRUE._replace(entries=[*TRUE.entries[:2], late]))


# --- words and pages ---


def test_the_catalogues_say_the_same_things() -> None:
    places = [{key: sorted(set(_places(text))) for key, text in catalogue(tag).items()} for tag in LANGUAGES]
    assert places[0] == places[1] == places[2]
    assert {f"fax.failed.{reason}" for reason in REASONS if reason} <= set(places[0])


def _places(text: str) -> list[str]:
    import string

    return [name for _, name, _, _ in string.Formatter().parse(text) if name]


def test_the_font_has_every_character_of_the_catalogues() -> None:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    has = TTFont(FONT, lazy=True).getBestCmap()
    texts = "".join("".join(catalogue(tag).values()) for tag in LANGUAGES)
    assert {character for character in texts if ord(character) not in has} == set()
    assert FONT.stat().st_size < 3_000_000


def _texts(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-CN", ["月对账单", "上海机场", "王小明", "印花税", "银行转证券", "第 1 页，共 1 页"]),
        ("zh-HK", ["月結單", "上海機場", "王小明", "印花稅", "銀行轉證券", "第 1 頁，共 1 頁"]),
        ("en", ["Monthly statement", "Shanghai International", "王小明", "Stamp duty", "Page 1 of 1"]),
        ("fr", ["月对账单"]),
    ],
)
def test_the_text_can_be_searched(language: str, words: list[str]) -> None:
    (text,) = _texts(statements.statement_pdf(TRUE, language))
    figures = ["102,498.78", "2026-11-02", "09:30:00", "-3,310.00", "-5.03", "00000001", "600009"]
    assert [word for word in words + figures if word not in text] == []


def test_every_page_has_the_head_and_its_number() -> None:
    pages = _texts(statements.statement_pdf(LONG, "zh-CN"))
    assert len(pages) > 1
    for number, text in enumerate(pages, 1):
        assert f"第 {number} 页，共 {len(pages)} 页" in text
    assert all("业务 / 编号" in text for text in pages if "00000" in text)
    assert sum(text.count("买入") for text in pages) == 25


def test_figures_end_at_the_same_edge() -> None:
    """The last digits of a column stand below each other, whatever comes before."""
    page = pypdfium2.PdfDocument(statements.statement_pdf(LONG, "en"))[0].get_textpage()
    text = page.get_text_range()
    figures = [f"{amount:,.2f}" for amount in (LONG.opening, LONG.money_in, -LONG.money_out, LONG.market_value)]
    assert len(set(map(len, figures))) > 1
    edges = [page.get_charbox(text.index(figure) + len(figure) - 1, loose=True)[2] for figure in figures]
    assert max(edges) - min(edges) < 0.1


def test_the_font_inside_is_a_small_part_of_the_whole() -> None:
    pdf = statements.statement_pdf(TRUE, "zh-CN")
    assert b"/FontFile2" in pdf
    assert len(pdf) < 60_000


def test_the_same_statement_is_the_same_bytes() -> None:
    assert statements.statement_pdf(TRUE, "zh-HK") == statements.statement_pdf(TRUE, "zh-HK")


def test_a_character_without_type_is_marked() -> None:
    (text,) = _texts(statements.statement_pdf(TRUE._replace(name="王\U00020000\n小"), "zh-CN"))
    assert "王〓小" in text


def test_an_empty_day_says_so() -> None:
    empty = made()._replace(holdings=[], period=Period(date(2026, 11, 2), date(2026, 11, 2)))
    (text,) = _texts(statements.statement_pdf(empty, "zh-CN"))
    assert "日对账单" in text
    assert text.count("本期没有记录。") == 2


def test_a_price_shows_all_its_digits() -> None:
    fund = Holding("510050", {"zh-CN": "上证50ETF"}, 1000, 1000, D("2.853"), D("2853.00"))
    shown = document(TRUE._replace(holdings=[fund]), "en").tables[2].rows[0]
    assert shown == [("510050",), ("上证50ETF",), ("1,000",), ("1,000",), ("2.853",), ("2,853.00",)]


# --- fax ---


def test_a_fax_is_group_4_at_204_by_196_and_1728_dots_wide() -> None:
    tiff = fax_pages(statements.statement_pdf(LONG, "zh-CN"))
    image = Image.open(io.BytesIO(tiff))
    pages = len(_texts(statements.statement_pdf(LONG, "zh-CN")))
    assert image.n_frames == pages > 1
    for number in range(pages):
        image.seek(number)
        tags = image.tag_v2
        assert (image.size, image.mode) == ((1728, 2292), "1")
        # Compression T.6, white is zero, dots an inch, inches, page n of m.
        assert [tags[tag] for tag in (259, 262, 282, 283, 296, 297)] == [4, 0, 204, 196, 2, (number, pages)]


def test_a_fax_is_black_on_white_and_shows_what_the_page_shows() -> None:
    """White is what there is most of, ink is where the title is, and the margin has none."""
    image = Image.open(io.BytesIO(statements.statement_fax(TRUE, "zh-CN"))).convert("L")
    ink = 1 - sum(image.get_flattened_data()) / 255 / (1728 * 2292)
    assert 0.005 < ink < 0.08
    assert image.crop((120, 100, 420, 200)).getextrema() == (0, 255)
    assert image.crop((0, 0, 100, 2292)).getextrema() == (255, 255)


def test_only_a_pdf_is_faxed() -> None:
    with pytest.raises(ValueError, match="no PDF"):
        fax_pages(b"GIF89a")


# --- carriers: one contract, whoever carries ---

NUMBER, TIFF = "+862161234567", b"II*\0 pages"


class Carrier:
    """A fax carrier's server, as the HTTP adapter's contract has it; it takes nothing unsigned. ``lost`` answers."""

    def __init__(self) -> None:
        self.faxes: dict[str, bytes] = {}
        self.lost = 0

    def __call__(self, method: str, url: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        path = url.removeprefix("https://fax.example.com")
        verify([b"s3cret"], method, path, body, headers, START)
        key = json.loads(body)["key"] if body else path.rpartition("/")[2].replace("%23", "#")
        if method == "GET" and key not in self.faxes:
            return 404, b""
        if body:
            assert headers["Idempotency-Key"] == key
            if self.faxes.setdefault(key, body) != body:
                return 409, b""
        if self.lost:
            self.lost -= 1
            raise TimeoutError("no answer")
        return 200, json.dumps({"key": key, "state": "sent"}).encode()


@pytest.fixture(params=["machine in a folder", "machine in a bucket", "http", "e-mail"])
def carried(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A carrier, and a count of the faxes that went out."""
    server, mails = Carrier(), list[Any]()
    with mock_aws():
        drawer: Drawer = Folder(tmp_path / "tray")
        if request.param == "machine in a bucket":
            client = boto3.client("s3", "us-east-1")
            client.create_bucket(Bucket="faxes")
            drawer = Bucket(client, "faxes")
        if request.param == "http":
            yield HttpFax("https://fax.example.com/v1/", b"s3cret", server, lambda: START), lambda: len(server.faxes)
        elif request.param == "e-mail":
            mailer = EmailFax(Gateway("fax.example.com", "line@broker.example"), mails.append, drawer)
            yield mailer, lambda: len(mails)
        else:
            machine = FaxMachine(drawer)
            yield machine, lambda: len([key for key in ("call#1", "call#2") if _in_tray(machine, key)])


def _in_tray(machine: FaxMachine, key: str) -> bool:
    try:
        return machine.pages(key) == TIFF
    except LookupError:
        return False


Carried = tuple[FaxCarrier, Callable[[], int]]


def test_a_carrier_sends_a_key_once(carried: Carried) -> None:
    carrier, sent = carried
    first = carrier.send(NUMBER, TIFF, "call#1")
    assert [carrier.send(NUMBER, TIFF, "call#1") for _ in range(3)] == [first] * 3
    assert sent() == 1
    carrier.send(NUMBER, TIFF, "call#2")
    assert sent() == 2


def test_a_carrier_knows_where_a_fax_is(carried: Carried) -> None:
    carrier, _ = carried
    sent = carrier.send(NUMBER, TIFF, "call#1")
    assert carrier.status("call#1") == sent
    assert (sent.key, sent.reason) == ("call#1", "")
    assert sent.state in ("sent", "delivered")
    with pytest.raises(LookupError):
        carrier.status("call#9")


def test_a_carrier_refuses_a_key_of_another_fax(carried: Carried) -> None:
    carrier, sent = carried
    carrier.send(NUMBER, TIFF, "call#1")
    with pytest.raises(ValueError, match="another fax"):
        carrier.send("+85221234567", TIFF, "call#1")
    with pytest.raises(ValueError, match="another fax"):
        carrier.send(NUMBER, TIFF + b"!", "call#1")
    assert sent() == 1


@pytest.mark.parametrize(
    "number", ["", "02161234567", "+0123456789", "+8621 61234567", "+1234567890123456", "+86x@y.z"]
)
def test_a_carrier_refuses_what_is_no_number(carried: Carried, number: str) -> None:
    carrier, sent = carried
    with pytest.raises(ValueError, match="country code"):
        carrier.send(number, TIFF, "call#1")
    assert sent() == 0


def test_the_machine_says_why_a_fax_did_not_arrive(tmp_path: Path) -> None:
    machine = FaxMachine(Folder(tmp_path), {NUMBER: "busy"})
    assert machine.send(NUMBER, TIFF, "call#1") == machine.status("call#1") == Status("call#1", "failed", "busy")


def test_a_lost_answer_is_asked_for_again_and_nothing_goes_out_twice() -> None:
    server = Carrier()
    server.lost = 1
    carrier = HttpFax("https://fax.example.com", b"s3cret", server, lambda: START)
    with pytest.raises(OSError, match="no answer"):
        carrier.send(NUMBER, TIFF, "call#1")
    assert carrier.send(NUMBER, TIFF, "call#1").state == "sent"
    assert len(server.faxes) == 1


@pytest.mark.parametrize(
    "answer",
    [(500, b""), (200, b"<html>"), (200, b'{"key": "other", "state": "sent"}'), (200, b'{"key": "k", "state": "?"}')],
)
def test_an_answer_that_is_none_is_no_status(answer: tuple[int, bytes]) -> None:
    with pytest.raises(OSError, match="carrier"):
        HttpFax("https://fax.example.com", b"s", lambda *_: answer).send(NUMBER, TIFF, "k")


def test_a_number_the_carrier_refuses_has_failed() -> None:
    refusing = HttpFax("https://fax.example.com", b"s", lambda *_: (422, b""))
    assert refusing.send(NUMBER, TIFF, "k") == Status("k", "failed", "bad_number")


def test_figures_leave_over_https_only() -> None:
    with pytest.raises(ValueError, match="https"):
        over_urllib(1)("POST", "http://fax.example.com/faxes", {}, b"x")


def test_mail_that_was_not_taken_is_handed_over_again(tmp_path: Path) -> None:
    mails: list[Any] = []

    def send(mail: Any) -> None:
        mails.append(mail)
        if len(mails) == 1:
            raise OSError("throttled")

    carrier = EmailFax(Gateway("fax.example.com", "line@broker.example"), send, Folder(tmp_path))
    with pytest.raises(OSError, match="throttled"):
        carrier.send(NUMBER, TIFF, "call#1")
    assert carrier.status("call#1").state == "queued"
    assert carrier.send(NUMBER, TIFF, "call#1").state == "sent"
    assert mails[0]["Message-ID"] == mails[1]["Message-ID"]
    assert carrier.hear(Status("call#1", "failed", "no_answer")) == carrier.status("call#1")


def test_the_mail_carries_the_pages_and_nothing_else() -> None:
    mail = message(Gateway("fax.example.com", "line@broker.example"), NUMBER, TIFF, "call#1")
    (attached,) = mail.iter_attachments()
    assert mail["To"] == "862161234567@fax.example.com"
    assert (attached.get_content_type(), attached.get_content()) == ("image/tiff", TIFF)
    assert "call#1" not in mail.as_string()


# --- news of a fax ---

HOOK = Webhook("/fax/status", [b"new", b"old"])
NEWS = b'{"key": "call#1", "state": "failed", "reason": "busy"}'


@pytest.mark.parametrize("secret", [b"new", b"old"])
def test_a_signed_webhook_is_heard(secret: bytes) -> None:
    headers = {name.lower(): value for name, value in signed(secret, "POST", "/fax/status", NEWS, START).items()}
    assert HOOK.hear(headers, NEWS, START + timedelta(seconds=300)) == Status("call#1", "failed", "busy")


@pytest.mark.parametrize(
    ("secret", "path", "body", "late"),
    [
        (b"else", "/fax/status", NEWS, 0),
        (b"new", "/fax/other", NEWS, 0),
        (b"new", "/fax/status", NEWS.replace(b"busy", b"line_error"), 0),
        (b"new", "/fax/status", NEWS, 301),
        (b"new", "/fax/status", NEWS, -301),
    ],
)
def test_a_webhook_forged_changed_or_replayed_is_not(secret: bytes, path: str, body: bytes, late: int) -> None:
    headers = signed(secret, "POST", path, body, START)
    with pytest.raises(Unsigned):
        HOOK.hear(headers, NEWS, START + timedelta(seconds=late))


@pytest.mark.parametrize(
    "headers", [{}, {"X-Fax-Timestamp": "soon"}, {"X-Fax-Timestamp": "９", "X-Fax-Signature": "é"}]
)
def test_a_webhook_without_a_signature_is_not_heard(headers: dict[str, str]) -> None:
    with pytest.raises(Unsigned):
        HOOK.hear(headers, NEWS, START)


def test_an_empty_secret_signs_nothing() -> None:
    with pytest.raises(ValueError, match="empty"):
        signed(b"", "POST", "/", b"", START)


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"key": 1, "state": "sent"}', b'{"key": "k", "state": "lost"}', b"?"])
def test_signed_nonsense_is_no_status(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"status|Expecting"):
        HOOK.hear(signed(b"new", "POST", "/fax/status", body, START), body, START)


@given(st.lists(st.sampled_from(STATES)))
def test_news_out_of_order_never_turns_a_fax_back(states: list[Any]) -> None:
    known, seen = Status("k", "queued"), [Status("k", "queued")]
    for state in states:
        known = advance(known, Status("k", state))
        seen.append(known)
    ends = [status for status in seen if status.state in ("delivered", "failed")]
    assert len(set(ends)) <= 1
    assert [STATES.index(s.state) >= 1 for s in seen] == sorted(STATES.index(s.state) >= 1 for s in seen)
