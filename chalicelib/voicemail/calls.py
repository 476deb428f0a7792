"""A message while its call goes on: begun, ended, thrown away. Each may be asked for again.

The row is written before the caller may speak: whatever becomes of the call, the message is not forgotten.
"""

from datetime import datetime, timedelta
from typing import Literal

from chalicelib.platform.clock import stamp
from chalicelib.platform.settings import voicemail_limits
from chalicelib.voicemail.models import VoicemailRecord
from chalicelib.voicemail.rules import Sender

_FIRST_LOOK = timedelta(hours=1)
"""By then the call is over and its recording has come, but for accidents."""


def begin(sender: Sender, message: int | None, at: datetime) -> int:
    """The caller may speak, from now on; the number of the message in its call.

    ``message``: the one that is to be said again, in the place of what was said. A message that was begun and neither
    ended nor thrown away is this one.
    """
    said = VoicemailRecord.of_call(sender.contact_id)
    if message is None:
        unended = bool(said) and said[-1].state == "expected" and not said[-1].ended
        message = len(said) + (0 if unended else 1)
    now = stamp(at)
    VoicemailRecord(
        **sender._asdict(),
        message=message,
        state="expected",
        since=said[0].since if said else now,
        began=now,
        due="due",
        due_at=stamp(at + _FIRST_LOOK),
    ).save()
    return message


def end(contact_id: str, message: int, at: datetime) -> Literal["ok", "short"]:
    """The caller has stopped speaking; ``short``: too soon to have said anything. LookupError for no such message."""
    found = _known(contact_id, message)
    if not found.ended and not found.update_if(
        VoicemailRecord.ended.does_not_exist(), [VoicemailRecord.ended.set(stamp(at))]
    ):
        found = _known(contact_id, message)
    lasted = datetime.fromisoformat(str(found.ended)) - datetime.fromisoformat(found.began)
    return "ok" if lasted >= voicemail_limits().least else "short"


def drop(contact_id: str, message: int) -> None:
    """The caller has thrown it away: nobody will hear it. LookupError for no such message."""
    found = _known(contact_id, message)
    if found.state == "expected":
        found.move("none", *VoicemailRecord.over())


def _known(contact_id: str, message: int) -> VoicemailRecord:
    found = VoicemailRecord.find(contact_id, message)
    if found is None:
        raise LookupError("There is no such message: the flow must send the number that its beginning answered.")
    return found
