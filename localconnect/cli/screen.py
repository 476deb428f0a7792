"""What the commands print: results on standard output, progress and problems on standard error."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


@contextmanager
def step(doing: str) -> Iterator[None]:
    """Show that something is being done, and its seconds when it is done; in a terminal with a spinner meanwhile."""
    begun = time.monotonic()
    if not err.is_terminal:
        err.print(f"… {doing}", soft_wrap=True)
    with err.status(doing):
        yield
    err.print(f"[green]✓[/] {doing} [dim]{time.monotonic() - begun:.1f} s[/]", soft_wrap=True)


def table(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    """A table of plain text: no markup is read from the cells."""
    drawn = Table(title=title, title_justify="left")
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*(cell.replace("[", "\\[") for cell in row))
    return drawn
