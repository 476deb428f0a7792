"""Test cases a second: every case of the flows against the packed functions in the local cloud.

The least is the same calls of the functions, one after the other, without any flow.
"""

import time
from typing import Any

from devtools.bench.row import Row, row
from devtools.line import Line
from localconnect.effects import Invocation
from localconnect.functions import Functions
from localconnect.testing import run_case

SECONDS = 3  # that the whole suite is to take at most


class _Noted:
    """Calls the functions, and notes with what."""

    def __init__(self, functions: Functions) -> None:
        self.calls: list[tuple[str, dict[str, Any], float]] = []
        self._functions = functions

    def invoke(self, arn: str, event: dict[str, Any], seconds: float) -> Invocation:
        self.calls.append((arn, event, seconds))
        return self._functions.invoke(arn, event, seconds)


def flow_cases(line: Line) -> list[Row]:
    functions, cases = _Noted(line.functions), list(line.instance.test_cases.values())
    began = time.perf_counter()
    for case in cases:
        run_case(line.instance, case, functions)
    measured, began = time.perf_counter() - began, time.perf_counter()
    for call in functions.calls:
        line.functions.invoke(*call)
    least = time.perf_counter() - began
    goal = f"measured >= {len(cases) / SECONDS:.0f}"
    return [row("test cases, packed functions", len(cases) / measured, len(cases) / least, "cases/s", goal)]
