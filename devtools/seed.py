"""Seed data: customers to call as and shares to trade (devtools/seed.json). What is there already is left as it is."""

from devtools import stacks
from devtools.function_environment import run_module
from devtools.stage import DEFAULT_REGION, Stage


def plant(stage: Stage, outputs: dict[str, str]) -> None:
    """Plant the seed data in the tables that ``outputs`` names. Raises Problem."""
    run_module("devtools.planting", stage, outputs, "The seed data could not be planted")


def command(stage: str = "local", region: str = DEFAULT_REGION, endpoint: str | None = None) -> None:
    """Plant the seed data in a stage that is deployed; for stages to practise on, not for one with customers."""
    where = Stage(stage, region, endpoint)
    plant(where, stacks.outputs(where.cloudformation, where.stack))
