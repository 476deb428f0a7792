"""`python -m devtools statistics`: what the tickets of a week come to, in the running line; as PDF and CSV on request.

`python -m devtools.statistics` runs in the function's environment, and knows no limit of time.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from devtools.function_environment import run_module
from devtools.line import attach
from localconnect.cli.screen import out, table


def command(
    week: Annotated[str | None, typer.Option(help="An ISO week, as 2026-W48; else the last that is over.")] = None,
    department: Annotated[str, typer.Option(help="A department's name, service, or all.")] = "all",
    language: Annotated[str, typer.Option(help="zh-CN, zh-HK or en.")] = "en",
    pdf: Annotated[Path | None, typer.Option(help="Write the report with its charts there.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write a row for each ticket there.")] = None,
) -> None:
    """Print the figures of a week beside those of the one before."""
    line = attach()
    files = [str(file.resolve()) if file else "" for file in (pdf, csv)]
    asked = (week or "", department, language, *files)
    printed = run_module("devtools.statistics", line.stage, line.outputs, "The statistics could not be made", *asked)
    title, heading, rows = json.loads(printed.splitlines()[-1])
    out.print(table(title, heading, rows))


def main(week: str, department: str, language: str, pdf: str, csv: str) -> None:
    """Make the report, write what is asked for, and print its first table as JSON: title, heading, rows."""
    from chalicelib.platform.clock import now
    from chalicelib.tickets import report, statistics
    from chalicelib.tickets.departments import departments
    from chalicelib.tickets.gathering import tickets_of

    at = now()
    period, say = statistics.week(week or statistics.week_before(at)), report.words(language, departments())
    made = statistics.report(tickets_of(period, department), department, period, at)
    for file, write in ((pdf, report.pdf), (csv, report.table)):
        if file:
            Path(file).write_bytes(write(made, say))
    shown = report.document(made, say)
    summary = shown.tables[0]
    rows = [[" ".join(cell) for cell in row] for row in summary.rows]
    print(json.dumps([f"{shown.title}, {say.days(period)}", [column.heading for column in summary.columns], rows]))


if __name__ == "__main__":
    main(*sys.argv[1:])
