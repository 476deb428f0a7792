"""Each function has a role of its own, which may do what it needs and nothing else."""

import json
from pathlib import Path
from typing import Any

from app import app

CHALICE = Path(__file__).parents[3] / ".chalice"


def policies() -> dict[str, list[dict[str, Any]]]:
    """The statements of each function's policy, by function."""
    stages = json.loads((CHALICE / "config.json").read_text("utf-8"))["stages"]
    files = {name: config["iam_policy_file"] for name, config in stages["dev"]["lambda_functions"].items()}
    assert len(set(files.values())) == len(files)
    return {name: json.loads((CHALICE / file).read_text("utf-8"))["Statement"] for name, file in files.items()}


def test_every_function_has_a_policy_of_its_own() -> None:
    assert policies().keys() == {function.name for function in app.pure_lambda_functions} | {"api_handler"}


def test_no_action_and_no_resource_is_a_wildcard() -> None:
    for name, statements in policies().items():
        for statement in statements:
            assert not any("*" in action for action in statement["Action"])
            resources = json.dumps(statement["Resource"])
            # The streams of a log group are all the function's own.
            assert "*" not in resources.replace(f"log-group:/brokerline/${{Stage}}/{name}:*", "")
