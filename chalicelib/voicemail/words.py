"""The words of voice messages, from chalicelib/voicemail/messages."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path

from chalicelib.platform.clock import SHANGHAI

LANGUAGES = ("zh-CN", "zh-HK", "en")
# What the house's own people are written to in.
STAFF_LANGUAGE = LANGUAGES[0]


@cache
def catalogue(language: str) -> dict[str, str]:
    """The texts of a language; Mandarin's where the language is not one of ours."""
    name = language if language in LANGUAGES else LANGUAGES[0]
    texts: dict[str, str] = json.loads(Path(__file__).with_name("messages").joinpath(f"{name}.json").read_text("utf-8"))
    return texts


def moment(at: str) -> str:
    """A stored moment (UTC, ISO 8601) as date and time in Shanghai, to the minute."""
    return f"{datetime.fromisoformat(at).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
