"""The answer base kept in DynamoDB: an article and its version are written together, or not at all."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.answers.models import ArticleRecord, VersionRecord, VoteRecord
from chalicelib.answers.rules import Content, Text, facts_of
from chalicelib.platform.tables import read_together

Listing = Literal["category", "review", "draft"]


class Article(NamedTuple):
    """An article as it now stands: ``newest`` is its last version, whose ``titles`` by language editors know it by;
    ``published`` the one that is told, with its ``content``; 0 and None where none is. ``helpful``: votes for it less
    those against it."""

    article_id: str
    newest: int
    published: int
    content: Content | None
    helpful: int
    titles: dict[str, str]


class Version(NamedTuple):
    """A version of an article: who wrote it, when and why, and what became of it ("" for not yet)."""

    article_id: str
    version: int
    content: Content
    author: str
    at: str
    why: str
    key: str
    published_by: str = ""
    published_at: str = ""
    withdrawn_by: str = ""
    withdrawn_at: str = ""
    withdrawn_why: str = ""
    helped: int = 0
    unhelpful: int = 0


class Page(NamedTuple):
    """Articles, and the name of the next page: None after the last."""

    articles: list[Article]
    next_page: str | None


def stamp(at: datetime) -> str:
    """A moment as it is stored."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def read(article_id: str) -> Article | None:
    return read_all([article_id])[0]


def read_all(article_ids: Iterable[str]) -> list[Article | None]:
    """The articles of these ids, each named once, in one request; None for what is none."""
    found = read_together(*((ArticleRecord, {"article_id": article_id}) for article_id in article_ids))
    return [_article(record) if record else None for record in found]


def read_version(article_id: str, version: int) -> Version | None:
    try:
        return _version(VersionRecord.get(article_id, version, consistent_read=True))
    except VersionRecord.DoesNotExist:
        return None


def versions(article_id: str) -> list[Version]:
    return [_version(record) for record in VersionRecord.query(article_id, consistent_read=True)]


def add(made: Version) -> bool:
    """Write a version as the newest of its article. False where the article has not the version before it."""
    titles = {language: text.title for language, text in made.content.texts.items()}
    record = VersionRecord(**made._asdict() | {"content": facts_of(made.content)})
    with _Refusable() as transaction:
        transaction.save(record, condition=VersionRecord.article_id.does_not_exist())
        if made.version == 1:
            article = ArticleRecord(
                made.article_id, version=1, published=0, helpful=0, titles=titles, changed_at=made.at, waiting="yes"
            )
            transaction.save(article, condition=ArticleRecord.article_id.does_not_exist())
        else:
            transaction.update(
                ArticleRecord(made.article_id),
                [
                    ArticleRecord.version.set(made.version),
                    ArticleRecord.titles.set(titles),
                    ArticleRecord.changed_at.set(made.at),
                    ArticleRecord.waiting.set("yes"),
                ],
                ArticleRecord.version == made.version - 1,
            )
    return not transaction.refused


def publish(draft: Version, by: str, at: str) -> bool:
    """Have the newest version told from now on. False where it is not the newest, or was published before."""
    content = draft.content
    with _Refusable() as transaction:
        transaction.update(
            VersionRecord(draft.article_id, draft.version),
            [VersionRecord.published_by.set(by), VersionRecord.published_at.set(at)],
            VersionRecord.published_at == "",
        )
        transaction.update(
            ArticleRecord(draft.article_id),
            [
                ArticleRecord.published.set(draft.version),
                ArticleRecord.content.set(facts_of(content)),
                ArticleRecord.changed_at.set(at),
                ArticleRecord.listed_under.set(content.listed_under),
                ArticleRecord.reviewed.set("yes"),
                ArticleRecord.valid_from.set(content.valid_from),
                ArticleRecord.valid_until.set(content.valid_until),
                ArticleRecord.waiting.remove(),
            ],
            ArticleRecord.version == draft.version,
        )
    return not transaction.refused


def withdraw(article: Article, by: str, why: str, at: str) -> bool:
    """Have the article told no more. False where another version is told by now, or none."""
    gone = (
        ArticleRecord.content,
        ArticleRecord.listed_under,
        ArticleRecord.reviewed,
        ArticleRecord.valid_from,
        ArticleRecord.valid_until,
    )
    with _Refusable() as transaction:
        transaction.update(
            VersionRecord(article.article_id, article.published),
            [
                VersionRecord.withdrawn_by.set(by),
                VersionRecord.withdrawn_at.set(at),
                VersionRecord.withdrawn_why.set(why),
            ],
        )
        transaction.update(
            ArticleRecord(article.article_id),
            [
                ArticleRecord.published.set(0),
                ArticleRecord.changed_at.set(at),
                *(attribute.remove() for attribute in gone),
            ],
            ArticleRecord.published == article.published,
        )
    return not transaction.refused


def vote(article_id: str, version: int, voter: str, helped: bool, at: str) -> tuple[str | None, ...]:
    """Count a vote. () where it was counted; else why not, by part: the vote itself, the version, the article."""
    ballot = VoteRecord(f"{article_id}#{version}", voter, helped=helped, at=at)
    counted = VersionRecord.helped.add(1) if helped else VersionRecord.unhelpful.add(1)
    with _Refusable() as transaction:
        transaction.save(ballot, condition=VoteRecord.ballot.does_not_exist())
        transaction.update(VersionRecord(article_id, version), [counted], VersionRecord.published_at > "")
        transaction.update(ArticleRecord(article_id), [ArticleRecord.helpful.add(1 if helped else -1)])
    return transaction.refused


def listed(listing: Listing, value: str, last: str, day: str, page: str | None, size: int) -> Page:
    """A page of a category, the most helpful first, only what is valid on ``day``; of what is due for review until
    ``last``; or of drafts."""
    index: Any = getattr(ArticleRecord, f"by_{listing}")
    hashed, sort, kind = _KEYS[listing]
    filters: Any = None
    if listing == "category":
        filters = (ArticleRecord.valid_from <= day) & (ArticleRecord.valid_until >= day)
    found = index.query(
        value,
        None if listing == "category" else getattr(ArticleRecord, sort) <= last,
        filters,
        scan_index_forward=listing != "category",
        limit=size,
        page_size=size,
        last_evaluated_key=_page_key(hashed, value, sort, kind, page) if page else None,
    )
    articles = [_article(record) for record in found]
    key = found.last_evaluated_key
    return Page(articles, json.dumps([key[sort][kind], key["article_id"]["S"]]) if key else None)


_KEYS = {
    "category": ("listed_under", "helpful", "N"),
    "review": ("reviewed", "valid_until", "S"),
    "draft": ("waiting", "changed_at", "S"),
}


def _page_key(hashed: str, value: str, sort: str, kind: str, page: str) -> dict[str, Any]:
    """What is listed is never taken from the page's name, which has been outside. ValueError for one that is none."""
    match json.loads(page):
        case [str(place), str(article_id)] if page.isascii() and (kind == "S" or place.lstrip("-").isdigit()):
            return {hashed: {"S": value}, sort: {kind: place}, "article_id": {"S": article_id}}
    raise ValueError("That is no page of these articles: ask for one by the next_page of the page before.")


class _Refusable(TransactWrite):
    """A transaction whose conditions may refuse it: ``refused`` then has the code of each part, None for a part that
    refused nothing. Any other error is raised."""

    refused: tuple[str | None, ...] = ()

    def __init__(self) -> None:
        super().__init__(connection=ArticleRecord.client())

    def __exit__(self, *error: Any) -> None:
        try:
            super().__exit__(*error)  # type: ignore[no-untyped-call]
        except TransactWriteError as refusal:
            self.refused = tuple(reason.code if reason else None for reason in refusal.cancellation_reasons)
            if not {"ConditionalCheckFailed", "TransactionConflict"} & set(self.refused):
                raise


def _article(record: ArticleRecord) -> Article:
    content = _content(record.content) if record.published else None
    return Article(
        record.article_id, int(record.version), int(record.published), content, int(record.helpful), record.titles
    )


def _version(record: VersionRecord) -> Version:
    facts = {name: getattr(record, name) for name in Version._fields}
    counts = {name: int(facts[name]) for name in ("version", "helped", "unhelpful")}
    return Version(**facts | counts | {"content": _content(record.content)})


def _content(facts: Any) -> Content:
    texts = {
        language: Text(**{**text, "keywords": tuple(text["keywords"])}) for language, text in facts["texts"].items()
    }
    return Content(**{**facts, "texts": texts})
