"""The counter asks every rule: what it refuses, what it warns of first, and in how many requests. On moto."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib import trading
from chalicelib.trading import NumberTaken, Order, Placed, Quote, Refusal, SpokenWarning, books, exchange
from chalicelib.trading.ledger import Booking, OrderState
from chalicelib.trading.matching import Level, TapeRow
from chalicelib.trading.models import Position, Security

from .seed import ACCOUNT, orders, security
from .trading_seed import DAY, assert_explained, at, ledger_tables, opened

NOW = at("10:00")
MAIN, ST, DELISTING, STAR, CHINEXT, BEIJING = "600519", "000004", "000005", "688981", "300750", "835185"

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture
def tables(cloud: None) -> None:
    ledger_tables()
    for code in (MAIN, STAR, CHINEXT, BEIJING):
        security(code, "10.00")
    security(ST, "10.00", status="risk_warning"), security(DELISTING, "10.00", status="delisting")


def buy(code: str = MAIN, quantity: int = 200, price: str = "10.00", **other: Any) -> Order:
    return Order("buy", code, quantity, Decimal(price), **other)


def both(order: Order) -> Any:
    """What the counter answers, the same whether it is asked before the confirmation or after it."""
    preview, placed = trading.preview_order(ACCOUNT, order, NOW), trading.place_order(ACCOUNT, order, "k", NOW)
    assert preview == placed
    assert orders() == []
    return placed


@contextmanager
def requests() -> Iterator[list[str]]:
    asked: list[str] = []
    client = Position.client().client
    client.meta.events.register("before-call.dynamodb", lambda model, **_: asked.append(model.name), unique_id="count")
    yield asked
    client.meta.events.unregister("before-call.dynamodb", unique_id="count")


@pytest.mark.parametrize(
    ("code", "permission"),
    [(STAR, "star"), (CHINEXT, "chinext"), (BEIJING, "beijing"), (ST, "risk_warning"), (DELISTING, "delisting")],
)
def test_what_the_customer_has_no_permission_for_is_refused(code: str, permission: str) -> None:
    opened(permissions=())
    assert both(buy(code)) == Refusal(f"permission_{permission}", "code", {})
    assert isinstance(trading.preview_order(ACCOUNT, buy(), NOW), Quote)


def test_what_is_above_the_customer_s_risk_level_is_refused() -> None:
    opened(risk_level="C3")
    assert both(buy(STAR)) == Refusal("risk_level", "code", {"level": "C3", "risk": "R4"})


def test_who_has_not_been_assessed_buys_nothing_and_may_sell() -> None:
    opened(), opened(MAIN, "300")
    Position(ACCOUNT, "CNY").update([Position.risk_level.remove(), Position.permissions.remove()])
    assert both(buy()) == Refusal("risk_level", "code", {"level": "C1", "risk": "R3"})
    assert isinstance(trading.place_order(ACCOUNT, Order("sell", MAIN, 300, Decimal("10")), "k", NOW), Placed)


def test_a_firm_may_warn_of_the_risk_level_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISMATCH", "warn")
    opened(risk_level="C2")
    assert both(buy()) == SpokenWarning("risk_level", {"level": "C2", "risk": "R3"})
    assert isinstance(trading.place_order(ACCOUNT, buy(confirmed=("risk_level",)), "k", NOW), Placed)


@pytest.mark.parametrize(("code", "rule"), [(ST, "risk_warning"), (DELISTING, "delisting")])
def test_no_order_leaves_before_its_warning_is_confirmed_and_the_confirmation_is_kept(code: str, rule: str) -> None:
    opened()
    assert both(buy(code)) == SpokenWarning(rule, {})  # type: ignore[arg-type]
    placed = trading.place_order(ACCOUNT, buy(code, confirmed=(rule,)), "k", NOW)
    assert isinstance(placed, Placed)
    order = trading.order(ACCOUNT, placed.contract_number)
    assert order is not None
    assert order.confirmed == (rule,)
    assert trading.place_order(ACCOUNT, buy(code), "k", NOW) == placed  # a repetition is no warning
    amended = trading.amend_order(ACCOUNT, placed.contract_number, 300, Decimal("9.90"), "a", NOW)
    assert isinstance(amended, Placed)
    assert_explained()


def test_nobody_is_warned_of_an_order_that_is_not_taken() -> None:
    opened(available="100.00")
    assert both(buy(ST)).rule == "money"


def test_an_order_of_the_evening_waits_or_is_refused_as_the_firm_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    opened()
    evening = at("20:00")
    assert isinstance(trading.preview_order(ACCOUNT, buy(), evening), Quote)
    monkeypatch.setenv("AFTER_HOURS", "refuse")
    refusal = Refusal("hours", "time", {"opens": "09:15"})
    assert trading.preview_order(ACCOUNT, buy(), evening) == refusal
    placed = trading.place_order(ACCOUNT, buy(), "k", at("14:59:59"))
    assert trading.place_order(ACCOUNT, buy(), "k", at("15:00:01")) == placed
    assert trading.place_order(ACCOUNT, buy(), "other", at("15:00:01")) == refusal


def test_a_setting_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    opened()
    monkeypatch.setenv("AFTER_HOURS", "perhaps")
    with pytest.raises(RuntimeError, match="AFTER_HOURS is 'perhaps': set it to next_session or refuse"):
        trading.preview_order(ACCOUNT, buy(), NOW)


def bought(quantity: int, key: str, when: Any = NOW) -> Any:
    order = buy(ST, quantity, "1.00", confirmed=("risk_warning",))
    return trading.place_order(ACCOUNT, order, key, when)


@pytest.fixture
def cheap(tables: None) -> None:
    security(ST, "1.00", status="risk_warning")
    opened(available="2000000.00")


@pytest.mark.usefixtures("cheap")
def test_risk_warning_shares_bought_a_day_count_open_and_filled_but_not_what_was_cancelled() -> None:
    first = bought(300000, "1")
    exchange.trade(TapeRow(ST, at("10:01"), Decimal("1.00"), 100000))
    assert bought(300000, "2") == Refusal("daily_buys", "quantity", {"maximum": 500000, "left": 200000})
    trading.cancel_order(ACCOUNT, first.contract_number, "c", NOW)
    assert bought(400100, "3") == Refusal("daily_buys", "quantity", {"maximum": 500000, "left": 400000})
    assert isinstance(bought(400000, "4"), Placed)
    assert isinstance(bought(100, "5", at("20:00")), Placed)  # of the next trading day
    assert isinstance(bought(400000, "4"), Placed)  # a repetition
    assert len(orders()) == 3


@pytest.mark.usefixtures("cheap")
def test_two_at_once_never_buy_more_than_the_daily_maximum(monkeypatch: pytest.MonkeyPatch) -> None:
    take, others = books.take, ["the other"]

    def somebody_else_first(booking: Booking, exactly: Decimal | None) -> OrderState | None:
        if others:
            assert isinstance(bought(400000, others.pop()), Placed)
        return take(booking, exactly)

    monkeypatch.setattr(books, "take", somebody_else_first)
    assert bought(200000, "mine") == Refusal("daily_buys", "quantity", {"maximum": 500000, "left": 100000})
    assert [order.quantity for order in orders()] == [400000]


def tick(time: str, price: str, bids: tuple[str, ...] = (), asks: tuple[str, ...] = (), days_ago: int = 0) -> bool:
    shown = (tuple(Level(Decimal(price), 100) for price in side) for side in (bids, asks))
    return exchange.mark(TapeRow(MAIN, at(time, DAY - timedelta(days=days_ago)), Decimal(price), 0, *shown))


def bound(side: Any, price: str) -> Decimal | int | str | None:
    """The price that the valid range allows, where ``price`` is beyond it."""
    answer = trading.preview_order(ACCOUNT, Order(side, MAIN, 200, Decimal(price)), NOW)
    return next(iter(answer.facts.values())) if isinstance(answer, Refusal) else None


def test_the_valid_price_range_is_reckoned_from_the_best_prices_on_show() -> None:
    opened(), opened(MAIN, "300")
    assert tick("09:31", "10.00", bids=("9.60", "9.50"), asks=("10.40", "10.50"))
    assert (bound("buy", "10.62"), bound("buy", "10.61")) == (Decimal("10.61"), None)
    assert (bound("sell", "9.40"), bound("sell", "9.41")) == (Decimal("9.41"), None)


def test_a_row_without_prices_on_show_leaves_its_own_price_to_reckon_from() -> None:
    opened()
    tick("09:31", "10.00", asks=("10.80",)), tick("09:32", "10.40")
    assert (bound("buy", "10.62"), bound("buy", "10.61")) == (Decimal("10.61"), None)


def test_prices_of_an_earlier_day_are_nothing_to_today() -> None:
    opened()
    tick("14:00", "10.70", bids=("10.70",), asks=("10.80",), days_ago=1)
    assert bound("buy", "10.70") == Decimal("10.20")  # from the previous close


def test_a_row_that_comes_late_changes_nothing() -> None:
    tick("09:32", "10.40", asks=("10.41",))
    assert not tick("09:31", "10.00", asks=("10.01",))
    marked = Security.get(MAIN)
    assert (marked.last_price, marked.bid, marked.ask) == (Decimal("10.40"), None, Decimal("10.41"))


def test_a_number_that_an_order_has_is_not_promised_to_another() -> None:
    opened()
    placed = trading.place_order(ACCOUNT, buy(), "k", NOW)
    assert placed == Placed(trading.first_number(ACCOUNT, "k"))
    assert trading.preview_order(ACCOUNT, buy(), NOW, placed.contract_number) == NumberTaken(placed.contract_number)
    assert isinstance(trading.preview_order(ACCOUNT, buy(), NOW, trading.first_number(ACCOUNT, "other")), Quote)


def test_what_is_asked_of_dynamodb() -> None:
    opened()
    trading.preview_order(ACCOUNT, buy(), NOW)
    with requests() as asked:
        trading.preview_order(ACCOUNT, buy(), NOW, "12345678")
    assert asked == ["BatchGetItem"]
    with requests() as asked:
        trading.place_order(ACCOUNT, buy(STAR), "1", NOW)
    assert asked == ["BatchGetItem", "TransactWriteItems"]
    with requests() as asked:
        trading.place_order(ACCOUNT, buy(ST, confirmed=("risk_warning",)), "2", NOW)
    assert asked == ["BatchGetItem", "Query", "TransactWriteItems"]


def test_the_market_orders_to_choose_from() -> None:
    security("600000", "10.00", price_limited=False), security("600001", "10.00", price_limited=False)
    shanghai = trading.market_kinds(MAIN, NOW)
    assert shanghai == (("best_five_cancel", "best_five_limit", "own_best", "counter_best"), False)
    assert trading.market_kinds("600000", NOW) == (shanghai[0], True)
    assert trading.market_kinds(ST, NOW) == Refusal("limit_only", "kind", {})
    assert trading.market_kinds(MAIN, at("14:58")) == Refusal("kind_now", "kind", {})
    assert trading.market_kinds("999999", NOW) is None


def test_a_market_order_is_done_at_its_worst_price_or_better() -> None:
    quote = trading.find_security(MAIN)
    assert quote is not None
    for side, worst in (("buy", "11.00"), ("sell", "9.00")):
        order = Order(side, MAIN, 100, Decimal(0), "own_best")  # type: ignore[arg-type]
        assert trading.worst_price(order, quote, NOW) == Decimal(worst)
    order = buy(price="10.50", kind="own_best")
    assert trading.worst_price(order, quote, NOW) == Decimal("10.50")
    assert trading.worst_price(order._replace(price=Decimal(0)), quote._replace(price_limited=False), NOW) is None
