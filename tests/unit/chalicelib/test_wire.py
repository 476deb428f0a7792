"""Named tuples as JSON and back, and what fits none of them."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.trading.counter import Funds, Movements, OrderPage
from chalicelib.trading.ledger import OrderState
from chalicelib.trading.rules import Order, Quote, Refusal
from chalicelib.trading.transfers import TransferState
from chalicelib.trading.wire import dump, load

decimals = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12)
st.register_type_strategy(Decimal, decimals)


@pytest.mark.parametrize("kind", [OrderState, Quote, Order, Funds, Movements, OrderPage, TransferState])
@settings(deadline=None)
@given(st.data())
def test_what_is_written_is_read_back(kind: type[Any], data: st.DataObject) -> None:
    value = data.draw(st.from_type(kind))
    assert load(kind, json.loads(json.dumps(dump(value)))) == value


@settings(deadline=None)
@given(
    st.dictionaries(st.text(max_size=9), st.one_of(decimals, st.integers(), st.sampled_from(["C1", "09:15", "R3", ""])))
)
def test_the_facts_of_a_refusal_keep_their_kinds(facts: dict[str, Any]) -> None:
    read = load(Refusal, json.loads(json.dumps(dump(Refusal("lot", "quantity", facts)))))
    assert read.facts == facts
    assert [type(value) for value in read.facts.values()] == [type(value) for value in facts.values()]


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {"available": "1.00"},
        {"available": 1.0, "withdrawable": "1.00"},
        {"available": "1", "withdrawable": "1.00"},
        {"available": "NaN", "withdrawable": "1.00"},
        {"available": "1.00", "withdrawable": None},
        {"available": "１.00", "withdrawable": "1.00"},
    ],
)
def test_what_does_not_fit_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"lacks|was to be"):
        load(Funds, value)


@pytest.mark.parametrize("part", [{"side": "hold"}, {"quantity": True}, {"quantity": "100"}, {"confirmed": "rule"}])
def test_nothing_is_guessed(part: dict[str, Any]) -> None:
    order = dump(Order("buy", "600519", 100, Decimal("7.85")))
    with pytest.raises(ValueError, match="was to be"):
        load(Order, order | part)


def test_what_is_left_out_is_as_it_would_be_and_what_is_new_is_left_aside() -> None:
    order = {"side": "buy", "code": "600519", "quantity": 100, "price": "7.85", "colour": "red"}
    assert load(Order, order) == Order("buy", "600519", 100, Decimal("7.85"))


def test_an_errors_text_holds_nothing_of_the_answer() -> None:
    with pytest.raises(ValueError, match="str where int") as raised:
        load(Order, {"side": "buy", "code": "600519", "quantity": "secret", "price": "7.85"})
    assert "secret" not in str(raised.value)
