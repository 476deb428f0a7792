"""The answer base: look something up, say whether it helped, ask what it does not answer; and for agents, edit it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from chalicelib import answers
from chalicelib.answers.rules import LONGEST, MOST_KEYWORDS, facts_of
from chalicelib.http.answering import Asked, iso_day
from chalicelib.http.problem import Problem, bad_field, unknown
from chalicelib.http.ticket_acts import EMAIL, LANGUAGE, MOBILE, REPLY_BY, WHY, category, name_of
from chalicelib.http.tickets import owner
from chalicelib.http.wire import Reader, Reply, one_of, pick, reads, text, whole, words
from chalicelib.platform.clock import business_day
from chalicelib.platform.words import LANGUAGES

_WORDS: dict[str, Any] = {"type": "array", "items": {"type": "string"}, "maxItems": MOST_KEYWORDS}
_TEXT: dict[str, Any] = {
    "type": "object",
    "required": list(LONGEST),
    "properties": {name: {"type": "string", "maxLength": most} for name, most in LONGEST.items()}
    | {"keywords": _WORDS},
    "additionalProperties": False,
}
TEXTS: dict[str, Any] = {
    "type": "object",
    "required": list(LANGUAGES),
    "properties": dict.fromkeys(LANGUAGES, _TEXT),
    "additionalProperties": False,
}


@reads(**TEXTS)
def texts(value: Any) -> Any:
    """Reads an article's texts: what is wrong with them, the domain says."""
    return value


@reads(type="boolean")
def yes_or_no(value: Any) -> bool:
    """Reads true or false."""
    if not isinstance(value, bool):
        raise ValueError
    return value


WISHES: dict[str, Reader] = {
    "q": words(200),
    "category": category,
    "language": LANGUAGE,
    "list": one_of(("draft", "review")),
    "page": text(r".{1,200}"),
}
EDIT: dict[str, Reader] = {
    "category": category,
    "texts": texts,
    "valid_from": iso_day,
    "valid_until": iso_day,
    "why": words(200),
}
NEW_VERSION = EDIT | {"seen": whole}
PUBLICATION = {"version": whole}
WITHDRAWAL = {"why": WHY}
VOTE = {"version": whole, "helped": yes_or_no}
QUESTION: dict[str, Reader] = {
    "question": words(4000),
    "language": LANGUAGE,
    "category": category,
    "reply_by": REPLY_BY,
    "mobile": MOBILE,
    "email": EMAIL,
}
QUESTION_BY_STAFF = QUESTION | {"account_id": text(r"[A-Za-z0-9-]{1,32}"), "name": words(60)}


def find_all(asked: Asked) -> Reply:
    """The articles that answer a question best; or those of a category, the most helpful first, by the page; or, for
    agents, those that wait for a second person or are due for review."""
    given = asked.parameters(WISHES, **dict.fromkeys(WISHES))
    language, page = given["language"] or asked.language, given["page"]
    if given["list"]:
        _agents_only(asked)
        found = _page(asked, given["list"], "", page)
        standing = [pick(one, "article_id", "newest", "published", "helpful", "titles") for one in found.articles]
        return Reply(200, {"articles": standing, "next_page": found.next_page})
    if given["q"]:
        top = (given["category"] or "").partition(".")[0]
        articles, next_page = answers.search(given["q"], language, asked.at, top), None
    elif given["category"]:
        articles, next_page = _page(asked, "category", given["category"].partition(".")[0], page)
    else:
        raise bad_field("q")
    return Reply(200, {"articles": [_listed(one, language) for one in articles], "next_page": next_page})


def find(asked: Asked) -> Reply:
    """An article as it is told today, in all languages."""
    article = answers.find(asked.path["article_id"])
    content = article.content if article else None
    if article is None or content is None or not content.valid_on(business_day(asked.at).isoformat()):
        raise unknown("answer")
    return Reply(200, {"article_id": article.article_id, "version": article.published, **facts_of(content)})


def versions(asked: Asked) -> Reply:
    """All versions of an article, published or not."""
    _agents_only(asked)
    found = answers.versions(asked.path["article_id"])
    if not found:
        raise unknown("answer")
    return Reply(200, {"versions": [_version(one) for one in found]})


def write(asked: Asked) -> Reply:
    """A new article, as a draft, once however often the request comes."""
    key, given = asked.key(), asked.fields(EDIT)
    # Always the same one for the same key.
    return _written(asked, hashlib.sha256(f"answer|{key}".encode()).hexdigest()[:12], 0, key, given)


def rewrite(asked: Asked) -> Reply:
    """A new version of an article of which ``seen`` was the newest, as a draft."""
    key, given = asked.key(), asked.fields(NEW_VERSION)
    return _written(asked, asked.path["article_id"], given.pop("seen"), key, given)


def publish(asked: Asked) -> Reply:
    """Have a draft told in place of what was told before; repeated, it is as done once."""
    given = asked.fields(PUBLICATION)
    _agents_only(asked)
    with _told_why():
        article = answers.publish(asked.path["article_id"], given["version"], name_of(asked.caller), asked.at)
    return Reply(200, pick(article, "article_id", "newest", "published"))


def withdraw(asked: Asked) -> Reply:
    """Have an article told no more, at once; repeated, it is as done once."""
    given = asked.fields(WITHDRAWAL)
    _agents_only(asked)
    with _told_why():
        article = answers.withdraw(asked.path["article_id"], name_of(asked.caller), given["why"], asked.at)
    return Reply(200, pick(article, "article_id", "newest", "published"))


def vote(asked: Asked) -> Reply:
    """Say whether a version helped: each person's first word on it counts."""
    given = asked.fields(VOTE)
    with _told_why():
        answers.vote(asked.path["article_id"], given["version"], asked.caller.subject, given["helped"], asked.at)
    return Reply(200, {"article_id": asked.path["article_id"], "version": given["version"]})


def ask(asked: Asked) -> Reply:
    """Make a ticket of a question that no answer helped with, once however often the request comes."""
    key, caller = asked.key(), asked.caller
    readers = QUESTION_BY_STAFF if caller.staff else QUESTION
    given = asked.fields(readers, **dict.fromkeys(readers.keys() - {"question"}))
    question, language = given.pop("question"), given.pop("language") or asked.language
    channel = "branch" if caller.branch else "phone" if caller.agent else "web"
    contact = {name: value for name, value in given.items() if value}
    contact |= owner(asked, contact.get("account_id", ""))
    ticket = answers.ask(question, language, channel, name_of(caller), key, asked.at, **contact)
    if (ticket.text, ticket.customer_id) != (question, contact.get("customer_id", "")):
        raise Problem(409, "key_reused")
    return Reply(201, {"number": ticket.number}, {"Location": f"tickets/{ticket.number}"})


def _page(asked: Asked, listing: str, top: str, page: str | None) -> answers.Page:
    try:
        match listing:
            case "draft":
                return answers.drafts(page)
            case "review":
                return answers.due_for_review(asked.at, page)
        return answers.listed(top, asked.at, page)
    except ValueError:
        raise bad_field("page") from None


def _written(asked: Asked, article_id: str, seen: int, key: str, given: dict[str, Any]) -> Reply:
    _agents_only(asked)
    why = given.pop("why")
    facts = {name: str(value) if isinstance(value, date) else value for name, value in given.items()}
    with _told_why():
        content = answers.read_content(facts)
        made = answers.write(article_id, seen, content, name_of(asked.caller), why, key, asked.at)
    if (made.content, made.why) != (content, why):
        raise Problem(409, "key_reused")
    return Reply(201, _version(made), {"Location": f"answers/{article_id}"})


def _agents_only(asked: Asked) -> None:
    if not asked.caller.agent:
        raise Problem(403, "not_allowed")


@contextmanager
def _told_why() -> Iterator[None]:
    """Turns what the domain refuses into a problem."""
    try:
        yield
    except answers.Unfit as error:
        raise Problem(422, error.rule, f"unfit.{error.rule}", field=error.field) from error
    except answers.Outdated as error:
        raise Problem(412, "outdated", "outdated.answer", facts={"version": error.article.newest}) from error
    except LookupError as error:
        if type(error) is not LookupError:  # a mistake of ours
            raise
        raise unknown("answer") from error


def _listed(article: answers.Article, language: str) -> dict[str, Any]:
    assert article.content
    said = article.content.texts[language]
    return {
        "article_id": article.article_id,
        "version": article.published,
        "category": article.content.category,
        "title": said.title,
        "question": said.question,
    }


def _version(made: answers.Version) -> dict[str, Any]:
    return pick(made, *VERSION) | facts_of(made.content)


VERSION = (
    *("article_id", "version", "author", "at", "why", "published_by", "published_at"),
    *("withdrawn_by", "withdrawn_at", "withdrawn_why", "helped", "unhelpful"),
)
