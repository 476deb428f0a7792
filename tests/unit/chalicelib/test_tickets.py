"""Tickets on moto: once for a key, one of two at a time, every step an entry, listings by the page."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import tickets
from chalicelib.tickets import books, departments
from chalicelib.tickets.models import EntryRecord, TicketRecord
from chalicelib.tickets.rules import ACTS, MOVES, fold

AT = datetime(2026, 11, 25, 2, tzinfo=UTC)
COMPLAINT = {"kind": "complaint", "channel": "phone", "language": "zh-CN", "subject": "费率", "customer_id": "wang"}

pytestmark = pytest.mark.usefixtures("cloud")


def opened(key: str = "k", at: datetime = AT, **more: Any) -> tickets.Ticket:
    return tickets.register(COMPLAINT | more, "customer", key, at)


def do(found: tickets.Ticket, verb: str, key: str = "", at: datetime = AT, **details: Any) -> tickets.Ticket:
    return tickets.act(found.number, verb, "agent:li", key or f"{verb}{found.version}", at, "because", details)


def handled(*verbs: str) -> tickets.Ticket:
    found = opened("handled")
    for verb in verbs:
        found = do(found, verb, assignee="agent:li")
    return found


def whole(number: str) -> tickets.Ticket:
    """The ticket, after its timeline was held against it."""
    found, entries = tickets.find(number), tickets.timeline(number)
    assert found == fold(entries)
    assert tickets.broken_at(entries, found.head) is None
    return found


def test_a_ticket_is_registered_once_for_a_key() -> None:
    first = opened()
    assert opened(at=AT + timedelta(hours=1)) == first == whole(first.number)
    assert opened("another").number != first.number


def test_a_number_that_another_ticket_has_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tickets, "ticket_numbers", lambda year, key: iter(["2600000018", f"{len(key):010d}"]))
    assert [opened(key).number for key in ("a", "bb", "bb")] == ["2600000018", "0000000002", "0000000002"]


def test_an_act_is_done_once_for_a_key_though_others_came_between() -> None:
    found = opened()
    accepted = do(found, "accept", "accept it")
    noted = do(accepted, "note")
    assert do(found, "accept", "accept it") == noted
    assert [entry.verb for entry in tickets.timeline(found.number)] == ["register", "accept", "note"]


def test_of_two_agents_at_once_one_wins_and_the_other_is_told() -> None:
    found = opened()
    tickets.act(found.number, "accept", "agent:li", "li", AT, version=1)
    with pytest.raises(tickets.Outdated) as told:
        tickets.act(found.number, "refuse", "agent:wu", "wu", AT, "no", version=1)
    assert (told.value.ticket.state, told.value.ticket.version) == ("accepted", 2)
    assert whole(found.number).state == "accepted"


def test_what_the_house_itself_writes_makes_no_view_an_old_one() -> None:
    found = opened()
    tickets.act(found.number, "tell", "system:telling", "tell#1", AT, details={"channel": "sms"})
    tickets.ring(found.number, AT + timedelta(days=14))
    accepted = tickets.act(found.number, "accept", "agent:li", "li", AT, version=1)
    assert (accepted.state, accepted.edited) == ("accepted", accepted.version)
    with pytest.raises(tickets.Outdated):
        tickets.act(found.number, "note", "agent:wu", "wu", AT, "late", version=1)


def test_two_who_read_the_same_version_do_not_both_write(monkeypatch: pytest.MonkeyPatch) -> None:
    found, write, raced = opened(), books.write, []

    def slow(steps: Any) -> bool:
        if not raced:
            raced.append(True)
            tickets.act(found.number, "note", "agent:wu", "wu", AT, "quicker")
        return write(steps)

    monkeypatch.setattr(books, "write", slow)
    noted = tickets.act(found.number, "note", "agent:li", "li", AT, "slower")
    assert noted == whole(found.number)
    assert [entry.why for entry in tickets.timeline(found.number)[1:]] == ["quicker", "slower"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from([*MOVES, *ACTS]), st.booleans(), st.integers(0, 3)), max_size=15))
def test_whatever_is_called_the_row_is_what_its_timeline_says(calls: list[tuple[str, bool, int]]) -> None:
    other = opened("the other one")
    found = opened(f"{calls}")
    done = tickets.find(found.number).version
    details = {"assignee": "agent:li", "department": "trading", "days": 1, "into": other.number, "number": other.number}
    details |= {"who": "a", "contact_id": "c", "object": "o", "name": "n", "rating": 3, "clock": "c", "stage": "s"}
    for index, (verb, twice, behind) in enumerate(calls):
        for _ in range(1 + twice):
            try:
                version = tickets.find(found.number).version - behind if behind else None
                tickets.act(found.number, verb, "agent:li", f"{calls}{index}", AT, "because", details, version)
                done += not twice
            except (tickets.IllegalMove, tickets.Unfit, tickets.Outdated):
                pass
        done = whole(found.number).version
        assert done <= index + 2
    assert whole(other.number).version >= 1


def test_a_duplicate_is_closed_and_both_know_of_each_other() -> None:
    one, other = opened("one"), opened("other")
    merged = do(one, "merge", into=other.number)
    assert (merged.state, merged.duplicate_of) == ("closed", other.number)
    assert whole(other.number).related == (one.number,)
    assert do(one, "merge", "merge1", into=other.number) == merged
    with pytest.raises(LookupError):
        do(opened("third"), "merge", into="2600000000")


def test_an_extension_beyond_what_may_be_is_refused_whatever_is_asked() -> None:
    found = handled("accept")
    with pytest.raises(tickets.Unfit):
        do(found, "extend", days=31, most=99)
    assert do(found, "extend", days=30).extended_days == 30


def test_an_unknown_ticket_is_an_error() -> None:
    assert tickets.find("2600000000") is None
    with pytest.raises(LookupError):
        tickets.act("2600000000", "note", "agent:li", "k", AT, "why")


def test_clocks_say_each_thing_once_and_the_silence_closes() -> None:
    found = opened()
    late = AT + timedelta(days=16)
    rung = tickets.ring(found.number, late)
    assert rung == tickets.ring(found.number, late) == whole(found.number)
    said = [(entry.details["clock"], entry.details["stage"]) for entry in tickets.timeline(found.number)[1:]]
    assert said.count(("acceptance", "breach")) == said.count(("first_response", "head")) == 1
    assert len(said) == len(set(said)) == 5
    replied = handled("accept", "assign", "investigate", "resolve", "reply")
    assert tickets.ring(replied.number, AT + timedelta(days=7)).state == "replied"
    assert tickets.ring(replied.number, AT + timedelta(days=8)).state == "closed"


def test_listings_go_by_when_they_are_due_a_page_at_a_time() -> None:
    numbers = [opened(f"{day}", AT + timedelta(days=day)).number for day in (3, 1, 2)]
    by_due = [numbers[1], numbers[2], numbers[0]]
    first = tickets.listed("state", "registered", size=2)
    rest = tickets.listed("state", "registered", size=2, page=first.next_page)
    assert [ticket.number for ticket in (*first.tickets, *rest.tickets)] == by_due
    assert [ticket.number for ticket in tickets.listed("bell", "yes").tickets] == by_due
    assert [ticket.number for ticket in tickets.listed("customer", "wang").tickets] == by_due[::-1]
    assert [ticket.number for ticket in tickets.listed("week", "2026-W48").tickets] == by_due[::-1]
    with pytest.raises(ValueError, match="no page"):
        tickets.listed("state", "registered", page='["x"]')


def test_open_tickets_are_listed_by_who_handles_them_and_closed_ones_are_not() -> None:
    found = handled("accept", "assign")
    do(found, "transfer", department="trading")
    assert [one.number for one in tickets.listed("assignee", "agent:li").tickets] == [found.number]
    assert [one.number for one in tickets.listed("department", "trading").tickets] == [found.number]
    do(found, "merge", into=opened("other").number)
    assert tickets.listed("assignee", "agent:li").tickets == tickets.listed("department", "trading").tickets == []
    assert [one.number for one in tickets.listed("state", "closed").tickets] == [found.number]


def test_a_step_is_written_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    found = opened()
    EntryRecord(found.number, 2, at="", by="", verb="", why="", details={}, key="", before="", hash="").save()
    with pytest.raises(TimeoutError):
        do(found, "accept")
    assert TicketRecord.get(found.number).version == 1


def test_departments_are_found_by_name() -> None:
    trading = departments.Department("trading", {"en": "Trading"}, "trading@firm.example", "head@firm.example")
    departments.put(trading)
    assert departments.department("trading") == trading
    assert departments.department("catering") is None
    assert departments.departments() == [trading]
