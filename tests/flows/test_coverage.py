"""The test cases of the flows take every branch that a test case can take."""

from pathlib import Path

from devtools.line import Line
from localconnect.coverage import Reached, branch_share
from localconnect.coverage.command import missed
from localconnect.graph import read_template
from tests.flows.conftest import RunCase

TEMPLATE = Path(__file__).parents[2] / "infra" / "connect.yaml"


def test_the_cases_take_every_branch(line: Line, run_once: RunCase, reached: Reached) -> None:
    for case in line.instance.test_cases.values():
        run_once(case.name)
    coverages = reached.coverage(line.instance, read_template(TEMPLATE))
    assert not list(missed(coverages))
    assert branch_share(coverages) == 100
    assert sum(len(coverage.branches) for coverage in coverages) > 200
