"""The test cases of the flows, each run once however many tests ask for its result."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from devtools.line import Line
from localconnect.coverage import Reached
from localconnect.testing import CaseResult, run_case

RunCase = Callable[[str], CaseResult]


@pytest.fixture(scope="session")
def reached() -> Reached:
    """Counts what the cases that ``run_once`` has run have taken."""
    return Reached()


@pytest.fixture(scope="session")
def run_once(line: Line, reached: Reached) -> RunCase:
    """Runs the case of this name against the packed functions; gives the same result when asked again."""
    cases = {case.name: case for case in line.instance.test_cases.values()}
    return cache(lambda name: run_case(line.instance, cases[name], line.functions, observer=reached))
