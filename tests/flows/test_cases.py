"""The test cases of the flows, each against the packed functions in a fresh local cloud."""

from pathlib import Path

import pytest

from devtools.line import Line
from localconnect.testing import run_case

CASES = sorted(file.stem for file in (Path(__file__).parents[2] / "connect_flows" / "tests").glob("*.json"))


def test_there_are_cases_for_each_menu_each_retry_and_each_language() -> None:
    assert len(CASES) >= 25


@pytest.mark.parametrize("name", CASES)
def test_case(line: Line, name: str) -> None:
    [case] = [case for case in line.instance.test_cases.values() if case.name == name]
    result = run_case(line.instance, case, line.functions)
    assert result.status == "PASSED", result.failure
