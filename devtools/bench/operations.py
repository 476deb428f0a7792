"""`python -m devtools.bench.operations`: runs each ivr operation and its leanest equivalent and counts what they ask of
DynamoDB; prints JSON. Run by devtools.bench.requests in the function's environment, on seed data."""

import json
import math
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any
from unittest.mock import patch

import boto3

from chalicelib.customers.models import Customer
from chalicelib.platform.clock import now
from chalicelib.platform.settings import holdings_a_page
from chalicelib.trading.sessions import trading_day_of
from chalicelib.voice import ivr
from localconnect.encryption import encrypt

ACCOUNT_NUMBER, PIN, ACCOUNT, BANK_PASSWORD = "60001234", "246810", "A-1234", "135790"
ORDER = {"Side": "buy", "Code": "601398", "Quantity": "100", "Price": "7*85"}
Cost = dict[str, float]


class Meter:
    """Counts the requests of clients it is put on, and reckons their units."""

    def __init__(self) -> None:
        self.cost = _nothing()

    def put_on(self, client: Any) -> None:
        client.meta.events.register("before-call.dynamodb", self._before)
        client.meta.events.register("after-call.dynamodb", self._after)

    @contextmanager
    def counting(self) -> Iterator[Cost]:
        self.cost = counted = _nothing()
        yield counted
        self.cost = _nothing()  # what comes between two jobs is part of neither

    def _before(self, model: Any, params: dict[str, Any], **_: Any) -> None:
        self.cost["requests"] += 1
        self._request = (model.name, json.loads(params["body"]))

    def _after(self, model: Any, parsed: dict[str, Any], **_: Any) -> None:
        name, asked = self._request
        if name in ("UpdateItem", "PutItem"):
            self.cost["write units"] += _write_units(parsed.get("Attributes") or asked.get("Item") or {})
        elif name == "TransactWriteItems":
            for item in asked["TransactItems"]:
                self.cost["write units"] += 2 * _write_units(item.get("Put", {}).get("Item", {}))
        elif name == "BatchGetItem":
            for table, items in parsed.get("Responses", {}).items():
                strong = asked["RequestItems"][table].get("ConsistentRead", False)
                missing = len(asked["RequestItems"][table]["Keys"]) - len(items)
                self.cost["read units"] += sum(_read_units(item, strong) for item in items)
                self.cost["read units"] += missing * _read_units({}, strong)
        elif name == "GetItem":
            self.cost["read units"] += _read_units(parsed.get("Item", {}), asked.get("ConsistentRead", False))
        elif name == "Query":
            self.cost["read units"] += _read_units(parsed["Items"], asked.get("ConsistentRead", False))
        else:
            raise NotImplementedError(f"{name}: say here how its units are reckoned.")


def _nothing() -> Cost:
    return {"requests": 0, "read units": 0, "write units": 0}


def _size(item: Any) -> int:
    """Bytes, near enough: names and values, without the JSON around them."""
    return len(json.dumps(item, ensure_ascii=False, default=str).encode())


def _read_units(item: Any, strong: bool) -> float:
    return max(1, math.ceil(_size(item) / 4096)) * (1 if strong else 0.5)


def _write_units(item: Any) -> int:
    return max(1, math.ceil(_size(item) / 1024))


def ask(operation: str, attributes: dict[str, str], **parameters: str) -> dict[str, str]:
    data = {"ContactId": "bench", "InitialContactId": "bench", "Attributes": attributes}
    event = {"Details": {"ContactData": data, "Parameters": {"Operation": operation, **parameters}}}
    return ivr(event, None)  # type: ignore[no-any-return]


def measured(meter: Meter) -> dict[str, Cost]:
    """What each operation costs as it is."""
    ssm = boto3.client("ssm")
    certificate = ssm.get_parameter(Name=os.environ["INPUT_KEY_PARAMETER"].replace("private-key", "certificate"))

    def sealed(keys: str) -> str:
        return encrypt(keys, "bench", certificate["Parameter"]["Value"])

    costs: dict[str, Cost] = {}

    def cost(name: str, operation: str, attributes: dict[str, str], **parameters: str) -> dict[str, str]:
        with meter.counting() as counted:
            answer = ask(operation, attributes, **parameters)
        costs[name] = counted
        return answer

    key = cost("read_account", "read_account", {}, AccountNumber=sealed(ACCOUNT_NUMBER))["AccountKey"]
    cost("identify, first of the day", "identify", {}, AccountKey=key, Pin=sealed(PIN))
    known = cost("identify, later that day", "identify", {}, AccountKey=key, Pin=sealed(PIN))
    cost("identify, wrong password later that day", "identify", {}, AccountKey=key, Pin=sealed("000000"))
    cost("funds", "funds", known)
    cost("holdings", "holdings", known, Page="1")
    cost("find_security", "find_security", known, Code="601398")
    cost("preview_order", "preview_order", known, **ORDER)
    confirmation = uuid.uuid4().hex
    cost("place_order", "place_order", known, **ORDER, ConfirmationId=confirmation)
    cost("place_order, delivered again", "place_order", known, **ORDER, ConfirmationId=confirmation)
    number = ask("place_order", known, **ORDER, ConfirmationId=uuid.uuid4().hex)["ContractNumber"]
    cost("orders_today", "orders_today", known, Page="1")
    change = {"ContractNumber": number, "Quantity": "200", "Price": "7*85", "ConfirmationId": uuid.uuid4().hex}
    number = cost("amend_order", "amend_order", known, **change)["ContractNumber"]
    cost("cancel_order", "cancel_order", known, ContractNumber=number, ConfirmationId=uuid.uuid4().hex)
    money = {"Amount": "100", "BankPassword": sealed(BANK_PASSWORD)}
    for direction in ("in", "out"):
        confirmed = {"Direction": direction, "ConfirmationId": uuid.uuid4().hex}
        assert cost(f"transfer {direction}", "transfer", known, **confirmed, **money)["Result"] == "done"
    return costs


@contextmanager
def trading_hours() -> Iterator[None]:
    """It is eleven in the morning of the trading day that orders are for: cancellations and transfers have hours."""
    morning, ticks = datetime.combine(trading_day_of(now()), time(3), UTC), count()
    modules = ("orders", "placed_orders", "amending", "transfers")
    with ExitStack() as stack:
        for module in modules:
            stack.enter_context(
                patch(f"chalicelib.voice.{module}.now", lambda: morning + timedelta(seconds=next(ticks)))
            )
        yield


def least(meter: Meter, client: Any) -> dict[str, Cost]:
    """The fewest and cheapest requests that could do the same work, by hand."""
    names = (
        "CUSTOMERS",
        "SECURITIES",
        "POSITIONS",
        "ORDERS",
        "ENTRIES",
        "TRANSFERS",
        "BANK_ACCOUNTS",
        "BANK_MOVEMENTS",
    )
    tables = {name: os.environ[f"{name}_TABLE"] for name in names}
    [customer] = [
        item["account_key"]
        for item in client.scan(TableName=tables["CUSTOMERS"])["Items"]
        if item["account_id"]["S"] == ACCOUNT
    ]
    meter.put_on(client)  # from here on: finding the customer is no part of any job
    code, cash = {"code": {"S": "601398"}}, {"account_id": {"S": ACCOUNT}, "asset": {"S": "CNY"}}
    order = {"account_id": {"S": ACCOUNT}, "contract_number": {"S": uuid.uuid4().hex}}
    entry = {"account_id": {"S": ACCOUNT}, "entry_id": {"S": uuid.uuid4().hex}}

    def update(table: str, key: dict[str, Any]) -> dict[str, Any]:
        return {"TableName": table, "Key": key, "UpdateExpression": "SET bench = :one",
                "ExpressionAttributeValues": {":one": {"N": "1"}}}  # fmt: skip

    def attempt() -> None:
        client.update_item(**update(tables["CUSTOMERS"], {"account_key": customer}), ReturnValues="ALL_NEW")

    def account(most: int | None = None) -> None:
        held = client.query(
            TableName=tables["POSITIONS"],
            KeyConditionExpression="account_id = :account",
            ExpressionAttributeValues={":account": {"S": ACCOUNT}},
            ConsistentRead=True,
        )["Items"]
        keys = [{"code": item["asset"]} for item in held if item["asset"]["S"] != "CNY"]
        client.batch_get_item(RequestItems={tables["SECURITIES"]: {"Keys": keys[:most]}})

    shares = cash | {"asset": {"S": "601398"}}
    terms = {
        tables["SECURITIES"]: {"Keys": [code], "ConsistentRead": True},
        tables["POSITIONS"]: {"Keys": [cash, shares], "ConsistentRead": True},
    }

    def before_order() -> None:
        client.batch_get_item(RequestItems=terms)

    def before_read_back() -> None:
        number = {"Keys": [order], "ConsistentRead": True}
        client.batch_get_item(RequestItems={**terms, tables["ORDERS"]: number})

    def write(*items: tuple[str, dict[str, Any]]) -> None:
        puts = [{"Put": {"TableName": tables[name], "Item": item}} for name, item in items]
        client.transact_write_items(TransactItems=[*puts, {"Update": update(tables["POSITIONS"], cash)}])

    def place() -> None:
        write(("ORDERS", order), ("ENTRIES", entry))

    def read(table: str, key: dict[str, Any]) -> None:
        client.get_item(TableName=tables[table], Key=key, ConsistentRead=True)

    def today() -> None:
        client.query(
            TableName=tables["ORDERS"],
            IndexName="by_time",
            KeyConditionExpression="account_id = :account AND begins_with(day_and_time, :day)",
            ExpressionAttributeValues={":account": {"S": ACCOUNT}, ":day": {"S": f"{trading_day_of(now())}#"}},
            ConsistentRead=True,
        )
        client.batch_get_item(RequestItems={tables["SECURITIES"]: {"Keys": [code]}})

    def at_the_bank() -> None:
        account = update(tables["BANK_ACCOUNTS"], {"account_id": {"S": ACCOUNT}})
        movement = {"reference": {"S": uuid.uuid4().hex}}
        client.transact_write_items(
            TransactItems=[{"Put": {"TableName": tables["BANK_MOVEMENTS"], "Item": movement}}, {"Update": account}]
        )

    made = {"account_id": {"S": ACCOUNT}, "number": {"S": uuid.uuid4().hex}}
    transfer: list[Callable[[], Any]] = [
        lambda: read("POSITIONS", cash),
        lambda: write(("TRANSFERS", made)),
        lambda: read("BANK_ACCOUNTS", {"account_id": {"S": ACCOUNT}}),
        at_the_bank,
        lambda: write(("TRANSFERS", made), ("ENTRIES", entry)),
        lambda: read("POSITIONS", cash),  # the new balance, which is said
    ]

    jobs: dict[str, list[Callable[[], Any]]] = {
        "read_account": [],
        "identify, first of the day": [attempt, attempt],
        "identify, later that day": [attempt, attempt],
        "identify, wrong password later that day": [attempt],
        "funds": [account],
        "holdings": [lambda: account(holdings_a_page())],
        "find_security": [lambda: client.get_item(TableName=tables["SECURITIES"], Key=code)],
        "preview_order": [before_read_back],
        "place_order": [before_order, place],
        "place_order, delivered again": [lambda: client.get_item(TableName=tables["ORDERS"], Key=order)],
        "orders_today": [today],
        "amend_order": [lambda: read("ORDERS", order), before_order, place, place],
        "cancel_order": [lambda: read("ORDERS", order), place],
        "transfer in": transfer,
        "transfer out": transfer,
    }
    costs = {}
    for name, steps in jobs.items():
        with meter.counting() as counted:
            for step in steps:
                step()
        costs[name] = counted
    return costs


def main() -> None:
    meter = Meter()
    meter.put_on(Customer.client().client)
    with trading_hours():
        ours = measured(meter)
    client = boto3.client("dynamodb")
    leanest = least(meter, client)
    print(json.dumps({name: {"measured": ours[name], "least": leanest[name]} for name in ours}))


if __name__ == "__main__":
    main()
