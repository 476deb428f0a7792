"""The instance and the functions that a command's options name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import boto3
import typer
from botocore.config import Config

from localconnect.cli.problem import Problem
from localconnect.cli.screen import err
from localconnect.events.sink import CloudSink
from localconnect.functions import CloudFunctions, Functions
from localconnect.instance import Instance
from localconnect.loose import ACCOUNT, REGION, loose_instance, read_flow
from localconnect.stubs import StubFunctions, Stubs, read_stubs
from localconnect.testing import Case

Template = Annotated[
    Path | None, typer.Option("--template", help="The CloudFormation template that holds the instance.")
]
Parameters = Annotated[
    list[str] | None, typer.Option("--parameter", metavar="NAME=VALUE", help="A parameter of the template.")
]
Stub = Annotated[Path | None, typer.Option("--stub", help="A JSON file of what functions answer.")]
Endpoint = Annotated[
    str | None,
    typer.Option("--functions", metavar="URL", help="Call functions there: a local cloud, or AWS Lambda's endpoint."),
]


@dataclass(frozen=True)
class Line:
    """``functions`` makes what answers a call, given how a stub's delay goes by. Stubs begin anew in each."""

    instance: Instance
    functions: Callable[[Callable[[float], None]], Functions]


def open_line(
    files: Sequence[Path],
    template: Path | None,
    parameters: Sequence[str] | None,
    stub: Path | None,
    endpoint: str | None,
    cases: Iterable[Case] = (),
) -> Line:
    """The instance of ``template``, or one made of flow ``files``. Raises Problem, or what reading a file raises."""
    if bool(files) == bool(template):
        raise Problem("What is to run? Give flow files, or a template with --template, and not both.")
    if parameters and not template:
        raise Problem("--parameter is for a template: give --template too.")
    if stub and endpoint:
        raise Problem("Functions are either stubs or really called: give --stub or --functions, not both.")
    if template:
        instance = Instance.from_template(template, read_parameters(parameters or ()), region=REGION, account=ACCOUNT)
    else:
        instance = loose_instance([read_flow(file) for file in files], announce, cases)
    return Line(instance, _functions(instance, read_stubs(stub) if stub else {}, endpoint))


def read_parameters(written: Iterable[str]) -> dict[str, str]:
    """Raises Problem."""
    pairs = [text.partition("=") for text in written]
    for name, sign, value in pairs:
        if not (name and sign):
            raise Problem(f"{name + value!r} is no parameter: write Name=Value.")
    return {name: value for name, _, value in pairs}


def _functions(
    instance: Instance, stubs: Stubs, endpoint: str | None
) -> Callable[[Callable[[float], None]], Functions]:
    if endpoint:
        cloud = cloud_functions(endpoint, instance.region)
        return lambda wait: cloud
    told: set[str] = set()

    def missing(arn: str) -> None:
        if arn not in told:
            announce(f"missing: a stub for the function {arn!r}; write one into the file of --stub, or it fails")
        told.add(arn)

    return lambda wait: StubFunctions(stubs, wait=wait, missing=missing)


def cloud_functions(endpoint: str, region: str) -> CloudFunctions:
    """Functions behind a URL, called with the credentials of the environment; a local cloud takes any."""
    config = Config(retries={"total_max_attempts": 1})
    return CloudFunctions(_session(region).client("lambda", endpoint_url=endpoint, config=config))


def cloud_sink(endpoint: str, region: str) -> CloudSink:
    """Streams, events and buckets behind a URL, as above. Close it at the end."""
    session = _session(region)
    return CloudSink(
        session.client("kinesis", endpoint_url=endpoint),
        session.client("events", endpoint_url=endpoint),
        session.client("s3", endpoint_url=endpoint),
    )


def _session(region: str) -> boto3.Session:
    session = boto3.Session(region_name=region)
    return session if session.get_credentials() else boto3.Session("test", "test", region_name=region)


def announce(sentence: str) -> None:
    """Say what is made up or missing, beside the output."""
    err.print(sentence, style="dim", markup=False, soft_wrap=True)
