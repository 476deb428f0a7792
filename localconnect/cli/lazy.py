"""A command line whose commands are imported when they are called for: one starts without waiting for the others."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any

import typer
from typer.core import TyperGroup

from localconnect.cli.screen import err


def lazy_app(commands: Mapping[str, str], summary: str) -> typer.Typer:
    """``commands``: from the name of each to its function, as "module:function"."""

    class Commands(TyperGroup):
        def list_commands(self, ctx: Any) -> list[str]:
            return list(commands)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            if cmd_name not in commands:
                return None
            module, _, function = commands[cmd_name].partition(":")
            alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            alone.command(cmd_name)(getattr(importlib.import_module(module), function))
            return typer.main.get_command(alone)

    app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback(help=summary)(lambda: None)
    return app


def run(app: typer.Typer, program: str, explain: Callable[[Exception], str]) -> None:
    """Run the command that sys.argv names; what ``explain`` says of its error is printed, and the exit code 1."""
    try:
        app(prog_name=program)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        err.print(explain(error), style="red", markup=False, soft_wrap=True)
        sys.exit(1)
