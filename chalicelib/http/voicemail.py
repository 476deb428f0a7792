"""Voice messages that wait for somebody to take them up."""

from chalicelib import voicemail
from chalicelib.http.answering import Asked
from chalicelib.http.problem import Problem
from chalicelib.http.wire import Reply, one_of, pick, text

WAITING = {"state": one_of(("new",)), "queue": text(r"[a-z-]{1,32}")}
OPTIONAL = {"queue": "service"}
SHOWN = ("ticket", "began", "seconds", "language", "calls_from", "state", "transcript")


def find_all(asked: Asked) -> Reply:
    """The messages of a queue that no agent has taken up, the oldest first, and how many: for the staff."""
    if not asked.caller.staff:
        raise Problem(403, "not_allowed")
    waits = voicemail.waiting(asked.parameters(WAITING, **OPTIONAL)["queue"])
    messages = [{**pick(one, *SHOWN), "recording": one.name} for one in waits]
    return Reply(200, {"waiting": len(messages), "messages": messages})
