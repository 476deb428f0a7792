"""The whole line on this machine: the local cloud, the stack in it, seed data and the Connect instance before it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from devtools import cloud, deploy, secrets, seed, stacks
from devtools.paths import CONNECT_TEMPLATE, LOCAL
from devtools.problem import Problem
from devtools.stage import Stage
from localconnect.cli.screen import step
from localconnect.events.sink import CloudSink
from localconnect.functions import CloudFunctions
from localconnect.instance import Instance


@dataclass(frozen=True)
class Line:
    """`home`: where the local cloud keeps its data and log. `outputs`: of the application's stack. `functions` calls
    them in the local cloud."""

    home: Path
    stage: Stage
    outputs: dict[str, str]
    instance: Instance
    functions: CloudFunctions

    def sink(self) -> CloudSink:
        """Where records, events and recordings go: the local cloud. Close it at the end."""
        return CloudSink(self.stage.kinesis, self.stage.events, self.stage.s3)


def page_port() -> int:
    """The port of the phone page: BROKERLINE_PORT, or 8800; the local cloud takes the next. Raises Problem."""
    text = os.environ.get("BROKERLINE_PORT", "8800")
    if not text.isdigit() or not 0 < int(text) < 65535:
        raise Problem(f"BROKERLINE_PORT is {text!r}: give a number from 1 to 65534.")
    return int(text)


@contextmanager
def brought_up(home: Path, port: int) -> Iterator[Line]:
    """Start a local cloud with its data in `home`, deploy and seed; stop it at the end. Raises Problem."""
    with ExitStack() as open_things:
        with step(f"starting the local cloud on port {port}"):
            endpoint = open_things.enter_context(cloud.running(home, port))
        stage = Stage("local", endpoint=endpoint)
        outputs = deploy.deploy(stage, agree=lambda changes: True)
        with step("planting the seed data and warming the functions"), ThreadPoolExecutor(1) as pool:
            warm = pool.submit(_warm, stage, outputs)
            seed.plant(stage, outputs)
            warm.result()
        yield _line(home, stage, outputs)


def attach(endpoint: str | None = None) -> Line:
    """The line that `make run` has brought up, or the one in the local cloud at `endpoint`. Raises Problem."""
    endpoint = endpoint or f"http://{cloud.HOST}:{page_port() + 1}"
    if not cloud.answers(endpoint):
        raise Problem(f"The line is not running (nothing answers on {endpoint}): start it with make run.")
    stage = Stage("local", endpoint=endpoint)
    return _line(LOCAL, stage, stacks.outputs(stage.cloudformation, stage.stack))


def _line(home: Path, stage: Stage, outputs: dict[str, str]) -> Line:
    parameters = deploy.connect_parameters(stage, outputs, secrets.ensure(stage.ssm, stage.name))
    instance = Instance.from_template(CONNECT_TEMPLATE, parameters, region=stage.region, account=stage.account)
    return Line(home, stage, outputs, instance, CloudFunctions(stage.functions))


def _warm(stage: Stage, outputs: dict[str, str]) -> None:
    """Ask for a share's name, so that the function is loaded before the first caller is."""
    details = {"ContactData": {"ContactId": "warm"}, "Parameters": {"Operation": "find_security", "Code": "000001"}}
    event = {"Name": "ContactFlowEvent", "Details": details}
    stage.functions.invoke(FunctionName=outputs["IvrFunctionArn"], Payload=json.dumps(event))
