"""Records in memory, such as a double of Customer Profiles keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import uuid4

Record = Mapping[str, Any]


class Shelf:
    """Records with an id in the field ``key``, the one that was changed last at the end."""

    def __init__(self, key: str, records: Iterable[Record] = ()) -> None:
        self._key = key
        self.records: list[Record] = []
        for record in records:
            self.add(record)

    def add(self, record: Record) -> Record:
        """The record, with an id if it had none."""
        added = {self._key: str(uuid4()), **record}
        self.records.append(added)
        return added

    def find(self, wanted: Sequence[tuple[str, Any]], enough: Callable[[Iterable[bool]], bool] = all) -> list[Record]:
        """Those whose fields have ``enough`` of the ``wanted`` values; none if nothing is wanted."""
        return [
            record for record in self.records if wanted and enough(record.get(name) == value for name, value in wanted)
        ]

    def update(self, key: str | None, changes: Record) -> Record | None:
        """The record with that id, changed; None if there is none."""
        found = self.find([(self._key, key)])
        if not found:
            return None
        self.records.remove(found[0])
        return self.add({**found[0], **changes, self._key: key})
