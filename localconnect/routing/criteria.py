"""Routing criteria: steps that ask for proficiencies or name agents, and expire one after the other.

Sources: page "Set routing criteria" (Administrator Guide); API_Step, API_Expression, API_AttributeCondition (API
Reference). Numbers may be texts, as a flow has them.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Literal

from localconnect.arns import resource_id
from localconnect.routing.agents import Agent

StepStatus = Literal["ACTIVE", "INACTIVE", "JOINED", "EXPIRED"]
Fits = Callable[[Agent], bool]


@dataclass(frozen=True, slots=True)
class Step:
    """``fits`` tells whether an agent meets the step; after ``seconds`` it expires, None is never."""

    fits: Fits
    seconds: int | None = None


def read_criteria(criteria: Mapping[str, Any]) -> tuple[Step, ...]:
    """The steps of ``{"Steps": [...]}``. Raises ValueError with a sentence that says what is wrong."""
    steps = criteria.get("Steps") if isinstance(criteria, Mapping) else None
    if not isinstance(steps, list | tuple) or not steps:
        raise ValueError(f"the routing criteria are {criteria!r}; they must be an object with Steps.")
    return tuple(_step(step) for step in steps)


def active_step(steps: tuple[Step, ...], waited: float) -> int | None:
    """Which step counts after so many seconds. None when all have expired: then any agent of the queue will do."""
    index = bisect_right(_ends(steps), waited)
    return index if index < len(steps) else None


def next_expiry(steps: tuple[Step, ...], waited: float) -> float | None:
    """The seconds of waiting at which the active step expires, if it ever does."""
    index = active_step(steps, waited)
    end = math.inf if index is None else _ends(steps)[index]
    return None if end == math.inf else end


def step_statuses(steps: tuple[Step, ...], waited: float, *, joined: bool = False) -> tuple[StepStatus, ...]:
    """Each step's status after so many seconds, as the contact record has it; ``joined``: an agent took the contact."""
    index = active_step(steps, waited)
    now: StepStatus = "JOINED" if joined else "ACTIVE"
    return tuple(
        "EXPIRED" if index is None or place < index else now if place == index else "INACTIVE"
        for place in range(len(steps))
    )


def _ends(steps: tuple[Step, ...]) -> list[float]:
    return list(accumulate(math.inf if step.seconds is None else step.seconds for step in steps))


def _step(step: Any) -> Step:
    if not isinstance(step, Mapping) or "Expression" not in step:
        raise ValueError(f"the routing step {step!r} has no Expression; write one.")
    duration = (step.get("Expiry") or {}).get("DurationInSeconds")
    return Step(_expression(step["Expression"]), None if duration is None else _whole(duration))


def _expression(expression: Any) -> Fits:
    """A tagged union: exactly one kind of expression."""
    kinds = [kind for kind in _EXPRESSIONS if isinstance(expression, Mapping) and expression.get(kind)]
    if len(kinds) != 1:
        raise ValueError(f"the expression {expression!r} must have one of {', '.join(_EXPRESSIONS)}.")
    return _EXPRESSIONS[kinds[0]](expression[kinds[0]])


def _all_of(expressions: Any) -> Fits:
    parts = [_expression(part) for part in expressions]
    return lambda agent: all(fits(agent) for fits in parts)


def _any_of(expressions: Any) -> Fits:
    parts = [_expression(part) for part in expressions]
    return lambda agent: any(fits(agent) for fits in parts)


def _negated(condition: Any) -> Fits:
    fits = _condition(condition)
    return lambda agent: not fits(agent)


def _condition(condition: Any) -> Fits:
    operator = condition.get("ComparisonOperator") if isinstance(condition, Mapping) else None
    if operator not in _OPERATORS:
        raise ValueError(f"the condition {condition!r} must have a ComparisonOperator of {', '.join(_OPERATORS)}.")
    try:
        return _OPERATORS[operator](condition)
    except KeyError as missing:
        raise ValueError(f"the condition {condition!r} needs {missing.args[0]}.") from missing


def _at_least(condition: Mapping[str, Any]) -> Fits:
    return _between(condition, _level(condition["ProficiencyLevel"]), math.inf)


def _in_range(condition: Mapping[str, Any]) -> Fits:
    levels = condition["Range"]
    return _between(condition, _level(levels["MinProficiencyLevel"]), _level(levels["MaxProficiencyLevel"]))


def _between(condition: Mapping[str, Any], least: float, most: float) -> Fits:
    attribute = condition["Name"], condition["Value"]
    return lambda agent: least <= agent.proficiencies.get(attribute, 0) <= most


def _named(condition: Mapping[str, Any]) -> Fits:
    """Preferred agents, by user id or ARN."""
    wanted = {resource_id(agent) for agent in condition["MatchCriteria"]["AgentsCriteria"]["AgentIds"]}
    return lambda agent: resource_id(agent.arn) in wanted


def _level(value: Any) -> float:
    level = _number(value)
    if not 1 <= level <= 5:
        raise ValueError(f"the proficiency level is {value!r}; write a number from 1 to 5.")
    return level


def _whole(value: Any) -> int:
    seconds = _number(value)
    if seconds < 0 or not seconds.is_integer():
        raise ValueError(f"a routing step expires after {value!r} seconds; write a whole number.")
    return int(seconds)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{value!r} stands where the routing criteria need a number.") from None


_EXPRESSIONS: dict[str, Callable[[Any], Fits]] = {
    "AttributeCondition": _condition,
    "NotAttributeCondition": _negated,
    "AndExpression": _all_of,
    "OrExpression": _any_of,
}
_OPERATORS: dict[str, Callable[[Mapping[str, Any]], Fits]] = {
    "NumberGreaterOrEqualTo": _at_least,
    "Range": _in_range,
    "Match": _named,
}
