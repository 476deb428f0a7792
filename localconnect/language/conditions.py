"""Conditions of an action's transitions (page "Amazon Connect Flow language"), compiled once.

Comparison is exact and knows upper from lower case; number operators are false when either side is no number.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from localconnect.call import Call
from localconnect.flow import Branch
from localconnect.language.references import Read, find_references, read_text

Test = Callable[[str, str], bool]


def _compare_numbers(compare: Callable[[float, float], bool]) -> Test:
    def test(value: str, operand: str) -> bool:
        try:
            return compare(float(value), float(operand))
        except ValueError:
            return False

    return test


def _has_key(value: str, key: str) -> bool:
    try:
        compared = json.loads(value)
    except ValueError:
        return False
    return isinstance(compared, dict) and key in compared


OPERATORS: dict[str, Test] = {
    "Equals": str.__eq__,
    "TextStartsWith": str.startswith,
    "TextEndsWith": str.endswith,
    "TextContains": str.__contains__,
    "NumberGreaterThan": _compare_numbers(float.__gt__),
    "NumberGreaterOrEqualTo": _compare_numbers(float.__ge__),
    "NumberLessThan": _compare_numbers(float.__lt__),
    "NumberLessOrEqualTo": _compare_numbers(float.__le__),
}
COMPARE_OPERATORS: dict[str, Test] = {**OPERATORS, "KeyExists": _has_key}
"""A Compare has one more, on no page, which the service takes: whether the object compared has a key."""


def compile_branch(conditions: Sequence[Mapping[str, Any]]) -> Branch:
    """In the order they are listed, the first that fits."""
    tests: list[tuple[Test, Read, str]] = []
    constants: dict[str, tuple[str, str]] = {}
    for condition in conditions:
        operator, operand = condition["Condition"]["Operator"], condition["Condition"]["Operands"][0]
        tests.append((COMPARE_OPERATORS[operator], read_text(operand), condition["NextAction"]))
        if operator == "Equals" and not find_references(operand):
            constants.setdefault(operand, (operand, condition["NextAction"]))
    if len(constants) == len(conditions):
        return lambda call, value: constants.get(value)

    def branch(call: Call, value: str) -> tuple[str, str] | None:
        for test, read, next_action in tests:
            operand = read(call)
            if test(value, operand):
                return operand, next_action
        return None

    return branch
