"""The circuit breaker: a pure state machine."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.trading.breaker import Breaker, Limits, after_answer, after_failure, before_call, state

LIMITS = Limits(failures=3, seconds=10)
OPEN = Breaker(3, 110.0)


def failed(times: int, now: float = 100.0) -> Breaker:
    breaker = Breaker()
    for _ in range(times):
        breaker = after_failure(breaker, LIMITS, now)
    return breaker


def test_it_is_closed_until_so_many_failures_ran() -> None:
    assert state(failed(2), 100) == "closed"
    assert before_call(failed(2), LIMITS, 100) == failed(2)
    assert failed(3) == OPEN


def test_an_answer_in_between_begins_the_count_anew() -> None:
    assert state(after_failure(after_answer(), LIMITS, 100), 100) == "closed"


def test_open_it_lets_no_call_out_for_its_seconds() -> None:
    assert [state(OPEN, now) for now in (100, 109.9, 110)] == ["open", "open", "half_open"]
    assert before_call(OPEN, LIMITS, 109.9) is None


def test_half_open_it_lets_one_call_out_and_no_second_beside_it() -> None:
    trying = before_call(OPEN, LIMITS, 110)
    assert trying is not None
    assert before_call(trying, LIMITS, 110) is None


def test_the_try_closes_it_or_opens_it_again() -> None:
    trying = before_call(OPEN, LIMITS, 112)
    assert trying is not None
    assert state(after_answer(), 112) == "closed"
    assert after_failure(trying, LIMITS, 114).closed_to_calls_until == 124


def test_a_try_that_was_killed_is_followed_by_another() -> None:
    trying = before_call(OPEN, LIMITS, 112)
    assert trying is not None
    assert state(trying, 122) == "half_open"


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 30)), max_size=40))
def test_in_a_rest_no_call_goes_out_and_after_it_one_does(calls: list[tuple[bool, float]]) -> None:
    breaker, now, rest_from = Breaker(), 0.0, None
    for answers, wait in calls:
        now += wait
        calling = before_call(breaker, LIMITS, now)
        if rest_from is not None:
            assert (calling is None) == (now < rest_from + LIMITS.seconds)
        if calling is None:
            continue
        breaker = after_answer() if answers else after_failure(calling, LIMITS, now)
        rest_from = now if state(breaker, now) == "open" else None
