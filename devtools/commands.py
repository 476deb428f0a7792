"""The commands of the command line. Each is the function `command` of a module, imported when it is called for."""

import importlib
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from devtools.problem import explain
from devtools.screen import err

MODULES = {
    "run": "devtools.run",
    "call": "devtools.call",
    "test-flows": "devtools.flow_tests",
    "deploy": "devtools.deploy",
    "seed": "devtools.seed",
    "bench": "devtools.bench",
    "reset": "devtools.reset",
    "lint": "devtools.lint",
}


class Commands(TyperGroup):
    """Finds a command by its name in MODULES."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in MODULES:
            return None
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(cmd_name)(importlib.import_module(MODULES[cmd_name]).command)
        return typer.main.get_command(alone)


app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def brokerline() -> None:
    """The contact line of a securities brokerage, from the developer's side."""


def main() -> None:
    try:
        app(prog_name="python -m devtools")
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        err.print(explain(error), style="red", markup=False, soft_wrap=True)
        sys.exit(1)
