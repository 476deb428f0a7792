"""A ticket on the local cloud: its timeline, its clocks, and who of the staff heard of it."""

from __future__ import annotations

import json
from collections.abc import Callable

from boto3.dynamodb.conditions import Key

from chalicelib.tickets import Entry
from devtools.line import Line

from .outbox import sent_by_mail


def timeline(line: Line, number: str) -> list[Entry]:
    """All its entries, in order."""
    resource = line.stage.session.resource("dynamodb", endpoint_url=line.stage.endpoint)
    table = resource.Table(line.outputs["TicketEntriesTable"])
    found = table.query(KeyConditionExpression=Key("number").eq(number), ConsistentRead=True)["Items"]
    read = [item | {"sequence": int(item["sequence"]), "details": json.loads(item["details"])} for item in found]
    return [Entry(**item) for item in read]


def mails(line: Line, number: str) -> list[tuple[str, str]]:
    """To whom of the staff, and of what."""
    grouped = f"{number[:3]} {number[3:6]} {number[6:]}"
    return [(mail["To"][0], mail["Subject"]) for mail in sent_by_mail(line) if grouped in mail["Subject"]]


def schedule(line: Line, number: str) -> str | None:
    """When its alarm rings, as EventBridge has it."""
    scheduler = line.stage.session.client("scheduler", endpoint_url=line.stage.endpoint)
    try:
        return scheduler.get_schedule(GroupName=line.outputs["TicketSchedules"], Name=number)["ScheduleExpression"]
    except scheduler.exceptions.ResourceNotFoundException:
        return None


def told(line: Line, number: str, what: str) -> Callable[[], list[Entry]]:
    """Looks for the entries that say that somebody was told this."""
    return lambda: [entry for entry in timeline(line, number) if entry.details.get("what") == what]


def ring(line: Line, **event: str) -> None:
    """The clock comes: ``number``, ``time``."""
    payload = json.dumps(event)
    answer = line.stage.functions.invoke(FunctionName=line.outputs["RingTicketsFunctionArn"], Payload=payload)
    assert "FunctionError" not in answer, answer["Payload"].read()
