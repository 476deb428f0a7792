"""Whether a prompt is the one that a case means, by the two MatchingCriteria of MessageReceived.

Amazon Connect compares meanings, by rules it does not publish; here letters are compared. Case, width, punctuation,
white space and SSML tags make no difference, so the same rule serves languages that put no spaces between words.
"""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher

from localconnect.speech import plain_text

LEAST_SIMILARITY = 0.8
"""Of 1: the share of letters that two texts have in common, in the same order."""


def includes(heard: str, expected: str) -> bool:
    return _letters(expected) in _letters(heard)


def is_similar(heard: str, expected: str) -> bool:
    matcher = SequenceMatcher(None, _letters(heard), _letters(expected), autojunk=False)
    return matcher.real_quick_ratio() >= LEAST_SIMILARITY and matcher.ratio() >= LEAST_SIMILARITY


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", plain_text(text)).casefold()
    return "".join(character for character in folded if character.isalnum())
