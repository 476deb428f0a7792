"""What statements may be asked for, and that a request is written once."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import customers, statements
from chalicelib.statements import Period, Refusal, Requested, rules
from chalicelib.statements.models import Delivery
from chalicelib.statements.rules import Limits

from .seed import ACCOUNT, customer
from .trading_seed import DAY, at

LIMITS = Limits(months=12, months_back=60, ready="16:30")
FAX, EMAIL = "+862161234567", "wang@example.com"
YESTERDAY = Period(date(2026, 11, 23), date(2026, 11, 23))  # a Monday


def ask(period: Period = YESTERDAY, key: str = "k", account: str = ACCOUNT, **to: str) -> Requested | Refusal:
    return statements.request(account, "C-1", period, "en", to or {"fax": FAX}, key, at("10:00"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "last", "refused"),
    [
        ("2026-11-23", "2026-11-23", None),
        ("2026-11-24", "2026-11-23", Refusal("backwards", {})),
        ("2026-11-20", "2026-11-24", Refusal("not_over", {"last": date(2026, 11, 23)})),
        ("2026-11-20", "2026-11-25", Refusal("future", {"last": date(2026, 11, 23)})),
        ("2025-11-24", "2026-11-23", None),
        ("2025-11-23", "2026-11-23", Refusal("too_long", {"months": 12})),
        ("2021-11-24", "2021-11-24", None),
        ("2021-11-23", "2021-11-24", Refusal("too_old", {"first": date(2021, 11, 24)})),
    ],
)
def test_a_period_is_over_and_neither_too_long_nor_too_old(first: str, last: str, refused: Refusal | None) -> None:
    period = Period(date.fromisoformat(first), date.fromisoformat(last))
    assert rules.refuse_period(period, at("10:00"), LIMITS) == refused


@pytest.mark.parametrize(("time", "day"), [("16:29", date(2026, 11, 23)), ("16:30", DAY)])
def test_today_can_be_stated_when_it_is_settled(time: str, day: date) -> None:
    assert rules.last_day(at(time), LIMITS) == day
    assert (rules.refuse_period(Period(DAY, DAY), at(time), LIMITS) is None) == (day == DAY)


def test_on_a_monday_the_last_day_is_friday() -> None:
    assert statements.day_of_statement(at("09:00", date(2026, 11, 23))) == date(2026, 11, 20)


def test_the_month_before_january_is_december() -> None:
    assert statements.last_month(at("10:00", date(2026, 1, 31))) == Period(date(2025, 12, 1), date(2025, 12, 31))


@given(st.dates(date(2024, 1, 1), date(2026, 12, 31)))
def test_last_month_is_always_a_whole_month_that_may_be_asked_for(day: date) -> None:
    period = statements.last_month(at("10:00", day))
    assert period.kind == "monthly"
    assert rules.refuse_period(period, at("10:00", day), LIMITS) is None


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        ("02161234567", "+862161234567"),
        ("01061234567", "+861061234567"),
        ("07556123456", "+867556123456"),
        ("075561234567", "+8675561234567"),
        ("0085221234567", "+85221234567"),
        ("+862161234567", "+862161234567"),
        ("61234567", None),
        ("0211234", None),
        ("021612345678", None),
        ("02101234567", None),
        ("13800138000", None),
        ("0", None),
        ("", None),
    ],
)
def test_a_fax_number_is_keyed_in_with_its_area_code(keys: str, number: str | None) -> None:
    assert statements.fax_number(keys) == number


@given(st.text("0123456789+*#", max_size=20))
def test_whatever_is_keyed_in_is_a_number_that_can_be_dialled_or_none(keys: str) -> None:
    number = statements.fax_number(keys)
    assert number is None or rules.refuse_destinations({"fax": number}) is None


@pytest.mark.parametrize(
    ("to", "rule"),
    [
        ({}, "no_destination"),
        ({"fax": "02161234567"}, "fax_number"),
        ({"fax": FAX, "email": ""}, "email_address"),
        ({"email": "wang@example"}, "email_address"),
        ({"email": "wang@example.com\r\nBcc: all@example.com"}, "email_address"),
    ],
)
def test_it_goes_where_something_can_arrive(cloud: None, to: dict[statements.Channel, str], rule: str) -> None:
    asked = statements.request(ACCOUNT, "C-1", YESTERDAY, "en", to, "k", at("10:00"))
    assert asked == Refusal(rule, {})  # type: ignore[arg-type]
    assert not list(Delivery.scan())


def test_a_request_is_a_delivery_for_each_destination(cloud: None) -> None:
    asked = ask(fax=FAX, email=EMAIL)
    assert isinstance(asked, Requested)
    found = {delivery.channel: delivery for delivery in Delivery.query(asked.number)}
    assert {channel: delivery.destination for channel, delivery in found.items()} == {"fax": FAX, "email": EMAIL}
    assert {(one.state, one.attempt, one.told, one.first) for one in found.values()} == {
        ("queued", 1, False, "2026-11-23")
    }


def test_a_request_that_is_repeated_is_written_once_and_has_its_number(cloud: None) -> None:
    assert ask(fax=FAX, email=EMAIL) == ask(fax=FAX, email=EMAIL)
    assert len(list(Delivery.scan())) == 2


def test_another_key_or_account_is_another_request(cloud: None) -> None:
    assert len({ask(), ask(key="other"), ask(account="A-2")}) == 3


def test_a_number_that_another_request_has_is_not_taken(cloud: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "numbers", lambda account_id, key: iter(["000000000001", f"{account_id}|{key}"]))
    assert ask() == Requested("000000000001")
    assert ask(key="other") == Requested(f"{ACCOUNT}|other")
    assert ask() == Requested("000000000001")


def test_a_customer_is_reached_by_what_was_registered(cloud: None) -> None:
    customer()
    customers.register(
        account_number="60009999",
        pin="246810",
        customer_id="C-1",
        account_id="A-9",
        name="王芳",
        level="vip",
        mobile="+8613800138000",
        email=EMAIL,
    )
    assert customers.contact("A-9") == customers.Contact("C-1", "王芳", "9999", "+8613800138000", EMAIL)
    assert customers.contact(ACCOUNT) == customers.Contact("C-1", "王芳", "1234", "", "")
    assert customers.contact("A-none") is None
