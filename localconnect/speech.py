"""The words of a prompt that is written in SSML."""

from __future__ import annotations

import html
import re

_SPELLED = re.compile(r"<say-as\s[^>]*[\"'](?:digits|characters|telephone)[\"'][^>]*>(.*?)</say-as>", re.DOTALL)
_BREAK = re.compile(r"<break\s[^>]*time=[\"']([0-9.]+)(ms|s)[\"']")
_TAG = re.compile(r"<[^>]*>")


def plain_text(ssml: str) -> str:
    """Without its tags; what is to be said digit by digit is written so, for voices and readers that know no SSML."""
    spaced = _SPELLED.sub(lambda match: " ".join(match[1].replace(" ", "")), ssml)
    return html.unescape(_TAG.sub("", spaced)).strip()


def silence(ssml: str) -> float:
    """Seconds of the breaks in it whose time is given (Amazon Polly, "Supported SSML tags")."""
    return sum(float(time) / (1000 if unit == "ms" else 1) for time, unit in _BREAK.findall(ssml))


def speaking_seconds(text: str) -> float:
    """How long a voice takes to say ``text``: 5 ideographs or 14 other characters a second, and a short rest."""
    ideographs = len(re.findall(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]", text))
    return 0.5 + ideographs / 5 + (len(text) - ideographs) / 14
