"""Trades of the day and earlier orders by phone."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import trading
from chalicelib.platform.words import LANGUAGES
from chalicelib.trading import Order, OrderPage, Placed, exchange
from chalicelib.trading.ledger import Change
from chalicelib.trading.matching import TapeRow
from chalicelib.voice import history
from chalicelib.voice.call import proof
from chalicelib.voice.keypad import day_keyed
from chalicelib.voice.speech import digits

from .caller import ask
from .seed import ACCOUNT, position, security
from .trading_seed import DAY, at, settle_day

Clock = Callable[[datetime], None]
BEFORE = DAY - timedelta(days=4)

pytestmark = pytest.mark.usefixtures("account")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    def set_to(moment: datetime) -> None:
        for module in ("trades", "history", "placed_orders"):
            monkeypatch.setattr(f"chalicelib.voice.{module}.now", lambda: moment)

    return set_to


@pytest.fixture
def account(cloud: None, clock: Clock) -> None:
    security(), position(), position("600519", "2000")
    clock(at("10:30"))


def caller(language: str = "en") -> dict[str, str]:
    return {"AccountId": ACCOUNT, "IdentityProof": proof("c-1", ACCOUNT), "Language": language}


def placed(key: str = "k", quantity: int = 200, day: date = DAY, side: Any = "buy", time: str = "10:00") -> str:
    order = Order(side, "600519", quantity, Decimal("100.00"))
    answer = trading.place_order(ACCOUNT, order, key, at(time, day))
    assert isinstance(answer, Placed)
    return answer.contract_number


def traded(volume: int, time: str, day: date = DAY) -> None:
    exchange.trade(TapeRow("600519", at(time, day), Decimal("100.00"), volume))


def trades(page: str = "1", language: str = "en") -> Any:
    return ask("trades_today", caller(language), Page=page)


def orders(days: str = "recent", page: str = "first", language: str = "en") -> Any:
    return ask("orders_history", caller(language), Days=days, Page=page)


def story(number: str, language: str = "en") -> Any:
    return ask("order_story", caller(language), ContractNumber=number)


class TestTrades:
    def test_none(self) -> None:
        placed()
        assert trades() == {"Result": "empty", "NextPage": "1", "Speech": "You have no trades today."}

    def test_one_is_read_out_without_sums(self) -> None:
        placed()
        traded(100, "10:01")
        assert trades()["Speech"] == (
            "Your trades of today, page 1 of 1. At 10:01 a.m., bought Share 600519, 100 shares at 100.00 yuan."
        )

    def test_sums_come_first_then_the_newest(self) -> None:
        placed("b", 200), placed("s", 100, side="sell")
        traded(100, "10:01"), traded(200, "13:00")
        said = trades()["Speech"]
        assert said.startswith(
            "Your trades of today, page 1 of 1. 3 trades in all. You bought for 20,000.00 yuan and sold for 10,000.00"
        )
        assert said.index("1 p.m.") < said.index("10:01 a.m.")

    @pytest.mark.parametrize(
        ("side", "said"), [("buy", "You bought for 20,000.00"), ("sell", "You sold for 20,000.00")]
    )
    def test_sums_of_one_side(self, side: str, said: str) -> None:
        placed(side=side)
        traded(100, "10:01"), traded(100, "10:02")
        assert f"2 trades in all. {said} yuan. At 10:02" in trades()["Speech"]

    def test_page_by_page_and_sums_once(self) -> None:
        placed(quantity=500)
        for minute in range(5):
            traded(100, f"10:0{minute + 1}")
        first, second = trades("1"), trades("2")
        assert [(page["Result"], page["NextPage"]) for page in (first, second)] == [("more", "2"), ("last", "1")]
        assert "5 trades in all" in first["Speech"]
        assert "in all" not in second["Speech"]
        assert trades("3") == first

    def test_after_the_close_they_are_those_of_the_day_that_is_over(self, clock: Clock) -> None:
        placed()
        traded(200, "10:01")
        clock(at("20:00"))
        assert "bought Share 600519, 200 shares" in trades()["Speech"]
        clock(at("08:00", DAY + timedelta(days=1)))
        assert trades()["Result"] == "empty"

    def test_names_come_once_and_an_unknown_one_by_its_code(self, monkeypatch: pytest.MonkeyPatch) -> None:
        placed()
        traded(200, "10:01")
        monkeypatch.setattr(trading.counter, "quotes", lambda codes: {})
        assert "bought 6 0 0 5 1 9, 200 shares" in trades()["Speech"]


class TestDays:
    def test_recent_orders_by_day_the_newest_first(self, clock: Clock) -> None:
        old, new = placed("1", day=BEFORE), placed("2")
        answer = orders()
        assert (answer["Result"], answer["NextPage"]) == ("last", "first")
        line = "buy Share 600519, 200 shares at 100.00 yuan: accepted, not traded yet."
        assert answer["Speech"] == (
            f"Your orders for November 18 to November 24. November 24. Number {digits(new)}, {line} "
            f"November 20. Number {digits(old)}, {line}"
        )
        clock(at("10:30", DAY + timedelta(days=3)))
        assert digits(old) not in orders()["Speech"]

    def test_an_order_of_the_evening_is_one_of_the_next_trading_day(self, clock: Clock) -> None:
        number = placed(time="20:00")
        clock(at("20:01"))
        said = orders()["Speech"]
        assert said.startswith("Your orders for November 18 to November 25. November 25. Number ")
        assert digits(number) in said
        assert orders("20261125")["Speech"].startswith("Your orders for November 25. Number ")

    def test_page_by_page_by_the_counters_own_token(self) -> None:
        numbers = [placed(str(n), 100, time=f"10:0{n}") for n in range(6)]
        first = orders()
        second = orders(page=first["NextPage"])
        assert second["Speech"].startswith("More of your orders for November 18 to November 24. November 24. Number ")
        heard = first["Speech"] + second["Speech"]
        assert [heard.index(digits(number)) for number in reversed(numbers)] == sorted(
            heard.index(digits(number)) for number in numbers
        )
        assert (second["Result"], second["NextPage"]) == ("last", "first")

    def test_the_page_after_a_last_one_that_was_full(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # DynamoDB names a next page where the last one was full; moto does not.
        monkeypatch.setattr(trading.counter, "history", lambda *_: OrderPage([], None))
        assert orders(page="another") == {
            "Result": "last", "NextPage": "first",
            "Speech": "There are no more orders for November 18 to November 24.",
        }  # fmt: skip

    def test_a_page_that_is_none_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="no page"):
            orders(page="[]")

    @pytest.mark.parametrize("keys", ["20261120", "1120"])
    def test_a_day(self, keys: str) -> None:
        old, new = placed("1", day=BEFORE), placed("2")
        said = orders(keys)["Speech"]
        assert said.startswith(f"Your orders for November 20. Number {digits(old)}")
        assert digits(new) not in said

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("keys", ["20261125", "20260230", "1", "12*4", "", "00010000", "２０２６１１２０"])
    def test_what_is_no_day_that_has_been(self, keys: str, language: str) -> None:
        assert orders(keys, language=language)["Result"] == "invalid"

    def test_a_day_of_another_year_is_said_with_it(self) -> None:
        assert orders("20251120") == {
            "Result": "empty", "NextPage": "first", "Speech": "You have no orders for November 20, 2025."
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("language", "said"),
        [("zh-CN", "您11月18日至11月24日没有委托。"), ("zh-HK", "你11月18號至11月24號冇委託。")],
    )
    def test_in_chinese(self, language: str, said: str) -> None:
        assert orders(language=language)["Speech"] == said


class TestOneOrder:
    def test_all_that_became_of_it(self) -> None:
        number = placed(quantity=300)
        traded(100, "10:01")
        trading.cancel_order(ACCOUNT, number, "c", at("14:00"))
        assert story(number)["Speech"] == (
            f"Number {digits(number)}, buy Share 600519, 300 shares at 100.00 yuan: cancelled. "
            "100 of them have traded. November 24. 10 a.m., accepted. 10:01 a.m., 100 shares traded at 100.00 yuan. "
            "2 p.m., cancelled: 200 shares did not trade."
        )

    def test_each_day_is_said_once(self) -> None:
        number = placed(time="20:00")
        next_day = DAY + timedelta(days=1)
        settle_day(next_day, at("16:30", next_day))
        assert story(number)["Speech"].endswith(
            "November 24. 8 p.m., accepted. November 25. 4:30 p.m., expired: 200 shares did not trade."
        )

    def test_many_fills_are_told_together(self) -> None:
        number = placed(quantity=500)
        for minute in range(5):
            traded(100, f"10:1{minute}")
        assert story(number)["Speech"].endswith(
            "10 a.m., accepted. 10:10 a.m. to 10:14 a.m., 500 shares traded in 5 trades, at 100.00 yuan on average."
        )

    @pytest.mark.parametrize(("keys", "result"), [("00000000", "unknown"), ("12*", "invalid")])
    def test_what_is_no_order(self, keys: str, result: str) -> None:
        assert story(keys)["Result"] == result

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize(
        ("state", "reason"),
        [
            ("pending", "placed"), ("accepted", "placed"), ("unknown", "no_answer"), ("rejected", "never_arrived"),
            ("cancelled", "not_filled"), ("expired", "day_over"), ("accepted", "now_limit"), ("filled", "filled"),
        ],
    )  # fmt: skip
    def test_every_change_has_a_sentence(self, language: str, state: Any, reason: str) -> None:
        change = Change(at("10:00").isoformat(), state, 100, Decimal("9.99"), reason, "r")
        _, said = history._story(language, (change,), DAY)
        assert "10" in said


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)), st.integers(0, 3000))
def test_any_day_that_has_been_can_be_keyed_in_whole_or_short(day: date, later: int) -> None:
    latest = day + timedelta(days=later)
    assert day_keyed(f"{day:%Y%m%d}", latest) == day
    short = day_keyed(f"{day:%m%d}", latest)
    assert short
    assert day <= short <= latest
    assert (short.month, short.day) == (day.month, day.day)


@given(st.text("0123456789*#", max_size=9))
def test_any_keys_are_a_day_that_has_been_or_none(keys: str) -> None:
    day = day_keyed(keys, DAY)
    assert day is None or day <= DAY
