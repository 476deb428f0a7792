"""`make bench`: what things cost, beside the least that could do the job, measured in the same run."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from devtools import cloud
from devtools.bench.cold_start import cold_starts
from devtools.bench.flow_cases import flow_cases
from devtools.bench.flow_scale import flow_scale
from devtools.bench.flow_speed import flow_speed
from devtools.bench.many_orders import many_orders
from devtools.bench.many_tickets import MANY, many_tickets
from devtools.bench.order_time import order_time
from devtools.bench.requests import requests
from devtools.bench.row import Row
from devtools.line import Line, brought_up
from localconnect.cli.screen import out, step, table

PARTS: dict[str, Callable[[Line], list[Row]]] = {
    "DynamoDB requests and units of each operation": requests,
    "time an order takes beside its bare requests": order_time,
    "cost of an account with many orders": many_orders,
    "cost of a table of many tickets": many_tickets,
    "CPU time of a cold start": cold_starts,
    "speed of the flow engine": flow_speed,
    "test cases of the flows": flow_cases,
    "memory of many contacts and the first prompt": flow_scale,
}


def command(
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the rows as JSON.")] = None,
    tickets: Annotated[int, typer.Option(help="How many tickets the table of very many has.")] = MANY,
) -> None:
    """Measure, and print a table: measured, least possible, their ratio, and the goal where there is one."""
    rows: list[Row] = []
    parts = PARTS | {"cost of a table of many tickets": partial(many_tickets, many=tickets)}
    with tempfile.TemporaryDirectory() as home, brought_up(Path(home), cloud.free_port()) as line:
        for what, measure in parts.items():
            with step(f"measuring the {what}"):
                rows += measure(line)
    out.print(table("Benchmarks", ("name", "measured", "least", "ratio", "unit", "goal"), map(_cells, rows)))
    if json_file:
        json_file.parent.mkdir(parents=True, exist_ok=True)
        json_file.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n", encoding="utf-8")


def _cells(row: Row) -> tuple[str, ...]:
    figures = (f"{row.measured:,.6g}", f"{row.least:,.6g}", "-" if row.ratio is None else f"{row.ratio:.2f}")
    return (row.name, *figures, row.unit, row.goal)
