"""The words in which customers and staff are told of tickets, from chalicelib/tickets/messages."""

from datetime import datetime, time, timedelta
from pathlib import Path

from chalicelib.platform import words
from chalicelib.platform.clock import SHANGHAI

_MESSAGES = Path(__file__).with_name("messages")


def catalogue(language: str) -> dict[str, str]:
    """The texts of a language; Mandarin's where the language is not one of ours."""
    return words.catalogue(_MESSAGES, language)


def grouped(number: str) -> str:
    """A ticket's number as people read it: 2612345678 -> "261 234 5678"."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def by_when(due: datetime) -> str:
    """The last day, or the minute of it, in Shanghai: what is due at midnight is due on the day that ends there."""
    there = due.astimezone(SHANGHAI)
    if there.time() == time():
        return f"{there - timedelta(days=1):%Y-%m-%d}"
    return f"{there:%Y-%m-%d %H:%M}"
