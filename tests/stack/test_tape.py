"""Orders trade on the local cloud: rows of the tape through its queue, the end of the day by its function and queue."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from boto3.dynamodb.conditions import Key

from devtools import tape
from devtools.line import Line

from .journey import call, orders, position

ACCOUNT, CALLER_KEYS = "A-2222", "60002222#,314159#"
CODE, BUY = "002594", "2,1,002594#,100#,102*30#,1"  # a share that no other test orders
COST = Decimal("10235.10")  # 10,230.00, commission 5.00 at least, transfer fee 0.10


def place(line: Line) -> dict[str, Any]:
    """A buy of 100 shares at 102.30, by phone."""
    before = [order["contract_number"] for order in orders(line, ACCOUNT)]
    record = call(line, f"{CALLER_KEYS},{BUY},9")
    [order] = [order for order in orders(line, ACCOUNT) if order["contract_number"] not in before]
    assert record.attributes["ContractNumber"] == order["contract_number"]
    return order


def later(order: dict[str, Any], _seconds: count[int] = count(1)) -> str:  # noqa: B008  one clock for all tests
    """A moment of the order's trading day after it was placed, and after every moment given before."""
    opening = datetime.fromisoformat(f"{order['day']}T01:31:00+00:00")
    return (max(datetime.now(UTC), opening) + timedelta(seconds=next(_seconds))).isoformat()


def market(line: Line, order: dict[str, Any], price: str, volume: int) -> None:
    """A row of the order's trading day, later than the order."""
    tape.send(line.stage, line.outputs["TapeQueueUrl"], tape.row(order["code"], later(order), price, str(volume)))


def await_state(line: Line, order: dict[str, Any], state: str) -> dict[str, Any]:
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        [found] = [one for one in orders(line, ACCOUNT) if one["contract_number"] == order["contract_number"]]
        if found["state"] == state:
            return found
        time.sleep(0.2)
    pytest.fail(f"the order is {found['state']}, not {state}")


def entries(line: Line, asset: str) -> tuple[Decimal, Decimal, Decimal]:
    """What the account's entries of an asset add up to: available, frozen, unsettled."""
    table = line.stage.session.resource("dynamodb", endpoint_url=line.stage.endpoint).Table(
        line.outputs["EntriesTable"]
    )
    found = table.query(KeyConditionExpression=Key("account_id").eq(ACCOUNT))["Items"]
    names = ("available", "frozen", "unsettled")
    available, frozen, unsettled = (
        sum((Decimal(str(one[name])) for one in found if one["asset"] == asset), Decimal(0)) for name in names
    )
    return available, frozen, unsettled


def test_an_order_by_phone_is_filled_in_parts_by_the_tape_and_every_fen_is_explained(line: Line) -> None:
    order = place(line)
    before = position(line, ACCOUNT)
    market(line, order, "102.00", 40)
    assert await_state(line, order, "partly_filled")["filled"] == 40
    market(line, order, "102.30", 500)
    filled = await_state(line, order, "filled")
    assert filled["filled"] == 100
    assert Decimal(str(filled["traded"])) == Decimal("10218.00")  # 40 at 102.00, 60 at 102.30
    available, frozen = position(line, ACCOUNT)
    assert available - before[0] == COST - Decimal("10223.10")  # what was frozen too much is back
    assert before[1] - frozen == COST
    assert entries(line, "CNY")[:2] == (available, frozen)
    shares = entries(line, CODE)
    assert shares[2] >= 100  # bought today, to be sold from the next trading day on


def test_a_row_that_is_delivered_twice_fills_once(line: Line) -> None:
    order = place(line)
    event = {
        "Records": [
            {
                "messageId": "m",
                "receiptHandle": "r",
                "body": json.dumps(tape.row(order["code"], later(order), "102.30", "60")),
                "attributes": {"MessageGroupId": order["code"]},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:ap-southeast-1:000000000000:tape.fifo",
                "awsRegion": "ap-southeast-1",
                "md5OfBody": "",
            }
        ]
    }
    name = next(
        function["FunctionName"]
        for function in line.stage.functions.list_functions()["Functions"]
        if function["Handler"].endswith(".tape")
    )
    for _ in range(2):
        answer = json.loads(line.stage.functions.invoke(FunctionName=name, Payload=json.dumps(event))["Payload"].read())
        assert answer == {"batchItemFailures": []}
    assert await_state(line, order, "partly_filled")["filled"] == 60


def unsettled(line: Line, day: str) -> Decimal:
    """What the account's entries of a trading day have not freed yet."""
    table = line.stage.session.resource("dynamodb", endpoint_url=line.stage.endpoint).Table(
        line.outputs["EntriesTable"]
    )
    of_the_day = Key("account_id").eq(ACCOUNT) & Key("entry_id").begins_with(f"{day}#")
    return sum(
        (Decimal(str(one["unsettled"])) for one in table.query(KeyConditionExpression=of_the_day)["Items"]), Decimal(0)
    )


def await_settled(line: Line, day: str) -> None:
    """Nothing of the account's trading day is open or unsettled."""
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        states = [one["state"] for one in orders(line, ACCOUNT) if one["day"] == day]
        if not {"accepted", "partly_filled"} & set(states) and not unsettled(line, day):
            return
        time.sleep(0.2)
    pytest.fail(f"the account is not settled: {states}, {unsettled(line, day)} unsettled")


def test_at_the_end_of_the_day_what_is_open_expires_and_its_money_and_shares_are_free(line: Line) -> None:
    bought = place(line)
    market(line, bought, "102.00", 500)
    await_state(line, bought, "filled")
    order = place(line)
    frozen_before, held_before = position(line, ACCOUNT)[1], position(line, ACCOUNT, CODE)[0]
    assert unsettled(line, order["day"]) >= 100
    event = {"time": f"{order['day']}T08:10:00+00:00"}
    for _ in range(2):
        answer = line.stage.functions.invoke(
            FunctionName=line.outputs["SettlementFunctionArn"], Payload=json.dumps(event)
        )
        assert "FunctionError" not in answer
        done = json.loads(answer["Payload"].read())
        assert done["day"] == order["day"]
        assert done["accounts"] >= 1
        await_settled(line, order["day"])
    assert await_state(line, order, "expired")["filled"] == 0
    available, frozen = position(line, ACCOUNT)
    assert frozen < frozen_before
    assert position(line, ACCOUNT, CODE)[0] >= held_before + 100
    assert entries(line, "CNY")[:2] == (available, frozen)
