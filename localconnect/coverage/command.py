"""`localconnect coverage`: runs the test cases of a template and says what of its flows they reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from localconnect.cli.line import Endpoint, Line, Parameters, Stub, Template, open_line
from localconnect.cli.problem import Problem
from localconnect.cli.screen import err, out, table
from localconnect.cli.test import run_all
from localconnect.coverage.counting import Coverage, Reached, branch_share, share
from localconnect.coverage.limits import RULES
from localconnect.graph import read_template


def command(
    template: Template = None,
    parameters: Parameters = None,
    stub: Stub = None,
    endpoint: Endpoint = None,
    svg: Annotated[Path | None, typer.Option(metavar="DIR", help="Draw each flow there, in green and red.")] = None,
    fail_under: Annotated[float, typer.Option(help="Exit with 1 when fewer per cent of the branches are reached.")] = 0,
    rules: Annotated[bool, typer.Option("--rules", help="Say which branches do not count, and end.")] = False,
) -> None:
    """Run the test cases of a template; print which share of its flows' branches they take, and those they don't."""
    if rules:
        return out.print(RULES, markup=False, soft_wrap=True)
    if template is None:
        raise Problem("Which template holds the flows and their test cases? Give it with --template.")
    line = open_line([], template, parameters, stub, endpoint)
    coverages = measure(line, template)
    _print(coverages)
    if svg:
        _draw(coverages, svg)
    if branch_share(coverages) < fail_under:
        raise Problem(
            f"{branch_share(coverages):.1f} % of the branches are reached; --fail-under asks {fail_under:g} %."
        )


def measure(line: Line, template: Path) -> list[Coverage]:
    """Run every test case of ``line``, which is that of ``template``; those that fail are named on standard error."""
    reached = Reached()
    for result in run_all(line.instance, line.functions, line.instance.test_cases.values(), observer=reached):
        if result.failure:
            err.print(f"{result.name} failed; localconnect test says why.", markup=False, soft_wrap=True)
    return reached.coverage(line.instance, read_template(template))


def _print(coverages: Sequence[Coverage]) -> None:
    rows = [_row(coverage.graph.name, [coverage]) for coverage in coverages]
    out.print(table("Coverage by test cases", ("flow", "actions", "branches", "%"), [*rows, _row("all", coverages)]))
    for sentence in missed(coverages):
        out.print(sentence, markup=False, soft_wrap=True)


def _row(name: str, coverages: Sequence[Coverage]) -> tuple[str, ...]:
    actions = [bool(count) for coverage in coverages for count in coverage.actions.values()]
    branches = [bool(count) for coverage in coverages for count in coverage.branches.values()]
    return name, _of(actions), _of(branches), f"{share(sum(branches), len(branches)):.1f}"


def _of(reached: list[bool]) -> str:
    return f"{sum(reached)} of {len(reached)}"


def missed(coverages: Sequence[Coverage]) -> Iterator[str]:
    """A sentence for each action and each branch of a reached action that no case takes."""
    for coverage in coverages:
        file, actions = coverage.graph.file, coverage.missed_actions()
        for identifier in actions:
            yield f'{file}: action "{identifier}" is never reached.'
        for branch in coverage.missed_branches():
            if branch.source not in actions:
                way = f'to "{branch.target}"' if branch.target else "out of the flow"
                yield f'{file}: action "{branch.source}" never takes its branch {branch.label} {way}.'


def _draw(coverages: Sequence[Coverage], folder: Path) -> None:
    from localconnect.drawing import draw  # only with --svg: the figure alone is quicker without it

    folder.mkdir(parents=True, exist_ok=True)
    for coverage in coverages:
        (folder / f"{coverage.graph.name}.svg").write_text(draw(coverage.graph, coverage=coverage), encoding="utf-8")
