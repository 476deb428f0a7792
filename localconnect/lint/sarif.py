"""Findings as SARIF 2.1.0 (OASIS standard "Static Analysis Results Interchange Format"), which code hosts show."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from localconnect.lint.finding import Finding
from localconnect.lint.rules import RULES

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(findings: Sequence[Finding]) -> str:
    run = {
        "tool": {"driver": {"name": "localconnect lint", "rules": [_rule(number) for number in range(len(RULES))]}},
        "results": [_result(finding) for finding in findings],
        "columnKind": "unicodeCodePoints",
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _rule(number: int) -> dict[str, Any]:
    rule = RULES[number]
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(finding: Finding) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": Path(finding.file).as_posix()}}
    if line := _line(finding):
        place["region"] = {"startLine": line}
    location: dict[str, Any] = {"physicalLocation": place}
    if finding.action:
        location["logicalLocations"] = [{"name": finding.action, "kind": "element"}]
    return {
        "ruleId": finding.rule.code,
        "ruleIndex": RULES.index(finding.rule),
        "level": finding.rule.severity,
        "message": {"text": f'action "{finding.action}": {finding.sentence}' if finding.action else finding.sentence},
        "locations": [location],
    }


def _line(finding: Finding) -> int:
    """Of the action in its file, from 1; 0 where that cannot be told, as in a file that is all one line's work."""
    try:
        lines = Path(finding.file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    written = (json.dumps(finding.action), json.dumps(finding.action, ensure_ascii=False))
    places = (
        number
        for number, line in enumerate(lines, 1)
        if '"Identifier"' in line and any(identifier in line for identifier in written)
    )
    return next(places, 0) if finding.action else 1
