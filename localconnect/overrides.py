"""What a test case puts in a resource's place for its next use (page testing-simulation-action-override).

One use takes one override; several for the same resource wait in line, first in, first out.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass

from localconnect.arns import resource_id


@dataclass(frozen=True, slots=True)
class Substitute:
    """Use the resource ``arn`` instead."""

    arn: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Do not use the resource: this came of it, after ``delay`` seconds."""

    value: str
    delay: float = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """Do not use the resource: it failed with this ErrorType, after ``delay`` seconds."""

    error: str
    delay: float = 0


Override = Substitute | Answer | Failure


class Overrides:
    def __init__(self) -> None:
        self._waiting: defaultdict[tuple[str, str], deque[Override]] = defaultdict(deque)

    def add(self, action_type: str, resource: str, override: Override) -> None:
        """For the next use of ``resource`` (an id or ARN) by an action of this type that nothing else waits for."""
        self._waiting[action_type, resource_id(resource)].append(override)

    def take(self, action_type: str, resource: str) -> Override | None:
        """The override that this use of ``resource`` takes, if there is one."""
        waiting = self._waiting.get((action_type, resource_id(resource)))
        return waiting.popleft() if waiting else None
