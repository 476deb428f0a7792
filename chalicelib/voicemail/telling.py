"""What follows when a message has been taken: it is written down, and the people of its queue are told by e-mail.

Called from the table's stream and the clock. E-mail knows no idempotency: of a hand-over after which the function died
before it could write so, a second copy goes out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib import notifications, tickets
from chalicelib.platform.clock import stamp
from chalicelib.platform.log import logger
from chalicelib.platform.settings import optional, required, staff_language
from chalicelib.voicemail.models import VoicemailRecord
from chalicelib.voicemail.rules import name_of
from chalicelib.voicemail.transcribing import transcriber
from chalicelib.voicemail.words import catalogue, moment

if TYPE_CHECKING:
    from email.message import EmailMessage

_BY = "system:voicemail"
_AGAIN = timedelta(hours=1)


def follow(contact_id: str, message: int, at: datetime) -> None:
    """Go on with a message as it is now; nothing for one that is not taken, or that everybody knows of. OSError where
    the e-mail was not taken: ask again."""
    found = VoicemailRecord.find(contact_id, message)
    if found is None or found.told or found.state not in ("taken", "lost"):
        return
    if found.state == "taken" and not found.transcript:
        _transcribe(found, at)
    address = optional("VOICEMAIL_EMAIL")
    if address:
        _mail(found, address)
    found.update(actions=[VoicemailRecord.told.set(True)])


def hear_transcript(contact_id: str, message: int, at: datetime) -> None:
    """Something has come of its transcription: put it into the ticket, once. OSError where nobody could be asked."""
    found = VoicemailRecord.find(contact_id, message)
    if found and found.transcript == "asked":
        look_at_transcript(found, at)


def look_at_transcript(found: VoicemailRecord, at: datetime) -> None:
    written = transcriber().result(name_of(found.contact_id, int(found.message)))
    if written.state == "asked":
        found.look_later(stamp(at + _AGAIN))
    else:
        _write_down(found, written.state, written.text, at)


def _transcribe(found: VoicemailRecord, at: datetime) -> None:
    """Without a transcript the message is as good: whoever fails to make one delays nothing."""
    bucket, _, key = found.object.partition("/")
    try:
        state = transcriber().start(name_of(found.contact_id, int(found.message)), bucket, key, found.language)
    except OSError:
        logger.exception("a voice message was not taken for transcription", contact_id=found.contact_id)
        _write_down(found, "failed", "", at)
        return
    found.update(actions=[VoicemailRecord.transcript.set(state)])
    if state == "asked":
        found.look_later(stamp(at + _AGAIN))  # the event that says it is done may be lost


def _write_down(found: VoicemailRecord, state: str, text: str, at: datetime) -> None:
    said = text or catalogue(staff_language())[f"transcript.{'empty' if state == 'made' else state}"]
    key = f"{name_of(found.contact_id, int(found.message))}#transcript"
    tickets.act(found.ticket, "note", _BY, key, at, said)
    found.update(actions=[VoicemailRecord.transcript.set(state), *VoicemailRecord.over()])


def _mail(found: VoicemailRecord, address: str) -> None:
    try:
        notifications.mail(_message(found, address))
    except ValueError:
        # It will be refused again: the ticket is there all the same.
        logger.exception("an e-mail about a voice message was refused", contact_id=found.contact_id)


def _message(found: VoicemailRecord, address: str) -> EmailMessage:
    """With a link to the ticket, where the sound is played to who may hear it: the mail itself has nothing of it."""
    from email.message import EmailMessage

    text = catalogue(staff_language())
    link = f"{optional('STAFF_URL')}/tickets/{found.ticket}" if optional("STAFF_URL") else ""
    facts = {
        "number": found.ticket,
        "began": moment(found.began),
        "seconds": int(found.seconds),
        "language": text[f"language.{found.language}"],
    }
    link = f"{optional('STAFF_URL')}/tickets/{found.ticket}" if optional("STAFF_URL") else ""
    mail = EmailMessage()
    mail["From"], mail["To"] = required("MAIL_SENDER"), address
    mail["Subject"] = text["email.subject"].format(**facts)
    lines = [text[f"email.{found.state}"], text[f"email.transcript.{found.transcript}"] if found.transcript else ""]
    said = [line.format(**facts) for line in lines]
    mail.set_content("\n".join(filter(None, (*said, link))) + "\n")
    return mail
