"""The hand of a caller whose keys are known beforehand."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from localconnect.contact import Contact


class Keypad:
    """Types one group of keys each time the line waits for a key with nothing typed ahead; "" is to stay silent."""

    def __init__(self, groups: Iterable[str] = ()) -> None:
        self.groups = deque(groups)

    def type_to(self, contact: Contact) -> str | None:
        """The key for which the line waits; the rest of the group is typed ahead at once. None: silence."""
        group = self.groups.popleft() if self.groups else ""
        for key in group[1:]:
            contact.press(key)
        return group[:1] or None
