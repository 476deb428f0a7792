"""A circuit breaker as a pure state machine: who is not answering is left in peace for a while.

*Closed*, every call goes out; so many failures running *open* it, and no call goes out for some seconds; then it is
*half-open*: one call goes out to try, and its outcome closes or opens it again. A try of which no outcome is ever told
(its process was killed) counts as one that failed.
"""

from typing import Literal, NamedTuple


class Limits(NamedTuple):
    """``failures`` running open the breaker, for ``seconds``."""

    failures: int
    seconds: float


class Breaker(NamedTuple):
    """``failures`` running, and until when no call goes out (seconds of any clock); None while it is closed."""

    failures: int = 0
    closed_to_calls_until: float | None = None


def state(breaker: Breaker, now: float) -> Literal["closed", "open", "half_open"]:
    """What the breaker is at ``now``."""
    if breaker.closed_to_calls_until is None:
        return "closed"
    return "open" if now < breaker.closed_to_calls_until else "half_open"


def before_call(breaker: Breaker, limits: Limits, now: float) -> Breaker | None:
    """The breaker while a call goes out; None where none may. Half-open lets one call out, and no second beside it."""
    now_is = state(breaker, now)
    if now_is == "open":
        return None
    return breaker if now_is == "closed" else breaker._replace(closed_to_calls_until=now + limits.seconds)


def after_answer() -> Breaker:
    """The breaker after a call that was answered, whatever the answer was."""
    return Breaker()


def after_failure(breaker: Breaker, limits: Limits, now: float) -> Breaker:
    """The breaker after a call that was not answered."""
    failures = breaker.failures + 1
    return Breaker(failures, now + limits.seconds if failures >= limits.failures else None)
