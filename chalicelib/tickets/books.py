"""Tickets kept in DynamoDB: a step is written whole, ticket and entry, or not at all."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, NamedTuple

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.platform.clock import business_day, stamp
from chalicelib.tickets import clocks
from chalicelib.tickets.models import EntryRecord, TicketRecord
from chalicelib.tickets.rules import Ticket, unrecorded
from chalicelib.tickets.timeline import Entry

Listing = Literal["bell", "state", "assignee", "department", "customer", "week", "unrecorded"]


class Page(NamedTuple):
    """Tickets, and the name of the next page: None after the last."""

    tickets: list[Ticket]
    next_page: str | None


class Step(NamedTuple):
    """A ticket after its newest entry."""

    ticket: Ticket
    entry: Entry


def read(number: str) -> Ticket | None:
    """The ticket of that number, if there is one."""
    try:
        return ticket_of(TicketRecord.get(number, consistent_read=True))
    except TicketRecord.DoesNotExist:
        return None


def timeline(number: str, after: int = 0, limit: int | None = None) -> list[Entry]:
    """The entries of a ticket beyond the first ``after``, in order."""
    found = EntryRecord.query(number, EntryRecord.sequence > after, consistent_read=True, limit=limit)
    return [Entry(**{name: getattr(record, name) for name in Entry._fields}) for record in found]


def write(steps: Iterable[Step]) -> bool:
    """Write steps of one or more tickets in one TransactWriteItems.

    False, and nothing is written, where somebody else was quicker with any of them.
    """
    try:
        with TransactWrite(connection=TicketRecord.client()) as transaction:
            for step in steps:
                before = step.entry.sequence - 1
                condition = TicketRecord.version == before if before else TicketRecord.number.does_not_exist()
                transaction.save(record_of(step.ticket), condition=condition)
                transaction.save(EntryRecord(**step.entry._asdict()), condition=EntryRecord.number.does_not_exist())
    except TransactWriteError as refused:
        reasons = {reason.code for reason in refused.cancellation_reasons if reason}
        if not reasons & {"ConditionalCheckFailed", "TransactionConflict"}:
            raise
        return False
    return True


def listed(listing: Listing, value: str, first: str, last: str, page: str | None, size: int) -> Page:
    """A page of a listing, those between two moments: by when they are due, or registered. Newest first are a
    customer's and a week's, and those that are closed."""
    index: Any = getattr(TicketRecord, f"by_{listing}")
    sort = _SORT[listing]
    backwards = listing in ("customer", "week") or (listing == "state" and value == "closed")
    found = index.query(
        value,
        getattr(TicketRecord, sort).between(first, last),
        scan_index_forward=not backwards,
        limit=size,
        page_size=size,
        last_evaluated_key=_page_key({_HASH[listing]: value}, sort, page, (first, last)) if page else None,
    )
    tickets = [ticket_of(record) for record in found]
    key = found.last_evaluated_key
    return Page(tickets, json.dumps([key[sort]["S"], key["number"]["S"]]) if key else None)


_HASH = {
    "bell": "clocked",
    "state": "state",
    "assignee": "handled_by",
    "department": "handed_to",
    "customer": "owner",
    "week": "week",
    "unrecorded": "unrecorded",
}
_SORT = {
    "bell": "bell_at",
    "state": "listed_at",
    "assignee": "listed_at",
    "department": "listed_at",
    "customer": "registered_at",
    "week": "registered_at",
    "unrecorded": "changed_at",
}


def _page_key(hashed: dict[str, str], sort: str, page: str, between: tuple[str, str]) -> dict[str, Any]:
    """What is listed is never taken from the page's name, which has been outside. ValueError for one that is none."""
    first, last = between
    match json.loads(page):
        case [str(moment), str(number)] if first <= moment <= last and number.isascii() and number.isdigit():
            return {name: {"S": key} for name, key in (hashed | {sort: moment, "number": number}).items()}
    raise ValueError("That is no page of these tickets: ask for one by the next_page of the page before.")


def record_of(ticket: Ticket) -> TicketRecord:
    """The ticket as it is stored."""
    bells, due = clocks.bells(ticket), clocks.due_at(ticket)
    return TicketRecord(
        ticket.number,
        facts=ticket._asdict(),
        version=ticket.version,
        state=ticket.state,
        registered_at=ticket.registered_at,
        week=week_of(ticket.registered_at),
        listed_at=stamp(due) if due else ticket.changed_at,
        handled_by=ticket.assignee or None if ticket.is_open else None,
        handed_to=ticket.department or None if ticket.is_open else None,
        owner=ticket.customer_id or None,
        clocked="yes" if bells else None,
        bell_at=stamp(bells[0].at) if bells else None,
        unrecorded="yes" if unrecorded(ticket) else None,
        changed_at=ticket.changed_at,
    )


def week_of(registered_at: str) -> str:
    """The ISO week, in Shanghai, of a moment as the tables have it: 2026-W48."""
    registered = business_day(datetime.fromisoformat(registered_at)).isocalendar()
    return f"{registered.year}-W{registered.week:02d}"


_TUPLES = ("rung", "related", "watchers", "contacts", "keys")


def ticket_of(record: TicketRecord) -> Ticket:
    """The ticket that is stored so."""
    facts = dict(record.facts)
    for name in _TUPLES:
        facts[name] = tuple(facts[name])
    facts["pauses"] = tuple((since, until) for since, until in facts["pauses"])
    return Ticket(**facts)
