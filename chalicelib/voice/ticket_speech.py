"""A ticket as a caller hears of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.platform.clock import business_day
from chalicelib.voice.speech import day, digits, say

if TYPE_CHECKING:
    from chalicelib.tickets import Entry, Ticket

# The clock that says until when the caller has to wait, or may; in the other states it is that of the resolution.
_CLOCKS = {"registered": "acceptance", "waiting": "waiting", "replied": "silence"}


def where_it_stands(language: str, ticket: Ticket, entries: Sequence[Entry], today: date) -> Iterator[str]:
    """Its state, since when and until when, and what the caller is asked or answered. ``entries``: its timeline."""
    yield say(
        language,
        "ticket",
        number=digits(ticket.number),
        subject=ticket.subject,
        state=say(language, f"ticket_state.{ticket.state}"),
        day=day(language, _since(entries), today),
    )
    if ticket.duplicate_of:
        yield say(language, "ticket.merged", number=digits(ticket.duplicate_of))
    if ticket.state == "waiting":
        asked = [entry.why for entry in entries if entry.verb == "ask_customer"]
        yield say(language, "ticket.question", question=asked[-1])
    if ticket.state in ("replied", "confirmed", "closed") and ticket.result:
        yield say(language, "ticket.result", result=ticket.result)
    yield from _until(language, ticket, today)


def _since(entries: Sequence[Entry]) -> date:
    """The day on which it came to its state."""
    from chalicelib.tickets.rules import MOVES

    moved = [entry.at for entry in entries if entry.verb in ("register", "merge", *MOVES)]
    return business_day(datetime.fromisoformat(moved[-1]))


def _until(language: str, ticket: Ticket, today: date) -> Iterator[str]:
    from chalicelib.tickets.clocks import running

    clock = _CLOCKS.get(ticket.state, "resolution")
    for due in (one.due for one in running(ticket) if one.name == clock):
        # What is due at midnight is due on the day that ends then.
        last = business_day(due - timedelta(microseconds=1))
        yield say(language, f"ticket.until.{clock}", day=day(language, last, today))
