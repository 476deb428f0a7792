"""The recordings of a ticket's calls: for the staff, through links that are good for minutes; who listened is kept."""

from datetime import timedelta
from typing import Any

from chalicelib import tickets
from chalicelib.http.answering import Asked
from chalicelib.http.problem import Problem, unknown
from chalicelib.http.wire import Reply
from chalicelib.platform.log import logger
from chalicelib.platform.settings import recording_link_minutes
from chalicelib.tickets import Ticket, calls, recordings
from chalicelib.tickets.rules import contact_of


def find_all(asked: Asked) -> Reply:
    """What there is to listen to, and what is known of the call of each."""
    ticket = _ticket(asked)
    known = calls.known_of(ticket.number)
    return Reply(200, {"recordings": [_described(ticket, name, known) for name in sorted(ticket.recordings)]})


def play(asked: Asked) -> Reply:
    """A link to a recording, and to the transcript where there is one; that they were given is in the timeline."""
    ticket, name = _ticket(asked), asked.path["recording"]
    place = ticket.recordings.get(name)
    if place is None:
        raise unknown("recording")
    if not recordings.is_there(place):
        raise Problem(404, "recording_not_there")
    ticket = _write_down(asked, ticket, name)  # first: nobody listens of whom nobody knows
    contact_id, minutes = contact_of(ticket, name), recording_link_minutes()
    connected = str(calls.known_of(ticket.number).get(contact_id, {}).get("connected_at", ""))
    body = {
        "url": recordings.sound_link(place, minutes),
        "transcript": recordings.transcript_link(contact_id, connected, minutes),
        "expires_at": (asked.at + timedelta(minutes=minutes)).isoformat(),
        "version": ticket.version,
    }
    return Reply(200, body, {"Cache-Control": "no-store"})


def _described(ticket: Ticket, name: str, known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    call = known.get(contact_of(ticket, name), {})
    return {"recording": name, **{part: call.get(part) for part in ("started_at", "agent", "seconds")}}


def _write_down(asked: Asked, ticket: Ticket, name: str) -> Ticket:
    """Each time is a time of its own: no two have the same key."""
    who, key = asked.caller, f"listen#{asked.caller.subject}#{asked.at.isoformat()}"
    logger.info("listening", who=who.subject, number=ticket.number, recording=name)
    return tickets.act(ticket.number, "listen", f"agent:{who.name}", key, asked.at, details={"recording": name})


def _ticket(asked: Asked) -> Ticket:
    """The ticket of the path, for the staff; to others there is none."""
    ticket = tickets.find(asked.path["number"]) if asked.caller.staff else None
    if ticket is None:
        raise unknown("ticket")
    return ticket
