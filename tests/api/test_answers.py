"""The answer base over HTTP: what is found and told, votes, questions that become tickets, and who edits what."""

from typing import Any

import pytest

from chalicelib import answers, tickets
from tests.unit.chalicelib.seed import ACCOUNT, customer

from .conftest import LI, NOBODY, STRANGER, TELLER, WANG, WU, Answered, Ask

TEXT = {"title": "Fees", "question": "What are the fees?", "spoken": "Five yuan.", "written": "CNY 5.", "keywords": []}
CHINESE = TEXT | {"title": "费用", "question": "收多少钱？", "keywords": ["佣金"]}
ARTICLE = {
    "category": "fees.commission",
    "texts": {"zh-CN": CHINESE, "zh-HK": CHINESE, "en": TEXT},
    "valid_from": "2026-01-01",
    "valid_until": "2026-12-31",
    "why": "new",
}


def drafted(ask: Ask, key: str = "k", who: dict[str, str] = LI, **change: Any) -> Answered:
    return ask("POST", "/answers", ARTICLE | change, who=who, key=key)


def published(ask: Ask, **change: Any) -> str:
    article_id = str(drafted(ask, **change).body["article_id"])
    done = ask("POST", f"/answers/{article_id}/publication", {"version": 1}, who=WU)
    assert done.body == {"article_id": article_id, "newest": 1, "published": 1}
    return article_id


def titles(ask: Ask, wishes: str, **more: Any) -> list[str]:
    return [one["title"] for one in ask("GET", f"/answers?{wishes}", **more).body["articles"]]


def test_an_article_is_drafted_once_and_told_when_somebody_else_has_published_it(ask: Ask) -> None:
    first, again = drafted(ask), drafted(ask)
    assert (first.status, first.body) == (201, again.body)
    assert (first.body["version"], first.body["author"], first.body["texts"]["en"]) == (1, "agent:li", TEXT)
    path = first.headers["Location"]
    assert drafted(ask, why="another").body["code"] == "key_reused"
    assert ask("GET", f"/{path}").body["code"] == "unknown_answer"
    own = ask("POST", f"/{path}/publication", {"version": 1}, who=LI)
    assert (own.status, own.body["code"], own.body["field"]) == (422, "author", "by")
    assert titles(ask, "q=fees") == []
    assert ask("GET", "/answers?list=draft", who=LI).body["articles"][0]["titles"]["en"] == "Fees"
    assert published(ask) == first.body["article_id"]
    assert titles(ask, "q=fees") == ["Fees"]
    told = ask("GET", f"/{path}", who=NOBODY).body
    assert (told["version"], told["texts"]["zh-CN"]["title"]) == (1, "费用")


def test_of_two_editors_at_once_one_wins_and_the_other_is_told(ask: Ask) -> None:
    path = f"/answers/{published(ask)}/versions"
    edit = ARTICLE | {"seen": 1, "why": "dearer", "texts": ARTICLE["texts"] | {"en": TEXT | {"title": "Charges"}}}
    assert [ask("POST", path, edit, who=LI, key="li").body["version"] for _ in range(2)] == [2, 2]
    late = ask("POST", path, edit, who=WU, key="wu")
    assert (late.status, late.body["code"], late.body["facts"]) == (412, "outdated", {"version": 2})
    assert "version 2 now" in late.body["message"]
    assert titles(ask, "q=charges") == []
    versions = ask("GET", path, who=LI).body["versions"]
    assert [(one["version"], one["why"], one["published_by"]) for one in versions] == [
        (1, "new", "agent:wu"),
        (2, "dearer", ""),
    ]


def test_it_is_found_by_question_and_category_in_the_language_that_is_asked_for(ask: Ask) -> None:
    published(ask)
    assert titles(ask, "q=%E4%BD%A3%E9%87%91&language=zh-CN") == ["费用"]
    assert titles(ask, "q=%E4%BD%A3%E9%87%91", language="zh-CN") == ["费用"]
    assert titles(ask, "q=%E4%BD%A3%E9%87%91") == []
    assert titles(ask, "category=fees") == ["Fees"]
    assert titles(ask, "q=fees&category=trading") == titles(ask, "category=trading") == []


def test_a_category_is_listed_a_page_at_a_time(ask: Ask) -> None:
    for number in range(21):
        published(ask, key=f"{number}")
    first = ask("GET", "/answers?category=fees").body
    assert len(first["articles"]) == 20
    assert len(titles(ask, f"category=fees&page={first['next_page']}")) == 1


def test_what_is_withdrawn_or_not_valid_today_is_told_to_nobody(ask: Ask) -> None:
    gone, over = published(ask), published(ask, key="over", valid_until="2026-01-02")
    for _ in range(2):
        done = ask("POST", f"/answers/{gone}/withdrawal", {"why": "wrong"}, who=LI)
        assert done.body == {"article_id": gone, "newest": 1, "published": 0}
    assert [ask("GET", f"/answers/{one}").status for one in (gone, over)] == [404, 404]
    assert titles(ask, "q=fees") == titles(ask, "category=fees") == []
    assert [one["article_id"] for one in ask("GET", "/answers?list=review", who=LI).body["articles"]] == [over]


def test_each_person_has_one_vote_on_a_version(ask: Ask) -> None:
    article_id = published(ask)
    for who, helped in ((WANG, True), (WANG, False), (STRANGER, False), (LI, True)):
        body = {"version": 1, "helped": helped}
        assert ask("POST", f"/answers/{article_id}/votes", body, who=who).status == 200
    kept = answers.version(article_id, 1)
    assert kept
    assert (kept.helped, kept.unhelpful) == (2, 1)
    unknown = ask("POST", f"/answers/{article_id}/votes", {"version": 2, "helped": True})
    assert (unknown.status, unknown.body["code"]) == (404, "unknown_answer")
    assert ask("POST", f"/answers/{article_id}/votes", {"version": 1, "helped": "yes"}).body["field"] == "helped"


@pytest.mark.parametrize("who", [WANG, TELLER, NOBODY], ids=["a customer", "the branch", "nobody"])
def test_only_agents_edit(ask: Ask, who: dict[str, str]) -> None:
    path = f"/answers/{published(ask)}"
    edits: list[tuple[str, str, Any]] = [
        ("POST", "/answers", ARTICLE),
        ("POST", f"{path}/versions", ARTICLE | {"seen": 1}),
        ("POST", f"{path}/publication", {"version": 1}),
        ("POST", f"{path}/withdrawal", {"why": "because"}),
        ("GET", f"{path}/versions", None),
        ("GET", "/answers?list=draft", None),
    ]
    answered = [ask(method, to, body, who=who, key="k2") for method, to, body in edits]
    assert {(one.status, one.body["code"]) for one in answered} == {(403, "not_allowed")}


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"texts": {"en": TEXT}}, 422, "languages", "texts"),
        ({"texts": []}, 422, "languages", "texts"),
        ({"texts": ARTICLE["texts"] | {"en": TEXT | {"spoken": "x" * 601}}}, 422, "too_long", "spoken"),
        ({"valid_until": "2025-12-31"}, 422, "backwards", "valid_until"),
        ({"valid_until": "soon"}, 400, "bad_field", "valid_until"),
        ({"category": "catering"}, 400, "bad_field", "category"),
        ({"colour": "red"}, 400, "bad_field", "colour"),
    ],
)
def test_what_is_no_article(ask: Ask, change: dict[str, Any], status: int, code: str, field: str) -> None:
    answer = drafted(ask, **change)
    assert (answer.status, answer.body["code"], answer.body["field"]) == (status, code, field)
    assert answer.body["message"]


@pytest.mark.parametrize(
    ("wishes", "field"), [("", "q"), ("?category=fees&page=x", "page"), ("?list=draft&page=[]", "page")]
)
def test_what_is_no_list(ask: Ask, wishes: str, field: str) -> None:
    assert ask("GET", f"/answers{wishes}", who=LI).body["field"] == field


def test_an_article_that_is_not_there_is_unknown(ask: Ask) -> None:
    for method, path, body in (
        ("GET", "/answers/nothing", None),
        ("GET", "/answers/nothing/versions", None),
        ("POST", "/answers/nothing/versions", ARTICLE | {"seen": 1}),
        ("POST", "/answers/nothing/publication", {"version": 1}),
        ("GET", "/answers/NOTHING", None),
    ):
        answer = ask(method, path, body, who=LI, key="k")
        assert (answer.status, answer.body["code"]) == (404, "unknown_answer"), path


def test_a_question_of_a_customer_is_a_ticket_of_theirs_once(ask: Ask) -> None:
    customer()
    question = {
        "question": "Can I trade from abroad?",
        "category": "systems",
        "reply_by": "email",
        "email": "w@x.example",
    }
    first, again = (ask("POST", "/questions", question, key="k") for _ in range(2))
    assert (first.status, first.body) == (201, again.body)
    kept = tickets.find(first.body["number"])
    assert kept
    assert (kept.kind, kept.channel, kept.language, kept.customer_id, kept.account_id, kept.category) == (
        "consultation", "web", "en", "C-1", ACCOUNT, "systems"
    )  # fmt: skip
    assert ask("GET", f"/{first.headers['Location']}").body["text"] == question["question"]
    reused = ask("POST", "/questions", {"question": "Another?"}, key="k")
    assert (reused.status, reused.body["code"]) == (409, "key_reused")


def test_staff_ask_for_a_customer_or_for_somebody_unknown(ask: Ask) -> None:
    customer()
    body = {"question": "Can I?", "language": "zh-HK"}
    for_wang = ask("POST", "/questions", body | {"account_id": ACCOUNT}, who=LI, key="k")
    unknown = ask("POST", "/questions", body | {"name": "Mr Ho", "mobile": "+85291234567"}, who=TELLER, key="k")
    kept = [tickets.find(one.body["number"]) for one in (for_wang, unknown)]
    assert [(one.channel, one.customer_id, one.name, one.language) for one in kept if one] == [
        ("phone", "C-1", "王芳", "zh-HK"),
        ("branch", "", "Mr Ho", "zh-HK"),
    ]
    assert ask("POST", "/questions", body | {"account_id": ACCOUNT}, key="k3").body["field"] == "account_id"
