"""Orders by phone: market orders, warnings, and the number that is told before anything is placed."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, get_args

import pytest

from chalicelib import trading
from chalicelib.platform.words import LANGUAGES
from chalicelib.trading import Refusal, Unknown
from chalicelib.trading.market import Kind
from chalicelib.trading.models import Position
from chalicelib.trading.suitability import WARNED
from chalicelib.voice.call import proof
from chalicelib.voice.orders import KIND_KEYS
from chalicelib.voice.speech import catalogue, digits

from .seed import ACCOUNT, orders, position, security
from .test_voice import ask
from .trading_seed import at

BUY = {"Side": "buy", "Code": "600519", "Quantity": "100", "Price": "100*5"}
MARKET = {**BUY, "Price": "0", "Kind": "best_five_cancel"}
ST = {**BUY, "Code": "000004"}

pytestmark = pytest.mark.usefixtures("account")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the time in Shanghai."""
    return lambda time: monkeypatch.setattr("chalicelib.voice.orders.now", lambda: at(time))


@pytest.fixture
def account(cloud: None, clock: Callable[[str], None]) -> None:
    security(), security("000004", status="risk_warning"), position(), position("600519", "300")
    clock("10:00")


def asked(operation: str, language: str = "en", **parameters: str) -> Any:
    known = {"AccountId": ACCOUNT, "IdentityProof": proof("c-1", ACCOUNT), "Language": language}
    return ask(operation, known, **parameters)


def placed(preview: dict[str, str], **order: str) -> Any:
    return asked("place_order", **order, ConfirmationId=preview["ConfirmationId"])


def test_the_number_told_at_the_read_back_is_the_order_s() -> None:
    preview = asked("preview_order", **BUY)
    answer = placed(preview, **BUY)
    assert answer["ContractNumber"] == preview["ContractNumber"] == orders()[0].contract_number
    assert f"your order, number {digits(answer['ContractNumber'])}, was taken" in preview["Unheard"]


def test_a_number_that_an_order_has_already_is_not_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = iter(["a", "a", "b"])
    monkeypatch.setattr("chalicelib.voice.orders.confirmation_id", lambda: next(ids))
    placed(asked("preview_order", **BUY), **BUY)
    second = asked("preview_order", **BUY)
    assert second["ConfirmationId"] == "b"
    assert placed(second, **BUY)["ContractNumber"] == second["ContractNumber"]
    assert len({order.contract_number for order in orders()}) == 2


def test_market_orders_are_offered_by_key() -> None:
    answer = asked("market_kinds", Code="600519")
    assert (answer["Result"], answer["Protection"]) == ("ok", "no")
    kinds = [answer[f"Kind{key}"] for key in KIND_KEYS]
    assert kinds == ["best_five_cancel", "best_five_limit", "own_best", "counter_best", "none"]
    assert answer["Speech"].startswith("For the best five prices, the rest cancelled, press 1. For ")
    assert answer["Speech"].endswith("the best price of the other side, press 4.")
    security("600001", price_limited=False)
    assert asked("market_kinds", Code="600001")["Protection"] == "yes"


@pytest.mark.parametrize(
    ("code", "time", "field", "said"),
    [
        ("000004", "10:00", "kind", "Only limit orders are taken for that security."),
        ("600519", "09:20", "kind", "Market orders are taken only while trading is continuous."),
        ("999999", "10:00", "code", "There is no security with that code."),
    ],
)
def test_where_no_market_order_is_taken(
    code: str, time: str, field: str, said: str, clock: Callable[[str], None]
) -> None:
    clock(time)
    answer = asked("market_kinds", Code=code)
    assert (answer["Result"], answer["Field"]) == ("refused", field)
    assert said in answer["Speech"]


def test_a_market_order_is_read_back_by_its_kind_and_its_worst_price() -> None:
    bought, sold = (asked("preview_order", **{**MARKET, "Side": side}) for side in ("buy", "sell"))
    assert bought["Speech"] == (
        "Buy Share 600519, code 6 0 0 5 1 9, 100 shares with a market order: the best five prices, the rest cancelled. "
        "You pay at most 110.00 yuan a share, 11,000.00 yuan in all."
    )
    assert sold["Speech"].endswith("You get at least 90.00 yuan for each share that is sold.")
    assert placed(bought, **MARKET)["Result"] == "placed"
    assert (orders()[0].kind, orders()[0].price) == ("best_five_cancel", Decimal("110.00"))


def test_a_price_that_nothing_binds_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.trading.worst_price", lambda *_: None)
    assert asked("preview_order", **MARKET)["Speech"].endswith("the rest cancelled.")


def test_a_kind_that_the_board_has_not() -> None:
    assert asked("preview_order", **{**MARKET, "Kind": "fill_or_kill"})["Field"] == "kind"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_warning_is_spoken_and_only_its_confirmation_lets_the_order_leave(language: str) -> None:
    warned = asked("preview_order", language, **ST)
    assert (warned["Result"], warned["Warning"], warned["Confirmed"]) == ("warn", "risk_warning", "risk_warning")
    assert "ConfirmationId" not in warned
    assert asked("place_order", language, **ST, ConfirmationId="1") == warned
    assert orders() == []
    confirmed = {**ST, "Confirmed": warned["Confirmed"]}
    assert placed(asked("preview_order", language, **confirmed), **confirmed)["Result"] == "placed"
    assert orders()[0].confirmed == ["risk_warning"]


def test_warnings_are_confirmed_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISMATCH", "warn")
    Position(ACCOUNT, "CNY").update([Position.risk_level.set("C3")])
    first = asked("preview_order", **ST)
    assert (first["Confirmed"], "risk level R4" in first["Speech"]) == ("risk_level", True)
    second = asked("preview_order", **ST, Confirmed=first["Confirmed"])
    assert (second["Warning"], second["Confirmed"]) == ("risk_warning", "risk_level+risk_warning")
    assert asked("preview_order", **ST, Confirmed=second["Confirmed"])["Result"] == "ok"


def test_what_is_no_warning_is_no_evidence() -> None:
    order = {**BUY, "Confirmed": "none"}
    placed(asked("preview_order", **order), **order)
    assert orders()[0].confirmed is None


def test_an_order_of_which_the_counter_says_nothing_is_unknown_under_its_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chalicelib.trading.place_order", lambda *_: Unknown("12345678"))
    answer = asked("place_order", **BUY, ConfirmationId="1")
    assert (answer["Result"], answer["ContractNumber"]) == ("unknown", "12345678")
    assert "your order, number 1 2 3 4 5 6 7 8, was taken; it may have been" in answer["Speech"]


def test_outside_the_hours(monkeypatch: pytest.MonkeyPatch, clock: Callable[[str], None]) -> None:
    monkeypatch.setenv("AFTER_HOURS", "refuse")
    clock("20:00")
    answer = asked("preview_order", **BUY)
    assert (answer["Result"], answer["Field"]) == ("refused", "time")
    assert "from 09:15" in answer["Speech"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_and_every_warning_has_words_of_its_own(language: str) -> None:
    kinds = [f"kind.{kind}" for kind in get_args(Kind) if kind != "limit"]
    sentences = {catalogue(language)[key] for key in (*kinds, *(f"warning.{rule}" for rule in WARNED))}
    assert len(sentences) == len(kinds) + len(WARNED) == 9


def test_no_board_has_more_kinds_than_keys() -> None:
    security("000001")
    offer = trading.market_kinds("000001", at("10:00"))
    assert offer is not None
    assert not isinstance(offer, Refusal)
    assert len(offer.kinds) == len(KIND_KEYS)
