"""`localconnect check`: what runs of flow, module and test case files, and what is wrong with them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from localconnect.checking import Checked, Named, check_file
from localconnect.cli.screen import out, table


def command(
    files: Annotated[list[Path], typer.Argument(help="Flow, module and test case files.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON, an object a file.")] = False,
) -> None:
    """Say of each file which actions run, are doubled or are refused; exit with 1 when one is refused or wrong."""
    checked = [check_file(file) for file in files]
    if as_json:
        print(json.dumps([one.to_json() for one in checked], ensure_ascii=False, indent=2))
    else:
        _print(checked)
    if not all(one.good for one in checked):
        raise typer.Exit(1)


def _print(checked: list[Checked]) -> None:
    rows = [(one.file, one.kind, *map(_types, (one.runs, one.doubled, one.refused))) for one in checked]
    out.print(table("Files", ("file", "kind", "runs", "doubled", "refused"), rows))
    for problem in (problem for one in checked for problem in one.problems):
        out.print(problem, markup=False, soft_wrap=True)


def _types(actions: list[Named]) -> str:
    counts = Counter(action.type for action in actions)
    return "\n".join(f"{count} × {name}" if count > 1 else name for name, count in sorted(counts.items()))
