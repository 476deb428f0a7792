"""Messages as their recordings come: cut out, kept in the bucket, put into a ticket; each once.

A contact record brings them; what it has lost, the clock finds in the bucket. Each step is one that can be repeated:
the sound is the same under the same key, the ticket the same for the same message.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib import tickets
from chalicelib.platform.clients import client
from chalicelib.platform.clock import stamp
from chalicelib.platform.log import logger
from chalicelib.platform.settings import required, voicemail_limits
from chalicelib.voicemail import rules
from chalicelib.voicemail.models import VoicemailRecord
from chalicelib.voicemail.rules import Recording, Voicemail
from chalicelib.voicemail.sound import cut
from chalicelib.voicemail.words import catalogue

_BY = "system:voicemail"
_AGAIN = timedelta(hours=1)


class NotThereYet(LookupError):
    """A recording is not in the bucket yet: ask again."""


def take(record: Mapping[str, Any], at: datetime) -> list[Voicemail]:
    """Take the messages of the call whose contact record this is; those that were taken now, most often none.

    Every contact record may be given, any number of times. :class:`NotThereYet` where the recording it names is not in
    the bucket.
    """
    found = rules.recordings(record)
    if not found:
        return []
    joined = rules.joined_at(record)
    return [
        taken
        for message in VoicemailRecord.of_call(record["ContactId"])
        if message.state in ("expected", "lost") and (taken := _take(message, found, joined, at))
    ]


def look_at_due(at: datetime) -> int:
    """Look at every message that is due at ``at``: one whose recording has not come, or whose transcript; how many.

    One that cannot be looked at keeps no other waiting: it is due still. RuntimeError at the end, if there were any.
    """
    from chalicelib.voicemail.telling import look_at_transcript

    looks: dict[str, Callable[[VoicemailRecord, datetime], None]] = {"expected": _look, "taken": look_at_transcript}
    done = failed = 0
    for due in VoicemailRecord.by_due.query("due", VoicemailRecord.due_at <= stamp(at)):
        try:
            message = VoicemailRecord.find(due.contact_id, int(due.message))
            if message and message.due_at and message.due_at <= stamp(at):  # the index lags behind
                looks[message.state](message, at)
            done += 1
        except Exception:
            logger.exception("a voice message could not be looked at", contact_id=due.contact_id)
            failed += 1
    if failed:
        raise RuntimeError(f"{failed} voice messages could not be looked at: see the log; they are tried again.")
    return done


def voicemail_of(message: VoicemailRecord) -> Voicemail:
    """The message that is stored so."""
    facts = {name: getattr(message, name) for name in Voicemail._fields}
    return Voicemail(**facts | {"message": int(message.message), "seconds": int(message.seconds)})


def _look(message: VoicemailRecord, at: datetime) -> None:
    """Nothing has brought its recording: is it there all the same? After some hours it is lost, and people are told."""
    found = _recordings_of(message)
    if rules.holding(found, _moment(message.ended) if message.ended else None):
        _take(message, found, None, at)
    elif at < _moment(message.began) + voicemail_limits().patience:
        message.look_later(stamp(at + _AGAIN))
    else:
        # An alarm counts these lines (infra/app.yaml, VoicemailLost).
        logger.error("voicemail lost", contact_id=message.contact_id)
        ticket = _ticket(message, "lost", at)
        message.move("lost", *_step(message, ticket, at))


def _recordings_of(message: VoicemailRecord) -> list[Recording]:
    bucket, prefix = required("RECORDINGS_BUCKET"), required("RECORDINGS_PREFIX")
    pages = [
        client("s3").list_objects_v2(Bucket=bucket, Prefix=under).get("Contents", ())
        for under in rules.prefixes(prefix, message.contact_id, _moment(message.since))
    ]
    return [rules.named(bucket, one["Key"]) for page in pages for one in page]


def _take(message: VoicemailRecord, found: list[Recording], joined: datetime | None, at: datetime) -> Voicemail | None:
    began, ended = _moment(message.began), _moment(message.ended) if message.ended else None
    recording = rules.holding(found, ended)
    if recording is None:
        return None
    if joined and joined >= began and ended is None:
        # An agent came in the middle of it: what the caller wanted to say, they said to the agent.
        message.move("none", *VoicemailRecord.over())
        return None
    sound = cut(_read(recording), *rules.place(recording, _moment(message.since), began, ended))
    if sound.seconds < voicemail_limits().least.total_seconds():
        message.move("none", *VoicemailRecord.over())
        return None
    message.object = _keep(rules.name_of(message.contact_id, int(message.message)), began, sound.wav)
    message.seconds = round(sound.seconds)
    ticket = _ticket(message, "taken", at)
    _link(message, ticket, at)
    taken = message.move(
        "taken",
        *_step(message, ticket, at),
        VoicemailRecord.object.set(message.object),
        VoicemailRecord.seconds.set(message.seconds),
    )
    return voicemail_of(message) if taken else None


def _read(recording: Recording) -> bytes:
    s3 = client("s3")
    try:
        return bytes(s3.get_object(Bucket=recording.bucket, Key=recording.key)["Body"].read())
    except s3.exceptions.NoSuchKey:
        raise NotThereYet("The recording of a voice message is not in the bucket yet.") from None


def _keep(name: str, began: datetime, wav: bytes) -> str:
    bucket, key = required("RECORDINGS_BUCKET"), rules.key_of(name, began)
    client("s3").put_object(Bucket=bucket, Key=key, Body=wav, ContentType="audio/wav")
    return f"{bucket}/{key}"


def _ticket(message: VoicemailRecord, ending: str, at: datetime) -> str:
    """The number of the ticket that the message belongs to, which is opened if there is none yet."""
    name = rules.name_of(message.contact_id, int(message.message))
    text = catalogue(message.language)
    if message.ticket and tickets.find(message.ticket):
        if ending == "lost":
            tickets.act(message.ticket, "note", _BY, f"{name}#lost", at, text["text.lost"])
        return str(message.ticket)
    details = {
        "kind": "consultation",
        "channel": "voicemail",
        "language": message.language,
        "subject": text["subject"],
        "text": text[f"text.{ending}"].format(seconds=message.seconds),
        "customer_id": message.customer_id,
        "account_id": message.account_id,
        "segment": message.segment or "ordinary",
        "mobile": message.calls_from,
        "reply_by": "call",
    }
    # As of the moment at which it was left: the number of a ticket has its year in it, and is to be the same each time.
    return tickets.register(details, _BY, f"voicemail#{name}", _moment(message.began)).number


def _link(message: VoicemailRecord, ticket: str, at: datetime) -> None:
    name = rules.name_of(message.contact_id, int(message.message))
    call = {"contact_id": message.contact_id, "started_at": message.began}
    known = tickets.find(ticket)
    if known and message.contact_id not in known.contacts:
        # Under a key of its own: the call's record, when it comes, still has more to tell.
        tickets.act(ticket, "link_contact", _BY, f"{name}#contact", at, details=call)
    sound = {"contact_id": name, "object": message.object, "seconds": message.seconds}
    tickets.act(ticket, "link_recording", _BY, f"{name}#recording", at, details=sound)


def _step(message: VoicemailRecord, ticket: str, at: datetime) -> list[Any]:
    return [
        *VoicemailRecord.over(),
        VoicemailRecord.ticket.set(ticket),
        VoicemailRecord.taken_at.set(stamp(at)),
        VoicemailRecord.told.set(False),
        VoicemailRecord.waits_in.set(message.queue),
    ]


def _moment(text: str | None) -> datetime:
    return datetime.fromisoformat(str(text))
