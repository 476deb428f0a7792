"""The words of statements and of what becomes of a fax, from chalicelib/statements/messages."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from chalicelib.platform import words
from chalicelib.platform.clock import SHANGHAI

_MESSAGES = Path(__file__).with_name("messages")


def catalogue(language: str) -> dict[str, str]:
    """The texts of a language; Mandarin's where the language is not one of ours."""
    return words.catalogue(_MESSAGES, language)


def money(amount: Decimal) -> str:
    """1234.5 -> "1,234.50"."""
    return f"{amount:,.2f}"


def price(amount: Decimal) -> str:
    """A price a share, with as many digits as it has, and never fewer than the fen: 4.025 -> "4.025"."""
    digits = -int(amount.normalize().as_tuple().exponent)
    return f"{amount:,.{max(2, digits)}f}"


def shares(quantity: int) -> str:
    """1200 -> "1,200"."""
    return f"{quantity:,}"


def moment(at: datetime) -> str:
    """Date and time in Shanghai, to the second."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def days(language: str, first: date, last: date) -> str:
    """A day, or from when to when."""
    return first.isoformat() if first == last else catalogue(language)["days"].format(first=first, last=last)
