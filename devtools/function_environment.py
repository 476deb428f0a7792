"""Stands where the function stands: its environment, for code of the domains that runs on this machine."""

import os
import re
import subprocess
import sys

from devtools.problem import Problem
from devtools.stage import Stage


def environment(stage: Stage, outputs: dict[str, str]) -> dict[str, str]:
    """This process's environment with the function's own over it, and every table's name, pointed at the stage's cloud.

    A function is only told of the tables it may touch: ClosingPricesTable among the outputs is $CLOSING_PRICES_TABLE.
    """
    tables = {
        re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper(): value
        for name, value in outputs.items()
        if name.endswith("Table")
    }
    function = stage.functions.get_function_configuration(FunctionName=outputs["IvrFunctionArn"])
    merged = os.environ | tables | function["Environment"]["Variables"] | {"AWS_DEFAULT_REGION": stage.region}
    merged.pop("AWS_REGION", None)
    if stage.endpoint:
        merged |= {
            "AWS_ENDPOINT_URL": stage.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
    return merged


def run_module(module: str, stage: Stage, outputs: dict[str, str], failure: str) -> str:
    """Run ``python -m module`` there and return what it prints. Raises Problem, beginning with ``failure``."""
    done = subprocess.run(
        [sys.executable, "-m", module],
        env=environment(stage, outputs),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last_line = done.stderr.strip().rpartition("\n")[2]
        raise Problem(f"{failure}: {last_line}")
    return done.stdout
