"""Changing an order: it is judged before anything is given up, and whatever happens in between is told apart."""

from decimal import Decimal

import pytest

from chalicelib import trading
from chalicelib.trading import (
    Amendment,
    Cancelled,
    CancelledOnly,
    NotCancelled,
    Order,
    OrderState,
    Placed,
    Refusal,
    SpokenWarning,
    Unknown,
    exchange,
)
from chalicelib.trading.matching import TapeRow
from chalicelib.trading.models import Security

from .seed import ACCOUNT, position, security
from .trading_seed import DAY, assert_explained, at, balance, ledger_tables, opened

NOW = at("10:00")

pytestmark = pytest.mark.usefixtures("account")


@pytest.fixture
def account(cloud: None) -> None:
    ledger_tables()
    security(), opened(available="20006.20"), opened("600519", "300")


def placed(order: Order, key: str = "k") -> str:
    answer = trading.place_order(ACCOUNT, order, key, NOW)
    assert isinstance(answer, Placed)
    return answer.contract_number


def buying(quantity: int = 100, price: str = "100.00") -> str:
    return placed(Order("buy", "600519", quantity, Decimal(price)))


def preview(number: str, quantity: int, price: str, time: str = "10:10") -> object:
    return trading.preview_amendment(ACCOUNT, number, quantity, Decimal(price), at(time))


def amend(number: str, quantity: int, price: str, key: str = "a") -> object:
    return trading.amend_order(ACCOUNT, number, quantity, Decimal(price), key, at("10:10"))


def states() -> list[str]:
    return [order.state for order in trading.counter.orders(ACCOUNT, DAY)]


def order(number: str) -> OrderState:
    found = trading.order(ACCOUNT, number)
    assert found
    return found


def test_what_is_frozen_for_the_order_may_be_spent_on_the_new_one() -> None:
    number = buying(200)
    assert balance().available == Decimal("0.00")
    previewed = preview(number, 200, "99.00")
    assert isinstance(previewed, Amendment)
    assert previewed.new == Order("buy", "600519", 200, Decimal("99.00"))
    assert previewed.old == order(number)
    assert isinstance(amend(number, 200, "99.00"), Placed)
    assert_explained()


def test_shares_frozen_for_a_sale_may_be_sold_by_the_new_one() -> None:
    number = placed(Order("sell", "600519", 300, Decimal("101.00")))
    assert isinstance(preview(number, 300, "100.50"), Amendment)
    assert preview(number, 400, "100.50") == Refusal("shares", "quantity", {"sellable": 300})


@pytest.mark.parametrize(
    ("quantity", "price", "rule"),
    [
        (300, "100.00", "money"),
        (150, "100.00", "lot"),
        (200, "120.00", "limit"),
        (100, "100.00", "unchanged"),
        (0, "99.00", "maximum"),
    ],
)
def test_a_change_that_is_refused_changes_nothing(quantity: int, price: str, rule: str) -> None:
    number = buying()
    before = order(number)
    for refused in (preview(number, quantity, price), amend(number, quantity, price)):
        assert isinstance(refused, Refusal)
        assert refused.rule == rule
    assert order(number) == before
    assert states() == ["accepted"]


def test_a_market_order_is_not_changed() -> None:
    number = placed(Order("buy", "600519", 100, Decimal(0), "best_five_cancel"))
    assert preview(number, 100, "99.00") == amend(number, 100, "99.00") == Refusal("market_order", "kind", {})
    assert states() == ["accepted"]


def test_of_an_order_that_traded_the_rest_is_judged_and_placed() -> None:
    number = buying(200)
    exchange.trade(TapeRow("600519", at("10:01"), Decimal("100.00"), 100))
    assert preview(number, 100, "99.00") == Refusal("traded", "quantity", {"filled": 100})
    previewed = preview(number, 200, "99.00")
    assert isinstance(previewed, Amendment)
    assert previewed.new.quantity == 100


def test_all_that_was_asked_for_trades_while_the_caller_confirms() -> None:
    number = buying(200)
    exchange.trade(TapeRow("600519", at("10:01"), Decimal("100.00"), 100))
    answers = [amend(number, 100, "99.00") for _ in range(2)]
    assert answers == [Cancelled(number, 100, 100)] * 2
    assert states() == ["cancelled"]


def test_an_order_that_is_not_there_over_or_not_to_be_cancelled_now() -> None:
    number = buying()
    assert preview("00000000", 100, "99.00") == amend("00000000", 100, "99.00") == NotCancelled("unknown")
    assert preview(number, 100, "99.00", "14:58") == NotCancelled("no_cancel_now", "accepted")
    trading.cancel_order(ACCOUNT, number, "c", NOW)
    assert preview(number, 100, "99.00") == amend(number, 100, "99.00") == NotCancelled("not_open", "cancelled")


def test_warnings_confirmed_with_the_order_count_for_the_new_one() -> None:
    security("000005", status="risk_warning")
    number = placed(Order("buy", "000005", 100, Decimal("100.00"), confirmed=("risk_warning",)))
    assert isinstance(preview(number, 100, "99.00"), Amendment)
    answer = amend(number, 100, "99.00")
    assert isinstance(answer, Placed)
    assert order(answer.contract_number).confirmed == ("risk_warning",)


def test_what_the_order_lacks_is_not_counted_among_the_buys_of_the_day() -> None:
    security("000005", status="risk_warning", close="0.02")
    position(available="20000.00")
    number = placed(Order("buy", "000005", 400_000, Decimal("0.02"), confirmed=("risk_warning",)))
    assert isinstance(preview(number, 500_000, "0.02"), Amendment)
    refused = preview(number, 500_100, "0.02")
    assert refused == Refusal("daily_buys", "quantity", {"maximum": 500_000, "left": 500_000})


def test_a_security_that_is_gone() -> None:
    number = buying()
    Security.get("600519").delete()
    assert preview(number, 100, "99.00") == amend(number, 100, "99.00") == Refusal("unknown", "code", {})


def test_the_account_changes_after_the_cancellation(monkeypatch: pytest.MonkeyPatch) -> None:
    number, place = buying(), trading.counter.place
    refused = Refusal("suspended", "code", {})
    monkeypatch.setattr(trading.counter, "place", lambda *_: refused)
    assert amend(number, 100, "99.00") == CancelledOnly(Cancelled(number, 100, 0), refused)
    monkeypatch.setattr(trading.counter, "place", place)
    # Asked again under the same key it goes on where it stopped.
    assert isinstance(amend(number, 100, "99.00"), Placed)
    assert states() == ["accepted", "cancelled"]


def test_a_warning_before_the_cancellation_changes_nothing_and_after_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number, warning = buying(), SpokenWarning("delisting", {})
    with monkeypatch.context() as patch:
        patch.setattr(trading.counter, "check", lambda *_, **__: warning)
        assert preview(number, 100, "99.00") == amend(number, 100, "99.00") == warning
    assert states() == ["accepted"]
    monkeypatch.setattr(trading.counter, "place", lambda *_: warning)
    assert amend(number, 100, "99.00") == CancelledOnly(Cancelled(number, 100, 0), warning)


def test_no_answer_says_of_which_order_nothing_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    number = buying()
    with monkeypatch.context() as patch:
        patch.setattr(trading.counter, "cancel", lambda *_: Unknown(number))
        assert amend(number, 100, "99.00") == Unknown(number)
    assert states() == ["accepted"]
    monkeypatch.setattr(trading.counter, "place", lambda *_: Unknown("12345678"))
    assert amend(number, 100, "99.00") == Unknown("12345678")
