"""Seed data: customers to call as and shares to trade (devtools/seed.json). What is there already is left as it is."""

import os
import subprocess
import sys

from devtools import stacks
from devtools.problem import Problem
from devtools.stage import DEFAULT_REGION, Stage


def plant(stage: Stage, outputs: dict[str, str]) -> None:
    """Plant the seed data in the tables that ``outputs`` names. Raises Problem.

    It is done in a process of its own, which stands where the function stands: same environment, same verbs.
    """
    function = stage.functions.get_function_configuration(FunctionName=outputs["IvrFunctionArn"])
    environment = os.environ | function["Environment"]["Variables"] | {"AWS_DEFAULT_REGION": stage.region}
    environment.pop("AWS_REGION", None)
    if stage.endpoint:
        environment |= {
            "AWS_ENDPOINT_URL": stage.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
    done = subprocess.run(
        [sys.executable, "-m", "devtools.planting"], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last_line = done.stderr.strip().rpartition("\n")[2]
        raise Problem(f"The seed data could not be planted: {last_line}")


def command(stage: str = "local", region: str = DEFAULT_REGION, endpoint: str | None = None) -> None:
    """Plant the seed data in a stage that is deployed; for stages to practise on, not for one with customers."""
    where = Stage(stage, region, endpoint)
    plant(where, stacks.outputs(where.cloudformation, where.stack))
