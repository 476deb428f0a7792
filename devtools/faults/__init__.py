"""`python -m devtools faults`: orders by the ten thousand with a tenth of all calls faulty, and races by as many.

The functions' own code runs in processes of their own, against a fresh local cloud; see docs/faults.md.
"""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn

from devtools import cloud
from devtools.function_environment import run_module
from devtools.line import Line, brought_up
from devtools.problem import Problem
from localconnect.cli.screen import err, out, table

# Whose code it is that is broken here.
FUNCTIONS = (
    "IvrFunctionArn", "TapeFunctionArn", "SettlementFunctionArn", "SettleAccountFunctionArn", "ReconcileFunctionArn",
)  # fmt: skip

Result = dict[str, Any]
Heard = Callable[[str], object]


class CounterKind(StrEnum):
    EMBEDDED = "embedded"
    HTTP = "http"


def command(
    orders: Annotated[int, typer.Option(min=1, help="Orders of the faulty day.")] = 10_000,
    counter: Annotated[CounterKind, typer.Option(help="Where the books are kept.")] = CounterKind.EMBEDDED,
    races: Annotated[int, typer.Option(min=0, help="Rounds in which two callers want the same money.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Of what is asked and of the faults.")] = 1,
    rate: Annotated[float, typer.Option(min=0, max=0.5, help="The part of calls and requests that go wrong.")] = 0.1,
) -> None:
    """Break everything that can break, and look whether an order was lost or sent twice."""
    with tempfile.TemporaryDirectory() as home, brought_up(Path(home), cloud.free_port()) as line:
        with _shown("orders", orders) as heard:
            day = faulty_day(line, orders, seed, rate, counter, heard)
        _print_day(day)
        found = dict(day["found"])
        if races:
            with _shown("races", races) as heard:
                raced = race(line, races, heard)
            _print_races(raced)
            found |= raced["found"]
    if any(found.values()):
        raise Problem("The books are not in order: see what the audit found above.")


def faulty_day(
    line: Line, orders: int, seed: int, rate: float, counter: CounterKind = CounterKind.EMBEDDED, heard: Heard = str
) -> Result:
    """A day of ``orders`` orders; the result is what devtools/faults/day.py prints."""
    return _run(line, "devtools.faults.day", heard, str(orders), str(seed), str(rate), counter.value)


def race(line: Line, rounds: int, heard: Heard = str) -> Result:
    """``rounds`` races; the result is what devtools/faults/races.py prints."""
    return _run(line, "devtools.faults.races", heard, str(rounds))


def _run(line: Line, module: str, heard: Heard, *arguments: str) -> Result:
    failure = f"{module} could not be run to its end"
    printed = run_module(module, line.stage, line.outputs, failure, *arguments, functions=FUNCTIONS, heard=heard)
    result: Result = json.loads(printed.splitlines()[-1])
    return result


@contextmanager
def _shown(what: str, total: int) -> Iterator[Heard]:
    """A bar that moves with the lines ``done N``."""
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err) as progress:
        bar = progress.add_task(what, total=total)

        def heard(line: str) -> None:
            if line.startswith("done "):
                progress.update(bar, completed=int(line.removeprefix("done ")))

        yield heard


def _print_day(day: Result) -> None:
    times = {(place, kind): number for place, kind, number in day["faults"]}
    rows = [
        (place, ", ".join(f"{kind} {number:,}" for (where, kind), number in times.items() if where == place))
        for place in dict.fromkeys(place for place, _ in times)
    ]
    out.print(table("Faults", ("place", "kind and times"), rows))
    _print_tally("What the callers heard", day["heard"])
    _print_tally("Orders at the end", day["states"])
    _print_tally("Events that had to be delivered again", day["delivered again"])
    _print_tally("Audit", day["found"])
    requests, seconds = day["requests"], day["seconds"]
    pace = f"{requests:,} DynamoDB requests in {seconds:.0f} s ({requests / seconds:.0f} a second)"
    out.print(f"{day['orders']:,} orders, {pace}; {sum(times.values()):,} faults in {day['places']:,} places")


def _print_races(raced: Result) -> None:
    _print_tally("Races", raced["found"])
    out.print(
        f"{raced['rounds']:,} rounds in {raced['seconds']:.0f} s; "
        f"{raced['collided']:,} writes met another and were refused"
    )


def _print_tally(title: str, tally: dict[str, int]) -> None:
    out.print(table(title, ("", "times"), ((name, f"{number:,}") for name, number in sorted(tally.items()))))
