"""`python -m devtools gateway`: a gateway of the counter's contract to practise on, before the running line.

It keeps its books in the line's own tables, as the embedded counter does, in a process of its own: it can be stopped
while the line goes on, which is what there is to try.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Annotated

import typer

from devtools.function_environment import environment
from devtools.gateway_keys import GatewayKeys, kept_in
from devtools.line import attach
from devtools.paths import LOCAL
from devtools.problem import Problem
from devtools.stage import Stage
from localconnect.cli.screen import out

PARAMETERS = {
    "certificate": "client",
    "key": "client_private",
    "authority": "authority",
    "signing": "signing",
    "sealing": "sealing",
}
"""What this house needs of the keys, by the last part of the SSM parameter's name (docs/counter.md)."""


def command(
    port: Annotated[int, typer.Option(help="Where it listens; 0 is any port that is free.")] = 8843,
    keys: Annotated[Path, typer.Option(help="The folder of its keys, made where there is none.")] = LOCAL / "gateway",
    join: Annotated[bool, typer.Option("--join", help="Let the running line trade through it until it ends.")] = False,
) -> None:
    """Serve the counter's contract (docs/counter.openapi.yaml) on this machine. Ctrl-C ends it."""
    line = attach()
    made = kept_in(keys)
    with running(line.stage, line.outputs, keys, port) as url, ExitStack() as ending:
        if join:
            ending.enter_context(joined(line.stage, url, made))
        out.print(f"ready {url}" + (", and the line trades through it" if join else f"; its keys are in {keys}"))
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            out.print("The gateway has ended" + (", and the line has its own counter again." if join else "."))


@contextmanager
def running(stage: Stage, outputs: dict[str, str], keys: Path, port: int = 0) -> Iterator[str]:
    """A gateway in a process of its own, over the tables of the stage; gives its address. Raises Problem."""
    command = [sys.executable, "-m", "devtools.gateway_server", str(keys), str(port)]
    with Popen(command, env=environment(stage, outputs) | {"COUNTER": "embedded"}, stdout=PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            url = child.stdout.readline().strip()
            if not url:
                raise Problem(f"The gateway could not be started: see whether port {port} is free.")
            yield url
        finally:
            child.terminate()


@contextmanager
def joined(stage: Stage, url: str, keys: GatewayKeys) -> Iterator[None]:
    """The stage's functions ask this gateway while the block lasts, and then what they asked before."""
    for name, field in PARAMETERS.items():
        stage.ssm.put_parameter(
            Name=f"/brokerline/{stage.name}/counter/{name}",
            Value=getattr(keys, field),
            Type="SecureString",
            Overwrite=True,
        )
    before = {
        function["FunctionName"]: function["Environment"]["Variables"]
        for page in stage.functions.get_paginator("list_functions").paginate()
        for function in page["Functions"]
        if "COUNTER" in function.get("Environment", {}).get("Variables", {})
    }
    try:
        for name, variables in before.items():
            changed = variables | {"COUNTER": "http", "COUNTER_URL": url}
            stage.functions.update_function_configuration(FunctionName=name, Environment={"Variables": changed})
        yield
    finally:
        for name, variables in before.items():
            stage.functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
