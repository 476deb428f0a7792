"""Changing an order by phone: each answer of trading has a sentence, and what is read back is what is done."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from chalicelib import trading
from chalicelib.platform.words import LANGUAGES
from chalicelib.trading import Order, Placed, Refusal, SpokenWarning, Unknown, exchange
from chalicelib.trading.matching import TapeRow
from chalicelib.voice.call import proof
from chalicelib.voice.speech import digits

from .caller import ask
from .seed import ACCOUNT, orders, position, security
from .trading_seed import at

Clock = Callable[[str], None]

pytestmark = pytest.mark.usefixtures("account")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets the time in Shanghai."""

    def set_to(time: str) -> None:
        for module in ("amending", "placed_orders"):
            monkeypatch.setattr(f"chalicelib.voice.{module}.now", lambda: at(time))

    return set_to


@pytest.fixture
def account(cloud: None, clock: Clock) -> None:
    security(), position(), position("600519", "1000")
    clock("10:10")


def caller(language: str = "en") -> dict[str, str]:
    return {"AccountId": ACCOUNT, "IdentityProof": proof("c-1", ACCOUNT), "Language": language}


def placed(quantity: int = 200, kind: str = "limit", price: str = "100.50") -> str:
    order = Order("buy", "600519", quantity, Decimal(price), kind)  # type: ignore[arg-type]
    answer = trading.place_order(ACCOUNT, order, f"{kind}{quantity}", at("10:00"))
    assert isinstance(answer, Placed)
    return answer.contract_number


def traded(volume: int) -> None:
    exchange.trade(TapeRow("600519", at("10:05"), Decimal("100.00"), volume))


def find(number: str, language: str = "en") -> Any:
    return ask("find_amendable", caller(language), ContractNumber=number)


def preview(number: str, quantity: str = "300", price: str = "99*8", language: str = "en") -> Any:
    return ask("preview_amendment", caller(language), ContractNumber=number, Quantity=quantity, Price=price)


def amend(number: str, quantity: str = "300", price: str = "99*8", language: str = "en") -> Any:
    return ask(
        "amend_order", caller(language), ContractNumber=number, Quantity=quantity, Price=price, ConfirmationId="c"
    )


def test_what_is_found_can_be_kept_by_the_keys_it_comes_with() -> None:
    number = placed()
    found = find(number)
    assert (found["Result"], found["Quantity"], found["Price"]) == ("ok", "200", "100*50")
    assert found["Speech"].endswith("200 shares at 100.50 yuan: accepted, not traded yet.")
    kept = preview(number, found["Quantity"], found["Price"])
    assert kept["Speech"] == "That is the order as it is. Please enter another quantity or another price."


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_changed_is_said_at_once(language: str) -> None:
    market, cancelled = placed(100, "best_five_cancel", "0"), placed()
    trading.cancel_order(ACCOUNT, cancelled, "c", at("10:01"))
    answers = [find(number, language) for number in ("12*", "00000000", cancelled, market)]
    assert [answer["Result"] for answer in answers] == ["invalid", "no_order", "not_open", "market_order"]
    assert len({answer["Speech"] for answer in answers}) == 4


def test_the_read_back_says_old_and_new() -> None:
    number = placed()
    answer = preview(number)
    assert answer["Result"] == "ok"
    assert answer["Speech"] == (
        f"Order number {digits(number)}, buy Share 600519, 200 shares at 100.50 yuan, "
        "becomes 300 shares at 99.80 yuan. That is 29,940.00 yuan in all."
    )
    assert preview(number)["ConfirmationId"] != answer["ConfirmationId"]


def test_whoever_hears_nothing_is_given_the_number_that_the_new_order_has() -> None:
    number = placed()
    previewed = preview(number)
    change = {"ContractNumber": number, "Quantity": "300", "Price": "99*8"}
    done = ask("amend_order", caller(), **change, ConfirmationId=previewed["ConfirmationId"])
    assert f"Order {digits(number)} may be cancelled" in previewed["Unheard"]
    assert f"number {digits(done['ContractNumber'])}, may have been taken" in previewed["Unheard"]


def test_a_number_that_is_taken_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    number, names = placed(), iter(["taken", "free"])
    monkeypatch.setattr("chalicelib.voice.amending.confirmation_id", lambda: next(names))
    order = Order("buy", "600519", 100, Decimal("99"))
    assert isinstance(trading.place_order(ACCOUNT, order, "c-1#taken", at("10:00")), Placed)
    assert preview(number)["ConfirmationId"] == "free"


def test_the_read_back_of_an_order_that_traded_says_what_is_ordered_anew() -> None:
    number = placed()
    traded(100)
    assert preview(number)["Speech"].endswith(
        "becomes 300 shares at 99.80 yuan. "
        "100 of them have traded already; the other 200 are ordered anew, for 19,960.00 yuan."
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("quantity", "price", "field"),
    [("150", "99*8", "quantity"), ("*", "99*8", "quantity"), ("300", "1*2*3", "price"), ("5000", "100", "funds")],
)
def test_a_refusal_says_what_to_enter_again_and_that_nothing_was_changed(
    language: str, quantity: str, price: str, field: str
) -> None:
    number = placed()
    previewed, amended = (act(number, quantity, price, language) for act in (preview, amend))
    assert (previewed["Result"], previewed["Field"]) == (amended["Result"], amended["Field"]) == ("refused", field)
    assert amended["Speech"].endswith(previewed["Speech"])
    assert amended["Speech"] != previewed["Speech"]
    [order] = orders()
    assert order.state == "accepted"


def test_a_change_delivered_three_times_is_one_and_gives_the_new_number() -> None:
    number = placed()
    answers = [amend(number) for _ in range(3)]
    assert answers == [answers[0]] * 3
    new = answers[0]["ContractNumber"]
    assert answers[0]["Speech"] == (
        f"Your order is changed. Order {digits(number)} is cancelled, and the new order is taken. "
        f"Its contract number is {digits(new)}."
    )
    assert {order.contract_number: (order.state, order.quantity) for order in orders()} == {
        number: ("cancelled", 200), new: ("accepted", 300)
    }  # fmt: skip


def test_all_that_was_asked_for_had_traded() -> None:
    number = placed()
    traded(100)
    answer = amend(number, "100")
    assert answer["Result"] == "traded"
    assert answer["Speech"].startswith("100 shares had traded by then, all that you asked for.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_nothing_can_be_changed_now(language: str, clock: Clock) -> None:
    number = placed()
    clock("14:58")
    refused = [act(number, language=language) for act in (preview, amend)]
    clock("14:30")
    trading.cancel_order(ACCOUNT, number, "c", at("14:00"))
    refused += [act(n, language=language) for n in (number, "00000000") for act in (preview, amend)]
    assert [answer["Result"] for answer in refused] == ["no_cancel_now"] * 2 + ["not_open"] * 2 + ["no_order"] * 2
    assert len({answer["Speech"] for answer in refused}) == 3


@pytest.mark.parametrize("why", [Refusal("suspended", "code", {}), SpokenWarning("delisting", {}), None])
def test_the_new_order_is_not_taken_after_the_old_one_is_cancelled(
    monkeypatch: pytest.MonkeyPatch, why: Refusal | SpokenWarning | None
) -> None:
    number = placed()
    monkeypatch.setattr(trading.counter, "place", lambda *_: why)
    answer = amend(number)
    said = f"Order {digits(number)} is cancelled, but the new order was not taken. "
    assert answer["Result"] == "cancelled_only"
    assert answer["Speech"].startswith(said)
    assert len(answer["Speech"]) > len(said)


def test_a_warning_that_is_new_cannot_be_confirmed_here(monkeypatch: pytest.MonkeyPatch) -> None:
    number = placed()
    monkeypatch.setattr(trading.counter, "check", lambda *_, **__: SpokenWarning("risk_warning", {}))
    answer = preview(number)
    assert (answer["Result"], answer["Field"]) == ("refused", "code")
    assert answer["Speech"].startswith("That security now carries a warning")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_answer_says_of_which_order(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    number = placed()
    with monkeypatch.context() as patch:
        patch.setattr(trading.counter, "cancel", lambda *_: Unknown(number))
        first = amend(number, language=language)
    monkeypatch.setattr(trading.counter, "place", lambda *_: Unknown("12345678"))
    second = amend(number, language=language)
    assert first["Result"] == second["Result"] == "unknown"
    assert digits(number) in first["Speech"]
    assert digits("12345678") in second["Speech"]
