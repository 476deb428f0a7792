"""The embedded counter on moto: money and shares are frozen with the order or not at all, and an order exists once.

What happens at the same moment is tried on the local cloud (tests/stack): moto's transactions are not atomic.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib import trading
from chalicelib.trading import Cancelled, NotCancelled, Order, Placed, Refusal, books, embedded, exchange, ledger
from chalicelib.trading.counter import KeyReused
from chalicelib.trading.ledger import Booking, OrderState
from chalicelib.trading.matching import TapeRow
from chalicelib.trading.models import Position

from .seed import ACCOUNT, money, orders, position, security
from .trading_seed import DAY, FEES, assert_explained, at, balance, ledger_tables, opened

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
BUY = Order("buy", "600519", 100, Decimal("100.00"))

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture
def tables(cloud: None) -> None:
    ledger_tables()


def test_a_buy_freezes_money_and_is_recorded() -> None:
    security(), position()
    placed = trading.place_order(ACCOUNT, BUY, "call#1", NOW)
    assert isinstance(placed, Placed)
    (order,) = orders()
    assert (order.contract_number, order.state, order.side) == (placed.contract_number, "accepted", "buy")
    assert order.frozen_amount == Decimal("10005.10")
    assert money() == (Decimal("89994.90"), Decimal("10005.10"))


def test_a_sale_freezes_shares_and_no_money() -> None:
    security(), position(), position("600519", "300")
    assert isinstance(trading.place_order(ACCOUNT, Order("sell", "600519", 200, Decimal("100")), "k", NOW), Placed)
    held = Position.get(ACCOUNT, "600519")
    assert (held.available, held.frozen) == (100, 200)
    assert money() == (Decimal("100000.00"), 0)


def test_the_same_key_places_one_order() -> None:
    security(), position()
    numbers = {trading.place_order(ACCOUNT, BUY, "call#1", NOW) for _ in range(3)}
    assert len(numbers) == len(orders()) == 1
    assert money()[1] == Decimal("10005.10")


@pytest.mark.parametrize(
    "other",
    [
        BUY._replace(quantity=200),
        BUY._replace(price=Decimal("100.01")),
        BUY._replace(code="600000"),
        BUY._replace(kind="own_best", price=Decimal(0)),
        BUY._replace(side="sell"),
    ],
)
@pytest.mark.parametrize("cash", ["100000.00", "10005.10"])
def test_a_key_stands_for_one_order_and_no_other(other: Order, cash: str) -> None:
    security(), security("600000"), position(available=cash), position("600519", "300")
    trading.place_order(ACCOUNT, BUY, "call#1", NOW)
    with pytest.raises(KeyReused, match="take a new key"):
        trading.place_order(ACCOUNT, other, "call#1", NOW)
    assert len(orders()) == 1


def test_a_market_order_is_known_again_after_it_became_a_limit_order() -> None:
    security(), position()
    order = BUY._replace(kind="best_five_limit", price=Decimal(0))
    placed = trading.place_order(ACCOUNT, order, "call#1", NOW)
    assert isinstance(placed, Placed)
    books.change(
        ACCOUNT,
        placed.contract_number,
        lambda known: ledger.reprice(known, Decimal("99"), FEES, ledger.NOW_LIMIT, "row", books.stamp(NOW)),
    )
    assert trading.place_order(ACCOUNT, order, "call#1", NOW) == placed
    with pytest.raises(KeyReused):
        trading.place_order(ACCOUNT, BUY._replace(price=Decimal("99")), "call#1", NOW)


def test_a_repetition_is_no_refusal_even_when_the_order_took_the_last_money() -> None:
    security(), position(available="10005.10")
    first = trading.place_order(ACCOUNT, BUY, "call#1", NOW)
    assert isinstance(first, Placed)
    assert trading.place_order(ACCOUNT, BUY, "call#1", NOW) == first
    assert isinstance(trading.place_order(ACCOUNT, BUY, "call#2", NOW), Refusal)


def test_a_contract_number_already_taken_gives_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    security(), position()
    monkeypatch.setattr(
        embedded, "contract_numbers", lambda _, key: iter(["00000001", {"a": "00000002", "b": "00000003"}[key]])
    )
    assert trading.place_order(ACCOUNT, BUY, "a", NOW) == Placed("00000001")
    assert trading.place_order(ACCOUNT, BUY, "b", NOW) == Placed("00000003")
    assert trading.place_order(ACCOUNT, BUY, "b", NOW) == Placed("00000003")
    assert {order.contract_number for order in orders()} == {"00000001", "00000003"}


def test_money_spent_between_reading_and_writing_refuses_and_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    security(), position(available="10005.10")
    take = books.take

    def spent_meanwhile(booking: Booking, exactly: Decimal | None) -> OrderState | None:
        Position(ACCOUNT, "CNY").update([Position.available.set(Decimal("1.00"))])
        return take(booking, exactly)

    monkeypatch.setattr(books, "take", spent_meanwhile)
    assert trading.place_order(ACCOUNT, BUY, "k", NOW) == Refusal(
        "money", "funds", {"cost": Decimal("10005.10"), "cash": Decimal("1.00")}
    )
    assert orders() == []
    assert money() == (Decimal("1.00"), 0)


def test_an_odd_lot_is_sold_only_while_it_is_all_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    security(), position(), position("600519", "150")
    take = books.take

    def bought_meanwhile(booking: Booking, exactly: Decimal | None) -> OrderState | None:
        Position(ACCOUNT, "600519").update([Position.available.set(Decimal(180))])
        return take(booking, exactly)

    monkeypatch.setattr(books, "take", bought_meanwhile)
    refused = trading.place_order(ACCOUNT, Order("sell", "600519", 50, Decimal("100")), "k", NOW)
    assert isinstance(refused, Refusal)
    assert refused.rule == "odd_lot"


@pytest.mark.parametrize("code", ["600000", "999999"])
def test_an_unknown_code_is_none(code: str) -> None:
    position()
    order = Order("buy", code, 100, Decimal("1"))
    assert trading.preview_order(ACCOUNT, order, NOW) is None
    assert trading.place_order(ACCOUNT, order, "k", NOW) is None


def test_a_preview_changes_nothing() -> None:
    security(), position()
    preview = trading.preview_order(ACCOUNT, BUY, NOW)
    assert isinstance(preview, trading.Quote)
    assert orders() == []
    assert money() == (Decimal("100000.00"), 0)


def test_no_such_account() -> None:
    security()
    with pytest.raises(LookupError):
        trading.place_order("A-9", BUY, "k", NOW)
    with pytest.raises(LookupError):
        trading.funds("A-9")


def test_funds_count_holdings_at_the_last_price() -> None:
    security(), position(unsettled="30000.00"), position("600519", "200")
    assert trading.funds(ACCOUNT) == trading.Wealth(Decimal("100000.00"), Decimal("70000.00"), Decimal("20000.00"))


def test_what_was_sold_today_and_spent_again_cannot_be_drawn_out() -> None:
    security(), position(available="12000.00", unsettled="5000.00")
    trading.place_order(ACCOUNT, BUY, "k", NOW)
    assert trading.funds(ACCOUNT) == trading.Wealth(Decimal("1994.90"), Decimal(0), Decimal(0))


def test_funds_without_holdings() -> None:
    position()
    assert trading.funds(ACCOUNT).market_value == 0


def test_holdings_come_a_page_at_a_time_and_then_from_the_start() -> None:
    position()
    for code in ("600000", "600001", "600002", "600003"):
        security(code), position(code, "100")
    pages = [trading.holdings(ACCOUNT, page, 3) for page in (1, 2, 3)]
    assert [(page.page, page.pages, [holding.code for holding, _ in page.lines]) for page in pages] == [
        (1, 2, ["600000", "600001", "600002"]),
        (2, 2, ["600003"]),
        (1, 2, ["600000", "600001", "600002"]),
    ]


def test_shares_sold_out_are_no_holding() -> None:
    security(), position(), position("600519", "0")
    assert trading.holdings(ACCOUNT, 1, 3).lines == []


def placed(order: Order = BUY, key: str = "k", when: datetime = NOW) -> str:
    answer = trading.place_order(ACCOUNT, order, key, when)
    assert isinstance(answer, Placed)
    return answer.contract_number


def trade(price: str, volume: int, time: str = "10:05") -> None:
    exchange.trade(TapeRow("600519", at(time), Decimal(price), volume))


def test_an_order_is_placed_in_two_requests() -> None:
    security(), opened()
    placed(key="the client is built by now")
    asked: list[str] = []
    client = Position.client().client
    client.meta.events.register("before-call.dynamodb", lambda model, **_: asked.append(model.name), unique_id="count")
    placed()
    client.meta.events.unregister("before-call.dynamodb", unique_id="count")
    assert asked == ["BatchGetItem", "TransactWriteItems"]
    assert_explained()


def test_a_market_order_freezes_its_worst_price() -> None:
    security(), opened()
    number = placed(Order("buy", "600519", 100, Decimal(0), "best_five_cancel"))
    order = trading.order(ACCOUNT, number)
    assert order is not None
    assert (order.kind, order.price, order.frozen) == ("best_five_cancel", Decimal("110.00"), Decimal("11005.11"))


def test_a_cancellation_gives_back_what_was_frozen_and_is_done_once() -> None:
    security(), opened()
    number = placed()
    answers = {trading.cancel_order(ACCOUNT, number, "c", NOW) for _ in range(3)}
    assert answers == {Cancelled(number, 100, 0)}
    assert balance().available == Decimal("100000.00")
    assert trading.cancel_order(ACCOUNT, number, "another", NOW) == NotCancelled("not_open", "cancelled")
    assert_explained()


def test_an_unknown_order_is_not_cancelled() -> None:
    assert trading.cancel_order(ACCOUNT, "00000000", "c", NOW) == NotCancelled("unknown")


@pytest.mark.parametrize("time", ["09:20", "09:24:59", "14:57", "14:59:59"])
def test_nothing_is_cancelled_in_the_no_cancel_windows(time: str) -> None:
    security(), opened()
    number = placed(when=at("09:16"))
    assert trading.cancel_order(ACCOUNT, number, "c", at(time)) == NotCancelled("no_cancel_now", "accepted")
    assert isinstance(trading.cancel_order(ACCOUNT, number, "c", at("09:25")), Cancelled)


def test_a_fill_that_comes_first_leaves_only_the_rest_to_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    security(), opened()
    number, read, traded = placed(), books.read, []

    def filled_meanwhile(account_id: str, contract_number: str) -> OrderState | None:
        found = read(account_id, contract_number)
        if not traded:
            traded.append(1)
            trade("99.00", 40)
        return found

    monkeypatch.setattr(books, "read", filled_meanwhile)
    assert trading.cancel_order(ACCOUNT, number, "c", NOW) == Cancelled(number, 60, 40)
    assert_explained()


def test_an_amendment_is_a_cancellation_and_an_order_under_one_key() -> None:
    security(), opened()
    number = placed()
    answers = {trading.amend_order(ACCOUNT, number, 200, Decimal("99.00"), "a", at("10:10")) for _ in range(3)}
    [answer] = answers
    assert isinstance(answer, Placed)
    new, old = trading.counter.orders(ACCOUNT, DAY)
    assert (old.state, new.state) == ("cancelled", "accepted")
    assert (new.contract_number, new.quantity, new.price) == (answer.contract_number, 200, Decimal("99.00"))
    assert_explained()


def test_an_amendment_never_buys_again_what_was_filled() -> None:
    security(), opened()
    number = placed(Order("buy", "600519", 300, Decimal("100")))
    trade("100.00", 100)
    trading.amend_order(ACCOUNT, number, 300, Decimal("101.00"), "a", at("10:10"))
    assert [order.quantity for order in trading.counter.orders(ACCOUNT, DAY)] == [200, 300]
    assert trading.amend_order(ACCOUNT, "00000000", 300, Decimal("1"), "b", NOW) == NotCancelled("unknown")


def test_an_order_of_the_evening_is_one_of_the_next_trading_day() -> None:
    security(), opened()
    placed(when=at("20:00"))
    assert trading.counter.orders(ACCOUNT, DAY) == []
    trade("100.00", 100, "20:01")
    [order] = trading.counter.orders(ACCOUNT, DAY + timedelta(days=1))
    assert (order.day, order.filled) == ("2026-11-25", 0)
    assert trading.orders_today(ACCOUNT, at("20:02")) == [order]
    assert trading.orders_today(ACCOUNT, at("14:00")) == []


def test_trades_are_the_fills_of_the_day_the_newest_first() -> None:
    security(), opened()
    number = placed()
    trade("100.00", 40), trade("99.00", 70, "10:06")
    trades = trading.trades_today(ACCOUNT, DAY)
    assert [(t.contract_number, t.quantity, t.price) for t in trades] == [
        (number, 60, Decimal("99.00")),
        (number, 40, Decimal("100.00")),
    ]


def test_history_comes_a_page_at_a_time() -> None:
    security(), opened()
    numbers = [placed(Order("buy", "600519", 100, Decimal("90")), str(n), at(f"10:0{n}")) for n in range(5)]
    first = trading.history(ACCOUNT, DAY, DAY, None, 3)
    last = trading.history(ACCOUNT, DAY, DAY, first.next_page, 3)
    assert [order.contract_number for order in (*first.orders, *last.orders)] == numbers[::-1]
    assert last.next_page is None
    assert trading.history(ACCOUNT, DAY + timedelta(days=1), DAY + timedelta(days=9)).orders == []


@pytest.mark.parametrize(
    "page",
    [
        "2",
        "[1]",
        "{}",
        '["2026-11-24#t", 1]',
        '["2026-11-25#t", "1"]',
        '["2026-11-24#\ud800", "1"]',
        '["2026-11-24#", ""]',
    ],
)
def test_a_page_that_is_none_is_refused_before_it_is_asked_for(page: str) -> None:
    with pytest.raises(ValueError, match="no page of these orders"):
        trading.history(ACCOUNT, DAY, DAY, page, 3)


def test_a_position_is_opened_once() -> None:
    opened(unsettled="10.00")
    assert not trading.open_position(ACCOUNT, "CNY", Decimal(1), Decimal(0), None, DAY, NOW)
    assert balance() == (Decimal("100000.00"), 0, Decimal("10.00"))
    assert_explained()


def test_today_s_orders_cost_the_same_whatever_came_before() -> None:
    security(), opened()
    placed(), [placed(key=str(n), when=at("10:00", DAY - timedelta(days=n))) for n in range(1, 8)]
    read: list[int] = []
    client = Position.client().client
    client.meta.events.register(
        "after-call.dynamodb", lambda parsed, **_: read.append(parsed["ScannedCount"]), unique_id="count"
    )
    trading.counter.orders(ACCOUNT, DAY)
    client.meta.events.unregister("after-call.dynamodb", unique_id="count")
    assert read == [1]
