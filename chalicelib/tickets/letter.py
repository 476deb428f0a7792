"""A ticket's result as a letter, which the branch prints."""

from datetime import datetime

from chalicelib import statements
from chalicelib.platform.clock import business_day
from chalicelib.tickets.rules import Ticket
from chalicelib.tickets.words import catalogue, grouped


def letter(ticket: Ticket, text: str, at: datetime) -> bytes:
    """A PDF on A4, in the ticket's language; made again of the same, it is the same."""
    words = catalogue(ticket.language)
    facts = {
        "name": ticket.name,
        "date": business_day(at).isoformat(),
        "address": ticket.address,
        "subject": ticket.subject,
    }
    title = words["letter.title"].format(number=grouped(ticket.number))
    named = [(words[f"letter.{label}"], value) for label, value in facts.items()]
    return statements.printed(ticket.language, title, named, text, words["letter.page"], at)
