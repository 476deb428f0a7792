"""The commands of the command line. Each is the function `command` of a module, imported when it is called for."""

from devtools.problem import explain
from localconnect.cli.lazy import lazy_app, run

COMMANDS = {
    "run": "devtools.run:command",
    "call": "devtools.call:command",
    "test-flows": "devtools.flow_tests:command",
    "deploy": "devtools.deploy:command",
    "seed": "devtools.seed:command",
    "token": "devtools.sign_in:command",
    "gateway": "devtools.gateway:command",
    "tape": "devtools.tape:command",
    "faxes": "devtools.faxes:command",
    "mail": "devtools.mail:command",
    "statistics": "devtools.statistics:command",
    "bench": "devtools.bench:command",
    "faults": "devtools.faults:command",
    "reset": "devtools.reset:command",
    "lint": "devtools.lint:command",
}

app = lazy_app(COMMANDS, "The contact line of a securities brokerage, from the developer's side.")


def main() -> None:
    run(app, "python -m devtools", explain)
