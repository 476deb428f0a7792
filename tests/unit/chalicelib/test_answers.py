"""The answer base on moto: edits, the second person, what is found and what never is, votes, questions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import answers, tickets
from chalicelib.answers import books
from chalicelib.answers import index as words
from chalicelib.answers.models import VersionRecord, VoteRecord, WordRecord
from chalicelib.answers.rules import asked_by, facts_of, grams, weights
from chalicelib.platform.words import LANGUAGES

AT = datetime(2026, 11, 25, 2, tzinfo=UTC)
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x4EFF), min_size=2, max_size=12)
ON_MOTO = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

pytestmark = pytest.mark.usefixtures("cloud")


def content(title: str = "银证转账时间", category: str = "transfers", **more: str) -> answers.Content:
    text = {"title": title, "question": "几点可以转账？", "spoken": "九点到四点。", "written": "九点到四点。"}
    texts = {"zh-CN": text | {"keywords": ["出金"]}}
    texts["zh-HK"] = text | {"title": "銀證轉帳時間", "question": "幾點可以轉帳？"}
    texts["en"] = text | {"title": "Hours of bank transfers", "question": "When can I move money?"}
    days = {"valid_from": "2026-01-01", "valid_until": "2026-12-31"} | more
    return answers.read_content({"texts": texts, "category": category} | days)


def written(article_id: str = "hours", seen: int = 0, key: str = "", **more: Any) -> answers.Version:
    return answers.write(article_id, seen, content(**more), "agent:li", "new", key or f"{article_id}{seen}", AT)


def told(article_id: str = "hours", seen: int = 0, **more: Any) -> answers.Article:
    return answers.publish(article_id, written(article_id, seen, **more).version, "agent:wu", AT)


def found(question: str, language: str = "zh-CN", at: datetime = AT, category: str = "") -> list[str]:
    return [one.article_id for one in answers.search(question, language, at, category)]


def index() -> set[tuple[str, str, int]]:
    return {(row.gram, row.article_id, int(row.version)) for row in WordRecord.scan()}


def pieces(of: answers.Version) -> set[tuple[str, str, int]]:
    return {
        (f"{language}#{piece}", of.article_id, of.version)
        for language, text in of.content.texts.items()
        for piece in weights(text)
    }


class TestPieces:
    def test_words_in_small_letters_and_pairs_of_characters(self) -> None:
        assert grams("How are Fees on ＥＴＦ reckoned? T+1") == ["how", "are", "fee", "on", "etf", "reckoned", "t+1"]
        assert grams("A股新股申购，新股") == ["a", "股新", "新股", "股申", "申购"]
        assert grams("股") == ["股"]
        assert grams("搭𨋢") == ["搭𨋢"]
        assert grams("business is less") == ["business", "is", "less"]

    def test_a_question_is_looked_up_by_what_is_special_in_it(self) -> None:
        assert asked_by("What are the fees?") == ["fee"]
        assert asked_by("什么") == ["什么"]
        assert len(asked_by("一二三四五六七八九十十一十二")) == 8

    @given(st.text())
    def test_any_text_has_pieces_each_once_and_the_same_however_it_is_written(self, text: str) -> None:
        assert len(grams(text)) == len(set(grams(text)))
        assert grams(f"{text} ") == grams(text)

    @given(HAN)
    def test_any_two_characters_of_a_title_are_among_its_pieces(self, title: str) -> None:
        pairs = {title[start : start + 2] for start in range(len(title) - 1)}
        assert pairs <= weights(content(title=title).texts["zh-CN"]).keys()


class TestContent:
    @pytest.mark.parametrize(
        ("change", "field", "rule"),
        [
            ({"texts": {}}, "texts", "languages"),
            ({"valid_from": "soon"}, "valid_from", "no_day"),
            ({"valid_until": None}, "valid_until", "no_day"),
            ({"valid_until": "2025-12-31"}, "valid_until", "backwards"),
        ],
    )
    def test_what_is_no_article(self, change: dict[str, Any], field: str, rule: str) -> None:
        with pytest.raises(answers.Unfit) as refused:
            answers.read_content(facts_of(content()) | change)
        assert (refused.value.field, refused.value.rule) == (field, rule)

    @pytest.mark.parametrize(
        ("change", "field", "rule"),
        [
            ({"title": " "}, "title", "missing"),
            ({"written": 1}, "written", "missing"),
            ({"spoken": "x" * 601}, "spoken", "too_long"),
            ({"keywords": ["x"] * 21}, "keywords", "too_many"),
            ({"keywords": [""]}, "keywords", "too_long"),
            ({"colour": "red"}, "texts", "fields"),
        ],
    )
    def test_what_is_no_text(self, change: dict[str, Any], field: str, rule: str) -> None:
        facts = facts_of(content())
        facts["texts"]["en"] |= change
        with pytest.raises(answers.Unfit) as refused:
            answers.read_content(facts)
        assert (refused.value.field, refused.value.rule) == (field, rule)

    def test_it_is_read_as_it_is_kept(self) -> None:
        assert answers.read_content(facts_of(content())) == content()


class TestEdits:
    def test_a_draft_is_told_to_nobody_until_a_second_person_publishes_it(self) -> None:
        draft = written()
        assert found("转账") == [] == answers.listed("transfers", AT).articles
        assert [one.article_id for one in answers.drafts().articles] == ["hours"]
        with pytest.raises(answers.Unfit, match="author"):
            answers.publish("hours", 1, "agent:li", AT)
        assert index() == set()
        article = answers.publish("hours", 1, "agent:wu", AT)
        assert (article.published, article.content) == (1, draft.content)
        assert found("转账") == ["hours"]
        assert answers.drafts().articles == []
        kept = answers.version("hours", 1)
        assert kept
        assert (kept.author, kept.published_by) == ("agent:li", "agent:wu")

    def test_a_firm_may_let_authors_publish(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ANSWERS_SECOND_PERSON", "no")
        written()
        assert answers.publish("hours", 1, "agent:li", AT).published == 1

    def test_a_new_version_takes_the_place_of_the_old_one_which_is_kept(self) -> None:
        told()
        written(seen=1, title="另外一个题目")
        assert (found("银证"), found("题目")) == (["hours"], [])
        answers.publish("hours", 2, "agent:wu", AT)
        assert (found("银证"), found("题目")) == ([], ["hours"])
        assert [one.content.texts["zh-CN"].title for one in answers.versions("hours")] == [
            "银证转账时间",
            "另外一个题目",
        ]

    def test_an_edit_is_kept_once_for_a_key_and_refused_to_who_saw_an_older_version(self) -> None:
        assert written(key="k") == written(key="k")
        with pytest.raises(answers.Outdated) as told_so:
            written(key="another")
        assert told_so.value.article.newest == 1
        with pytest.raises(LookupError):
            written("nothing", seen=3)

    def test_what_an_edit_must_have(self) -> None:
        with pytest.raises(answers.Unfit, match="category"):
            written(category="catering")
        with pytest.raises(answers.Unfit, match="why"):
            answers.write("hours", 0, content(), "agent:li", " ", "k", AT)

    def test_only_the_newest_version_is_published_and_each_once(self) -> None:
        told(), written(seen=1), written(seen=2)
        with pytest.raises(answers.Outdated):
            answers.publish("hours", 2, "agent:wu", AT)
        assert answers.publish("hours", 3, "agent:wu", AT) == answers.publish("hours", 3, "agent:zhu", AT)
        with pytest.raises(LookupError):
            answers.publish("hours", 4, "agent:wu", AT)
        with pytest.raises(LookupError):
            answers.publish("nothing", 1, "agent:wu", AT)

    def test_what_is_withdrawn_is_told_no_more_and_only_a_new_version_comes_back(self) -> None:
        told()
        with pytest.raises(answers.Unfit, match="why"):
            answers.withdraw("hours", "agent:li", "", AT)
        for _ in range(2):
            assert answers.withdraw("hours", "agent:li", "wrong", AT).published == 0
        assert found("转账") == [] == answers.listed("transfers", AT).articles
        assert index() == set()
        kept = answers.version("hours", 1)
        assert kept
        assert (kept.withdrawn_by, kept.withdrawn_why) == ("agent:li", "wrong")
        with pytest.raises(answers.Outdated):
            answers.publish("hours", 1, "agent:wu", AT)
        assert index() == set()
        assert told(seen=1).published == 2

    def test_two_who_change_it_at_once_do_not_both_and_a_vote_between_stops_nobody(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told()
        add, raced = books.add, []

        def slow(made: answers.Version) -> bool:
            raced.append(made)
            return len(raced) > 1 and add(made)  # as a conflict with a vote would refuse it

        monkeypatch.setattr(books, "add", slow)
        assert written(seen=1).version == 2
        assert len(raced) == 2
        monkeypatch.setattr(books, "add", lambda made: False)
        with pytest.raises(TimeoutError):
            written(seen=2, key="k3")

    def test_a_publication_that_was_broken_off_changes_nothing_and_is_finished_by_the_next(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told()
        second = written(seen=1, title="另外一个题目")
        words.put(second)  # and then the function died
        assert (found("银证"), found("题目")) == (["hours"], [])
        monkeypatch.setattr("chalicelib.answers._tidy", lambda article_id: None)  # it died a moment later
        answers.publish("hours", 2, "agent:wu", AT)
        assert (found("银证"), found("题目")) == ([], ["hours"])
        monkeypatch.undo()
        answers.publish("hours", 2, "agent:wu", AT)
        assert index() == pieces(second)


class TestSearch:
    @settings(ON_MOTO, max_examples=5)
    @given(HAN)
    def test_any_two_characters_of_a_title_find_it(self, title: str) -> None:
        article_id = f"a{title}"
        if answers.find(article_id) is None:
            told(article_id, title=title)
        for start in range(len(title) - 1):
            assert article_id in found(title[start : start + 2])

    @ON_MOTO
    @given(st.lists(st.sampled_from(["write", "publish", "withdraw"]), max_size=8), st.data())
    def test_whatever_is_done_the_index_is_that_of_the_version_that_is_told(
        self, acts: list[str], data: st.DataObject
    ) -> None:
        name = f"{acts}{data.draw(st.integers())}"
        for act in acts:
            article = answers.find(name)
            newest = article.newest if article else 0
            try:
                if act == "write":
                    written(name, newest, title=data.draw(HAN))
                elif act == "publish":
                    answers.publish(name, newest, "agent:wu", AT)
                else:
                    answers.withdraw(name, "agent:wu", "wrong", AT)
            except (LookupError, answers.Outdated):
                pass
        article = answers.find(name)
        is_told = answers.version(name, article.published) if article and article.published else None
        assert {row for row in index() if row[1] == name} == (pieces(is_told) if is_told else set())

    def test_each_language_has_its_own(self) -> None:
        told()
        assert [found("bank transfer", language) for language in LANGUAGES] == [[], [], ["hours"]]
        assert [found("轉帳", language) for language in LANGUAGES] == [[], ["hours"], []]

    def test_keywords_find_it_and_titles_come_before_questions(self) -> None:
        told("by_question"), told("by_title", title="几点转账")
        assert found("出金") == ["by_question", "by_title"]
        assert found("几点") == ["by_title", "by_question"]

    def test_ten_at_most_and_of_one_category(self) -> None:
        for number in range(12):
            told(f"{number:02d}", category="fees.commission" if number == 11 else "transfers")
        assert found("转账") == [f"{number:02d}" for number in range(10)]
        assert found("转账", category="fees") == ["11"]

    def test_what_is_not_valid_on_the_day_is_neither_found_nor_listed_but_due_for_review(self) -> None:
        told("over", valid_until="2026-11-24"), told("to_come", valid_from="2026-11-26"), told("now")
        told("soon", valid_until="2026-11-25")
        assert found("转账") == ["now", "soon"]
        assert {one.article_id for one in answers.listed("transfers", AT).articles} == {"now", "soon"}
        assert [one.article_id for one in answers.due_for_review(AT).articles] == ["over", "soon"]
        # At midnight in Shanghai, not in Greenwich.
        assert found("转账", at=AT.replace(hour=16)) == ["now", "to_come"]


class TestVotes:
    def test_a_vote_counts_once_for_a_voter_and_for_the_version_that_was_told(self) -> None:
        told()
        for helped in (True, True, False):
            answers.vote("hours", 1, "c-1", helped, AT)
        answers.vote("hours", 1, "c-2", False, AT)
        told(seen=1)
        answers.vote("hours", 2, "c-1", True, AT)
        answers.vote("hours", 1, "c-3", True, AT)
        assert [(one.helped, one.unhelpful) for one in answers.versions("hours")] == [(2, 1), (1, 0)]
        article = answers.find("hours")
        assert article
        assert article.helpful == 2

    @pytest.mark.parametrize(("article_id", "version"), [("hours", 1), ("hours", 2), ("nothing", 1)])
    def test_nobody_votes_on_what_was_never_told(self, article_id: str, version: int) -> None:
        written()
        with pytest.raises(LookupError):
            answers.vote(article_id, version, "c-1", True, AT)
        assert list(VoteRecord.scan()) == []
        assert [one.helped for one in VersionRecord.scan()] == [0]

    def test_those_that_helped_come_first_a_page_at_a_time(self) -> None:
        for number, helped in enumerate((False, True, True)):
            told(f"{number}")
            for voter in range(number + 1):
                answers.vote(f"{number}", 1, f"c-{voter}", helped, AT)
        first = answers.listed("transfers", AT, size=2)
        rest = answers.listed("transfers", AT, first.next_page, size=2)
        assert [[one.article_id for one in page.articles] for page in (first, rest)] == [["2", "1"], ["0"]]
        for page in ('["x", "y"]', "[]", '["1"]', "x"):
            with pytest.raises(ValueError, match=r"page|Expecting"):
                answers.listed("transfers", AT, page)

    def test_many_votes_at_once_are_told_to_ask_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(books, "vote", lambda *_: (None, None, "TransactionConflict"))
        with pytest.raises(TimeoutError):
            answers.vote("hours", 1, "c-1", True, AT)


def test_a_question_without_an_answer_is_a_ticket_once_for_a_key() -> None:
    question = "我在国外，怎么更新身份证？" * 8
    made = [
        answers.ask(question, "zh-CN", "web", "customer", "k", AT + timedelta(hours=hour), customer_id="C-1")
        for hour in range(2)
    ]
    assert made[0] == made[1] == tickets.find(made[0].number)
    assert (made[0].kind, made[0].text, made[0].customer_id) == ("consultation", question, "C-1")
    assert len(made[0].subject) == 60
