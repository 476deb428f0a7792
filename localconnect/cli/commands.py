"""The commands of `localconnect`."""

from localconnect.cli.lazy import lazy_app, run
from localconnect.cli.problem import explain

COMMANDS = {
    "serve": "localconnect.cli.serve:command",
    "call": "localconnect.cli.call:command",
    "check": "localconnect.cli.check:command",
    "test": "localconnect.cli.test:command",
    "lint": "localconnect.lint:command",
    "draw": "localconnect.drawing:command",
    "coverage": "localconnect.coverage:command",
}

app = lazy_app(COMMANDS, "Amazon Connect on a laptop: runs flows, flow modules and test cases unchanged, without AWS.")


def main() -> None:
    run(app, "localconnect", explain)
