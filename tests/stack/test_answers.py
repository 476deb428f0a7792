"""The answer base on the local cloud: read out by phone, voted on, edited, found over HTTP, under their own roles."""

from typing import Any

from devtools.line import Line

from .api import Api
from .journey import call, heard, scan

TEXT = {"title": "Umbrellas", "question": "Do you lend umbrellas?", "spoken": "At each branch.", "written": "Yes."}
ARTICLE = {
    "category": "others",
    "texts": dict.fromkeys(("zh-CN", "zh-HK", "en"), TEXT),
    "valid_from": "2026-01-01",
    "valid_until": "2099-12-31",
    "why": "new",
}


def votes(line: Line, article_id: str) -> Any:
    return next(one for one in scan(line, "AnswerVersionsTable") if one["article_id"] == article_id)["helped"]


def test_a_question_by_phone_is_read_out_of_the_answer_base_and_its_vote_counted_once(line: Line) -> None:
    before = votes(line, "fees")
    said = heard(call(line, "*#,7,3,4,1,1,*", deliver=3))
    assert "For fees, press 4." in said
    assert "What does it cost to buy and sell shares? We charge the commission" in said
    assert "We are glad that it helped." in said
    assert votes(line, "fees") == before + 1


def test_an_article_is_written_published_found_voted_on_and_withdrawn(line: Line, zhou: Api, agent: Api) -> None:
    draft = agent("POST", "/answers", ARTICLE, key="umbrellas")
    assert draft.status == 201
    article_id = draft.body["article_id"]
    path = f"/answers/{article_id}"
    assert agent("POST", f"{path}/publication", {"version": 1}).body["code"] == "author"
    line.stage.dynamodb.update_item(
        TableName=line.outputs["AnswerVersionsTable"],
        Key={"article_id": {"S": article_id}, "version": {"N": "1"}},
        UpdateExpression="SET author = :other",
        ExpressionAttributeValues={":other": {"S": "agent:somebody"}},
    )
    assert [article_id in str(agent("GET", f"/answers?list={name}").body) for name in ("draft", "review")] == [
        True,
        False,
    ]
    assert agent("POST", f"{path}/publication", {"version": 1}).body["published"] == 1
    assert zhou("GET", "/answers?q=lend+umbrellas").body["articles"][0]["article_id"] == article_id
    assert zhou("POST", f"{path}/votes", {"version": 1, "helped": True}).status == 200
    assert zhou("GET", "/answers?category=others").body["articles"][0]["article_id"] == article_id
    assert agent("POST", f"{path}/withdrawal", {"why": "none left"}).body["published"] == 0
    assert zhou("GET", path).status == 404
    assert [one for one in scan(line, "AnswerWordsTable") if one["article_id"] == article_id] == []
    assert agent("GET", f"{path}/versions").body["versions"][0]["helped"] == 1


def test_the_planted_articles_are_found_in_each_language(zhou: Api) -> None:
    for question, language, article_id in (
        ("bank+transfer+hours", "en", "bank-transfer-hours"),
        ("%E5%8D%B0%E8%8A%B1%E7%A8%8E", "zh-CN", "fees"),
        ("%E9%8A%80%E8%AD%89%E8%BD%89%E5%B8%B3", "zh-HK", "bank-transfer-hours"),
    ):
        found = zhou("GET", f"/answers?q={question}&language={language}").body["articles"]
        assert found[0]["article_id"] == article_id


def test_a_question_without_an_answer_is_a_ticket(line: Line, zhou: Api) -> None:
    asked = [zhou("POST", "/questions", {"question": "Do you have a car park?"}, key="car-park") for _ in range(2)]
    assert [one.status for one in asked] == [201, 201]
    [ticket] = [one for one in scan(line, "TicketsTable") if "car park" in one["facts"]]
    assert ticket["number"] == asked[0].body["number"] == asked[1].body["number"]
