"""The register of an instance's contacts: those on the line, and those that have ended. Kept in memory only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from localconnect.call import Observer, UnknownResource
from localconnect.clock import Clock
from localconnect.contact import Contact
from localconnect.flow import Action, Flow

MOST_CONTACTS = 10_000
"""Beyond so many the oldest that has ended is forgotten."""

_ENQUEUE = ("TransferContactToQueue", "DequeueContactAndTransferToQueue")


@dataclass(slots=True, eq=False, kw_only=True)
class ContactRecord(Observer):
    """A contact and what became of it; it watches the contact's call. ``hang_up`` ends the call; ``show_attributes``
    tells the phone of attributes that somebody other than the flow has set.

    ``disconnect_reason`` is one of the page "Data model for Amazon Connect contact records", which has OTHER for a
    contact ended through the API; None while the contact is on the line.
    """

    contact: Contact
    clock: Clock
    hang_up: Callable[[], None]
    show_attributes: Callable[[Mapping[str, str]], None]
    enqueued_at: datetime | None = None
    ended_at: datetime | None = None
    disconnect_reason: str | None = None
    stopped: bool = False

    def set_attributes(self, changed: Mapping[str, str]) -> None:
        self.contact.attributes = {**self.contact.attributes, **changed}
        if self.ended_at is None:
            self.show_attributes(changed)

    def stop(self) -> None:
        """Hang up in Amazon Connect's name."""
        self.stopped = True
        self.hang_up()

    def end(self, disconnect_reason: str) -> None:
        self.ended_at = self.clock.now()
        self.disconnect_reason = "OTHER" if self.stopped else disconnect_reason

    def action_finished(self, flow: Flow, action: Action, outcome: str, detail: str) -> None:
        if action.type in _ENQUEUE and outcome == "Success":
            self.enqueued_at = self.clock.now()


@dataclass(slots=True)
class Contacts:
    _records: dict[str, ContactRecord] = field(default_factory=dict)

    def begin(self, record: ContactRecord) -> None:
        """Enter a contact that has come on the line."""
        self._records[record.contact.contact_id] = record
        if len(self._records) > MOST_CONTACTS:
            ended = (contact_id for contact_id, known in self._records.items() if known.ended_at)
            self._records.pop(next(ended, ""), None)

    def find(self, contact_id: str) -> ContactRecord:
        """Raises UnknownResource."""
        if contact_id not in self._records:
            raise UnknownResource(f"the instance has no contact {contact_id!r}")
        return self._records[contact_id]

    def __iter__(self) -> Iterator[ContactRecord]:
        """In the order in which they came."""
        return iter(self._records.values())
