"""The call in the ticket: a contact and what was recorded of it, each linked once, however often and late it is told.

A recording has a name: its contact's id; that of the automated part of a call ends in -ivr. Where a contact has several
of a kind, the later ones end in -agent-2, -ivr-2 and so on.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from chalicelib import tickets
from chalicelib.platform.clock import stamp
from chalicelib.tickets import recordings
from chalicelib.tickets.rules import Ticket, unrecorded

_BY = "system:calls"
_SOON = timedelta(hours=1)  # what was changed just now may have its record on the way


class Call(NamedTuple):
    """A contact that was about a ticket. Times are UTC, ISO 8601, "" for never.

    ``connected_at`` is when ``agent`` took it, ``seconds`` how long they spoke with the customer. ``objects``: what was
    recorded, each "bucket/key".
    """

    contact_id: str
    started_at: str
    connected_at: str
    agent: str
    seconds: int
    objects: tuple[str, ...]


def link(number: str, call: Call, at: datetime) -> Ticket:
    """Link a contact and its recordings to a ticket. LookupError where there is no such ticket."""
    details = call._asdict()
    del details["objects"]
    _once(number, "link_contact", f"contact#{call.contact_id}", details, at)
    return link_recordings(number, call.contact_id, call.objects, at)


def link_recordings(number: str, contact_id: str, objects: Iterable[str], at: datetime) -> Ticket:
    """Link what was recorded of a contact, "bucket/key" each. LookupError where there is no such ticket."""
    for name, place in names(contact_id, objects).items():
        _once(number, "link_recording", f"recording#{name}", {"contact_id": name, "object": place}, at)
    return _known(number)


def names(contact_id: str, objects: Iterable[str]) -> dict[str, str]:
    """The objects of a contact's recordings by the names that they have for ever. Pure."""
    in_order = sorted(set(objects))  # their keys end in when they began
    spoken = [place for place in in_order if "/ivr/" not in place]
    menus = [place for place in in_order if "/ivr/" in place]
    return {
        f"{contact_id}-{kind}-{count}" if count > 1 else f"{contact_id}{first}": place
        for kind, first, places in (("agent", "", spoken), ("ivr", "-ivr", menus))
        for count, place in enumerate(places, 1)
    }


def known_of(number: str) -> dict[str, dict[str, Any]]:
    """What is known of a ticket's contacts, by contact id: the fields of :class:`Call` but for its objects.

    Several link a contact: what opened the ticket, a voice message left in it, its record. The record's word counts.
    """
    linked = [entry for entry in tickets.timeline(number) if entry.verb == "link_contact"]
    known: dict[str, dict[str, Any]] = {}
    for entry in sorted(linked, key=lambda entry: entry.by == _BY):
        contact_id = entry.details["contact_id"]
        known[contact_id] = {"started_at": entry.at, **known.get(contact_id, {}), **entry.details}
    return known


def find_recordings(ticket: Ticket, at: datetime) -> list[str]:
    """Look in the bucket for what was recorded of the ticket's contacts without recording, and link it.

    Returns the contacts that an agent took and of which there is none all the same.
    """
    known, missing = known_of(ticket.number), []
    for contact_id in unrecorded(ticket):
        started = datetime.fromisoformat(known[contact_id]["started_at"])
        objects = recordings.kept(contact_id, started)
        link_recordings(ticket.number, contact_id, objects, at)
        if not objects and known[contact_id].get("agent"):
            missing.append(contact_id)
    return missing


def without_recording(at: datetime, days: int) -> list[Ticket]:
    """The tickets, changed within so many days, with a contact of which no recording is linked: one request where
    there are none."""
    found, page = [], None
    while True:
        read = tickets.listed("unrecorded", "yes", stamp(at - timedelta(days=days)), stamp(at - _SOON), page, 100)
        found += read.tickets
        page = read.next_page
        if page is None:
            return found


def _once(number: str, verb: str, key: str, details: dict[str, Any], at: datetime) -> None:
    """Do it unless the timeline has it: a ticket itself knows only the last keys, and a record may come much later."""
    while True:
        ticket = _known(number)
        if any(entry.key == key for entry in tickets.timeline(number)):
            return
        try:
            tickets.act(number, verb, _BY, key, at, details=details, version=ticket.version)
        except tickets.Outdated:
            continue  # somebody made a step meanwhile: it may have been this one
        return


def _known(number: str) -> Ticket:
    ticket = tickets.find(number)
    if ticket is None:
        raise LookupError(f"There is no ticket {number}.")
    return ticket
