"""Tickets a page at a time: one listing is read in its order, and what does not fit the other wishes is left out.

A page reads as many tickets as its size says and no more, however many there are and however few of them fit: so it may
be short, or empty, with more behind it.
"""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, get_args

from chalicelib import customers, tickets
from chalicelib.http.answering import Asked, iso_day
from chalicelib.http.problem import bad_field, unknown
from chalicelib.http.ticket_acts import KIND, NAME, SEVERITY, verbs_of
from chalicelib.http.ticket_views import ticket_listed
from chalicelib.http.wire import Reader, Reply, one_of, reads, text, words
from chalicelib.platform.clock import SHANGHAI, stamp
from chalicelib.tickets import Listing, Ticket, clocks
from chalicelib.tickets.books import week_of
from chalicelib.tickets.rules import State

MOST_A_PAGE = 100


@reads(type="integer", minimum=1, maximum=MOST_A_PAGE)
def size(value: Any) -> int:
    """Reads how many tickets a page reads."""
    number = int(text(r"\d{1,3}")(value))
    if not 1 <= number <= MOST_A_PAGE:
        raise ValueError
    return number


# The first of these that is given is the listing that is read.
LISTINGS: dict[str, Listing] = {
    "customer": "customer",
    "assignee": "assignee",
    "department": "department",
    "week": "week",
    "state": "state",
    "due": "bell",
}
WISHES: dict[str, Reader] = {
    "customer": text(r"[!-~]{1,64}"),
    "assignee": NAME,
    "department": NAME,
    "week": text(r"\d{4}-W\d\d"),
    "state": one_of(get_args(State)),
    "due": one_of(("next",)),
    "kind": KIND,
    "severity": SEVERITY,
    "text": words(50),
    "from": iso_day,
    "to": iso_day,
    "page": text(r".{1,200}"),
    "size": size,
}
CUSTOMERS_WISHES = {name: WISHES[name] for name in ("state", "kind", "text", "from", "to", "page", "size")}

_FITS: dict[str, Callable[[Ticket, Any], bool]] = {
    "customer": lambda ticket, wish: ticket.customer_id == wish,
    "assignee": lambda ticket, wish: ticket.assignee == wish,
    "department": lambda ticket, wish: ticket.department == wish,
    "week": lambda ticket, wish: week_of(ticket.registered_at) == wish,
    "state": lambda ticket, wish: ticket.state == wish,
    "due": lambda ticket, wish: bool(clocks.bells(ticket)),
    "kind": lambda ticket, wish: ticket.kind == wish,
    "severity": lambda ticket, wish: ticket.severity == wish,
    "text": lambda ticket, wish: wish.casefold() in "\n".join(_words(ticket)).casefold(),
}


def find_all(asked: Asked) -> Reply:
    """Tickets by one of ``LISTINGS``; without one what is due next, or, for customers, their own."""
    caller = asked.caller
    readers = WISHES if caller.staff else CUSTOMERS_WISHES
    given = asked.parameters(readers, **dict.fromkeys(readers.keys()))
    if not caller.staff:
        given["customer"] = _own(caller.account_id)
    wishes = {name: value for name, value in given.items() if value is not None}
    by = next((name for name in LISTINGS if name in wishes), "due")
    value = "yes" if by == "due" else wishes[by]
    first, last = _bounds(wishes.get("from"), wishes.get("to"))
    try:
        page = tickets.listed(LISTINGS[by], value, first, last, wishes.get("page"), wishes.get("size", 20))
    except ValueError:
        raise bad_field("page") from None
    fits = [(_FITS[name], wish) for name, wish in wishes.items() if name in _FITS and name != by]
    found = [ticket for ticket in page.tickets if all(fit(ticket, wish) for fit, wish in fits)]
    shown = [ticket_listed(ticket, caller.staff, verbs_of(caller)) for ticket in found]
    return Reply(200, {"tickets": shown, "next_page": page.next_page})


def _own(account_id: str) -> str:
    contact = customers.contact(account_id) if account_id else None
    if contact is None:
        raise unknown("account")
    return contact.customer_id


def _bounds(first: date | None, last: date | None) -> tuple[str, str]:
    """The moments between which a listing is read, of days in Shanghai."""
    if first and last and first > last:
        raise bad_field("from")
    begins = stamp(datetime.combine(first, time.min, SHANGHAI)) if first else ""
    ends = stamp(datetime.combine(last, time.max, SHANGHAI)) if last else "9999"
    return begins, ends


def _words(ticket: Ticket) -> tuple[str, ...]:
    return ticket.number, ticket.subject, ticket.text, ticket.name
