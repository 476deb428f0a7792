"""Quotes by code: what a caller hears of a security, without having said who they are."""

from decimal import Decimal
from typing import Any

import pytest

from chalicelib.platform.words import LANGUAGES
from chalicelib.trading.market import board_of
from chalicelib.trading.models import Security
from chalicelib.trading.rules import Quote, standing
from chalicelib.voice.speech import catalogue, say

from .caller import ask
from .seed import security
from .trading_seed import DAY, at

pytestmark = pytest.mark.usefixtures("cloud")


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.voice.quotes.now", lambda: at("10:00"))


def heard(code: str = "600519", language: str = "en") -> str:
    answer = ask("read_quote", {"Language": language}, Code=code)
    assert answer["Result"] == "ok"
    return str(answer["Speech"])


def traded(price: str, code: str = "600519") -> None:
    Security(code).update(actions=[Security.last_price.set(Decimal(price))])


def test_a_price_above_the_previous_close() -> None:
    security(), traded("103.25")
    assert heard() == (
        "Share 600519, code 6 0 0 5 1 9: 103.25 yuan, up 3.25 yuan, or 3.25 per cent. "
        "The limits of the day are 90.00 and 110.00 yuan."
    )


def test_a_price_below_the_previous_close_to_a_hundredth_of_a_per_cent() -> None:
    security("600000", close="12.37"), traded("12.30", "600000")
    assert "12.30 yuan, down 0.07 yuan, or 0.57 per cent." in heard("600000")


def test_until_the_first_trade_the_price_is_the_previous_close() -> None:
    security(), traded("0")
    assert "100.00 yuan, the same as the previous close." in heard()


def test_a_suspended_security_has_no_change_and_no_limits() -> None:
    security(suspended=True)
    assert heard() == (
        "Share 600519, code 6 0 0 5 1 9, is suspended from trading today. Its last price was 100.00 yuan."
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({"status": "risk_warning"}, "quote.risk_warning"),
        ({"status": "delisting"}, "quote.delisting"),
        ({"price_limited": False}, "quote.no_limits"),
        ({"status": "risk_warning", "suspended": True}, "quote.risk_warning"),
    ],
)
def test_what_is_special_is_said(language: str, extra: dict[str, Any], said: str) -> None:
    security("600000"), security(**extra)
    sentence = say(language, said)
    assert sentence in heard(language=language)
    assert sentence not in heard("600000", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_up_down_and_flat_have_words_of_their_own(language: str) -> None:
    assert len({catalogue(language)[f"quote.{direction}"] for direction in ("up", "down", "flat")}) == 3


@pytest.mark.parametrize("code", ["", "*", "12*", "700000", "600001", "Timeout", "\uff16" * 6])
def test_an_unknown_code(code: str) -> None:
    assert ask("read_quote", {"Language": "en"}, Code=code) == {
        "Result": "unknown", "Speech": "There is no security with that code."
    }  # fmt: skip


@pytest.mark.parametrize(
    ("last", "change", "percent"),
    [("10.01", "0.01", "0.10"), ("9.995", "-0.005", "-0.05"), ("11", "1", "10.00"), ("0", "0", "0.00")],
)
def test_change_and_per_cent_have_a_sign(last: str, change: str, percent: str) -> None:
    board = board_of("600519", DAY)
    assert board
    stands = standing(Quote("600519", {}, Decimal(10), Decimal(last)), board)
    assert (stands.change, stands.percent) == (Decimal(change), Decimal(percent))
    assert stands.band == (Decimal("9.00"), Decimal("11.00"))
