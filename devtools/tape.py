"""`python -m devtools tape`: rows of the market for the embedded exchange of the running line, so that orders trade."""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any

import typer

from devtools.line import attach
from devtools.problem import Problem
from devtools.stage import Stage
from localconnect.cli.screen import out

Row = dict[str, Any]


def command(
    code: Annotated[str | None, typer.Argument(help="A stock code, with PRICE and VOLUME: one row, now.")] = None,
    price: Annotated[str | None, typer.Argument(help="The last price, in CNY.")] = None,
    volume: Annotated[int | None, typer.Argument(help="Shares traded at it.")] = None,
    file: Annotated[
        Path | None, typer.Option("--csv", help="Columns code, at (ISO 8601 with zone), price, volume.")
    ] = None,
) -> None:
    """Let the market trade: one row, or a whole tape from a CSV file, in its order."""
    if (file is None) == (code is None or price is None or volume is None):
        raise Problem("What has the market done? Give CODE PRICE VOLUME, or a file with --csv, and not both.")
    rows = read(file) if file else iter([row(str(code), datetime.now(UTC).isoformat(), str(price), str(volume))])
    line = attach()
    sent = sum(send(line.stage, line.outputs["TapeQueueUrl"], one) for one in rows)
    out.print(f"{sent} rows are on the tape; orders they reach trade in a moment.")


def read(file: Path) -> Iterator[Row]:
    """The rows of a CSV file. Raises Problem, which names the line, for one that is none."""
    with file.open(encoding="utf-8", newline="") as lines:
        for number, fields in enumerate(csv.DictReader(lines), 2):
            try:
                yield row(fields["code"], fields["at"], fields["price"], fields["volume"])
            except (KeyError, Problem) as error:
                raise Problem(f"{file.name}, line {number}: {error}") from error


def row(code: str, at: str, price: str, volume: str) -> Row:
    """As chalicelib/events/quote_tape.py has it. Raises Problem."""
    try:
        if datetime.fromisoformat(at).tzinfo and Decimal(price) > 0 and int(volume) >= 0:
            return {"code": code, "at": at, "price": price, "volume": int(volume)}
    except (ValueError, TypeError, InvalidOperation):
        pass
    raise Problem(f"{code} {at} {price} {volume} is no row: write a time with its zone, a price and whole shares.")


def send(stage: Stage, queue_url: str, one: Row) -> int:
    """Put a row on the tape, behind those of its code. Gives 1."""
    stage.sqs.send_message(QueueUrl=queue_url, MessageBody=json.dumps(one), MessageGroupId=one["code"])
    return 1
