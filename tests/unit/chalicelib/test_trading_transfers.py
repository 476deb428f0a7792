"""The rules of bank transfers, one by one, and what becomes of a transfer."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.trading import transfers
from chalicelib.trading.market import transfer_terms_on
from chalicelib.trading.rules import Refusal, contract_numbers
from chalicelib.trading.transfers import (
    BankLine,
    TransferState,
    differs,
    doubt,
    moved_on,
    refuse_transfer,
    settle,
    transfer_numbers,
    withdrawable,
)

from .trading_seed import DAY, at

TERMS = transfer_terms_on(DAY)
LUNCH = at("12:00")
SATURDAY, HOLIDAY = date(2026, 11, 28), date(2026, 10, 1)


def refused(
    amount: str | Decimal, direction: Any = "in", when: datetime = LUNCH, free: str = "999999999", moved: str = "0"
) -> Refusal | None:
    return refuse_transfer(direction, Decimal(amount), when, TERMS, free=Decimal(free), moved=Decimal(moved))


@pytest.mark.parametrize("clock", ["09:00", "12:00", "15:30", "15:59:59"])
def test_transfers_are_taken_on_trading_days_from_nine_to_four(clock: str) -> None:
    assert refused("100.00", when=at(clock)) is None


@pytest.mark.parametrize(
    "when", [at("08:59:59"), at("16:00"), at("00:00"), at("12:00", SATURDAY), at("12:00", HOLIDAY)]
)
def test_outside_the_hours_and_on_other_days_the_refusal_says_when(when: datetime) -> None:
    assert refused("100.00", when=when) == Refusal("transfer_hours", "time", {"opens": "09:00", "closes": "16:00"})


@pytest.mark.parametrize("amount", ["0", "-1.00", "0.99", "100.001", "1.005"])
def test_an_amount_is_above_zero_at_least_the_minimum_and_to_the_fen(amount: str) -> None:
    assert refused(amount) == Refusal("transfer_amount", "amount", {"minimum": Decimal("1.00")})


@pytest.mark.parametrize("amount", ["1.00", "1.01", "1.1", "1", "123.45"])
def test_an_amount_to_the_fen_is_taken(amount: str) -> None:
    assert refused(amount) is None


@pytest.mark.parametrize(("direction", "maximum"), [("in", "1000000.00"), ("out", "500000.00")])
def test_a_transfer_is_at_most_the_maximum_of_its_way(direction: str, maximum: str) -> None:
    assert refused(maximum, direction) is None
    more = Decimal(maximum) + Decimal("0.01")
    assert refused(more, direction) == Refusal("transfer_maximum", "amount", {"maximum": Decimal(maximum)})


@pytest.mark.parametrize(("direction", "daily"), [("in", "5000000.00"), ("out", "1000000.00")])
def test_a_day_takes_at_most_its_limit_and_the_refusal_says_what_is_left(direction: str, daily: str) -> None:
    moved = str(Decimal(daily) - 100)
    assert refused("100.00", direction, moved=moved) is None
    facts = {"maximum": Decimal(daily), "left": Decimal("100.00")}
    assert refused("100.01", direction, moved=moved) == Refusal("transfer_daily", "amount", facts)


def test_out_goes_at_most_what_may_be_drawn_out_and_in_is_not_asked_for_it() -> None:
    assert refused("100.00", "out", free="100.00") is None
    assert refused("100.01", "out", free="100.00") == Refusal(
        "withdrawable", "amount", {"withdrawable": Decimal("100.00")}
    )
    assert refused("100.01", "in", free="0") is None


def test_money_from_todays_sales_is_not_withdrawable_even_when_other_money_was_spent() -> None:
    assert withdrawable(Decimal("100.00"), Decimal("30.00")) == Decimal("70.00")
    assert withdrawable(Decimal("20.00"), Decimal("30.00")) == 0


def test_terms_are_dated_rows() -> None:
    with pytest.raises(LookupError, match=r"market_rules\.json has no transfers"):
        transfer_terms_on(date(2020, 1, 1))


def test_numbers_follow_from_the_key_and_are_no_orders_numbers() -> None:
    first, again = ([next(n) for _ in range(3)] for n in (transfer_numbers("A", "k"), transfer_numbers("A", "k")))
    assert first == again
    assert len(set(first)) == 3
    assert all(len(number) == 8 and number.isdigit() for number in first)
    assert first[0] != next(contract_numbers("A", "k"))
    assert first[0] != next(transfer_numbers("B", "k"))


def requested(direction: Any, amount: str = "10.00") -> transfers.TransferBooking:
    return transfers.request(
        account_id="A", number="1", key="k", direction=direction, amount=Decimal(amount), day="d", at="t0"
    )


def entries(booking: transfers.TransferBooking | None) -> list[tuple[str, str, str]]:
    assert booking
    return [(entry.reason, str(entry.available), str(entry.frozen)) for entry in booking.entries]


def test_money_on_its_way_out_is_frozen_and_then_gone_or_released() -> None:
    booking = requested("out")
    assert entries(booking) == [("freeze", "-10.00", "10.00")]
    assert entries(settle(booking.transfer, True, "", "d", "t1")) == [("transfer", "0", "-10.00")]
    assert entries(settle(booking.transfer, False, "closed", "d", "t1")) == [("release", "10.00", "-10.00")]


def test_money_on_its_way_in_is_there_when_the_bank_has_moved_it() -> None:
    booking = requested("in")
    assert entries(booking) == []
    assert entries(settle(booking.transfer, True, "", "d", "t1")) == [("transfer", "10.00", "0")]
    assert entries(settle(booking.transfer, False, "insufficient", "d", "t1")) == []


def test_every_change_is_kept_and_a_transfer_is_settled_once() -> None:
    unknown = doubt(requested("in").transfer, "t1")
    assert unknown
    settled = settle(unknown.transfer, False, "voided", "d", "t2")
    assert settled
    assert [tuple(change) for change in settled.transfer.changes] == [
        ("t0", "requested", ""),
        ("t1", "unknown", ""),
        ("t2", "failed", "voided"),
    ]
    assert settled.transfer.reason == "voided"
    assert settle(settled.transfer, True, "", "d", "t3") is None
    assert doubt(settled.transfer, "t3") is None
    assert doubt(unknown.transfer, "t3") is None


def state_of(state: Any, direction: Any = "in", amount: str = "10.00") -> TransferState:
    return requested(direction, amount).transfer._replace(state=state)


def test_what_failed_does_not_count_against_the_day() -> None:
    day = [state_of("done"), state_of("failed"), state_of("unknown"), state_of("requested"), state_of("done", "out")]
    assert (moved_on(day, "in"), moved_on(day, "out")) == (Decimal("30.00"), Decimal("10.00"))


LINE = BankLine("A/1", "in", Decimal("10.00"))


@pytest.mark.parametrize(
    ("transfer", "line", "difference"),
    [
        (state_of("done"), LINE, None),
        (state_of("failed"), None, None),
        (state_of("done"), None, "not_at_bank"),
        (state_of("failed"), LINE, "not_here"),
        (None, LINE, "not_here"),
        (state_of("done"), LINE._replace(amount=Decimal("10.01")), "not_the_same"),
        (state_of("done", "out"), LINE, "not_the_same"),
        (state_of("unknown"), None, "open"),
        (state_of("requested"), LINE, "open"),
    ],
)
def test_how_a_transfer_and_the_banks_line_may_differ(
    transfer: TransferState | None, line: BankLine | None, difference: str | None
) -> None:
    assert differs(transfer, line) == difference


@given(st.decimals(min_value="-10", max_value="2000000", places=3), st.decimals("0", "6000000", places=2))
def test_whatever_is_taken_keeps_every_rule(amount: Decimal, moved: Decimal) -> None:
    for direction in ("in", "out"):
        if refused(amount, direction, free="300000.00", moved=str(moved)) is None:
            assert TERMS.minimum <= amount <= TERMS.maximum[direction]
            assert amount + moved <= TERMS.daily[direction]
            assert amount == amount.quantize(Decimal("0.01"))
            assert direction == "in" or amount <= 300000
