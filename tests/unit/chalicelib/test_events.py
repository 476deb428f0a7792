"""What queues and clocks call: the quote tape and the end of the day, on moto."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import trading
from chalicelib.events import settle_account, settlement, tape
from chalicelib.events.quote_tape import read_row
from chalicelib.platform.clients import client
from chalicelib.trading import Order, TransferState, embedded_bank
from chalicelib.trading.models import BankMovement

from .seed import ACCOUNT, security, taken
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


DAY_END = {"time": at("16:10").isoformat()}


@pytest.fixture
def queue(cloud: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """The queue of accounts to settle; called, it takes what is on it."""
    url = client("sqs").create_queue(QueueName="accounts")["QueueUrl"]
    monkeypatch.setenv("SETTLEMENT_QUEUE_URL", url)
    return lambda: taken(url)


def test_the_days_end_queues_every_account_once_and_settles_each_by_its_message(
    order: str, queue: Callable[[], list[str]]
) -> None:
    accounts = [ACCOUNT, *(f"B-{n}" for n in range(22))]
    for account in accounts[1:]:
        opened(account=account)
        for key in "kl":
            trading.place_order(account, Order("buy", "600519", 100, Decimal("100.00")), key, at("09:35"))
    assert settlement(DAY_END, None) == {"day": DAY.isoformat(), "accounts": 23}
    messages = queue()
    assert sorted(json.loads(message)["account_id"] for message in messages) == sorted(accounts)
    assert [balance(account=account).frozen for account in accounts].count(Decimal(0)) == 0
    assert settle_account(batch(*messages), CONTEXT) == {"batchItemFailures": []}
    assert {balance(account=account).frozen for account in accounts} == {Decimal(0)}


def test_the_days_end_frees_what_was_frozen_however_often_it_comes(order: str, queue: Callable[[], list[str]]) -> None:
    for _ in range(2):
        assert settlement(DAY_END, None) == {"day": DAY.isoformat(), "accounts": 1}
    [message, again] = queue()
    assert settle_account(batch(message, again), CONTEXT) == {"batchItemFailures": []}
    assert settle_account(batch(message), CONTEXT) == {"batchItemFailures": []}
    assert state(order) == ("expired", 0)
    assert balance().frozen == 0
    assert_explained()


def test_a_day_that_is_not_over_is_not_queued(order: str, queue: Callable[[], list[str]]) -> None:
    with pytest.raises(ValueError, match="not over"):
        settlement({"time": at("14:59").isoformat()}, None)
    assert queue() == []


def test_an_account_that_cannot_be_settled_keeps_no_other_waiting(order: str, queue: Callable[[], list[str]]) -> None:
    settlement(DAY_END, None)
    [message] = queue()
    too_early = json.dumps(json.loads(message) | {"at": at("14:59").isoformat()})
    answer = settle_account(batch("no message", too_early, message), CONTEXT)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}, {"itemIdentifier": "m1"}]}
    assert state(order) == ("expired", 0)


def test_a_batch_of_which_nothing_can_be_settled_is_no_error_of_the_function(cloud: None) -> None:
    assert settle_account(batch("no message"), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}


@pytest.fixture
def transfer(order: str) -> TransferState:
    """500.00 from the bank."""
    embedded_bank.open_account(ACCOUNT, Decimal("10000.00"), "135790")
    done = trading.transfer(ACCOUNT, "in", Decimal("500.00"), "135790", "k", at("15:59"))
    assert isinstance(done, TransferState)
    return done


@pytest.mark.usefixtures("order", "queue")
def test_the_days_end_settles_a_transfer_of_which_nothing_was_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: Any) -> None:
        raise TimeoutError

    monkeypatch.setattr(trading.bank, "credit", silent)
    unknown = trading.transfer(ACCOUNT, "out", Decimal("500.00"), "135790", "k", at("15:59"))
    assert isinstance(unknown, TransferState)
    settlement(DAY_END, None)
    settled = trading.transfer_of(ACCOUNT, unknown.number)
    assert settled
    assert (settled.state, settled.reason) == ("failed", "voided")
    assert balance().frozen == Decimal("20006.20")  # of the order, which waits for its account's message
    assert_explained()


def test_the_days_end_names_what_the_bank_has_not_and_rings_the_alarm_when_all_else_is_done(
    transfer: TransferState, queue: Callable[[], list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    assert settlement(DAY_END, None)["accounts"] == len(queue()) == 1
    BankMovement(transfer.reference).delete()
    logging.getLogger("brokerline").addHandler(caplog.handler)
    with pytest.raises(RuntimeError, match="1 transfers of 2026-11-24 differ"):
        settlement(DAY_END, None)
    errors = [vars(record) for record in caplog.records if record.levelname == "ERROR"]
    assert {(error["reference"], error["difference"]) for error in errors} == {(transfer.reference, "not_at_bank")}
    assert len(queue()) == 1
