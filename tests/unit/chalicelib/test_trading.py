"""The embedded counter on moto: money and shares are frozen with the order or not at all, and an order exists once.

What happens at the same moment is tried on the local cloud (tests/stack): moto's transactions are not atomic.
"""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from chalicelib import trading
from chalicelib.trading import Order, Placed, Refusal, embedded
from chalicelib.trading.models import OrderRecord, Position

from .seed import ACCOUNT, money, orders, position, security

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
BUY = Order("buy", "600519", 100, Decimal("100.00"))

pytestmark = pytest.mark.usefixtures("cloud")


def test_a_buy_freezes_money_and_is_recorded() -> None:
    security(), position()
    placed = trading.place_order(ACCOUNT, BUY, "call#1", NOW)
    assert isinstance(placed, Placed)
    (order,) = orders()
    assert (order.contract_number, order.status, order.side) == (placed.contract_number, "accepted", "buy")
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
    write = embedded._write

    def spent_meanwhile(record: OrderRecord, exactly: Decimal | None) -> str | None:
        Position(ACCOUNT, "CNY").update([Position.available.set(Decimal("1.00"))])
        return write(record, exactly)

    monkeypatch.setattr(embedded, "_write", spent_meanwhile)
    assert trading.place_order(ACCOUNT, BUY, "k", NOW) == Refusal(
        "money", "funds", {"cost": Decimal("10005.10"), "cash": Decimal("1.00")}
    )
    assert orders() == []
    assert money() == (Decimal("1.00"), 0)


def test_an_odd_lot_is_sold_only_while_it_is_all_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    security(), position(), position("600519", "150")
    write = embedded._write

    def bought_meanwhile(record: OrderRecord, exactly: Decimal | None) -> str | None:
        Position(ACCOUNT, "600519").update([Position.available.set(Decimal(180))])
        return write(record, exactly)

    monkeypatch.setattr(embedded, "_write", bought_meanwhile)
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
