"""Voice messages: left by phone, cut out of the recording of their call, kept, and put into a ticket.

Verbs: :func:`begin`, :func:`end` and :func:`drop` while the call goes on; :func:`take` when its contact record comes;
:func:`waiting`. What follows a message, and the clock, are those of chalicelib/events/voicemail.py.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.voicemail.calls import begin, drop, end
from chalicelib.voicemail.rules import Sender, Voicemail

__all__ = ["Sender", "Voicemail", "begin", "drop", "end", "take", "waiting"]


def take(record: Mapping[str, Any], at: datetime) -> list[Voicemail]:
    """See :func:`chalicelib.voicemail.taking.take`; imported here, because no call waits for it."""
    from chalicelib.voicemail import taking

    return taking.take(record, at)


def waiting(queue: str) -> list[Voicemail]:
    """The messages for a queue that no agent has taken up yet, the oldest first.

    An agent has, who did anything to the ticket since the message came into it: heard it, wrote a note, accepted it.
    """
    from chalicelib import tickets
    from chalicelib.voicemail.models import VoicemailRecord
    from chalicelib.voicemail.taking import voicemail_of

    still = []
    for message in VoicemailRecord.by_queue.query(queue):
        done = (entry for entry in tickets.timeline(message.ticket) if entry.at > message.taken_at)
        if any(entry.by.startswith("agent:") for entry in done):
            message.update(actions=[VoicemailRecord.waits_in.remove()])
        else:
            still.append(voicemail_of(message))
    return still
