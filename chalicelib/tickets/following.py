"""What follows from an entry: the ticket's schedule is set, the customer and the staff are told; and what is due rings.

All of it may be repeated, and comes late or twice: a message that stands in the timeline as told is not told again.
"""

from datetime import datetime

from chalicelib import tickets
from chalicelib.platform.clock import stamp
from chalicelib.platform.log import logger
from chalicelib.tickets import clocks, schedules
from chalicelib.tickets.rules import fold
from chalicelib.tickets.telling import tell


def follow(number: str, sequence: int, at: datetime) -> None:
    """Do what follows from one entry. OSError where somebody could not be told: call again."""
    entries = tickets.timeline(number)
    ticket = fold(entries)
    bells = clocks.bells(ticket)
    # A schedule in the past might never come.
    schedules.arm(tickets.ring(number, at) if bells and bells[0].at <= at else ticket)
    tell(entries[sequence - 1], fold(entries[:sequence]), {entry.key for entry in entries}, at)


def ring_overdue(at: datetime) -> int:
    """Ring every ticket that is overdue at ``at``, as one is whose schedule was lost; how many.

    One request where there is none. One that cannot be rung keeps no other waiting: it is overdue still. RuntimeError
    at the end, if there were any.
    """
    done, failed, page = 0, 0, None
    while True:
        found = tickets.listed("bell", "yes", last=stamp(at), page=page, size=100)
        for ticket in found.tickets:
            try:
                tickets.ring(ticket.number, at)
                done += 1
            except Exception:
                logger.exception("a ticket could not be rung", number=ticket.number)
                failed += 1
        page = found.next_page
        if page is None:
            break
    if failed:
        raise RuntimeError(f"{failed} tickets could not be rung: see the log; they are tried again.")
    return done
