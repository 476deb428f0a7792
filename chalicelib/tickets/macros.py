"""Canned replies: macros.json, a row each with its text by language, filled in for a ticket. Pure.

``{number}``, ``{name}`` and ``{due}`` stand for the ticket's number in readable groups, the customer's name, and
the day until which it is to be resolved. What is not known stays as it is written, to be seen.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.tickets import clocks
from chalicelib.tickets.rules import Ticket
from chalicelib.tickets.words import by_when, grouped


def macros(language: str, facts: dict[str, str]) -> list[dict[str, str]]:
    """The replies in a language: ``macro``, ``verb`` (what it is the words of), ``title`` and ``text``."""
    return [
        {
            "macro": row["macro"],
            "verb": row["verb"],
            "title": row["titles"][language],
            "text": _filled(row["texts"][language], facts),
        }
        for row in rows()
    ]


def facts_of(ticket: Ticket) -> dict[str, str]:
    """What a ticket knows of the placeholders."""
    due = next((clock.due for clock in clocks.running(ticket) if clock.name == "resolution"), None)
    facts = {
        "number": grouped(ticket.number),
        "name": ticket.name,
        "due": by_when(due) if due else "",
    }
    return {name: fact for name, fact in facts.items() if fact}


@cache
def rows() -> list[dict[str, Any]]:
    """As they stand in macros.json."""
    found: list[dict[str, Any]] = json.loads(Path(__file__).with_name("macros.json").read_text("utf-8"))
    return found


def _filled(text: str, facts: dict[str, str]) -> str:
    for name, fact in facts.items():
        text = text.replace(f"{{{name}}}", fact)
    return text
