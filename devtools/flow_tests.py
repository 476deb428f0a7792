"""`make test-flows`: every test case of connect_flows/tests, against a fresh local cloud of its own."""

import tempfile
from pathlib import Path

from devtools import cloud
from devtools.line import brought_up
from localconnect.cli.screen import step
from localconnect.cli.test import JunitFile, Only, conclude, run_all


def command(junit_file: JunitFile = None, only: Only = "") -> None:
    """Run the test cases of the flows and print a table; exit with 1 when one fails."""
    with tempfile.TemporaryDirectory() as home, brought_up(Path(home), cloud.free_port()) as line:
        cases = line.instance.test_cases.values()
        with step("running the test cases"):
            results = list(run_all(line.instance, lambda wait: line.functions, cases, only))
    conclude(results, junit_file, only)
