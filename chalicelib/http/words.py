"""What a problem is called in the language of whoever asked.

Sentences about the business are those that callers hear; those about requests are in chalicelib/http/messages.
"""

from pathlib import Path

from chalicelib.platform import words
from chalicelib.platform.words import LANGUAGES
from chalicelib.voice.speech import say

_MESSAGES = Path(__file__).with_name("messages")


def catalogue(language: str) -> dict[str, str]:
    """The sentences about requests in one of ``LANGUAGES``."""
    return words.catalogue(_MESSAGES, language)


def message(language: str, sentence: str, facts: dict[str, object]) -> str:
    """The sentence with its facts filled in; an order's state is said in words."""
    if sentence in catalogue(language):
        return catalogue(language)[sentence].format(**facts)
    said = {name: say(language, f"state.{fact}") if name == "state" else fact for name, fact in facts.items()}
    return say(language, sentence, **said)


def language_of(accepted: str) -> str:
    """The language of an Accept-Language header that we speak (RFC 9110, section 12.5.4); Mandarin for none."""
    wishes = [wish.strip().lower().partition(";") for wish in accepted.split(",")]
    for tag, _, _ in sorted(wishes, key=lambda wish: _weight(wish[2]), reverse=True):
        if tag.startswith(("zh-hk", "zh-hant", "zh-mo", "yue")):
            return "zh-HK"
        if tag.startswith("zh"):
            return "zh-CN"
        if tag.startswith("en"):
            return "en"
    return LANGUAGES[0]


def _weight(parameter: str) -> float:
    try:
        return float(parameter.strip().removeprefix("q=") or 1)
    except ValueError:
        return 0.0
