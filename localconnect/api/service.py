"""What the operations work on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from localconnect.centre import Centre
from localconnect.clock import Clock
from localconnect.functions import Functions
from localconnect.instance import Instance

if TYPE_CHECKING:
    from localconnect.api.executions import Execution


@dataclass(frozen=True, slots=True)
class Service:
    """``executions`` are those of test cases, by id, in the order in which they began; ``answers`` those given to
    a ClientToken, by operation and token.
    """

    centre: Centre
    executions: dict[str, Execution] = field(default_factory=dict)
    answers: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    @property
    def instance(self) -> Instance:
        return self.centre.instance

    @property
    def functions(self) -> Functions:
        return self.centre.functions

    @property
    def clock(self) -> Clock:
        return self.centre.clock
