"""What is to happen by itself, and when."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import TypeAlias

Key: TypeAlias = tuple[str, ...]


@dataclass(slots=True)
class Timers:
    """One time for each key. Of two for the same moment, the one set first comes first."""

    _times: dict[Key, tuple[datetime, int]] = field(default_factory=dict)
    _heap: list[tuple[datetime, int, Key]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)

    def set(self, key: Key, when: datetime) -> None:
        self._times[key] = when, next(self._numbers)
        heapq.heappush(self._heap, (*self._times[key], key))

    def drop(self, key: Key) -> None:
        self._times.pop(key, None)

    def due(self) -> datetime | None:
        while self._heap and self._times.get(self._heap[0][2]) != self._heap[0][:2]:
            heapq.heappop(self._heap)  # it was dropped, or set anew
        return self._heap[0][0] if self._heap else None

    def pop(self) -> Key:
        """The key that is due next; there must be one."""
        self.due()
        key = heapq.heappop(self._heap)[2]
        del self._times[key]
        return key
