"""The survey: whose link it is and how long, and what a rating does to the ticket, once."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib import tickets
from chalicelib.tickets import survey

AT = datetime(2026, 11, 25, 2, tzinfo=UTC)
COMPLAINT = {"kind": "complaint", "channel": "web", "language": "en", "subject": "fees"}
NEW, OLD = b"new", b"old"


def test_a_link_is_good_until_its_time_is_over() -> None:
    token = survey.sign("2600000018", AT, OLD)
    assert survey.verify(token, [NEW, OLD], AT - timedelta(seconds=1)) == "2600000018"
    with pytest.raises(survey.Void) as refused:
        survey.verify(token, [NEW, OLD], AT)
    assert refused.value.expired


@pytest.mark.parametrize("change", ["", "x", "2600000018", "2600000018.1.", ".", "é.1.é"])
def test_a_link_that_was_not_signed_so_is_void(change: str) -> None:
    for token in (change, change + survey.sign("2600000018", AT, NEW)):
        with pytest.raises(survey.Void) as refused:
            survey.verify(token, [b"another"] if not change else [NEW], AT - timedelta(days=1))
        assert not refused.value.expired


def test_nobody_signs_with_nothing() -> None:
    with pytest.raises(ValueError, match="empty"):
        survey.sign("2600000018", AT, b"")


@pytest.fixture
def replied(cloud: None) -> str:
    number = tickets.register(COMPLAINT, "customer", "k", AT).number
    for verb in ("accept", "assign", "investigate", "resolve", "reply"):
        tickets.act(number, verb, "agent:li", verb, AT, "because", {"assignee": "agent:li"})
    return number


@pytest.mark.parametrize(
    ("rating", "state"), [(1, "reopened"), (2, "reopened"), (3, "confirmed"), (4, "confirmed"), (5, "confirmed")]
)
def test_a_rating_reopens_or_confirms_once(replied: str, rating: int, state: str) -> None:
    for _ in range(2):
        assert survey.rate(replied, rating, "customer", "link", AT).state == state
    verbs = [entry.verb for entry in tickets.timeline(replied)]
    assert verbs[6:] == ["rate", "reopen" if state == "reopened" else "confirm"]


def test_what_died_between_the_two_is_finished_by_the_repetition(replied: str) -> None:
    tickets.act(replied, "rate", "customer", "link#rate", AT, "slow", {"rating": 1})
    assert survey.rate(replied, 1, "customer", "link", AT, "slow").state == "reopened"
    assert tickets.timeline(replied)[-1].why == "slow"


def test_a_closed_ticket_is_reopened_too_and_stays_closed_for_who_is_satisfied(replied: str) -> None:
    tickets.act(replied, "close", "system:clocks", "close", AT)
    assert survey.rate(replied, 5, "customer", "first", AT).state == "closed"
    assert survey.rate(replied, 1, "customer", "second", AT).state == "reopened"


def test_a_rating_is_of_one_to_five(replied: str) -> None:
    with pytest.raises(tickets.Unfit):
        survey.rate(replied, 6, "customer", "link", AT)
