"""Sentences for the caller, from the message catalogues in chalicelib/voice/messages."""

import json
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

LANGUAGES = ("zh-CN", "zh-HK", "en")


@cache
def catalogue(language: str) -> dict[str, str]:
    """The sentences of a language; Mandarin's where the language is not one of ours."""
    name = language if language in LANGUAGES else LANGUAGES[0]
    messages: dict[str, str] = json.loads(
        Path(__file__).with_name("messages").joinpath(f"{name}.json").read_text("utf-8")
    )
    return messages


def say(language: str, key: str, **facts: object) -> str:
    """The sentence ``key`` with its facts filled in; decimals are spoken as money, to the fen."""
    shown = {name: money(fact) if isinstance(fact, Decimal) else fact for name, fact in facts.items()}
    return catalogue(language)[key].format(**shown)


def money(amount: Decimal) -> str:
    """12345.6 -> "12,345.60"."""
    return f"{amount:,.2f}"


def digits(code: str) -> str:
    """Spaced, so that a voice reads a code digit by digit."""
    return " ".join(code)


def name(names: dict[str, str], language: str) -> str:
    """A security's name in the caller's language."""
    return names.get(language) or names[LANGUAGES[0]]


def day(language: str, of: date, today: date) -> str:
    """A date as people say it, with the year where it is not that of ``today``: "November 24", "11月24日"."""
    key = "day" if of.year == today.year else "day.with_year"
    month = say(language, f"month.{of.month}")
    return say(language, key, year=of.year, month=month, day=of.day)
