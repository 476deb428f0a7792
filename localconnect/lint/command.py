"""`localconnect lint`: what is wrong with flows that Amazon Connect would take all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from localconnect.cli.line import Template
from localconnect.cli.problem import Problem
from localconnect.cli.screen import err, out
from localconnect.graph import read_file, read_template
from localconnect.lint.finding import SECRET_WORDS
from localconnect.lint.rules import RULES, lint
from localconnect.lint.sarif import sarif


def command(
    files: Annotated[list[Path] | None, typer.Argument(help="Flow and module files.")] = None,
    template: Template = None,
    secret: Annotated[
        list[str] | None, typer.Option(help="A word that says an input is secret; replaces the built-in ones.")
    ] = None,
    sarif_file: Annotated[Path | None, typer.Option("--sarif", metavar="FILE", help="Also write SARIF 2.1.0.")] = None,
    rules: Annotated[bool, typer.Option("--rules", help="List the rules, and end.")] = False,
) -> None:
    """Lint flow files, or all the flows of a template; exit with 1 on errors and warnings."""
    if rules:
        return _print_rules()
    if bool(files) == bool(template):
        raise Problem("What is to be linted? Give flow files, or a template with --template, and not both.")
    graphs = read_template(template) if template else [read_file(file) for file in files or ()]
    findings = lint(graphs, whole=template is not None, secret_words=tuple(secret or SECRET_WORDS))
    for finding in findings:
        out.print(str(finding), markup=False, soft_wrap=True)
    if sarif_file:
        sarif_file.parent.mkdir(parents=True, exist_ok=True)
        sarif_file.write_text(sarif(findings), encoding="utf-8")
    counts = [
        sum(finding.rule.severity == severity for finding in findings) for severity in ("error", "warning", "note")
    ]
    err.print("{} errors, {} warnings, {} notes in {} flows".format(*counts, len(graphs)))
    if any(counts[:2]):
        raise typer.Exit(1)


def _print_rules() -> None:
    for rule in RULES:
        out.print(f"{rule.code} {rule.name} ({rule.severity}): {rule.summary}", markup=False, soft_wrap=True)
    out.print(f"The words of --secret: {', '.join(SECRET_WORDS)}.", markup=False, soft_wrap=True)
