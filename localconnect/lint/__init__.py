"""Finds in flows what Amazon Connect takes and callers suffer from.

finding.py      what a rule is, and a finding
rules.py        the rules by their codes, and lint()
paths.py, inputs.py, attributes.py    what the rules check: pure functions from a flow as written
sarif.py        findings as SARIF
command.py      `localconnect lint`
"""

from localconnect.lint.command import command
from localconnect.lint.rules import RULES, lint

__all__ = ["RULES", "command", "lint"]
