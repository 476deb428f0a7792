"""What people read of a test case that has failed."""

from __future__ import annotations

from localconnect.recorder import Line
from localconnect.testing.runner import CaseResult


def report(result: CaseResult) -> str:
    """Why it failed, and what was said and logged until then."""
    lines = [result.failure, "what was said:", *(f"  {spoken(line)}" for line in result.transcript)]
    if result.logged:
        lines += ["what was logged:", *(f"  {name}: {value}" for name, value in result.logged)]
    return "\n".join(lines)


def spoken(line: Line) -> str:
    return f"{line.at}  {line.speaker}: {line.text}"
