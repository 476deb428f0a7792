"""How money, prices, days and times of day are said."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platform.words import LANGUAGES
from chalicelib.voice.keypad import decimal_number
from chalicelib.voice.speech import day, digits, keys, money, time

from .trading_seed import DAY, at

TODAY = date(2026, 11, 25)
fen = st.decimals(min_value=0, max_value=10**9, places=2)


@given(fen)
def test_money_is_said_to_the_fen_in_groups_of_three(amount: Decimal) -> None:
    said = money(amount)
    assert Decimal(said.replace(",", "")) == amount
    whole, cents = said.split(".")
    assert len(cents) == 2
    assert all(len(group) == 3 for group in whole.split(",")[1:])


@given(fen)
def test_a_price_reads_back_from_its_keys(price: Decimal) -> None:
    assert decimal_number(keys(price)) == price


@given(st.text("0123456789", min_size=1))
def test_a_code_is_said_digit_by_digit(code: str) -> None:
    assert digits(code).split() == list(code)


@pytest.mark.parametrize(
    ("language", "this_year", "another"),
    [
        ("en", "November 5", "November 5, 2025"),
        ("zh-CN", "11月5日", "2025年11月5日"),
        ("zh-HK", "11月5號", "2025年11月5號"),
    ],
)
def test_a_day_has_its_year_where_it_is_not_this_one(language: str, this_year: str, another: str) -> None:
    assert day(language, date(2026, 11, 5), TODAY) == this_year
    assert day(language, date(2025, 11, 5), TODAY) == another


@pytest.mark.parametrize("language", LANGUAGES)
@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_two_days_never_sound_the_same(language: str, one: date, other: date) -> None:
    assert (day(language, one, TODAY) == day(language, other, TODAY)) == (one == other)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_minute_of_a_day_sounds_unlike_the_others(language: str) -> None:
    start = at("00:00")
    said = {time(language, (start + timedelta(minutes=minute)).isoformat()) for minute in range(24 * 60)}
    assert len(said) == 24 * 60


@pytest.mark.parametrize(
    ("clock", "english", "mandarin", "cantonese"),
    [
        ("00:00", "12 a.m.", "凌晨12点整", "凌晨12點正"),
        ("09:30", "9:30 a.m.", "上午9点30分", "上晝9點30分"),
        ("10:05", "10:05 a.m.", "上午10点05分", "上晝10點05分"),
        ("12:00", "12 p.m.", "中午12点整", "中午12點正"),
        ("15:00", "3 p.m.", "下午3点整", "下晝3點正"),
        ("20:15", "8:15 p.m.", "晚上8点15分", "夜晚8點15分"),
    ],
)
def test_times_of_day(clock: str, english: str, mandarin: str, cantonese: str) -> None:
    moment = at(clock).isoformat()
    assert [time(language, moment) for language in ("en", "zh-CN", "zh-HK")] == [english, mandarin, cantonese]


def test_a_time_is_that_of_shanghai_whatever_the_offset_it_is_stored_with() -> None:
    moment = datetime(DAY.year, DAY.month, DAY.day, 2, 5, 59, tzinfo=UTC)
    assert time("en", moment.isoformat()) == "10:05 a.m."
