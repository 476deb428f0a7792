"""The rules an order must meet before it leaves, each named, each with what would have been accepted."""

from datetime import date
from decimal import Decimal
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.trading.market import Board, Kind, Phase, board_of, fees_on
from chalicelib.trading.rules import (
    Book,
    Order,
    Quote,
    Refusal,
    Side,
    at_worst,
    cage_bound,
    contract_numbers,
    cost_of_buying,
    price_band,
    refuse,
)

DAY = date(2026, 11, 24)
FEES = fees_on(DAY)
RATE = Decimal("0.0003")


def quote(code: str = "600519", close: str = "10.00", **facts: object) -> Quote:
    return Quote(code, {}, Decimal(close), Decimal(close), **facts)  # type: ignore[arg-type]


def board(code: str) -> Board:
    found = board_of(code, DAY)
    assert found
    return found


def decide(
    side: Side,
    quantity: int,
    price: str = "10.00",
    *,
    code: str = "600519",
    cash: str = "1e12",
    sellable: int = 0,
    kind: Kind = "limit",
    phase: Phase | None = None,
    book: Book | None = None,
    **facts: object,
) -> Refusal | None:
    order = Order(side, code, quantity, Decimal(price), kind)
    return refuse(
        order,
        quote(code, **facts),
        board(code),
        FEES,
        cash=Decimal(cash),
        rate=RATE,
        sellable=sellable,
        phase=phase,
        book=book,
    )


def rule(refusal: Refusal | None) -> str | None:
    return refusal.rule if refusal else None


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("600519", "main"), ("601318", "main"), ("603288", "main"), ("605117", "main"),
        ("000001", "main"), ("001979", "main"), ("002594", "main"), ("003816", "main"),
        ("688981", "star"), ("689009", "star"), ("300750", "chinext"), ("301269", "chinext"),
        ("302132", "chinext"),
        ("430047", "beijing"), ("835185", "beijing"), ("920002", "beijing"),
    ],
)  # fmt: skip
def test_the_board_of_a_code(code: str, expected: str) -> None:
    assert board(code).board == expected


@pytest.mark.parametrize("code", ["", "1", "700000", "510300", "abc"])
def test_a_code_no_board_has(code: str) -> None:
    assert board_of(code, DAY) is None


def test_rules_hold_from_their_date() -> None:
    assert board_of("600519", date(2020, 1, 1)) is None
    with pytest.raises(LookupError, match="2020-01-01"):
        fees_on(date(2020, 1, 1))


@pytest.mark.parametrize(
    ("code", "quantity", "expected"),
    [
        ("600519", 100, None), ("600519", 1_000_000, None), ("600519", 1_000_100, "maximum"),
        ("600519", 0, "maximum"), ("600519", 50, "lot"), ("600519", 150, "lot"),
        ("688981", 199, "lot"), ("688981", 200, None), ("688981", 201, None), ("688981", 100_001, "maximum"),
        ("835185", 99, "lot"), ("835185", 101, None), ("835185", 1_000_001, "maximum"),
        ("300750", 300_000, None), ("300750", 300_100, "maximum"),
    ],
)  # fmt: skip
def test_lots_of_a_buy(code: str, quantity: int, expected: str | None) -> None:
    assert rule(decide("buy", quantity, code=code)) == expected


@pytest.mark.parametrize(
    ("code", "quantity", "sellable", "expected"),
    [
        ("600519", 30, 250, "odd_lot"), ("600519", 130, 250, "odd_lot"),
        ("600519", 50, 250, None), ("600519", 250, 250, None), ("600519", 150, 250, None),
        ("600519", 200, 250, None), ("600519", 300, 250, "shares"),
        ("688981", 50, 150, "odd_lot"), ("688981", 150, 150, None), ("688981", 250, 300, None),
    ],
)  # fmt: skip
def test_odd_lots_are_sold_all_at_once(code: str, quantity: int, sellable: int, expected: str | None) -> None:
    assert rule(decide("sell", quantity, code=code, sellable=sellable)) == expected


@pytest.mark.parametrize("price", ["10.001", "0", "-1.00"])
def test_a_price_is_in_ticks(price: str) -> None:
    assert rule(decide("buy", 100, price)) == "tick"


@pytest.mark.parametrize(
    ("code", "low", "high"),
    [
        ("600519", "9.00", "11.00"),
        ("688981", "8.00", "12.00"),
        ("300750", "8.00", "12.00"),
        ("835185", "7.00", "13.00"),
    ],
)
def test_the_daily_limit_of_each_board(code: str, low: str, high: str) -> None:
    assert price_band(quote(code), board(code)) == (Decimal(low), Decimal(high))
    refusal = decide("buy", 200, str(Decimal(high) + Decimal("0.01")), code=code)
    assert refusal == Refusal("limit", "price", {"low": Decimal(low), "high": Decimal(high)})
    assert decide("buy", 200, high, code=code) is None


def test_limits_round_half_up_to_the_tick() -> None:
    assert price_band(quote(close="10.05"), board("600519")) == (Decimal("9.05"), Decimal("11.06"))


def test_a_risk_warning_security_has_its_own_limit() -> None:
    assert price_band(quote(price_limit=Decimal("0.05")), board("600519")) == (Decimal("9.50"), Decimal("10.50"))


def test_no_limit_on_the_first_days_after_listing() -> None:
    assert decide("buy", 100, "1000.00", price_limited=False) is None


def test_a_suspended_security_is_refused() -> None:
    assert rule(decide("buy", 100, suspended=True)) == "suspended"


def test_money_must_cover_amount_and_fees() -> None:
    cost = cost_of_buying(Order("buy", "600519", 100, Decimal("10.00")), RATE, FEES)
    assert cost == Decimal("1005.01")  # 1,000.00, commission 5.00 at least, transfer fee 0.01
    assert decide("buy", 100, cash=str(cost)) is None
    assert decide("buy", 100, cash="1005.00") == Refusal("money", "funds", {"cost": cost, "cash": Decimal("1005.00")})


def test_commission_above_the_minimum() -> None:
    cost = cost_of_buying(Order("buy", "600519", 10_000, Decimal("10.00")), RATE, FEES)
    assert cost == Decimal("100031.00")  # 100,000.00 and 0.03 % and 0.001 %


@given(st.integers(1, 10_000), st.integers(1, 10**5), st.integers(0, 10**11))
def test_whatever_passes_can_be_paid_to_the_fen(lots: int, fen: int, cash_fen: int) -> None:
    quantity = lots * 100
    order, cash = Order("buy", "600519", quantity, Decimal(fen) / 100), Decimal(cash_fen) / 100
    security = quote(close=str(Decimal(fen) / 100))
    refusal = refuse(order, security, board("600519"), FEES, cash=cash, rate=RATE, sellable=0)
    cost = cost_of_buying(order, RATE, FEES)
    assert (refusal is None) == (cost <= cash)
    assert cost > order.amount
    assert cost == cost.quantize(Decimal("0.01"))


def test_contract_numbers_depend_on_nothing_but_the_key() -> None:
    first = list(islice(contract_numbers("A-1", "call#1"), 3))
    assert first == list(islice(contract_numbers("A-1", "call#1"), 3))
    assert all(len(number) == 8 and number.isdigit() for number in first)
    assert len({*first, next(contract_numbers("A-1", "call#2")), next(contract_numbers("A-2", "call#1"))}) == 5


BEST_FIVE = ("best_five_cancel", "best_five_limit", "own_best", "counter_best")
SHENZHEN = ("counter_best", "own_best", "best_five_cancel", "immediate_or_cancel", "fill_or_kill")


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ("600519", BEST_FIVE), ("688981", BEST_FIVE), ("835185", BEST_FIVE),
        ("000001", SHENZHEN), ("300750", SHENZHEN),
    ],
)  # fmt: skip
def test_each_exchange_has_its_market_orders(code: str, kinds: tuple[Kind, ...]) -> None:
    assert set(board(code).market.kinds) == set(kinds)
    for kind in {*BEST_FIVE, *SHENZHEN}:
        expected = None if kind in kinds else Refusal("kind", "kind", {})
        assert decide("buy", 200, "0", code=code, kind=kind) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        ("continuous", None), ("closed", "kind_now"), ("opening_auction", "kind_now"), ("lunch", "kind_now"),
        ("opening_auction_locked", "kind_now"), ("opening_pause", "kind_now"), ("closing_auction", "kind_now"),
    ],
)  # fmt: skip
def test_market_orders_are_taken_in_continuous_trading_alone(phase: Phase, expected: str | None) -> None:
    assert rule(decide("buy", 100, "0", kind="own_best", phase=phase)) == expected
    assert decide("buy", 100, phase=phase) is None


@pytest.mark.parametrize(
    ("code", "maximum"),
    [("600519", 1_000_000), ("000001", 1_000_000), ("688981", 50_000), ("300750", 150_000), ("835185", 1_000_000)],
)
def test_most_shares_of_a_market_order(code: str, maximum: int) -> None:
    assert decide("buy", maximum, "0", code=code, kind="own_best") is None
    refusal = decide("buy", maximum + 100, "0", code=code, kind="own_best")
    assert refusal == Refusal("maximum", "quantity", {"maximum": maximum})


@pytest.mark.parametrize(
    ("side", "price", "worst"),
    [
        ("buy", "0", "11.00"), ("buy", "10.50", "10.50"), ("buy", "12.00", "11.00"), ("buy", "8.99", "limit"),
        ("sell", "0", "9.00"), ("sell", "9.50", "9.50"), ("sell", "8.00", "9.00"), ("sell", "11.01", "limit"),
        ("buy", "10.001", "tick"), ("sell", "-1", "tick"),
    ],
)  # fmt: skip
def test_a_market_order_is_protected_by_its_price_and_by_the_limits(side: Side, price: str, worst: str) -> None:
    refusal = decide(side, 100, price, kind="own_best", sellable=100)
    assert (rule(refusal) or worst) == worst
    if refusal is None:
        order = Order(side, "600519", 100, Decimal(price), "own_best")
        assert at_worst(order, quote(), board("600519")).price == Decimal(worst)


def test_a_market_buy_freezes_at_the_upper_limit() -> None:
    cost = cost_of_buying(Order("buy", "600519", 100, Decimal("11.00")), RATE, FEES)
    assert decide("buy", 100, "0", kind="own_best", cash=str(cost)) is None
    less = cost - Decimal("0.01")
    assert decide("buy", 100, "0", kind="own_best", cash=str(less)) == Refusal(
        "money", "funds", {"cost": cost, "cash": less}
    )


def test_without_a_price_limit_a_market_order_says_its_protection_price_where_it_is_taken_at_all() -> None:
    for code in ("600519", "688981"):
        assert rule(decide("buy", 200, "0", code=code, kind="own_best", price_limited=False)) == "protection"
        assert decide("buy", 200, "99.00", code=code, kind="own_best", price_limited=False) is None
    for code in ("000001", "300750", "835185"):
        assert rule(decide("buy", 200, "99.00", code=code, kind="own_best", price_limited=False)) == "limit_only"


@pytest.mark.parametrize("status", ["risk_warning", "delisting"])
def test_warned_shares_take_limit_orders_only(status: str) -> None:
    for code in ("600519", "000001", "300750"):
        assert rule(decide("buy", 200, "0", code=code, kind="own_best", status=status)) == "limit_only"
        assert decide("buy", 200, code=code, status=status) is None
    assert decide("buy", 200, "0", code="688981", kind="own_best", status=status) is None


@pytest.mark.parametrize(
    ("code", "day", "risk_warning", "delisting"),
    [
        ("600519", date(2026, 7, 3), "0.05", "0.10"), ("600519", date(2026, 7, 6), "0.10", "0.10"),
        ("000001", date(2026, 7, 3), "0.05", "0.10"), ("000001", date(2026, 7, 6), "0.10", "0.10"),
        ("688981", DAY, "0.20", "0.20"), ("300750", DAY, "0.20", "0.20"), ("835185", DAY, "0.30", "0.30"),
    ],
)  # fmt: skip
def test_the_limit_of_risk_warning_and_of_the_delisting_period(
    code: str, day: date, risk_warning: str, delisting: str
) -> None:
    on = board_of(code, day)
    assert on
    for status, limit in (("risk_warning", risk_warning), ("delisting", delisting)):
        assert price_band(quote(code, status=status), on) == (10 * (1 - Decimal(limit)), 10 * (1 + Decimal(limit)))


@pytest.mark.parametrize(
    ("code", "side", "bid", "ask", "close", "bound"),
    [
        ("600519", "buy", "10.00", "10.01", "9.50", "10.21"),  # 102 % of the best price to sell at
        ("600519", "sell", "10.00", "10.01", "9.50", "9.80"),  # 98 % of the best price to buy at
        ("600519", "buy", "10.00", None, "9.50", "10.20"),  # no such price: the best of its own side
        ("600519", "sell", None, "10.01", "9.50", "9.81"),
        ("600519", "buy", None, None, "9.50", "9.69"),  # nor that: the last price
        ("600519", "buy", None, "3.00", "3.00", "3.10"),  # ten ticks are more than 2 %
        ("600519", "sell", "3.00", None, "3.00", "2.90"),
        ("835185", "buy", None, "10.00", "10.00", "10.50"),
        ("835185", "sell", "10.00", None, "10.00", "9.50"),
    ],
)
def test_the_valid_price_range(code: str, side: Side, bid: str | None, ask: str | None, close: str, bound: str) -> None:
    book = Book(Decimal(bid) if bid else None, Decimal(ask) if ask else None)
    assert cage_bound(side, quote(code, close), board(code), book) == Decimal(bound)


def test_the_valid_price_range_is_of_limit_orders_in_continuous_trading() -> None:
    book = Book(Decimal("9.99"), Decimal("10.00"))
    assert decide("buy", 100, "10.20", phase="continuous", book=book) is None
    assert decide("buy", 100, "10.21", phase="continuous", book=book) == Refusal(
        "cage_buy", "price", {"high": Decimal("10.20")}
    )
    assert decide("sell", 100, "9.78", phase="continuous", book=book, sellable=100) == Refusal(
        "cage_sell", "price", {"low": Decimal("9.79")}
    )
    assert decide("buy", 100, "9.00", phase="continuous", book=book) is None
    assert decide("buy", 100, "10.21", phase="opening_auction", book=book) is None
    assert decide("buy", 100, "0", kind="own_best", phase="continuous", book=book) is None


@given(
    st.sampled_from(["600519", "000001", "688981", "300750", "835185"]),
    st.integers(1, 10**6),
    st.sampled_from(["normal", "risk_warning", "delisting"]),
    st.integers(-(10**6), 2 * 10**6),
)
def test_a_price_passes_exactly_when_it_lies_in_the_band(code: str, fen: int, status: str, price_fen: int) -> None:
    close, price = Decimal(fen) / 100, Decimal(price_fen) / 100
    security = quote(code, str(close), status=status)
    band = price_band(security, board(code))
    assert band
    assert band[0] <= close <= band[1]
    order = Order("sell", code, 200, price)
    refusal = refuse(order, security, board(code), FEES, cash=Decimal(0), rate=RATE, sellable=200)
    assert (refusal is None) == (price > 0 and band[0] <= price <= band[1])


@given(
    st.sampled_from(["600519", "000001", "688981", "300750", "835185"]),
    st.integers(-100, 2_000_000),
    st.sampled_from(["limit", "own_best"]),
)
def test_a_buy_passes_exactly_when_it_is_whole_lots_up_to_the_maximum(code: str, quantity: int, kind: Kind) -> None:
    on = board(code)
    maximum = on.maximum if kind == "limit" else on.market.maximum
    expected = on.minimum <= quantity <= maximum and (quantity - on.minimum) % on.step == 0
    assert (decide("buy", quantity, code=code, kind=kind) is None) == expected
