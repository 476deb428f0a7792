"""Statements by phone: of which days, where to, read back, and requested once."""

from typing import Any, get_args

import pytest

from chalicelib import customers
from chalicelib.platform.words import LANGUAGES
from chalicelib.statements.models import Delivery
from chalicelib.statements.rules import Rule
from chalicelib.voice.speech import catalogue, digits

from .caller import Seal, ask, identified
from .seed import ACCOUNT, ACCOUNT_NUMBER, PIN
from .trading_seed import at

FAX, EMAIL = "02161234567", "wang@example.com"
OCTOBER = {"First": "2026-10-01", "Last": "2026-10-31"}


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Tuesday, 24 November 2026."""
    monkeypatch.setattr("chalicelib.voice.statements.now", lambda: at("10:00"))


def registered(seal: Seal, language: str = "en", mobile: str = "+8613800138000", email: str = EMAIL) -> dict[str, str]:
    customers.register(
        account_number=ACCOUNT_NUMBER, pin=PIN, customer_id="C-1", account_id=ACCOUNT, name="王芳", level="vip",
        mobile=mobile, email=email,
    )  # fmt: skip
    return identified(seal, language)


@pytest.fixture
def caller(cloud: None, seal: Seal) -> dict[str, str]:
    return registered(seal)


def chosen(kind: str, language: str = "en", **days: str) -> Any:
    return ask("choose_statement", {"Language": language}, Kind=kind, **days)


def request(caller: dict[str, str], channel: str = "both", confirmation: str = "f1", **change: str) -> Any:
    parameters = {**OCTOBER, "Channel": channel, "FaxNumber": FAX, "ConfirmationId": confirmation} | change
    return ask("request_statement", caller, **parameters)


class TestWhichDays:
    def test_the_last_trading_day(self) -> None:
        assert chosen("daily") == {
            "Result": "ok", "First": "2026-11-23", "Last": "2026-11-23",
            "Speech": "You asked for the statement of November 23.",
        }  # fmt: skip

    def test_last_month(self) -> None:
        assert chosen("monthly") == {
            "Result": "ok", **OCTOBER, "Speech": "You asked for the statement of October 2026."
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("zh-CN", "您要的是2025年12月15日至1月9日的对账单。"),
            ("zh-HK", "你要嘅係2025年12月15號至1月9號嘅對帳單。"),
            ("en", "You asked for the statement from December 15, 2025 to January 9."),
        ],
    )
    def test_a_period_is_said_with_its_dates(self, language: str, said: str) -> None:
        answer = chosen("period", language, First="20251215", Last="20260109")
        assert (answer["First"], answer["Last"], answer["Speech"]) == ("2025-12-15", "2026-01-09", said)

    @pytest.mark.parametrize(
        ("first", "last", "field", "said"),
        [
            ("20261301", "20261110", "first", "The first day is not a date."),
            ("2026110", "20261110", "first", "The first day is not a date."),
            ("**", "*", "first", "The first day is not a date."),
            ("20261101", "20260230", "last", "The last day is not a date."),
            ("20261110", "20261101", "first", "The last day is before the first."),
            ("20261101", "20261125", "last", "Those days are not over yet. A statement can go up to November 23 now."),
            ("20261101", "20261124", "last", "Today's statement is ready after the close."),
            ("20250101", "20261110", "first", "A statement covers 12 months at most."),
            ("20190101", "20190110", "first", "Statements go back to November 24, 2021."),
        ],
    )
    def test_days_that_cannot_be_had_say_why_and_which_to_enter_again(
        self, first: str, last: str, field: str, said: str
    ) -> None:
        refused = chosen("period", First=first, Last=last)
        assert (refused["Result"], refused["Field"]) == ("refused", field)
        assert refused["Speech"].startswith(said)


@pytest.mark.usefixtures("cloud")
class TestWhereTo:
    def test_a_fax_number_is_read_back_digit_by_digit(self) -> None:
        assert ask("choose_fax", {"Language": "en"}, FaxNumber=FAX) == {
            "Result": "ok", "Speech": "The fax number is 0 2 1 6 1 2 3 4 5 6 7."
        }  # fmt: skip

    @pytest.mark.parametrize("keys", ["61234567", "13800138000", "*", "Timeout", ""])
    def test_what_is_no_fax_number(self, keys: str) -> None:
        answer = ask("choose_fax", {"Language": "en"}, FaxNumber=keys)
        assert answer["Result"] == "refused"
        assert answer["Speech"] == "That is not a fax number. Please enter it with its area code."

    @pytest.mark.parametrize(("email", "result"), [(EMAIL, "ok"), ("", "refused")])
    def test_e_mail_needs_an_address_on_file(self, seal: Seal, email: str, result: str) -> None:
        answer = ask("choose_email", registered(seal, email=email))
        assert answer["Result"] == result
        assert EMAIL not in str(answer)

    @pytest.mark.parametrize(
        ("channel", "said"),
        [
            ("fax", "We will send the statement of October 2026 by fax to 0 2 1 6 1 2 3 4 5 6 7."),
            ("email", "We will send the statement of October 2026 to the e-mail address that we have on file."),
            ("both", "We will send the statement of October 2026 by fax to 0 2 1 6 1 2 3 4 5 6 7, and to the e-mail "
                     "address that we have on file."),
        ],
    )  # fmt: skip
    def test_all_of_it_is_read_back(self, caller: dict[str, str], channel: str, said: str) -> None:
        previews = [ask("preview_statement", caller, **OCTOBER, Channel=channel, FaxNumber=FAX) for _ in range(2)]
        assert {preview["Speech"] for preview in previews} == {said}
        assert len({preview["ConfirmationId"] for preview in previews}) == 2


@pytest.mark.usefixtures("cloud")
class TestRequest:
    @pytest.mark.parametrize("channel", ["fax", "email", "both"])
    def test_it_goes_where_it_was_read_back(self, caller: dict[str, str], channel: str) -> None:
        answer = request(caller, channel)
        assert answer["Result"] == "requested"
        assert answer["Speech"] == (
            f"It is on its way, under the number {digits(answer['Number'])}. "
            "You will get a text message when it has arrived."
        )
        where = {"fax": "+862161234567", "email": EMAIL}
        sent = {delivery.channel: delivery for delivery in Delivery.query(answer["Number"])}
        assert {name: delivery.destination for name, delivery in sent.items()} == {
            name: where[name] for name in (where if channel == "both" else [channel])
        }
        assert {(one.account_id, one.customer_id, one.first, one.last, one.language) for one in sent.values()} == {
            (ACCOUNT, "C-1", *OCTOBER.values(), "en")
        }

    def test_an_event_delivered_three_times_is_one_request(self, caller: dict[str, str]) -> None:
        answers = [request(caller) for _ in range(3)]
        assert answers[0] == answers[1] == answers[2]
        assert len(list(Delivery.scan())) == 2
        assert request(caller, confirmation="f2")["Number"] != answers[0]["Number"]

    def test_without_a_mobile_number_no_text_message_is_promised(self, seal: Seal) -> None:
        assert "there will be no text message" in request(registered(seal, mobile=""))["Speech"]

    def test_without_an_address_nothing_is_sent(self, seal: Seal) -> None:
        answer = request(registered(seal, email=""), "email")
        assert (answer["Result"], answer["Speech"][:36]) == ("refused", "We have no e-mail address of yours t")
        assert not list(Delivery.scan())

    @pytest.mark.parametrize("operation", ["choose_email", "request_statement"])
    def test_only_a_caller_who_is_identified(self, caller: dict[str, str], operation: str) -> None:
        event = {**OCTOBER, "Channel": "fax", "FaxNumber": FAX, "ConfirmationId": "f1"}
        for attributes in ({}, {**caller, "AccountId": "A-2"}, {**caller, "CustomerId": "C-2"}):
            with pytest.raises(PermissionError):
                ask(operation, attributes, **event)
        assert not list(Delivery.scan())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_a_sentence_of_its_own(language: str) -> None:
    sentences = {catalogue(language)[f"statement_refused.{rule}"] for rule in get_args(Rule)}
    assert len(sentences) == len(get_args(Rule)) == 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_that_is_left_out_is_an_error_for_the_flow(language: str) -> None:
    with pytest.raises(ValueError, match="parameter Last"):
        chosen("period", language, First="20261101")
