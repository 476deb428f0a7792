"""A flow, ready to run: what :mod:`localconnect.language.document` makes of a file."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localconnect.effects import Effect, Reply

if TYPE_CHECKING:
    from localconnect.call import Call

Steps = Generator[Effect, Reply, str | None]
"""An action that asks something of the world, and in the end gives its result."""

Perform = Callable[["Call"], "Steps | str | None"]
"""Does an action: gives its result (which its conditions compare), or None where it has none."""

Branch = Callable[["Call", str], tuple[str, str] | None]
"""The first condition that a result meets, as its operand and the next action; None when it meets none."""


@dataclass(frozen=True, slots=True)
class Action:
    """``parameters`` resolves them for whoever watches; ``branch`` is None for an action without conditions."""

    identifier: str
    type: str
    perform: Perform
    parameters: Callable[[Call], dict[str, Any]]
    next_action: str | None
    branch: Branch | None
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow or flow module. ``kind`` is the Type of AWS::Connect::ContactFlow, or MODULE."""

    arn: str
    name: str
    kind: str
    start: str
    actions: Mapping[str, Action]
