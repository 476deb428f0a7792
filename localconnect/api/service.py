"""What the operations work on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from localconnect.clock import Clock
from localconnect.functions import Functions
from localconnect.instance import Instance

if TYPE_CHECKING:
    from localconnect.api.executions import Execution


@dataclass(frozen=True, slots=True)
class Service:
    """``executions`` are those of test cases, by id, in the order in which they began."""

    instance: Instance
    functions: Functions
    clock: Clock
    executions: dict[str, Execution] = field(default_factory=dict)
