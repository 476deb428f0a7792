"""SearchCriteria: the conditions that operations named Search… take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from localconnect.api.errors import InvalidInput, not_run

Fields = Mapping[str, str | list[str]]
"""What can be searched by: texts by FieldName, and single values by the name of a condition of their own, such as
``TypeCondition``. The case of names and texts makes no difference (our reading: no page says whether it does).
"""

_COMPARISONS: Mapping[str, Callable[[str, str], bool]] = {
    "STARTS_WITH": str.startswith,
    "CONTAINS": str.__contains__,
    "EXACT": str.__eq__,
}


def matches(operation: str, criteria: Mapping[str, Any], fields: Fields) -> bool:
    """Whether all conditions of ``criteria`` are met. Raises InvalidInput for a field that there is not, and ApiError
    for a condition that does not run.
    """
    return all(_meets(operation, kind, condition, fields) for kind, condition in criteria.items())


def _meets(operation: str, kind: str, condition: Any, fields: Fields) -> bool:
    match kind:
        case "OrConditions":
            return any(matches(operation, part, fields) for part in condition)
        case "AndConditions":
            return all(matches(operation, part, fields) for part in condition)
        case "StringCondition":
            return _compare(condition, fields)
    if kind not in fields:
        raise not_run(f"{operation} by {kind}")
    return bool(fields[kind] == condition)


def _compare(condition: Mapping[str, str], fields: Fields) -> bool:
    texts = {name.casefold(): text for name, text in fields.items() if not name.endswith("Condition")}
    name = condition.get("FieldName", "").casefold()
    if name not in texts or "Value" not in condition:
        known = ", ".join(sorted(texts))
        raise InvalidInput(f"A StringCondition needs a Value, and a FieldName that is one of {known}.")
    compare = _COMPARISONS[condition.get("ComparisonType", "EXACT")]
    found = texts[name]
    several = [found] if isinstance(found, str) else found
    return any(compare(text.casefold(), condition["Value"].casefold()) for text in several)
