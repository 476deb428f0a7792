"""The test cases of the flows, each against the packed functions in a fresh local cloud."""

from pathlib import Path

import pytest

from tests.flows.conftest import RunCase

CASES = sorted(file.stem for file in (Path(__file__).parents[2] / "connect_flows" / "tests").glob("*.json"))


def test_there_are_cases_for_each_menu_each_retry_and_each_language() -> None:
    assert len(CASES) >= 25


@pytest.mark.parametrize("name", CASES)
def test_case(run_once: RunCase, name: str) -> None:
    result = run_once(name)
    assert result.status == "PASSED", result.failure
