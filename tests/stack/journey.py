"""What tests on the local cloud share: calls by script, and a look into the tables."""

from decimal import Decimal
from typing import Any

from boto3.dynamodb.conditions import Key
from boto3.dynamodb.types import TypeDeserializer

from devtools.line import Line
from localconnect.effects import Invocation
from localconnect.scripted import CallRecord, place_call

CALLER = "+8613800138000"
BUY_100 = "2,1,601398#,100#,7*85#,1"


def call(
    line: Line, keys: str, *, functions: Any = None, deliver: int = 1, customer_address: str = CALLER
) -> CallRecord:
    """Call in English (3 is typed already) and type ``keys``."""
    return place_call(
        line.instance, functions or line.functions, customer_address=customer_address, keys=f"3,{keys}", deliver=deliver
    )


def ask(line: Line, contact: str, attributes: dict[str, str], **parameters: str) -> Invocation:
    """Call the function as a flow of this contact would."""
    data = {"ContactId": contact, "InitialContactId": contact, "Attributes": attributes}
    event: dict[str, Any] = {"Name": "ContactFlowEvent", "Details": {"ContactData": data, "Parameters": parameters}}
    return line.functions.invoke(line.outputs["IvrFunctionArn"], event, 30)


def heard(record: CallRecord) -> str:
    return "\n".join(said.text for said in record.transcript if said.speaker == "system")


def scan(line: Line, output: str) -> list[dict[str, Any]]:
    """All items of a table; tests may."""
    items = line.stage.dynamodb.get_paginator("scan").paginate(TableName=line.outputs[output]).search("Items[]")
    read = TypeDeserializer().deserialize
    return [{name: read(value) for name, value in item.items()} for item in items]


def orders(line: Line, account_id: str) -> list[dict[str, Any]]:
    table = line.stage.session.resource("dynamodb", endpoint_url=line.stage.endpoint).Table(line.outputs["OrdersTable"])
    return list(table.query(KeyConditionExpression=Key("account_id").eq(account_id))["Items"])


def position(line: Line, account_id: str, asset: str = "CNY") -> tuple[Decimal, Decimal]:
    """Available and frozen."""
    table = line.stage.session.resource("dynamodb", endpoint_url=line.stage.endpoint)
    item = table.Table(line.outputs["PositionsTable"]).get_item(Key={"account_id": account_id, "asset": asset})["Item"]
    return Decimal(str(item["available"])), Decimal(str(item["frozen"]))
