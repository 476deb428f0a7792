"""`localconnect test`: runs test cases written in Amazon Connect's testing language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from localconnect.call import Observer
from localconnect.cli.line import Endpoint, Parameters, Stub, Template, open_line
from localconnect.cli.screen import err, out, table
from localconnect.clock import TurnedClock
from localconnect.functions import Functions
from localconnect.instance import Instance
from localconnect.testing import Case, CaseResult, junit, report, run_case
from localconnect.testing.files import cases_of, read_case_file

JunitFile = Annotated[Path | None, typer.Option("--junit", help="Also write the results as JUnit XML.")]
Only = Annotated[str, typer.Option("-k", help="Only cases whose name holds this text.")]


def command(
    cases: Annotated[list[Path] | None, typer.Argument(help="Test case files; not needed with a template.")] = None,
    flows: Annotated[
        list[Path] | None, typer.Option("--flow", help="A flow file; cases call the first, unless they name another.")
    ] = None,
    template: Template = None,
    parameters: Parameters = None,
    stub: Stub = None,
    endpoint: Endpoint = None,
    junit_file: JunitFile = None,
    only: Only = "",
) -> None:
    """Run test cases and print a table; exit with 1 when one fails."""
    given = {file.resolve(): read_case_file(file) for file in cases or ()}
    line = open_line(flows or [], template, parameters, stub, endpoint, given.values())
    # A template says who calls which flow in a case, and with what attributes.
    in_template = cases_of(template, line.instance) if template and given else {}
    chosen = [in_template.get(file, case) for file, case in given.items()] or line.instance.test_cases.values()
    results = list(run_all(line.instance, line.functions, chosen, only))
    conclude(results, junit_file, only)


def run_all(
    instance: Instance,
    functions: Callable[[Callable[[float], None]], Functions],
    cases: Iterable[Case],
    only: str = "",
    observer: Observer | None = None,
) -> Iterator[CaseResult]:
    """The result of each case whose name holds ``only``, one after the other. ``functions`` as a Line has it;
    ``observer`` watches them all.
    """
    for case in cases:
        if only in case.name:
            clock = TurnedClock()
            yield run_case(instance, case, functions(clock.advance), clock=clock, observer=observer)


def conclude(results: list[CaseResult], junit_file: Path | None, only: str) -> None:
    """Print results and what is to be said of those that failed; exit with 1 when one did, or there are none."""
    rows = [(result.name, result.status, f"{result.seconds:.2f}") for result in results]
    out.print(table("Test cases", ("case", "status", "seconds"), rows))
    failed = [result for result in results if result.status == "FAILED"]
    for result in failed:
        out.print(f"\n{result.name}\n{report(result)}", markup=False, soft_wrap=True)
    if junit_file:
        junit_file.parent.mkdir(parents=True, exist_ok=True)
        junit_file.write_text(junit(results), encoding="utf-8")
    out.print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    if not results:
        err.print(f"No test case is named like {only!r}." if only else "There are no test cases.", markup=False)
    if failed or not results:
        raise typer.Exit(1)
