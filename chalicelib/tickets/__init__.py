"""Tickets: complaints, suggestions, consultations and requests, from the first word to the customer's answer.

Verbs: :func:`register`, :func:`act`, :func:`find`, :func:`timeline`, :func:`listed`, :func:`ring`. What a verb of
:func:`act` may do is in :mod:`.rules`; the clocks are in :mod:`.clocks`. Each is done once, however often it is asked
for under the same key.
"""

from datetime import datetime
from typing import Any

from chalicelib.platform.clock import stamp
from chalicelib.tickets import books, clocks
from chalicelib.tickets.books import Listing, Page, Step
from chalicelib.tickets.rules import IllegalMove, Ticket, Unfit, apply, is_ticket_number, possible, ticket_numbers
from chalicelib.tickets.timeline import Entry, broken_at, entry

__all__ = [
    "Entry",
    "IllegalMove",
    "Listing",
    "Outdated",
    "Page",
    "Ticket",
    "Unfit",
    "act",
    "broken_at",
    "find",
    "is_ticket_number",
    "listed",
    "possible",
    "register",
    "ring",
    "timeline",
]

_ATTEMPTS = 6
_FAR = "9999"


class Outdated(Exception):
    """The ticket is not any more as whoever asked saw it; ``ticket`` is how it is now. Nothing was done."""

    def __init__(self, ticket: Ticket) -> None:
        super().__init__(f"The ticket {ticket.number} has version {ticket.version} now: look at it again.")
        self.ticket = ticket


def register(details: dict[str, Any], by: str, key: str, at: datetime) -> Ticket:
    """Open a ticket with these fields (``rules.REGISTERED_WITH``), once for a ``key``.

    :class:`Unfit` for a field that is missing.
    """
    for number in ticket_numbers(at.year, key):
        done = entry(number, 1, stamp(at), by, "register", "", details, key, "")
        ticket = apply(None, done)
        if books.write([Step(ticket, done)]):
            return ticket
        there = books.read(number)
        if there is not None and books.timeline(number, limit=1)[0].key == key:
            return there
    raise AssertionError("there is always a next number")


def act(
    number: str,
    verb: str,
    by: str,
    key: str,
    at: datetime,
    why: str = "",
    details: dict[str, Any] | None = None,
    version: int | None = None,
) -> Ticket:
    """Do ``verb`` to a ticket, once for a ``key``, and return the ticket as it then stands.

    ``version``: the one that whoever asks has seen; None does it to whatever the ticket is. LookupError for no such
    ticket, :class:`Outdated` where somebody has acted since, :class:`IllegalMove`, :class:`Unfit`. TimeoutError where
    others change it all the time: ask again.
    """
    for _ in range(_ATTEMPTS):
        ticket = _known(number)
        if key in ticket.keys:
            return ticket
        if version is not None and not ticket.edited <= version <= ticket.version:
            raise Outdated(ticket)
        given = dict(details or {})
        if verb == "extend":
            given["most"] = clocks.extension_days(ticket)
        steps = [_step(ticket, verb, by, key, at, why, given)]
        if verb == "merge":
            # The other one knows of it from the same moment on.
            into = _known(str(given["into"]))
            steps.append(_step(into, "relate", by, f"{key}#{number}", at, why, {"number": number}))
        if books.write(steps):
            return steps[0].ticket
    raise TimeoutError(f"The ticket {number} is being changed all the time: ask again.")


def find(number: str) -> Ticket | None:
    """The ticket of that number, if there is one."""
    return books.read(number)


def timeline(number: str) -> list[Entry]:
    """All that was done to a ticket, in order."""
    return books.timeline(number)


def listed(
    listing: Listing, value: str, first: str = "", last: str = _FAR, page: str | None = None, size: int = 20
) -> Page:
    """Tickets of a state, an assignee, a department, a customer or a week, a page at a time; ``bell`` "yes": those
    whose clocks are to say something, the next first; ``unrecorded`` "yes": those that lack a recording of a contact,
    by when they were changed. ``first``, ``last``: UTC, ISO 8601. ValueError for a page that
    is none.
    """
    return books.listed(listing, value, first or "0", last, page, size)


def ring(number: str, at: datetime) -> Ticket:
    """Have the ticket's clocks say what is due at ``at``, each thing once. The silence after a reply closes it.

    May be called at any time, any number of times. Errors as :func:`act`.
    """
    ticket = _known(number)
    for bell in clocks.bells(ticket):
        if bell.at > at:
            break
        details = {"clock": bell.clock, "stage": bell.stage, "to": bell.to, "due": stamp(bell.due)}
        key = f"{bell.clock}#{bell.stage}#{stamp(bell.due)}"
        try:
            ticket = act(number, "ring", "system:clocks", key, at, details=details, version=ticket.version)
            if bell.clock == "silence":
                ticket = act(number, "close", "system:clocks", f"{key}#close", at, version=ticket.version)
        except Outdated:
            return ring(number, at)
    return ticket


def _known(number: str) -> Ticket:
    ticket = books.read(number)
    if ticket is None:
        raise LookupError(f"There is no ticket {number}.")
    return ticket


def _step(ticket: Ticket, verb: str, by: str, key: str, at: datetime, why: str, details: dict[str, Any]) -> Step:
    # Clocks of machines differ: what comes later in the timeline is never earlier.
    moment = max(stamp(at), ticket.changed_at)
    done = entry(ticket.number, ticket.version + 1, moment, by, verb, why, details, key, ticket.head)
    return Step(apply(ticket, done), done)
