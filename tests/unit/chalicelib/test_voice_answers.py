"""The operations that read answers out, as a flow calls them."""

from datetime import datetime
from typing import Any

import pytest

from chalicelib import answers

from .caller import ask
from .test_answers import AT, told

pytestmark = pytest.mark.usefixtures("cloud")


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.voice.answers.now", lambda: AT)


def read(category: str = "2", place: str = "1", language: str = "en") -> Any:
    return ask("read_answer", {"Language": language}, Category=category, Place=place)


def vote(helped: str, contact: str = "c-1", version: str = "1") -> Any:
    return ask("vote_answer", {"Language": "en"}, contact, ArticleId="hours", Version=version, Helped=helped)


def test_the_most_helpful_is_read_first_and_after_the_last_the_first() -> None:
    told("hours"), told("limits"), told("fees", category="fees.commission")
    answers.vote("limits", 1, "c-9", True, AT)
    first, last = read(), read(place="2")
    assert (first["ArticleId"], first["Result"], first["NextPlace"]) == ("limits", "more", "2")
    assert (last["ArticleId"], last["Result"], last["NextPlace"]) == ("hours", "last", "1")
    assert first["Speech"] == "Answer 1 of 2. When can I move money? 九点到四点。"
    assert read(place="7") == first


@pytest.mark.parametrize(
    ("language", "question"), [("zh-HK", "幾點可以轉帳？"), ("zh-CN", "几点可以转账？"), ("", "几点可以转账？")]
)
def test_it_is_read_in_the_caller_s_language(language: str, question: str) -> None:
    told()
    assert question in read(language=language)["Speech"]


def test_not_more_are_read_than_the_firm_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSWERS_BY_PHONE", "2")
    for article_id in ("a", "b", "c"):
        told(article_id)
    assert read(place="2")["Result"] == "last"


def test_what_is_no_choice_and_what_has_no_answer() -> None:
    assert [read(key) for key in ("0", "8", "*")] == [{"Result": "invalid"}] * 3
    assert read("") == {"Result": "again"}
    assert read() == {"Result": "empty", "Speech": "We have no answer about this at the moment."}


def test_what_is_valid_no_more_is_never_read_out(monkeypatch: pytest.MonkeyPatch) -> None:
    told()
    assert read()["Result"] == "last"
    monkeypatch.setattr("chalicelib.voice.answers.now", lambda: datetime.fromisoformat("2027-01-01T00:00:00+08:00"))
    assert read()["Result"] == "empty"


def test_a_call_votes_once() -> None:
    told()
    assert [vote(helped)["Result"] for helped in ("yes", "yes", "no")] == ["ok"] * 3
    vote("no", "c-2")
    kept = answers.version("hours", 1)
    assert kept
    assert (kept.helped, kept.unhelpful) == (1, 1)
    with pytest.raises(ValueError, match="yes or no"):
        vote("perhaps")
    with pytest.raises(LookupError):
        vote("yes", version="2")
