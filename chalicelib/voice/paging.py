"""Lists read out a page at a time."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from chalicelib.voice.call import Answer
from chalicelib.voice.speech import say

Item = TypeVar("Item")


class Page(NamedTuple):
    """Pages count from 1; there is always a first one."""

    page: int
    pages: int


def page_of(items: Sequence[Item], asked: int, size: int) -> tuple[Page, Sequence[Item]]:
    """The page ``asked`` of ``items``, ``size`` of them; past the last comes the first again."""
    pages = max(1, -(-len(items) // size))
    page = asked if 1 <= asked <= pages else 1
    return Page(page, pages), items[(page - 1) * size : page * size]


def read_page(language: str, subject: str, page: int, pages: int, lines: Sequence[str]) -> Answer:
    """Result more | last | empty, NextPage (the first after the last) and Speech, opened by the sentence subject.page.

    A list with nothing in it is answered by the sentence subject.none.
    """
    if not lines:
        return {"Result": "empty", "NextPage": "1", "Speech": say(language, f"{subject}.none")}
    more = page < pages
    return {
        "Result": "more" if more else "last",
        "NextPage": str(page + 1 if more else 1),
        "Speech": " ".join([say(language, f"{subject}.page", page=page, pages=pages), *lines]),
    }
