"""`make test-flows`: every test case of connect_flows/tests, against a fresh local cloud of its own."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from devtools import cloud
from devtools.line import Line, brought_up
from devtools.screen import err, out, step, table
from localconnect.testing import CaseResult, junit, run_case


def command(
    junit_file: Annotated[Path | None, typer.Option("--junit", help="Also write the results as JUnit XML.")] = None,
    only: Annotated[str, typer.Option("-k", help="Only cases whose name holds this text.")] = "",
) -> None:
    """Run the test cases of the flows and print a table; exit with 1 when one fails."""
    with tempfile.TemporaryDirectory() as home, brought_up(Path(home), cloud.free_port()) as line:
        results = run_all(line, only)
    rows = [(result.name, result.status, f"{result.seconds:.2f}") for result in results]
    out.print(table("Test cases", ("case", "status", "seconds"), rows))
    failed = [result for result in results if result.status == "FAILED"]
    for result in failed:
        out.print(f"\n{result.name}\n{result.failure}", markup=False)
    if junit_file:
        junit_file.parent.mkdir(parents=True, exist_ok=True)
        junit_file.write_text(junit(results), encoding="utf-8")
    out.print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    if failed or not results:
        raise typer.Exit(1)


def run_all(line: Line, only: str = "") -> list[CaseResult]:
    """The result of each test case of the instance whose name holds `only`, one after the other."""
    results = []
    for name, case in line.instance.test_cases.items():
        if only in name:
            with step(name):
                results.append(run_case(line.instance, case, line.functions))
    if not results:
        err.print(f"No test case is named like {only!r}." if only else "There are no test cases.", markup=False)
    return results
