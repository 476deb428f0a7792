"""The moment at which a clock's event is looked at."""

from datetime import datetime
from typing import Any


def moment_of(event: dict[str, Any]) -> datetime:
    """The event's ``time`` (ISO 8601, as EventBridge has it), or now."""
    from chalicelib.platform.clock import now

    return datetime.fromisoformat(event["time"]) if "time" in event else now()
