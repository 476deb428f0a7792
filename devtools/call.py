"""`make call`: the phone in the terminal. With --keys, a call played from a script in turned time, for programs too."""

from __future__ import annotations

from typing import Annotated

import typer

from devtools.cloud import HOST
from devtools.line import attach, page_port
from localconnect.cli import phone
from localconnect.cli.call import AsJson, Deliver, Keys, Number, check_options, play


def command(
    number: Number = "+8613800138000",
    keys: Keys = None,
    as_json: AsJson = False,
    deliver: Deliver = 1,
    endpoint: Annotated[str | None, typer.Option(help="URL of another local cloud than that of make run.")] = None,
) -> None:
    """Call the line that make run has brought up: from this terminal, or with --keys from a script."""
    check_options(number, keys, as_json or deliver > 1 or endpoint is not None)
    if keys is None:
        return talk(f"ws://{HOST}:{page_port()}/phone/call", number)
    line = attach(endpoint)
    play(line.instance, lambda wait: line.functions, number, keys, deliver, as_json)


def talk(address: str, number: str) -> None:
    """Hold a call from this terminal until either side ends it. Raises Problem when nothing answers."""
    phone.talk(address, number, start="make run")
