"""The words of voice messages, from chalicelib/voicemail/messages."""

from datetime import datetime
from pathlib import Path

from chalicelib.platform import words
from chalicelib.platform.clock import SHANGHAI

_MESSAGES = Path(__file__).with_name("messages")


def catalogue(language: str) -> dict[str, str]:
    """The texts of a language; Mandarin's where the language is not one of ours."""
    return words.catalogue(_MESSAGES, language)


def moment(at: str) -> str:
    """A stored moment (UTC, ISO 8601) as date and time in Shanghai, to the minute."""
    return f"{datetime.fromisoformat(at).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
