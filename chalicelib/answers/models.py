"""The tables of the answer base.

Access patterns, each one request:
    one article             GetItem on ANSWERS: article_id
    a category's            Query on by_category: published articles, the most helpful first
    what is due for review  Query on by_review: published articles, by when they cease to be valid
    what waits for a second person  Query on by_draft: articles whose newest version is not published, the oldest first
    its versions            Query on ANSWER_VERSIONS: article_id, in order
    a piece of text         Query on ANSWER_WORDS: language and piece, where it says most first
    a new version           TransactWriteItems: the article while it has the version that was read, and the version
    published, withdrawn    the same, with the version as it then is
    a vote                  TransactWriteItems: the vote while there is none, the version's count, the article's
"""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from chalicelib.platform.settings import table_name
from chalicelib.platform.tables import Table, TableMeta


class ByCategory(GlobalSecondaryIndex["ArticleRecord"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "by_category"
        projection = AllProjection()

    listed_under = UnicodeAttribute(hash_key=True)
    helpful = NumberAttribute(range_key=True)


class ByReview(GlobalSecondaryIndex["ArticleRecord"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "by_review"
        projection = AllProjection()

    reviewed = UnicodeAttribute(hash_key=True)
    valid_until = UnicodeAttribute(range_key=True)


class ByDraft(GlobalSecondaryIndex["ArticleRecord"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "by_draft"
        projection = AllProjection()

    waiting = UnicodeAttribute(hash_key=True)
    changed_at = UnicodeAttribute(range_key=True)


class ArticleRecord(Table):
    """An article as it now stands: ``version`` is its newest, with its ``titles``; ``published`` the one that is told
    (0: none), whose content stands here too, for readers. ``helpful``: votes that it helped less those that it did not,
    of all versions: an article keeps its place when a slip of the pen is mended. Attributes of indexes are missing
    where they do not apply."""

    class Meta(TableMeta):
        table_name = table_name("ANSWERS")

    article_id = UnicodeAttribute(hash_key=True)
    version = NumberAttribute()
    published = NumberAttribute()
    content: JSONAttribute = JSONAttribute(null=True)
    helpful = NumberAttribute()
    titles: JSONAttribute = JSONAttribute()
    changed_at = UnicodeAttribute()
    listed_under = UnicodeAttribute(null=True)
    reviewed = UnicodeAttribute(null=True)
    valid_from = UnicodeAttribute(null=True)
    valid_until = UnicodeAttribute(null=True)
    waiting = UnicodeAttribute(null=True)
    by_category = ByCategory()
    by_review = ByReview()
    by_draft = ByDraft()


class VersionRecord(Table):
    """A version of an article; its content never changes. ``author``, ``at``, ``why`` and ``key`` are those of the
    edit; the others are "" until it is published, or withdrawn. ``helped``, ``unhelpful``: votes."""

    class Meta(TableMeta):
        table_name = table_name("ANSWER_VERSIONS")

    article_id = UnicodeAttribute(hash_key=True)
    version = NumberAttribute(range_key=True)
    content: JSONAttribute = JSONAttribute()
    author = UnicodeAttribute()
    at = UnicodeAttribute()
    why = UnicodeAttribute()
    key = UnicodeAttribute()
    published_by = UnicodeAttribute(default="")
    published_at = UnicodeAttribute(default="")
    withdrawn_by = UnicodeAttribute(default="")
    withdrawn_at = UnicodeAttribute(default="")
    withdrawn_why = UnicodeAttribute(default="")
    helped = NumberAttribute(default=0)
    unhelpful = NumberAttribute(default=0)


class WordRecord(Table):
    """That a published version is found by a piece of text: ``gram`` is "en#fee"; ``place`` puts first where it says
    most. Rows of a version that is not the published one count for nothing: the article decides."""

    class Meta(TableMeta):
        table_name = table_name("ANSWER_WORDS")

    gram = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)
    article_id = UnicodeAttribute()
    version = NumberAttribute()
    weight = NumberAttribute()
    category = UnicodeAttribute()
    valid_from = UnicodeAttribute()
    valid_until = UnicodeAttribute()


class VoteRecord(Table):
    """That somebody found that a version helped, or not: once, whatever they say later."""

    class Meta(TableMeta):
        table_name = table_name("ANSWER_VOTES")

    ballot = UnicodeAttribute(hash_key=True)  # article and version
    voter = UnicodeAttribute(range_key=True)
    helped = BooleanAttribute()
    at = UnicodeAttribute()
