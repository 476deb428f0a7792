"""What may become of a ticket, and its timeline: no sequence of calls reaches an illegal state or loses an entry."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.tickets.rules import (
    ACTS,
    MOVES,
    IllegalMove,
    State,
    Ticket,
    Unfit,
    apply,
    fold,
    is_ticket_number,
    possible,
    ticket_numbers,
)
from chalicelib.tickets.timeline import Entry, broken_at, entry

START = datetime(2026, 11, 25, 1, tzinfo=UTC)
REGISTERED = {"kind": "complaint", "channel": "phone", "language": "zh-CN", "subject": "费率"}
DETAILS: dict[str, Any] = {
    "assignee": "agent:li",
    "department": "trading",
    "days": 10,
    "most": 30,
    "into": "2600000018",
    "number": "2600000018",
    "who": "agent:wu",
    "contact_id": "c-1",
    "object": "o",
    "name": "n",
    "rating": 5,
    "clock": "resolution",
    "stage": "warn",
}


def after(entries: list[Entry], verb: str, why: str = "because", **details: Any) -> Entry:
    """The entry that ``verb`` would add."""
    sequence, before = len(entries) + 1, entries[-1].hash if entries else ""
    at = (START + timedelta(minutes=sequence)).isoformat()
    return entry("2600000000", sequence, at, "agent:li", verb, why, details, f"k{sequence}", before)


def told(*verbs: str) -> list[Entry]:
    entries = [after([], "register", **REGISTERED)]
    for verb in verbs:
        entries.append(after(entries, verb, **DETAILS))
    return entries


def ticket(*verbs: str) -> Ticket:
    return fold(told(*verbs))


def test_a_complaint_goes_its_way_to_the_end() -> None:
    whole = ("accept", "assign", "investigate", "ask_customer", "hear_customer", "resolve", "reply", "confirm", "close")
    done = ticket(*whole)
    assert (done.state, done.version) == ("closed", 10)
    assert done.pauses == (((START + timedelta(minutes=5)).isoformat(), (START + timedelta(minutes=6)).isoformat()),)
    assert done.result == "because"


@given(st.lists(st.sampled_from([*MOVES, *ACTS, "register", "nonsense"]), max_size=40))
def test_no_sequence_of_calls_reaches_an_illegal_state_or_breaks_the_chain(verbs: list[str]) -> None:
    entries = told()
    found = fold(entries)
    for verb in verbs:
        before, next_entry = found, after(entries, verb, **DETAILS)
        try:
            found = apply(found, next_entry)
        except IllegalMove:
            assert verb not in possible(before)
            continue
        except Unfit:
            continue
        entries.append(next_entry)
        if verb in MOVES:
            assert found.state == MOVES[verb][before.state]
        elif verb != "merge":
            assert found.state == before.state
            assert before.state in ACTS[verb]
    assert found.state in get_args(State)
    assert fold(entries) == found
    assert found.version == len(entries)
    assert broken_at(entries, found.head) is None


@given(st.data())
def test_what_is_changed_dropped_or_put_in_breaks_the_chain(data: st.DataObject) -> None:
    entries = told("accept", "assign", "note", "investigate", "resolve", "reply")
    head, index = entries[-1].hash, data.draw(st.integers(0, 6))
    match data.draw(st.sampled_from(["change", "drop", "twice"])):
        case "change":
            field = data.draw(st.sampled_from(["at", "by", "verb", "why", "key"]))
            entries[index] = entries[index]._replace(**{field: "something else"})
        case "drop":
            del entries[index]
        case "twice":
            entries.insert(index, entries[index])
    assert broken_at(entries, head) in (index + 1, index + 2)


def test_every_state_can_be_left_but_the_last_and_every_state_is_reached() -> None:
    reached = {"registered"} | {to for ways in MOVES.values() for to in ways.values()}
    assert reached == set(get_args(State))
    assert {start for ways in MOVES.values() for start in ways} == set(get_args(State))


@pytest.mark.parametrize(
    ("verb", "details", "why", "field"),
    [
        ("refuse", {}, "", "why"),
        ("note", {}, "  ", "why"),
        ("merge", {"into": "2600000000"}, "the same", "into"),
        ("merge", {}, "the same", "into"),
        ("watch", {}, "", "who"),
    ],
)
def test_what_is_missing_is_named(verb: str, details: dict[str, Any], why: str, field: str) -> None:
    entries = told()
    with pytest.raises(Unfit) as refused:
        apply(fold(entries), after(entries, verb, why, **details))
    assert refused.value.field == field


def test_an_extension_is_no_longer_than_it_may_be_altogether() -> None:
    entries = told("accept")
    for days in (20, 10):
        entries.append(after(entries, "extend", days=days, most=30))
    assert fold(entries).extended_days == 30
    with pytest.raises(Unfit):
        apply(fold(entries), after(entries, "extend", days=1, most=30))


def test_a_referral_has_the_regulators_number() -> None:
    with pytest.raises(Unfit) as refused:
        apply(None, after([], "register", **REGISTERED | {"channel": "12386"}))
    assert refused.value.field == "referral"


def test_reopened_it_begins_anew_and_keeps_what_was_said() -> None:
    done = ticket("accept", "ring", "assign", "investigate", "resolve", "reply", "rate", "reopen")
    assert (done.state, done.reopened, done.rung, done.rating, done.replied_at) == ("reopened", 1, (), 0, "")
    assert done.counts_from == (START + timedelta(minutes=9)).isoformat()


@given(st.text(max_size=20), st.integers(0, 9), st.integers(1, 9))
def test_a_slip_of_a_finger_makes_another_number_that_is_none(key: str, place: int, slip: int) -> None:
    number = next(ticket_numbers(2026, key))
    assert is_ticket_number(number)
    assert number.startswith("26")
    wrong = f"{(int(number[place]) + slip) % 10}"
    assert not is_ticket_number(number[:place] + wrong + number[place + 1 :])
