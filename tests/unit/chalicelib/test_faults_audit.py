"""The audit of `devtools faults` finds each thing that can be wrong, and nothing in books that are right."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from chalicelib import trading
from chalicelib.trading import Cancelled, Order, Placed, exchange
from chalicelib.trading.ledger import CASH
from chalicelib.trading.matching import TapeRow
from chalicelib.trading.models import OrderRecord, Position
from devtools.faults.audit import FINDINGS, Claim, Opening, audit, read

from .seed import ACCOUNT, security
from .trading_seed import DAY, at, ledger_tables, opened, settle_day

CODE, OPENED = "601398", Opening(Decimal("100000.00"), 2000)
Numbers = dict[str, str]
Break = Callable[[Numbers], None]


@pytest.fixture
def numbers(cloud: None) -> Numbers:
    """A day that is settled: an order that was filled, one that was cancelled, one that nothing reached."""
    ledger_tables()
    security(CODE, "7.85"), opened(), opened(CODE, "2000")
    placed = {}
    for key, price in (("filled", "7.90"), ("cancelled", "7.50"), ("expired", "7.51")):
        answer = trading.place_order(ACCOUNT, Order("buy", CODE, 300, Decimal(price)), key, at("09:31"))
        assert isinstance(answer, Placed)
        placed[key] = answer.contract_number
    assert isinstance(trading.cancel_order(ACCOUNT, placed["cancelled"], "c", at("09:32")), Cancelled)
    exchange.trade(TapeRow(CODE, at("09:35"), Decimal("7.85"), 300))
    settle_day(DAY, at("16:10"))
    return placed


def found(*claims: Claim) -> set[str]:
    counted = audit(claims, {ACCOUNT: OPENED}, read([ACCOUNT]))
    assert set(counted) == set(FINDINGS)
    return {name for name, times in counted.items() if times}


def claim(key: str, heard: str, number: str = "", verb: str = "place") -> Claim:
    return Claim(ACCOUNT, key, verb, heard, number)


def test_nothing_is_found_where_callers_and_books_agree(numbers: Numbers) -> None:
    placed = [claim(key, "placed", number) for key, number in numbers.items()]
    unheard = [claim("filled", "nothing"), claim("never came", "nothing"), claim("never came", "refused")]
    cancelled = claim("c", "cancelled", numbers["cancelled"], "cancel")
    assert found(*placed, *unheard, cancelled, claim("d", "refused", numbers["filled"], "cancel")) == set()


def test_an_order_that_is_not_there_or_not_under_its_number_is_lost(numbers: Numbers) -> None:
    assert found(claim("never came", "placed", "12345678")) == {"lost"}
    assert found(claim("filled", "placed", numbers["expired"])) == {"lost"}


def test_a_refused_order_that_is_there_is_found(numbers: Numbers) -> None:
    assert found(claim("filled", "refused")) == {"refused and there all the same"}
    assert found(claim("c", "refused", numbers["cancelled"], "cancel")) == {"refused and there all the same"}


def test_a_cancelled_order_that_is_not_cancelled_or_not_by_that_key_is_found(numbers: Numbers) -> None:
    open_all_the_same = {"cancelled and open all the same"}
    assert found(claim("c", "cancelled", numbers["expired"], "cancel")) == open_all_the_same
    assert found(claim("another", "cancelled", numbers["cancelled"], "cancel")) == open_all_the_same


def test_an_order_of_which_its_number_says_nothing_is_unknown(numbers: Numbers) -> None:
    assert found(claim("expired", "unknown", numbers["expired"])) == set()
    assert found(claim("never came", "unknown", "12345678")) == {"unknown"}


def test_an_order_that_its_key_does_not_lead_to_is_unknown(numbers: Numbers) -> None:
    moved(numbers["expired"], "00000000")
    assert found(claim("expired", "nothing")) == {"unknown"}


def moved(number: str, to: str, keep: bool = False) -> None:
    record = OrderRecord.get(ACCOUNT, number)
    if not keep:
        OrderRecord(ACCOUNT, number).delete()
    record.contract_number = to
    record.save()


def order_with(name: str, **changed: Any) -> Break:
    def breaks(numbers: Numbers) -> None:
        record = OrderRecord.get(ACCOUNT, numbers[name])
        for attribute, value in changed.items():
            setattr(record, attribute, value(record) if callable(value) else value)
        record.save()

    return breaks


def position_with(asset: str, name: str, amount: str) -> Break:
    attribute = getattr(Position, name)
    return lambda _: Position(ACCOUNT, asset).update([attribute.add(Decimal(amount))]) and None


@pytest.mark.parametrize(
    ("breaks", "finding"),
    [
        (lambda numbers: moved(numbers["expired"], "00000000", keep=True), "doubled"),
        (position_with(CASH, "available", "0.01"), "position that is not the sum of its entries"),
        (position_with(CASH, "available", "0.01"), "shares or money made or lost"),
        (position_with(CODE, "available", "-1"), "shares or money made or lost"),
        (order_with("filled", filled=200), "shares or money made or lost"),
        (position_with(CODE, "available", "-9999"), "negative balance"),
        (position_with(CASH, "frozen", "5.00"), "frozen for no order"),
        (order_with("expired", frozen_amount=Decimal("5.00")), "frozen for no order"),
        (position_with(CODE, "unsettled", "100"), "unsettled after the day's end"),
        (order_with("expired", state="accepted"), "open after the day's end"),
        (order_with("filled", changes=lambda record: [*record.changes, record.changes[-1]]), "fill booked twice"),
    ],
)
def test_books_that_do_not_add_up_are_found(numbers: Numbers, breaks: Break, finding: str) -> None:
    breaks(numbers)
    assert finding in found(*(claim(key, "nothing") for key in numbers))
