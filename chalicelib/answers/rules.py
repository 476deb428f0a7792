"""What an answer must have, when it may be told, and by which pieces of text it is found. Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from chalicelib.platform.words import LANGUAGES

# The most characters of each text: a spoken one is listened to for two minutes at most.
LONGEST = {"title": 80, "question": 200, "spoken": 600, "written": 4000}
MOST_KEYWORDS = 20
# How much a piece says about an article, by where it stands.
WEIGHTS = {"title": 3, "keywords": 3, "question": 1}
# A question is looked up by so many of its pieces at most: each is one request.
PIECES_ASKED = 8

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_RUNS = re.compile(rf"[a-z0-9]+(?:\+[a-z0-9]+)*|[{_HAN}]+")
_SHORTEST_PLURAL = 4
# Pieces that are in every question: they are looked up only where a question has no others.
_COMMON_WORDS = """
a about an and are be can do does for from get have how i if in is it my of on or the to what when where which who why
will with you your
什么 甚么 怎么 怎样 如何 可以 请问 多少 为什 么时 时候 我的 是否 哪里 哪些
點樣 點解 乜嘢 可以 請問 幾多 幾時 邊度 我嘅 係咪
"""
_COMMON = frozenset(_COMMON_WORDS.split())


class Unfit(Exception):
    """``field`` of an article is missing or not what it may be: ``rule`` names what is wrong with it."""

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(f"{field}: {rule}")
        self.field, self.rule = field, rule


class Text(NamedTuple):
    """An article in one language: ``spoken`` is read out on the phone, ``written`` is what agents paste and pages show.

    ``question``: as a customer would ask it. ``keywords``: other words that it is to be found by.
    """

    title: str
    question: str
    spoken: str
    written: str
    keywords: tuple[str, ...] = ()


class Content(NamedTuple):
    """What a version says, by language; ``category`` is one of tickets. It is told from one day in Shanghai to the
    other, both included (YYYY-MM-DD)."""

    category: str
    texts: dict[str, Text]
    valid_from: str
    valid_until: str

    def valid_on(self, day: str) -> bool:
        return self.valid_from <= day <= self.valid_until

    @property
    def listed_under(self) -> str:
        """The top category, which the phone offers."""
        return self.category.partition(".")[0]


def read_content(facts: dict[str, Any]) -> Content:
    """The content that JSON has it so. Unfit where something is missing, too long, or no day."""
    texts = facts.get("texts")
    if not isinstance(texts, dict) or texts.keys() != set(LANGUAGES):
        raise Unfit("texts", "languages")
    first, last = (_day(facts, name) for name in ("valid_from", "valid_until"))
    if first > last:
        raise Unfit("valid_until", "backwards")
    return Content(str(facts.get("category", "")), {name: _text(texts[name]) for name in LANGUAGES}, first, last)


def facts_of(content: Content) -> dict[str, Any]:
    """The content as JSON has it."""
    return content._asdict() | {"texts": {name: text._asdict() for name, text in content.texts.items()}}


def _text(given: Any) -> Text:
    if not isinstance(given, dict) or given.keys() - set(Text._fields):
        raise Unfit("texts", "fields")
    for name, most in LONGEST.items():
        if not isinstance(given.get(name), str) or not given[name].strip():
            raise Unfit(name, "missing")
        if len(given[name]) > most:
            raise Unfit(name, "too_long")
    words = given.get("keywords", ())
    if not isinstance(words, list | tuple) or len(words) > MOST_KEYWORDS:
        raise Unfit("keywords", "too_many")
    if not all(isinstance(word, str) and 0 < len(word) <= LONGEST["title"] for word in words):
        raise Unfit("keywords", "too_long")
    return Text(**{name: given[name].strip() for name in LONGEST}, keywords=tuple(words))


def _day(facts: dict[str, Any], name: str) -> str:
    try:
        return date.fromisoformat(facts[name]).isoformat()
    except (KeyError, TypeError, ValueError):
        raise Unfit(name, "no_day") from None


def grams(text: str) -> list[str]:
    """The pieces that ``text`` is found by, in order, each once: words as they are written in small letters, without
    the s of a plural, and of Chinese every two characters that stand together.

    What is written in simplified characters is not found by traditional ones: each language has its own texts.
    """
    small = unicodedata.normalize("NFKC", text).lower()
    return list(dict.fromkeys(piece for run in _RUNS.findall(small) for piece in _pieces(run)))


def _pieces(run: str) -> Iterator[str]:
    if run[0].isascii():
        plural = len(run) >= _SHORTEST_PLURAL and run.endswith("s") and not run.endswith("ss")
        yield run.removesuffix("s") if plural else run
    else:
        yield from (run[at : at + 2] for at in range(max(1, len(run) - 1)))


def weights(text: Text) -> Counter[str]:
    """What an article is found by in a language, and how much each piece says about it."""
    found: Counter[str] = Counter()
    for field, weight in WEIGHTS.items():
        said = getattr(text, field)
        parts = (said,) if isinstance(said, str) else said
        found.update(dict.fromkeys((piece for part in parts for piece in grams(part)), weight))
    return found


def asked_by(question: str) -> list[str]:
    """The pieces that a question is looked up by."""
    pieces = grams(question)
    return ([piece for piece in pieces if piece not in _COMMON] or pieces)[:PIECES_ASKED]


def best(scores: Iterable[tuple[str, float]], most: int) -> list[str]:
    """The articles with the highest scores, the highest first; of equals, always the same ones."""
    return [name for name, _ in sorted(scores, key=lambda one: (-one[1], one[0]))[:most]]
