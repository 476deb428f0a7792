"""A trading day on the local cloud in which a tenth of all that is asked goes wrong: nothing is lost, nothing doubled.

`make faults` is the same by the ten thousand; docs/faults.md says what is injected and what must hold.
"""

from __future__ import annotations

import pytest

from devtools.faults import CounterKind, Result, faulty_day
from devtools.line import Line

ORDERS, OVER_HTTP = 300, 150


@pytest.fixture(scope="module")
def day(line: Line) -> Result:
    return faulty_day(line, ORDERS, seed=4, rate=0.1)


def test_no_order_is_lost_doubled_or_unknown_and_the_books_add_up(day: Result) -> None:
    assert day["found"] == dict.fromkeys(day["found"], 0)
    assert {"lost", "doubled", "unknown"} <= day["found"].keys()


def test_the_day_was_a_full_one(day: Result) -> None:
    """The audit would find nothing in an empty day either."""
    heard, states = day["heard"], day["states"]
    assert sum(times for what, times in heard.items() if what.startswith("place:")) == ORDERS
    assert {"place: placed", "place: refused", "cancel: cancelled", "amend: placed"} <= heard.keys()
    assert {"filled", "cancelled", "expired"} == states.keys()


def test_faults_of_every_kind_fell_on_reads_writes_and_the_counter(day: Result) -> None:
    fallen = {place: set[str]() for place, _, _ in day["faults"]}
    for place, kind, _ in day["faults"]:
        fallen[place].add(kind)
    anywhere = {"killed before", "killed after", "request lost", "answer lost"}
    assert anywhere | {"throttled", "in conflict"} <= fallen["TransactWriteItems"]
    assert anywhere | {"throttled", "keys left out"} <= fallen["BatchGetItem"]
    assert anywhere | {"delivered twice"} <= fallen["counter.place"]
    assert "row of the tape" in fallen
    assert {"row", "account to settle"} <= day["delivered again"].keys()


def test_over_the_http_counter_nothing_stays_unknown_either(line: Line) -> None:
    day = faulty_day(line, OVER_HTTP, seed=5, rate=0.1, counter=CounterKind.HTTP)
    assert day["found"] == dict.fromkeys(day["found"], 0)
    fallen = {kind for place, kind, _ in day["faults"] if place == "gateway PUT"}
    assert {"killed before", "killed after", "request lost", "answer lost"} <= fallen
