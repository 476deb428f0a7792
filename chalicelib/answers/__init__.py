"""The answer base: what the phone reads out and agents paste, in three languages; and questions without an answer.

Verbs: :func:`write`, :func:`publish`, :func:`withdraw`, :func:`find`, :func:`version`, :func:`versions`,
:func:`search`, :func:`listed`, :func:`due_for_review`, :func:`drafts`, :func:`vote`, :func:`ask`. An edit is a new
version, which a second person publishes; old ones are kept.
"""

from datetime import datetime, timedelta

from chalicelib.answers import books, index
from chalicelib.answers.books import Article, Page, Version, stamp, versions
from chalicelib.answers.books import read as find
from chalicelib.answers.books import read_version as version
from chalicelib.answers.rules import Content, Text, Unfit, read_content
from chalicelib.platform.clock import business_day
from chalicelib.platform.settings import answer_review_days, answers_second_person
from chalicelib.tickets import Ticket, register
from chalicelib.tickets.categories import category_names

__all__ = [
    "Article",
    "Content",
    "Outdated",
    "Page",
    "Text",
    "Unfit",
    "Version",
    "ask",
    "drafts",
    "due_for_review",
    "find",
    "listed",
    "publish",
    "read_content",
    "search",
    "version",
    "versions",
    "vote",
    "withdraw",
    "write",
]

_ATTEMPTS = 6
_SUBJECT = 60  # characters of a question that name its ticket
_FAR = "9999"


class Outdated(Exception):
    """The article is not any more as whoever asked saw it; ``article`` is how it is now. Nothing was done."""

    def __init__(self, article: Article) -> None:
        super().__init__(f"The article {article.article_id} has version {article.newest} now: look at it again.")
        self.article = article


def write(article_id: str, seen: int, content: Content, by: str, why: str, key: str, at: datetime) -> Version:
    """Keep the version after ``seen`` (0 for a new article), once for a ``key``; it is told when it is published.

    LookupError for no such article, :class:`Outdated` where its newest version is another, :class:`Unfit`.
    """
    if category_names(content.category) is None:
        raise Unfit("category", "unknown")
    if not why.strip():
        raise Unfit("why", "missing")
    made = Version(article_id, seen + 1, content, by, stamp(at), why, key)
    for _ in range(_ATTEMPTS):
        if books.add(made):
            return made
        there = books.read_version(article_id, seen + 1)
        if there is not None and there.key == key:
            return there
        article = books.read(article_id)
        if article is None and seen:
            raise LookupError(f"There is no article {article_id}.")
        if article is not None and article.newest != seen:
            raise Outdated(article)
    raise _changing(article_id)


def publish(article_id: str, draft: int, by: str, at: datetime) -> Article:
    """Have the newest version, ``draft``, told in place of the one before. Done twice, it is as done once.

    LookupError, :class:`Outdated` where it is not the newest, or was withdrawn; :class:`Unfit` where who publishes it
    is who wrote it, unless the firm lets them.
    """
    for _ in range(_ATTEMPTS):
        # In this order: a version that was published, of an article that then tells another, is over for good.
        made, article = books.read_version(article_id, draft), _known(article_id)
        if made is None:
            raise LookupError(f"The article {article_id} has no version {draft}.")
        if article.published == draft:
            _tidy(article_id)
            return article
        if article.newest != draft or made.published_at:
            index.drop(made)
            raise Outdated(article)
        if made.author == by and answers_second_person():
            raise Unfit("by", "author")
        index.put(made)
        books.publish(made, by, stamp(at))
    raise _changing(article_id)


def withdraw(article_id: str, by: str, why: str, at: datetime) -> Article:
    """Have an article told no more, at once, by one person alone. Done twice, it is as done once.

    Only a new version brings it back. LookupError, :class:`Unfit` without a reason.
    """
    if not why.strip():
        raise Unfit("why", "missing")
    for _ in range(_ATTEMPTS):
        article = _known(article_id)
        if not article.published or books.withdraw(article, by, why, stamp(at)):
            _tidy(article_id)
            return article._replace(published=0, content=None)
    raise _changing(article_id)


def search(question: str, language: str, at: datetime, category: str = "") -> list[Article]:
    """The articles that answer a question best, ten at most, the best first; of a top ``category``, if one is named."""
    return index.search(question, language, business_day(at).isoformat(), category)


def listed(category: str, at: datetime, page: str | None = None, size: int = 20) -> Page:
    """The articles of a top category that are told now, the most helpful first. ValueError for a page that is none."""
    return books.listed("category", category, "", business_day(at).isoformat(), page, size)


def due_for_review(at: datetime, page: str | None = None, size: int = 20) -> Page:
    """Published articles that are valid no more, or soon will not be, the first to end first."""
    last = business_day(at) + timedelta(days=answer_review_days())
    return books.listed("review", "yes", last.isoformat(), "", page, size)


def drafts(page: str | None = None, size: int = 20) -> Page:
    """Articles whose newest version nobody has published yet, the oldest first."""
    return books.listed("draft", "yes", _FAR, "", page, size)


def vote(article_id: str, told: int, voter: str, helped: bool, at: datetime) -> None:
    """Count that the version ``told`` helped, or did not: once for a ``voter``, whatever they say later.

    LookupError for a version that was never told. TimeoutError where many vote at once: ask again.
    """
    for _ in range(_ATTEMPTS):
        refused = books.vote(article_id, told, voter, helped, stamp(at))
        if "ConditionalCheckFailed" in refused[1:]:
            raise LookupError(f"There is no version {told} of an article {article_id}.")
        if "ConditionalCheckFailed" in refused or not refused:
            return
    raise _changing(article_id)


def ask(question: str, language: str, channel: str, by: str, key: str, at: datetime, **contact: str) -> Ticket:
    """Make a ticket of a question that the answer base does not answer, once for a ``key``.

    ``contact``: what else the ticket is registered with, such as customer_id, mobile, reply_by. tickets.Unfit for what
    is missing.
    """
    subject = question if len(question) <= _SUBJECT else f"{question[: _SUBJECT - 1]}…"
    asked = {"kind": "consultation", "channel": channel, "language": language, "subject": subject, "text": question}
    return register(asked | contact, by, key, at)


def _known(article_id: str) -> Article:
    article = books.read(article_id)
    if article is None:
        raise LookupError(f"There is no article {article_id}.")
    return article


def _changing(article_id: str) -> TimeoutError:
    return TimeoutError(f"The article {article_id} is being changed all the time: ask again.")


def _tidy(article_id: str) -> None:
    """Delete the rows of versions that were told and are told no more."""
    # In this order: what is published meanwhile is not among them.
    told = [made for made in books.versions(article_id) if made.published_at]
    now = _known(article_id).published
    for made in told:
        if made.version != now:
            index.drop(made)
