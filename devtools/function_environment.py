"""Stands where a function stands: its environment, for code of the domains that runs on this machine."""

import os
import re
import sys
from collections.abc import Callable, Iterable
from subprocess import PIPE, Popen
from tempfile import TemporaryFile

from devtools.problem import Problem
from devtools.stage import Stage

IVR = ("IvrFunctionArn",)


def environment(stage: Stage, outputs: dict[str, str], functions: Iterable[str] = IVR) -> dict[str, str]:
    """This process's environment with that of each function (by output) and every table's name over it, pointed at the
    stage's cloud.

    A function is only told of the tables it may touch: ClosingPricesTable among the outputs is $CLOSING_PRICES_TABLE.
    """
    tables = {
        re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper(): value
        for name, value in outputs.items()
        if name.endswith("Table")
    }
    merged = os.environ | tables
    for name in functions:
        merged |= stage.functions.get_function_configuration(FunctionName=outputs[name])["Environment"]["Variables"]
    merged["AWS_DEFAULT_REGION"] = stage.region
    merged.pop("AWS_REGION", None)
    if stage.endpoint:
        merged |= {
            "AWS_ENDPOINT_URL": stage.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
    return merged


def run_module(
    module: str,
    stage: Stage,
    outputs: dict[str, str],
    failure: str,
    *arguments: str,
    functions: Iterable[str] = IVR,
    heard: Callable[[str], object] = lambda line: None,
) -> str:
    """Run ``python -m module`` there and return what it prints; ``heard`` is given each line as it comes.

    Raises Problem, beginning with ``failure``.
    """
    command, printed = [sys.executable, "-m", module, *arguments], []
    with TemporaryFile("w+") as errors:
        with Popen(command, env=environment(stage, outputs, functions), stdout=PIPE, stderr=errors, text=True) as child:
            assert child.stdout is not None
            for line in child.stdout:
                heard(line.rstrip())
                printed.append(line)
        if child.returncode:
            errors.seek(0)
            last_line = errors.read().strip().rpartition("\n")[2]
            raise Problem(f"{failure}: {last_line}")
    return "".join(printed)
