"""Who may buy what: permissions, risk levels, warnings to confirm, and how much of a risk-warning share a day."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.trading.market import Board, board_of
from chalicelib.trading.rules import Order, Quote, Refusal, Side, Status
from chalicelib.trading.suitability import (
    Mismatch,
    RiskLevel,
    SpokenWarning,
    refuse_daily_buys,
    refuse_unsuited,
)

DAY = date(2026, 11, 24)
ALL = ("star", "chinext", "beijing", "risk_warning", "delisting")
CODES = {"main": "600519", "star": "688981", "chinext": "300750", "beijing": "835185"}


def board(code: str, day: date = DAY) -> Board:
    found = board_of(code, day)
    assert found
    return found


def security(code: str, status: Status = "normal") -> Quote:
    return Quote(code, {}, Decimal("10.00"), Decimal("10.00"), status=status)


def order(code: str, side: Side = "buy", quantity: int = 200) -> Order:
    return Order(side, code, quantity, Decimal("10.00"))


def decide(
    code: str,
    status: Status = "normal",
    *,
    side: Side = "buy",
    permissions: tuple[str, ...] = ALL,
    risk_level: RiskLevel = "C5",
    confirmed: tuple[str, ...] = (),
    mismatch: Mismatch = "refuse",
    day: date = DAY,
) -> Refusal | SpokenWarning | None:
    return refuse_unsuited(
        order(code, side),
        security(code, status),
        board(code, day),
        permissions=permissions,
        risk_level=risk_level,
        confirmed=confirmed,
        mismatch=mismatch,
    )


@pytest.mark.parametrize("name", ["star", "chinext", "beijing"])
def test_a_board_needs_its_permission(name: str) -> None:
    others = tuple(permission for permission in ALL if permission != name)
    assert decide(CODES[name], permissions=others) == Refusal(f"permission_{name}", "code", {})
    assert decide(CODES[name], permissions=(name,)) is None


def test_the_main_boards_need_none() -> None:
    assert decide("600519", permissions=()) is None
    assert decide("000001", permissions=()) is None


@pytest.mark.parametrize("status", ["risk_warning", "delisting"])
def test_warned_shares_need_their_permission_and_a_confirmed_warning(status: Status) -> None:
    assert decide("600519", status, permissions=()) == Refusal(f"permission_{status}", "code", {})
    assert decide("600519", status, permissions=(status,)) == SpokenWarning(status, {})  # type: ignore[arg-type]
    assert decide("600519", status, permissions=(status,), confirmed=(status,)) is None


def test_star_risk_warning_shares_are_on_no_risk_warning_board() -> None:
    assert decide("688981", "risk_warning", permissions=("star",)) == SpokenWarning("risk_warning", {})


def test_beijing_has_its_risk_warning_rules_from_their_date() -> None:
    before, after = date(2026, 8, 28), date(2026, 8, 31)
    assert decide("835185", "risk_warning", permissions=("beijing",), day=before) == SpokenWarning("risk_warning", {})
    refusal = decide("835185", "risk_warning", permissions=("beijing",), day=after)
    assert refusal == Refusal("permission_risk_warning", "code", {})


@pytest.mark.parametrize(
    ("code", "status", "risk"),
    [("600519", "normal", 3), ("688981", "normal", 4), ("300750", "normal", 4), ("600519", "risk_warning", 4)],
)
def test_the_customer_s_risk_level_against_the_security_s(code: str, status: Status, risk: int) -> None:
    levels: tuple[RiskLevel, ...] = ("C1", "C2", "C3", "C4", "C5")
    for number, level in enumerate(levels, 1):
        decision = decide(code, status, risk_level=level, confirmed=(status,))
        mismatch = Refusal("risk_level", "code", {"level": level, "risk": f"R{risk}"})
        assert decision == (None if number >= risk else mismatch)


def test_a_firm_may_warn_of_a_risk_above_the_customer_s_level_but_for_the_lowest() -> None:
    warning = SpokenWarning("risk_level", {"level": "C2", "risk": "R3"})
    assert decide("600519", risk_level="C2", mismatch="warn") == warning
    assert decide("600519", risk_level="C2", mismatch="warn", confirmed=("risk_level",)) is None
    lowest = decide("600519", risk_level="C1", mismatch="warn", confirmed=("risk_level",))
    assert lowest == Refusal("risk_level", "code", {"level": "C1", "risk": "R3"})


def test_warnings_come_one_after_the_other() -> None:
    first = decide("600519", "risk_warning", risk_level="C3", mismatch="warn")
    assert isinstance(first, SpokenWarning)
    assert first.rule == "risk_level"
    second = decide("600519", "risk_warning", risk_level="C3", mismatch="warn", confirmed=("risk_level",))
    assert second == SpokenWarning("risk_warning", {})


@given(
    st.sampled_from(sorted(CODES.values())),
    st.sampled_from(["normal", "risk_warning", "delisting"]),
    st.sets(st.sampled_from(ALL)),
    st.sampled_from(["C1", "C2", "C3", "C4", "C5"]),
)
def test_shares_may_always_be_sold(code: str, status: Status, permissions: set[str], level: RiskLevel) -> None:
    assert decide(code, status, side="sell", permissions=tuple(permissions), risk_level=level) is None


@pytest.mark.parametrize(("code", "maximum"), [("600519", 500_000), ("300750", 500_000), ("835185", 200_000)])
def test_risk_warning_shares_bought_a_day(code: str, maximum: int) -> None:
    warned = security(code, "risk_warning")
    assert refuse_daily_buys(order(code), warned, board(code), bought=maximum - 200) is None
    assert refuse_daily_buys(order(code), warned, board(code), bought=maximum - 100) == Refusal(
        "daily_buys", "quantity", {"maximum": maximum, "left": 100}
    )
    assert refuse_daily_buys(order(code, "sell"), warned, board(code), bought=maximum) is None
    assert refuse_daily_buys(order(code), security(code), board(code), bought=maximum) is None


def test_what_has_no_daily_maximum() -> None:
    star = security("688981", "risk_warning")
    assert refuse_daily_buys(order("688981"), star, board("688981"), bought=10**7) is None
    delisting = security("600519", "delisting")
    assert refuse_daily_buys(order("600519"), delisting, board("600519"), bought=10**7) is None


@given(st.lists(st.integers(1, 3000).map(lambda lots: lots * 100), max_size=20))
def test_never_more_than_the_daily_maximum_however_it_is_bought(quantities: list[int]) -> None:
    bought, warned, on = 0, security("600519", "risk_warning"), board("600519")
    for quantity in quantities:
        refusal = refuse_daily_buys(order("600519", quantity=quantity), warned, on, bought=bought)
        assert (refusal is None) == (bought + quantity <= 500_000)
        bought += 0 if refusal else quantity
    assert bought <= 500_000
