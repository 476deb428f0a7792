"""The words in which customers and staff are told of tickets, from chalicelib/tickets/messages."""

import json
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path

from chalicelib.platform.clock import SHANGHAI

LANGUAGES = ("zh-CN", "zh-HK", "en")


@cache
def catalogue(language: str) -> dict[str, str]:
    """The texts of a language; Mandarin's where the language is not one of ours."""
    name = language if language in LANGUAGES else LANGUAGES[0]
    texts: dict[str, str] = json.loads(Path(__file__).with_name("messages").joinpath(f"{name}.json").read_text("utf-8"))
    return texts


def grouped(number: str) -> str:
    """A ticket's number as people read it: 2612345678 -> "261 234 5678"."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def by_when(due: datetime) -> str:
    """The last day, or the minute of it, in Shanghai: what is due at midnight is due on the day that ends there."""
    there = due.astimezone(SHANGHAI)
    if there.time() == time():
        return f"{there - timedelta(days=1):%Y-%m-%d}"
    return f"{there:%Y-%m-%d %H:%M}"
