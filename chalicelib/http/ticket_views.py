"""What is shown of a ticket to whom. Pure.

A customer sees what concerns them: not who handles it, not what is said inside the house, and the result only once it
has been replied.
"""

from typing import Any

from chalicelib.http.ticket_acts import possible_for
from chalicelib.http.wire import pick
from chalicelib.platform.clock import stamp
from chalicelib.tickets import Entry, Ticket, clocks
from chalicelib.tickets.rules import INTERNAL

CUSTOMER_SEES = (
    *("number", "kind", "channel", "language", "subject", "text", "registered_at", "state", "category", "referral"),
    *("name", "mobile", "email", "address", "reply_by", "extended_days", "replied_at", "closed_at", "reopened"),
    *("rating", "attachments", "changed_at", "version"),
)
# Not the hashes, nor what only the domain reckons with; recordings have routes of their own.
STAFF_SEES = tuple(name for name in Ticket._fields if name not in ("keys", "head", "rung", "recordings"))
LEFT_OUT_OF_LISTS = ("text", "result")

# The words of these are meant for the customer, or theirs.
_CUSTOMER_HEARS = ("register", "refuse", "extend", "ask_customer", "hear_customer", "tell", "rate", "confirm", "reopen")
_NOT_THE_CUSTOMERS = (*INTERNAL, "link_contact", "link_recording")


def ticket_shown(ticket: Ticket, staff: bool, verbs: tuple[str, ...]) -> dict[str, Any]:
    """The ticket as it is shown: ``possible`` are those of ``verbs`` that it takes now."""
    seen = pick(ticket, *(STAFF_SEES if staff else CUSTOMER_SEES))
    if not staff:
        seen["result"] = ticket.result if ticket.replied_at else ""
    due = clocks.due_at(ticket)
    return {**seen, "due_at": stamp(due) if due else "", "possible": possible_for(ticket, verbs)}


def ticket_listed(ticket: Ticket, staff: bool, verbs: tuple[str, ...]) -> dict[str, Any]:
    """The same for a list, without what is long."""
    shown = ticket_shown(ticket, staff, verbs)
    return {name: value for name, value in shown.items() if name not in LEFT_OUT_OF_LISTS}


def entry_shown(entry: Entry, staff: bool) -> dict[str, Any] | None:
    """An entry of the timeline; None for one that is not the customer's to see."""
    if staff:
        return pick(entry, "sequence", "at", "by", "verb", "why", "details", "before", "hash")
    if entry.verb in _NOT_THE_CUSTOMERS:
        return None
    why = entry.why if entry.verb in _CUSTOMER_HEARS else ""
    return {
        **pick(entry, "sequence", "at", "verb"),
        "by": "customer" if entry.by == "customer" else "house",
        "why": why,
    }
