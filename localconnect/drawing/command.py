"""`localconnect draw`: a picture of a flow, or of each flow of a template."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from localconnect.cli.line import Template
from localconnect.cli.problem import Problem
from localconnect.drawing.svg import draw
from localconnect.graph import read_file, read_template


def command(
    file: Annotated[Path | None, typer.Argument(metavar="FLOW", help="A flow or module file.")] = None,
    template: Template = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The SVG; with --template, the folder for one a flow.")
    ] = None,
    language: Annotated[str, typer.Option(help="Of the prompts, as the flow names it, for example en or zh-HK.")] = "",
) -> None:
    """Draw a flow as an SVG, to a file or to standard output; with --template, each of its flows into a folder."""
    if bool(file) == bool(template):
        raise Problem("What is to be drawn? Give a flow file, or a template with --template, and not both.")
    if template:
        return _draw_each(template, output, language)
    picture = draw(read_file(file or Path()), language=language)
    if output:
        output.write_text(picture, encoding="utf-8")
    else:
        print(picture, end="")


def _draw_each(template: Path, folder: Path | None, language: str) -> None:
    if folder is None:
        raise Problem("Where are the pictures to go? Name a folder with -o.")
    folder.mkdir(parents=True, exist_ok=True)
    for graph in read_template(template):
        (folder / f"{graph.name}.svg").write_text(draw(graph, language=language), encoding="utf-8")
