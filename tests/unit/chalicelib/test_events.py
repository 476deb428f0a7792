"""What queues and clocks call: the quote tape and the end of the day, on moto."""

from __future__ import annotations

import json
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import trading
from chalicelib.events import settlement, tape
from chalicelib.events.quote_tape import read_row
from chalicelib.trading import Order

from .seed import ACCOUNT, security
from .trading_seed import DAY, assert_explained, at, balance, opened

CONTEXT = SimpleNamespace(aws_request_id="r", function_name="tape")
ROW = {"code": "600519", "at": at("09:40").isoformat(), "price": "100.00", "volume": 300}


def batch(*bodies: str) -> dict[str, Any]:
    """Messages m0, m1 and so on, each in the group of its place."""
    return {
        "Records": [
            {
                "messageId": f"m{number}",
                "body": body,
                "attributes": {"MessageGroupId": str(number)},
                "eventSource": "aws:sqs",
            }
            for number, body in enumerate(bodies)
        ]
    }


@pytest.fixture
def order(cloud: None) -> str:
    """A buy of 200 shares at 100.00; its contract number."""
    security()
    opened()
    placed = trading.place_order(ACCOUNT, Order("buy", "600519", 200, Decimal("100.00")), "k", at("09:35"))
    assert isinstance(placed, trading.Placed)
    return placed.contract_number


def state(number: str) -> tuple[str, int]:
    found = trading.order(ACCOUNT, number)
    assert found
    return found.state, found.filled


def test_a_row_of_the_tape_fills_what_it_reaches_once(order: str) -> None:
    for _ in range(2):
        assert tape(batch(json.dumps(ROW | {"volume": 100})), CONTEXT) == {"batchItemFailures": []}
    assert state(order) == ("partly_filled", 100)
    assert_explained()


def test_the_price_of_the_latest_row_is_the_last_price(order: str) -> None:
    earlier = ROW | {"at": at("09:36").isoformat(), "price": "99.00"}
    tape(batch(json.dumps(ROW)), CONTEXT)
    tape(batch(json.dumps(earlier)), CONTEXT)
    quote = trading.find_security("600519")
    assert quote
    assert quote.last_price == Decimal("100.00")


def test_a_row_that_cannot_be_read_keeps_no_other_code_waiting(order: str) -> None:
    answer = tape(batch("no row", json.dumps(ROW)), CONTEXT)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert state(order) == ("filled", 200)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"price": "much"}, "is no row of the tape"),
        ({"volume": None}, "is no row of the tape"),
        ({"bids": [["1.00"]]}, "is no row of the tape"),
        ({"at": "2026-11-24T09:40:00"}, "a time with its zone"),
        ({"price": "0"}, "a price above zero"),
    ],
)
def test_what_is_no_row_is_refused_with_a_sentence(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_row(json.dumps(ROW | change))


def test_the_days_end_frees_what_was_frozen_however_often_it_comes(order: str) -> None:
    event = {"time": at("16:10").isoformat()}
    assert settlement(event, None) == {"day": DAY.isoformat(), "accounts": 1}
    assert settlement(event, None) == {"day": DAY.isoformat(), "accounts": 1}
    assert state(order) == ("expired", 0)
    assert balance().frozen == 0
    assert_explained()
