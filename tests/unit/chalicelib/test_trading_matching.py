"""Who trades how much at what price against a row of the tape."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.trading.books import stamp
from chalicelib.trading.ledger import OrderState, accept, priority
from chalicelib.trading.matching import Level, Outcome, TapeRow, match
from chalicelib.trading.rules import Order

from .trading_seed import DAY, at

NINE_THIRTY = at("09:30")


def resting(
    number: str, side: Any, quantity: int, price: str, kind: Any = "limit", placed: str = "09:20", account: str = "A"
) -> OrderState:
    booking = accept(
        Order(side, "600519", quantity, Decimal(price), kind),
        account_id=account,
        contract_number=number,
        key=number,
        rate=Decimal("0.0003"),
        freeze=Decimal(0),
        day=DAY.isoformat(),
        at=stamp(at(placed)),
    )
    assert booking.order is not None
    return booking.order


def row(price: str, volume: int, bids: str = "", asks: str = "") -> TapeRow:
    """Levels as "10.01x300 10.02x500"."""
    shown = [
        tuple(Level(Decimal(p), int(q)) for p, q in (level.split("x") for level in text.split()))
        for text in (bids, asks)
    ]
    return TapeRow("600519", NINE_THIRTY, Decimal(price), volume, *shown)


def done(*orders: OrderState, tape: TapeRow) -> dict[str, tuple[Any, ...]]:
    """By contract number: fills as "quantity@price", and what becomes of the rest."""
    return {
        outcome.contract_number: (
            " ".join(f"{fill.quantity}@{fill.price}" for fill in outcome.fills),
            outcome.rest if outcome.price is None else f"{outcome.rest} {outcome.price}",
        )
        for outcome in match(tape, stamp(tape.at), orders)
    }


def test_the_better_price_trades_first_then_the_earlier_order() -> None:
    late, early = resting("1", "buy", 300, "10.00", placed="09:22"), resting("2", "buy", 300, "10.00")
    dear = resting("3", "buy", 300, "10.05", placed="09:25")
    assert done(late, early, dear, tape=row("10.00", 700)) == {
        "3": ("300@10.00", "waits"), "2": ("300@10.00", "waits"), "1": ("100@10.00", "waits"),
    }  # fmt: skip


def test_sales_at_the_lowest_price_trade_first() -> None:
    dear, cheap = resting("1", "sell", 300, "10.00"), resting("2", "sell", 300, "9.90", placed="09:25")
    assert done(dear, cheap, tape=row("10.00", 400)) == {"2": ("300@10.00", "waits"), "1": ("100@10.00", "waits")}


def test_each_side_has_the_whole_volume_of_a_row() -> None:
    assert done(resting("1", "buy", 300, "10.00"), resting("2", "sell", 300, "10.00"), tape=row("10.00", 300)) == {
        "1": ("300@10.00", "waits"), "2": ("300@10.00", "waits"),
    }  # fmt: skip


@pytest.mark.parametrize(("side", "price"), [("buy", "9.99"), ("sell", "10.01")])
def test_nobody_trades_at_a_worse_price_than_asked(side: str, price: str) -> None:
    assert done(resting("1", side, 300, price), tape=row("10.00", 1000)) == {}


@pytest.mark.parametrize("placed", ["09:30", "09:31"])
def test_what_was_traded_before_an_order_was_placed_is_nothing_to_it(placed: str) -> None:
    assert done(resting("1", "buy", 300, "10.00", placed=placed), tape=row("10.00", 1000)) == {}


def test_an_order_walks_through_the_prices_on_show_up_to_its_own() -> None:
    tape = row("10.00", 100, asks="10.01x200 10.02x300 10.03x900")
    assert done(resting("1", "buy", 1000, "10.02"), tape=tape) == {"1": ("100@10.00 200@10.01 300@10.02", "waits")}


ASKS = "10.01x100 10.02x100 10.03x100 10.04x100 10.05x100"


@pytest.mark.parametrize(
    ("kind", "quantity", "becomes"),
    [
        ("best_five_cancel", 600, ("100@10.01 100@10.02 100@10.03 100@10.04 100@10.05", "cancelled")),
        ("best_five_limit", 600, ("100@10.01 100@10.02 100@10.03 100@10.04 100@10.05", "limit 10.05")),
        ("own_best", 600, ("", "limit 9.99")),
        ("counter_best", 600, ("100@10.01", "limit 10.01")),
        ("immediate_or_cancel", 250, ("100@10.01 100@10.02 50@10.03", "cancelled")),
        ("fill_or_kill", 500, ("100@10.01 100@10.02 100@10.03 100@10.04 100@10.05", "cancelled")),
        ("fill_or_kill", 600, ("", "cancelled")),
    ],
)
def test_market_orders(kind: str, quantity: int, becomes: tuple[str, str]) -> None:
    tape = row("10.00", 0, bids="9.99x100", asks=ASKS)
    assert done(resting("1", "buy", quantity, "11.00", kind), tape=tape) == {"1": becomes}


@pytest.mark.parametrize("kind", ["best_five_cancel", "best_five_limit", "own_best", "counter_best", "fill_or_kill"])
def test_a_market_order_without_a_price_to_take_is_cancelled(kind: str) -> None:
    side = "sell" if kind == "own_best" else "buy"  # bids are on show: the own side of a sale is empty
    assert done(resting("1", side, 300, "9.00", kind), tape=row("10.00", 0, bids="9.98x1")) == {"1": ("", "cancelled")}


@pytest.mark.parametrize("kind", ["counter_best", "best_five_cancel"])
def test_a_market_order_never_trades_beyond_its_protection_price(kind: str) -> None:
    tape = row("10.00", 0, asks="10.01x100 10.02x100")
    assert done(resting("1", "buy", 300, "10.00", kind), tape=tape) == {"1": ("", "cancelled")}


ORDERS = st.lists(
    st.tuples(
        st.sampled_from(["buy", "sell"]),
        st.integers(1, 500),
        st.integers(990, 1010),
        st.sampled_from(["limit", "best_five_cancel", "best_five_limit", "own_best", "counter_best",
                         "immediate_or_cancel", "fill_or_kill"]),
        st.sampled_from(["09:20", "09:21", "09:22"]),
    ),
    max_size=8,
)  # fmt: skip
LEVELS = st.lists(st.tuples(st.integers(990, 1010), st.integers(1, 300)), max_size=5, unique_by=lambda level: level[0])


def _levels(found: list[tuple[int, int]], best_high: bool) -> tuple[Level, ...]:
    return tuple(Level(Decimal(p) / 100, q) for p, q in sorted(found, reverse=best_high))


@given(ORDERS, st.integers(990, 1010), st.integers(0, 1000), LEVELS, LEVELS)
def test_no_share_is_traded_that_was_not_there_and_priority_holds(
    drawn: list[Any], price: int, volume: int, bids: list[tuple[int, int]], asks: list[tuple[int, int]]
) -> None:
    orders = {
        str(n): resting(str(n), side, quantity, str(Decimal(p) / 100), kind, placed)
        for n, (side, quantity, p, kind, placed) in enumerate(drawn)
    }
    tape = TapeRow("600519", NINE_THIRTY, Decimal(price) / 100, volume, _levels(bids, True), _levels(asks, False))
    outcomes = match(tape, stamp(tape.at), orders.values())
    for side, shown in (("buy", tape.asks), ("sell", tape.bids)):
        there = {tape.price: volume}
        for level in shown:
            there[level.price] = there.get(level.price, 0) + level.quantity
        for outcome in outcomes:
            order = orders[outcome.contract_number]
            assert sum(fill.quantity for fill in outcome.fills) <= order.quantity
            for fill in outcome.fills if order.side == side else ():
                there[fill.price] -= fill.quantity
                assert fill.price <= order.price if side == "buy" else fill.price >= order.price
        assert min(there.values()) >= 0
    traded = {outcome.contract_number: sum(fill.quantity for fill in outcome.fills) for outcome in outcomes}
    ranked = sorted(
        (o for o in orders.values() if o.kind == "limit"), key=lambda o: priority(o.side, o.price, o.placed_at, "", "")
    )
    for first, second in pairwise(ranked):
        if first.side == second.side and traded.get(second.contract_number):
            assert traded.get(first.contract_number) == first.quantity
    assert len({fill.fill_id for outcome in outcomes for fill in outcome.fills}) == sum(len(o.fills) for o in outcomes)


def test_an_outcome_of_nothing_is_not_told() -> None:
    assert match(row("10.00", 0), stamp(NINE_THIRTY), [resting("1", "buy", 100, "10.00")]) == []
    assert Outcome("A", "1", ()).rest == "waits"
