"""How records and events write times and queues."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from localconnect.contacts import ContactRecord
from localconnect.routing.capacity import is_agent_queue

if TYPE_CHECKING:
    from localconnect.instance import Instance


def to_second(moment: datetime | None) -> str | None:
    """yyyy-mm-ddThh:mm:ssZ, as contact records have times."""
    return None if moment is None else f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def to_millisecond(moment: datetime | None) -> str | None:
    """yyyy-mm-ddThh:mm:ss.sssZ, as events have times."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def whole_seconds(begin: datetime | None, end: datetime | None) -> int | None:
    """How long it took; None where it did not begin, or has not ended."""
    return None if begin is None or end is None else int((end - begin).total_seconds())


def connected_to_system(record: ContactRecord) -> datetime | None:
    """When the customer's side answered; an inbound contact is connected as it arrives (page "Data model for Amazon
    Connect contact records", ConnectedToSystemTimestamp).
    """
    contact = record.contact
    return record.connected_at or (contact.started_at if contact.initiation_method == "INBOUND" else None)


def queue_name(instance: Instance, queue_arn: str) -> str | None:
    """An agent's own queue has none (page "Sample agent event stream")."""
    queue = instance.queues.get(queue_arn)
    return None if queue is None or is_agent_queue(queue_arn) else queue.name
