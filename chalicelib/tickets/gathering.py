"""The tickets that a period's statistics are of, read from the listings that they are in: never the whole table."""

from collections.abc import Iterator

from chalicelib.platform.clock import stamp
from chalicelib.tickets import books
from chalicelib.tickets.books import Listing
from chalicelib.tickets.rules import OPEN, Ticket
from chalicelib.tickets.statistics import HOUSE, SERVICE, Period

_FAR = "9999"
_PAGE = 200


def tickets_of(period: Period, department: str = HOUSE) -> list[Ticket]:
    """Those registered or closed since the period before it began, and those that are open: all of a department's,
    and others among them.

    What was closed long after the period is read too, for it was open then: the older a period is, the more it costs.
    """
    since = stamp(period.before.since)
    found: dict[str, Ticket] = {}
    for week in sorted({*period.weeks, *period.before.weeks}):
        found |= {ticket.number: ticket for ticket in _all("week", week, since)}
    # A closed ticket's place is when it was last changed, which is never before it was closed.
    found |= {ticket.number: ticket for ticket in _all("state", "closed", since)}
    for listing, value in _open(department):
        found |= {ticket.number: ticket for ticket in _all(listing, value)}
    return list(found.values())


def _open(department: str) -> list[tuple[Listing, str]]:
    if department in (HOUSE, SERVICE):
        return [("state", state) for state in OPEN]
    return [("department", department)]


def _all(listing: Listing, value: str, first: str = "0") -> Iterator[Ticket]:
    page: str | None = None
    while True:
        tickets, page = books.listed(listing, value, first, _FAR, page, _PAGE)
        yield from tickets
        if page is None:
            return
