"""`localconnect call`: a call from the terminal. With --keys, one played from a script in turned time."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from localconnect.cli import phone
from localconnect.cli.line import Endpoint, Parameters, Stub, Template, open_line
from localconnect.cli.problem import Problem
from localconnect.cli.serve import HOST, PORT, Port, served
from localconnect.clock import SystemClock, TurnedClock
from localconnect.functions import Functions
from localconnect.instance import Instance
from localconnect.scripted import place_call
from localconnect.server import create_app
from localconnect.sockets.phone import PHONE_NUMBER

Number = Annotated[str, typer.Option("--from", help="The caller's number, with its country code.")]
Keys = Annotated[
    str | None,
    typer.Option(help="Play this call and print it: groups of keys, each typed when the line waits; empty: silence."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the whole record of the call as JSON.")]
Deliver = Annotated[int, typer.Option(min=1, help="Deliver each function event so many times.")]


def command(
    files: Annotated[list[Path] | None, typer.Argument(help="Flow files; a call enters the first.")] = None,
    template: Template = None,
    parameters: Parameters = None,
    stub: Stub = None,
    endpoint: Endpoint = None,
    number: Number = "+12065550100",
    keys: Keys = None,
    as_json: AsJson = False,
    deliver: Deliver = 1,
    port: Port = PORT,
) -> None:
    """Call a line from this terminal, or with --keys from a script. With no file: the line that serve holds."""
    check_options(number, keys, as_json or deliver > 1)
    if keys is None and not (files or template):
        return phone.talk(f"ws://{HOST}:{port}/phone/call", number)
    line = open_line(files or [], template, parameters, stub, endpoint)
    if keys is not None:
        return play(line.instance, line.functions, number, keys, deliver, as_json)
    with served(create_app(line.instance, line.functions(time.sleep), SystemClock())) as address:
        phone.talk(f"ws://{address}/phone/call", number)


def check_options(number: str, keys: str | None, for_scripts: bool) -> None:
    """Raises Problem for a number or keys that are none, and for options of scripts without keys."""
    if not PHONE_NUMBER.fullmatch(number):
        raise Problem(f"{number!r} is no number to call from: write it with its country code, such as +8613800138000.")
    if keys is None and for_scripts:
        raise Problem("--json, --deliver and --endpoint are for scripts: give the keys too, for example --keys '1'.")
    if keys is not None and not re.fullmatch(r"[0-9*#,]*", keys):
        raise Problem(f"{keys!r} are no keys: write 0-9, * and #, groups between commas.")


def play(
    instance: Instance,
    functions: Callable[[Callable[[float], None]], Functions],
    number: str,
    keys: str,
    deliver: int,
    as_json: bool,
) -> None:
    """Place a call in turned time and print its record."""
    clock = TurnedClock()
    record = place_call(
        instance, functions(clock.advance), customer_address=number, keys=keys, clock=clock, deliver=deliver
    )
    if as_json:
        print(json.dumps(record.to_json(), ensure_ascii=False, indent=2))
    else:
        phone.print_record(record)
