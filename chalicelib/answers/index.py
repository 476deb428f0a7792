"""Articles found by pieces of text, without a search service.

A published version has a row for each language and piece that it is found by. The article alone says which version is
told: rows of another one, of an edit that is being published or was broken off, are passed over. So the rows of a
version are written before it is published and deleted after it is not, and nobody ever finds half of one.
"""

from collections import defaultdict

from chalicelib.answers import books
from chalicelib.answers.books import Article, Version
from chalicelib.answers.models import WordRecord
from chalicelib.answers.rules import asked_by, best, weights

MOST_FOUND = 10
# Rows that are read of a piece: beyond them it says next to nothing of any one article.
_ROWS = 100


def rows(of: Version) -> list[WordRecord]:
    """The rows by which a version is found."""
    content = of.content
    return [
        WordRecord(
            f"{language}#{gram}",
            # Those of more weight come first, so that they are among those that are read.
            f"{99 - weight:02d}#{of.article_id}#{of.version}",
            article_id=of.article_id,
            version=of.version,
            weight=weight,
            category=content.listed_under,
            valid_from=content.valid_from,
            valid_until=content.valid_until,
        )
        for language, text in content.texts.items()
        for gram, weight in weights(text).items()
    ]


def put(of: Version) -> None:
    """Write the rows of a version. Done twice, it is as done once."""
    with WordRecord.batch_write() as batch:
        for row in rows(of):
            batch.save(row)


def drop(of: Version) -> None:
    """Delete the rows of a version. Done twice, it is as done once."""
    with WordRecord.batch_write() as batch:
        for row in rows(of):
            batch.delete(row)


def search(question: str, language: str, day: str, category: str = "") -> list[Article]:
    """The articles that say most about a question, the best first: those told on ``day``, ``category`` where it names
    one. A piece that few articles have says more than one that many have."""
    scores: defaultdict[tuple[str, int], float] = defaultdict(float)
    for gram in asked_by(question):
        found = [
            row
            for row in WordRecord.query(f"{language}#{gram}", limit=_ROWS)
            if row.valid_from <= day <= row.valid_until and category in ("", row.category)
        ]
        for row in found:
            scores[row.article_id, int(row.version)] += row.weight / len(found)
    ranked = best(((article_id, score) for (article_id, _), score in scores.items()), len(scores))
    wanted = list(dict.fromkeys(ranked))[:MOST_FOUND]
    articles = books.read_all(wanted) if wanted else []
    return [one for one in articles if one and one.content and (one.article_id, one.published) in scores]
