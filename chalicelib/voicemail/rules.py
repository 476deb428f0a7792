"""What a voice message is, and where it lies in the recording of its call. Pure.

Amazon Connect records the flow's part of a call (IVR recording) from the moment at which the flow switches that on,
before the tone of the first message. The contact record tells when the recording started in whole seconds, the
recording's key in minutes; the house's own note, made right before, is better as long as it agrees with them.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote

# expected: its recording has not come yet. taken: it lies in the bucket, and in a ticket. lost: its recording has not
# come for too long; there is a ticket all the same. none: nothing was said, or it was thrown away.
State = Literal["expected", "taken", "lost", "none"]
# asked: it is being made; none: this stage makes none.
Transcript = Literal["", "asked", "made", "failed", "none"]

_TO_THE_SECOND = timedelta(seconds=1)
_TO_THE_MINUTE = timedelta(minutes=1)
_FOLDER = "ivr"


class Sender(NamedTuple):
    """Who is about to speak, in which call, and for which queue. ``calls_from``: their number (E.164), "" where it is
    withheld; ``customer_id`` and the two after it are "" for somebody unknown; ``ticket`` is the number of the ticket
    that the message belongs to, "" for one of its own."""

    contact_id: str
    queue: str
    language: str
    calls_from: str
    customer_id: str
    account_id: str
    segment: str
    ticket: str


class Voicemail(NamedTuple):
    """A message. ``message`` counts those of a call from 1; ``began`` and ``taken_at`` are UTC, ISO 8601; ``object`` is
    bucket and key of its sound, ``seconds`` how long that lasts."""

    contact_id: str
    message: int
    state: State
    queue: str
    language: str
    calls_from: str
    began: str
    ticket: str
    object: str
    seconds: int
    transcript: Transcript
    taken_at: str

    @property
    def name(self) -> str:
        return name_of(self.contact_id, self.message)


class Recording(NamedTuple):
    """A recording of the flow's part of a call. It started at ``started`` or up to ``width`` later."""

    bucket: str
    key: str
    started: datetime
    width: timedelta


def name_of(contact_id: str, message: int) -> str:
    """What a message is called in the bucket, in its ticket, and by Amazon Transcribe."""
    return f"{contact_id}-{message}"


def recordings(record: Mapping[str, Any]) -> list[Recording]:
    """The recordings of a contact record that can hold a message (page "Data model for Amazon Connect contact
    records"; that the flow's part has the ParticipantType IVR is Voicemail Express's knowledge)."""
    return [
        _recording(*unquote(one["Location"]).partition("/")[::2], datetime.fromisoformat(one["StartTimestamp"]))
        for one in record.get("Recordings") or ()
        if one.get("ParticipantType") == "IVR" and one.get("Location") and one.get("StartTimestamp")
    ]


def _recording(bucket: str, key: str, started: datetime) -> Recording:
    return Recording(bucket, key, started, _TO_THE_SECOND)


def joined_at(record: Mapping[str, Any]) -> datetime | None:
    """When an agent took the call, by its contact record."""
    moment = (record.get("Agent") or {}).get("ConnectedToAgentTimestamp")
    return datetime.fromisoformat(moment) if moment else None


def prefixes(prefix: str, contact_id: str, since: datetime) -> list[str]:
    """Where the recording of a call lies that began at ``since``: the day before too, in the minutes after midnight."""
    days = dict.fromkeys((since.astimezone(UTC), since.astimezone(UTC) - _TO_THE_MINUTE))
    return list(dict.fromkeys(f"{prefix}/{_FOLDER}/{day:%Y/%m/%d}/{contact_id}_" for day in days))


def named(bucket: str, key: str) -> Recording:
    """The recording that lies there; its key tells the minute (``.../<contact id>_20261125T02:00_UTC.wav``)."""
    minute = datetime.strptime(key.rsplit("_", 2)[1], "%Y%m%dT%H:%M").replace(tzinfo=UTC)
    return Recording(bucket, key, minute, _TO_THE_MINUTE)


def holding(found: list[Recording], ended: datetime | None) -> Recording | None:
    """The recording in which a message lies: the last that had started when it ended (None: with the call).

    Not when it began: the recording is switched on right after that, which may be in the next second, or minute.
    """
    started = [one for one in found if ended is None or one.started <= ended]
    return max(started, key=lambda one: one.started, default=None)


def place(recording: Recording, since: datetime, began: datetime, ended: datetime | None) -> tuple[float, float | None]:
    """Seconds from the recording's start at which the message begins and ends; None for its end: up to where the
    recording ends, because the caller hung up.

    ``since``: the note, a moment before the recording started. Where it cannot be that, what is nearest to it can.
    """
    origin = min(max(since, recording.started), recording.started + recording.width)
    return (began - origin).total_seconds(), None if ended is None else (ended - origin).total_seconds()


def key_of(name: str, began: datetime) -> str:
    """Where the message lies in the bucket."""
    return f"voicemail/{began.astimezone(UTC):%Y/%m/%d}/{name}.wav"
