"""What each action may say: parameters, conditions, errors, flow types, channels; and whether localconnect does it.

Sources: the actions' pages in the API Reference and, where those are older than the service, the block's page in the
Administrator Guide. A parameter that the service has and localconnect does not run is not in the tables: it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from localconnect.language.rules import FLOW_KINDS, NO_MATCHING_CONDITION, NO_MATCHING_ERROR, Chosen, Rule
from localconnect.language.tables import contact, flow_control, interactions, participant

__all__ = ["ACTION_TYPES", "FLOW_KINDS", "NO_MATCHING_CONDITION", "NO_MATCHING_ERROR", "Rule", "rule_for", "support"]

_RULES: dict[str, Chosen] = {**participant.RULES, **contact.RULES, **flow_control.RULES, **interactions.RULES}
ACTION_TYPES = frozenset(_RULES)


def rule_for(action_type: str, parameters: Mapping[str, Any]) -> Rule | None:
    """The rule for an action; None if localconnect does not run this type."""
    chosen = _RULES.get(action_type)
    return chosen(parameters) if callable(chosen) else chosen


def support(action_type: str) -> Literal["runs", "doubled"] | None:
    """Whether localconnect runs actions of this type, has them answered (:mod:`localconnect.doubles`), or neither."""
    rule = rule_for(action_type, {})
    return None if rule is None else "doubled" if rule.doubled else "runs"
