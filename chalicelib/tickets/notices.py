"""What an entry of the timeline means to the house: who of the staff is told, and in which words. Pure.

Where nobody handles a ticket, and where a department has no address, the supervisor is told: somebody always is.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from chalicelib.tickets import clocks
from chalicelib.tickets.departments import Department
from chalicelib.tickets.news import Message, Way
from chalicelib.tickets.rules import Ticket
from chalicelib.tickets.timeline import Entry
from chalicelib.tickets.words import by_when, catalogue, grouped

_STAGES = ("warn", "breach", "over")
_TO_ASSIGNEE = {
    "assign": "assigned",
    "answer": "answered",
    "hear_customer": "heard",
    "reopen": "reopened",
}


class House(NamedTuple):
    """Where the staff have their mail: the supervisor, the agents (``<name>@domain``), who prints letters; and the
    department that the ticket was handed to. ``language``: in which they are told; ``tasks``: agents take tasks."""

    supervisor: str
    domain: str
    letters: str
    language: str
    department: Department | None = None
    tasks: bool = False


def to_staff(done: Entry, ticket: Ticket, way: Way, house: House, letter: str = "") -> list[Message]:
    """The messages that follow from ``done``, after which the ticket is ``ticket``.

    ``way``: how a result reaches the customer; ``letter``: the name of the object that is to be printed.
    """
    what = _what(done, way)
    if not what:
        return []
    actor = _address(done.by, house) if done.by.startswith("agent:") else ""
    to = [address for address in dict.fromkeys(_recipients(done, ticket, what, house)) if address != actor]
    subject = catalogue(house.language)[f"staff.{what}"].format(
        number=grouped(ticket.number), object=letter, **_clock(done, ticket, house)
    )
    text = _text(subject, done, ticket, house)
    if what == "call" and house.tasks:
        return [Message("task", "task", "", "staff.call", text, subject)]
    return [Message(f"staff#{address}", "email", address, f"staff.{what}", text, subject) for address in to]


def _what(done: Entry, way: Way) -> str:
    if done.verb == "ring":
        stage = done.details["stage"]
        return "" if done.details["clock"] == "silence" else stage if stage in _STAGES else "escalated"
    if done.verb == "reply":
        return {"call": "call", "letter": "letter", "": "unreachable"}.get(way, "")
    if done.verb == "note":  # what a customer says whom nobody asked
        return "heard" if done.by == "customer" else ""
    return "transferred" if done.verb == "transfer" else _TO_ASSIGNEE.get(done.verb, "")


def _recipients(done: Entry, ticket: Ticket, what: str, house: House) -> Iterator[str]:
    if what == "letter":
        yield house.letters
    elif what == "transferred":
        yield house.department.email if house.department else house.supervisor
    else:
        watchers = ticket.watchers if done.verb == "ring" else ()
        handlers = [name for name in (ticket.assignee, *watchers) if name]
        yield from (_address(name, house) for name in handlers)
        above = done.details["to"] if done.verb == "ring" else ""
        if above == "head":
            yield (house.department.head_email if house.department else "") or house.supervisor
        elif above or not handlers:
            yield house.supervisor


def _address(name: str, house: House) -> str:
    return f"{name.removeprefix('agent:')}@{house.domain}"


def _clock(done: Entry, ticket: Ticket, house: House) -> dict[str, str]:
    """The clock that rings, or the one that a department is given, and by when."""
    if done.verb == "ring":
        due = by_when(datetime.fromisoformat(done.details["due"]))
        return {"clock": catalogue(house.language)[f"clock.{done.details['clock']}"], "due": due}
    asked = (by_when(clock.due) for clock in clocks.running(ticket) if clock.name == "department")
    return {"due": next(asked, "")}


def _text(subject: str, done: Entry, ticket: Ticket, house: House) -> str:
    words = catalogue(house.language)
    facts = words["staff.facts"].format(
        kind=words[f"kind.{ticket.kind}"], severity=words[f"severity.{ticket.severity}"], subject=ticket.subject
    )
    return "\n\n".join(part for part in (subject, done.why, facts) if part) + "\n"
