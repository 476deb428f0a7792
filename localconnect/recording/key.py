"""Where a recording is kept in its bucket."""

from __future__ import annotations

from datetime import UTC, datetime


def recording_key(prefix: str, contact_id: str, started_at: datetime, *, ivr: bool) -> str:
    """The key of a recording that began at ``started_at`` (aware), to the minute in UTC. ``prefix`` is the storage
    configuration's BucketPrefix, and may be empty.

    The form is the one that Location shows in contact records (page "Data model for Amazon Connect contact records").
    Recordings of automated interactions lie in a folder ``ivr`` of their own: no page says so, but code relies on it.
    """
    begun = started_at.astimezone(UTC)
    folders = (prefix.strip("/"), "ivr" if ivr else "", f"{begun:%Y/%m/%d}")
    return "/".join([*filter(None, folders), f"{contact_id}_{begun:%Y%m%dT%H:%M}_UTC.wav"])
