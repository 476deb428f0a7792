"""Sentences for the caller, from the message catalogues in chalicelib/voice/messages."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from chalicelib.platform import words
from chalicelib.platform.clock import SHANGHAI
from chalicelib.platform.words import LANGUAGES

_MESSAGES = Path(__file__).with_name("messages")
# From which hour on a time of day is called so.
_PERIODS = ((18, "evening"), (13, "afternoon"), (12, "noon"), (6, "morning"), (0, "night"))


def catalogue(language: str) -> dict[str, str]:
    """The sentences of a language; Mandarin's where the language is not one of ours."""
    return words.catalogue(_MESSAGES, language)


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


def keys(amount: Decimal) -> str:
    """A price as it is keyed in: 7.85 -> "7*85". What :func:`chalicelib.voice.keypad.decimal_number` reads."""
    return f"{amount:f}".replace(".", "*")


def day(language: str, of: date, today: date) -> str:
    """A date as people say it, with the year where it is not that of ``today``: "November 24", "11月24日"."""
    key = "day" if of.year == today.year else "day.with_year"
    month = say(language, f"month.{of.month}")
    return say(language, key, year=of.year, month=month, day=of.day)


def time(language: str, moment: str) -> str:
    """The time of day in Shanghai of a stored moment (UTC, ISO 8601), to the minute: "10:05 a.m.", "上午10点05分"."""
    at = datetime.fromisoformat(moment).astimezone(SHANGHAI)
    period = say(language, f"period.{next(name for hour, name in _PERIODS if at.hour >= hour)}")
    key = "time" if at.minute else "time.full"
    return say(language, key, period=period, hour=at.hour % 12 or 12, minute=f"{at.minute:02d}")
