"""Tickets over HTTP: whose they are, who sees what, two agents at once, many at once, lists by the page."""

from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib import tickets
from chalicelib.http.ticket_acts import DETAILS
from chalicelib.tickets.departments import Department, put
from chalicelib.tickets.models import EntryRecord
from chalicelib.tickets.rules import ACTS, MOVES
from tests.unit.chalicelib.seed import ACCOUNT, customer

from .conftest import LI, NOBODY, STRANGER, TELLER, WANG, WU, Answered, Ask

TEXT = "The fee is\nnot as agreed."
COMPLAINT = {"kind": "complaint", "subject": "费率", "text": TEXT, "category": "fees.commission"}


def opened(ask: Ask, key: str = "k", who: dict[str, str] = LI, **more: Any) -> Answered:
    return ask("POST", "/tickets", COMPLAINT | more, who=who, key=key)


def do(
    ask: Ask, seen: Answered, verb: str, why: str = "because", who: dict[str, str] = LI, key: str = "", **details: Any
) -> Answered:
    """Do something to the ticket as it was ``seen``."""
    path = f"/tickets/{seen.body['number']}/acts"
    body = {"verb": verb, "why": why, "details": details}
    return ask("POST", path, body, who=who, key=key or f"{verb}{seen.body['version']}", headers=match(seen))


def match(seen: Answered) -> dict[str, str]:
    return {"If-Match": seen.headers["ETag"]}


def handled(ask: Ask, *verbs: str, **more: Any) -> Answered:
    seen = opened(ask, **more)
    for verb in verbs:
        seen = do(ask, seen, verb, **({"assignee": "li"} if verb == "assign" else {}))
        assert seen.status == 200, seen.body
    return seen


REPLIED = ("accept", "assign", "investigate", "resolve", "reply")


def test_a_customer_opens_a_ticket_of_their_own_once(ask: Ask) -> None:
    customer()
    first, again = (opened(ask, who=WANG) for _ in range(2))
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert first.headers["Location"] == f"tickets/{first.body['number']}"
    kept = tickets.find(first.body["number"])
    assert (kept.customer_id, kept.account_id, kept.channel, kept.language) == ("C-1", ACCOUNT, "web", "en")
    assert [entry.by for entry in tickets.timeline(kept.number)] == ["customer"]
    assert opened(ask, who=WANG, subject="another").body["code"] == "key_reused"
    assert opened(ask, who=WANG, key="k2").body["number"] != kept.number


@pytest.mark.parametrize(("who", "channel"), [(LI, "phone"), (TELLER, "branch")])
def test_staff_open_one_for_an_account_or_for_a_stranger(ask: Ask, who: dict[str, str], channel: str) -> None:
    customer()
    theirs = opened(ask, "a", who, account_id=ACCOUNT, severity="high")
    kept = tickets.find(theirs.body["number"])
    assert (kept.customer_id, kept.severity, kept.channel) == ("C-1", "high", channel)
    assert opened(ask, "b", who, name="Somebody", mobile="+8613900139000").body["customer_id"] == ""
    assert opened(ask, "c", who, account_id="A-404").body["code"] == "unknown"
    assert tickets.timeline(kept.number)[0].by == f"agent:{who['cognito:username']}"


@pytest.mark.parametrize(
    ("who", "change", "status", "code"),
    [
        (WANG, {"severity": "high"}, 400, "bad_field"),
        (WANG, {"account_id": "A-2"}, 400, "bad_field"),
        (WANG, {"category": "fees.nothing"}, 400, "bad_field"),
        (WANG, {"kind": "praise"}, 400, "bad_field"),
        (WANG, {"subject": ""}, 400, "bad_field"),
        (WANG, {"text": "x" * 4001}, 400, "bad_field"),
        (WANG, {"text": "\x00"}, 400, "bad_field"),
        (LI, {"channel": "12386"}, 422, "missing"),
        (NOBODY, {}, 404, "unknown_account"),
    ],
)
def test_a_ticket_that_cannot_be_opened(
    ask: Ask, who: dict[str, str], change: dict[str, Any], status: int, code: str
) -> None:
    customer()
    answer = opened(ask, "k", who, **change)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert answer.body["message"]


@pytest.mark.parametrize("who", [STRANGER, NOBODY])
@pytest.mark.parametrize(
    "route", ["GET /tickets/{}", "GET /tickets/{}/timeline", "POST /tickets/{}/acts", "POST /tickets/{}/attachments"]
)
def test_a_ticket_of_somebody_else_is_as_unknown_as_one_that_is_not_there(
    ask: Ask, who: dict[str, str], route: str
) -> None:
    customer()
    number = opened(ask, who=WANG).body["number"]
    method, _, path = route.partition(" ")
    body = {"verb": "reopen", "why": "x"} if path.endswith("acts") else {"name": "a", "size": 1, "type": "image/png"}
    sent = body if method == "POST" else None
    theirs, none = (ask(method, path.format(one), sent, who=who, key="k") for one in (number, "2600000000"))
    assert (theirs.status, theirs.body["code"]) == (404, "unknown_ticket")
    assert theirs == none


def test_a_customer_sees_neither_who_handles_it_nor_what_is_said_inside(ask: Ask) -> None:
    customer()
    seen = handled(ask, "accept", "assign", "investigate", "note", "resolve", account_id=ACCOUNT)
    path = f"/tickets/{seen.body['number']}"
    theirs = ask("GET", path)
    assert theirs.body.keys().isdisjoint({"assignee", "watchers", "cause", "department", "related"})
    assert (theirs.body["result"], seen.body["result"]) == ("", "because")  # until it is replied
    entries = ask("GET", f"{path}/timeline").body["entries"]
    assert [entry["verb"] for entry in entries] == ["register", "accept", "assign", "investigate", "resolve"]
    assert {entry["by"] for entry in entries} == {"house"}
    assert all(set(entry) == {"sequence", "at", "verb", "by", "why"} and not entry["why"] for entry in entries)
    do(ask, seen, "reply")
    assert ask("GET", path).body["result"] == "because"


def test_an_agent_sees_the_whole_timeline_and_whether_it_is_whole(ask: Ask) -> None:
    seen = handled(ask, "accept", "note")
    path = f"/tickets/{seen.body['number']}/timeline"
    told = ask("GET", path, who=LI).body
    assert told["whole"] is True
    assert [(one["verb"], one["by"], one["why"]) for one in told["entries"]][1:] == [
        ("accept", "agent:li", "because"),
        ("note", "agent:li", "because"),
    ]
    forged = EntryRecord.get(seen.body["number"], 3)
    forged.why = "another"
    forged.save()
    assert ask("GET", path, who=LI).body["whole"] is False


def test_of_two_agents_at_once_one_wins_and_the_other_is_told_the_version(ask: Ask) -> None:
    seen = opened(ask)
    won, lost = do(ask, seen, "accept", who=LI), do(ask, seen, "refuse", who=WU)
    assert (won.status, won.body["state"], won.headers["ETag"]) == (200, "accepted", '"2"')
    assert (lost.status, lost.body["code"], lost.body["facts"]) == (412, "outdated", {"version": 2})
    assert do(ask, seen, "accept", who=LI) == won  # the same key: done already
    assert do(ask, seen, "note", who=LI, key="accept1").body["code"] == "key_reused"


def test_staff_say_which_version_they_have_seen(ask: Ask) -> None:
    seen = opened(ask)
    path, body = f"/tickets/{seen.body['number']}/acts", {"verb": "accept"}
    answer = ask("POST", path, body, who=LI, key="a")
    assert (answer.status, answer.body["code"]) == (428, "version_missing")
    assert ask("POST", path, body, who=LI, key="a", headers={"If-Match": "1"}).status == 400
    assert ask("POST", path, body, who=LI, key="a", headers={"If-Match": "*"}).status == 200


def test_an_unchanged_ticket_is_not_sent_again(ask: Ask) -> None:
    seen = opened(ask)
    path = f"/tickets/{seen.body['number']}"
    same = ask("GET", path, who=LI, headers={"If-None-Match": 'W/"1"'})
    assert (same.status, same.body, same.headers["ETag"]) == (304, {}, '"1"')
    do(ask, seen, "accept")
    assert ask("GET", path, who=LI, headers={"If-None-Match": '"1"'}).body["state"] == "accepted"


def test_what_a_ticket_does_not_take_now_is_refused_with_what_it_takes(ask: Ask) -> None:
    customer()
    seen = opened(ask, account_id=ACCOUNT)
    answer = do(ask, seen, "close")
    assert (answer.status, answer.body["code"]) == (409, "illegal_move")
    assert {"accept", "refuse", "note"} <= set(answer.body["possible"])
    assert "ring" not in answer.body["possible"]
    assert answer.body["possible"] == seen.body["possible"]
    theirs = do(ask, seen, "reopen", who=WANG)
    assert (theirs.status, theirs.body["possible"]) == (409, ["attach"])


@pytest.mark.parametrize(
    ("verb", "details", "status", "code", "field"),
    [
        ("assign", {}, 422, "missing", "assignee"),
        ("assign", {"who": "wu"}, 400, "bad_field", "details.who"),
        ("transfer", {"department": "catering"}, 422, "unknown", "department"),
        ("transfer", {"department": "trading", "until": "2020-01-01T00:00:00Z"}, 422, "past", "until"),
        ("transfer", {"department": "trading", "until": "tomorrow"}, 400, "bad_field", "details.until"),
        ("merge", {"into": "2600000000"}, 422, "unknown", "into"),
        ("relate", {"number": "2600000000"}, 422, "unknown", "number"),
        ("extend", {"days": 31}, 422, "more_than_may_be", "days"),
        ("categorise", {"category": "fees.nothing"}, 400, "bad_field", "details.category"),
        ("ring", {}, 400, "bad_field", "verb"),
        ("rate", {"rating": 5}, 403, "not_allowed", None),
    ],
)
def test_details_are_those_of_the_verb(
    ask: Ask, verb: str, details: dict[str, Any], status: int, code: str, field: str | None
) -> None:
    put(Department("trading", {"en": "Trading"}, "trading@firm.example", "head@firm.example"))
    seen = handled(ask, "accept")
    body = {"verb": verb, "why": "because", "details": details}
    answer = ask("POST", f"/tickets/{seen.body['number']}/acts", body, who=LI, key="this-one", headers=match(seen))
    assert (answer.status, answer.body["code"], answer.body.get("field")) == (status, code, field)


def test_words_are_needed_where_the_domain_needs_them(ask: Ask) -> None:
    answer = ask("POST", f"/tickets/{(seen := opened(ask)).body['number']}/acts", {"verb": "refuse"}, who=LI, key="r",
                 headers=match(seen))  # fmt: skip
    assert (answer.status, answer.body["code"], answer.body["field"]) == (422, "missing", "why")


def test_a_ticket_goes_to_a_department_with_a_deadline(ask: Ask) -> None:
    put(Department("trading", {"en": "Trading"}, "trading@firm.example", "head@firm.example"))
    seen = do(ask, handled(ask, "accept"), "transfer", department="trading", until="2099-01-04T17:00:00+08:00")
    assert (seen.body["department"], seen.body["asked_until"]) == ("trading", "2099-01-04T09:00:00.000000+00:00")
    assert ask("GET", "/departments", who=LI).body == {"departments": [{"name": "trading", "names": {"en": "Trading"}}]}


def test_every_verb_of_people_has_its_details() -> None:
    machines = {"ring", "link_contact", "link_recording", "listen"}
    assert DETAILS.keys() == {*MOVES, *ACTS} - machines


@pytest.mark.parametrize(("rating", "state"), [(2, "reopened"), (5, "confirmed")])
def test_a_customer_rates_what_was_replied(ask: Ask, rating: int, state: str) -> None:
    customer()
    seen = handled(ask, *REPLIED, account_id=ACCOUNT)
    body = {"verb": "rate", "why": "so it is", "details": {"rating": rating}}
    path = f"/tickets/{seen.body['number']}/acts"
    first, again = (ask("POST", path, body, key="rate") for _ in range(2))
    assert first.status == again.status == 200
    assert (again.body["state"], len(tickets.timeline(seen.body["number"]))) == (state, 8)
    assert ask("POST", path, body | {"details": {"rating": 3}}, key="rate").body["code"] == "key_reused"
    assert ask("POST", path, body | {"details": {"rating": 9}}, key="again").status in (409, 422)


def test_a_customer_answers_and_reopens_and_nothing_else(ask: Ask) -> None:
    customer()
    seen = handled(ask, "accept", "assign", "investigate", "ask_customer", account_id=ACCOUNT)
    path = f"/tickets/{seen.body['number']}/acts"
    heard = ask("POST", path, {"verb": "hear_customer", "why": "On Monday."}, key="h")
    assert (heard.status, heard.body["state"]) == (200, "investigating")
    for verb in ("note", "accept", "close", "merge", "reach"):
        assert ask("POST", path, {"verb": verb, "why": "x"}, key=verb).body["code"] == "not_allowed"
    seen = ask("GET", f"/tickets/{seen.body['number']}", who=LI)
    for verb in ("resolve", "reply"):
        seen = do(ask, seen, verb)
    again = ask("POST", path, {"verb": "reopen", "why": "It is not so."}, key="o")
    assert (again.status, again.body["state"]) == (200, "reopened")


def test_the_branch_opens_and_sees_and_does_not_handle(ask: Ask) -> None:
    seen = opened(ask)
    assert ask("GET", f"/tickets/{seen.body['number']}", who=TELLER).body["text"] == TEXT
    assert do(ask, seen, "accept", who=TELLER).body["code"] == "not_allowed"


def test_many_at_once_are_each_answered_for_themselves(ask: Ask) -> None:
    one, two, three = (opened(ask, key) for key in "abc")
    do(ask, two, "accept")
    wanted = [{"number": seen.body["number"], "version": seen.body["version"]} for seen in (one, two, three)]
    wanted.append({"number": "2600000000", "version": 1})
    body = {"tickets": wanted, "verb": "accept"}
    first, again = (ask("POST", "/tickets/acts", body, who=LI, key="many") for _ in range(2))
    assert first == again
    results = first.body["results"]
    assert [(result["status"], result.get("state")) for result in results] == [
        (200, "accepted"), (412, None), (200, "accepted"), (404, None)
    ]  # fmt: skip
    assert results[1]["problem"]["facts"] == {"version": 2}
    assert [len(tickets.timeline(result["number"])) for result in results[:3]] == [2, 2, 2]


@pytest.mark.parametrize(
    ("change", "status"),
    [({"tickets": []}, 400), ({"tickets": [{"number": "2600000000"}]}, 400), ({"tickets": ["x"]}, 400),
     ({"tickets": [{"number": "2600000000", "version": 1}] * 26}, 400), ({"verb": "ring"}, 400),
     ({"details": {"who": "x"}}, 400)],
)  # fmt: skip
def test_many_that_cannot_be_read(ask: Ask, change: dict[str, Any], status: int) -> None:
    body = {"tickets": [{"number": "2600000000", "version": 1}], "verb": "accept"}
    assert ask("POST", "/tickets/acts", body | change, who=LI, key="k").status == status
    assert ask("POST", "/tickets/acts", body, who=TELLER, key="k").status == 403


def numbers(answer: Answered) -> list[str]:
    assert answer.status == 200, answer.body
    return [ticket["number"] for ticket in answer.body["tickets"]]


def test_lists_are_by_one_listing_and_filtered_by_the_rest(ask: Ask) -> None:
    customer()
    mine = opened(ask, "a", account_id=ACCOUNT, severity="high").body["number"]
    other = opened(ask, "b", subject="Broken", kind="consultation").body["number"]
    assigned = handled(ask, "accept", "assign", key="c").body["number"]

    def listed(query: str, who: dict[str, str] = LI) -> list[str]:
        return numbers(ask("GET", f"/tickets?{query}", who=who))

    assert set(listed("")) == set(listed("due=next")) == {mine, other, assigned}
    assert listed("due=next")[0] == mine  # within two working hours
    assert listed("state=registered") == [mine, other]
    assert listed("state=registered&kind=consultation") == [other]
    assert listed("state=registered&severity=high", TELLER) == [mine]
    assert listed("state=registered&text=bROKEN") == [other]
    assert listed("assignee=li") == listed("assignee=li&state=assigned") == [assigned]
    assert listed("state=assigned&due=next") == [assigned]
    assert listed("assignee=li&state=registered") == listed("department=trading") == []
    assert listed("customer=C-1") == listed("customer=C-1&week=2026-W48") == [mine]
    assert set(listed("week=2026-W48")) == {mine, other, assigned}
    assert listed("week=2026-W48&to=2026-11-23") == listed("week=2026-W48&from=2026-11-25") == []
    assert len(listed("week=2026-W48&from=2026-11-24&to=2026-11-24")) == 3


def test_a_customer_lists_their_own(ask: Ask) -> None:
    customer()
    mine, _ = opened(ask, "a", account_id=ACCOUNT), opened(ask, "b")
    assert numbers(ask("GET", "/tickets")) == numbers(ask("GET", "/tickets?state=registered")) == [mine.body["number"]]
    assert numbers(ask("GET", "/tickets?state=closed")) == []
    assert ask("GET", "/tickets?assignee=li").status == ask("GET", "/tickets?customer=C-1").status == 400
    assert ask("GET", "/tickets", who=NOBODY).body["code"] == "unknown_account"
    assert "text" not in ask("GET", "/tickets").body["tickets"][0]


def test_pages_hold_each_ticket_once(ask: Ask) -> None:
    made = {opened(ask, str(index)).body["number"] for index in range(5)}
    found: list[str] = []
    answer = ask("GET", "/tickets?state=registered&size=2", who=LI)
    while True:
        found += numbers(answer)
        if answer.body["next_page"] is None:
            break
        query = {"state": "registered", "size": "2", "page": answer.body["next_page"]}
        answer = ask("GET", f"/tickets?{urlencode(query)}", who=LI)
    assert (set(found), len(found)) == (made, 5)


@pytest.mark.parametrize(
    "query",
    ["size=0", "size=101", "size=x", "page=x", "page=%5B%22%22,%221%22%5D", "state=lost", "due=later", "color=red",
     "from=2026-11-25&to=2026-11-24", "from=0001-01-01", "to=9999-12-31", "week=2026-48"],
)  # fmt: skip
def test_a_list_that_cannot_be_read(ask: Ask, query: str) -> None:
    answer = ask("GET", f"/tickets?{query}", who=LI)
    assert (answer.status, answer.body["code"]) == (400, "bad_field")
