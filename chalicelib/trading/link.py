"""One question to the counter's gateway and its answer, within a deadline: signed, repeated where nothing was heard,
and not asked at all while the breaker is open.

Every request of the contract may be repeated: a GET changes nothing, a PUT is done once under its number and key. All
copies of a request carry the same signature, so that all of them are void at the same moment.
"""

import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from chalicelib.platform.signing import signed
from chalicelib.trading.breaker import Breaker, Limits, after_answer, after_failure, before_call

# method, target (path and query), headers, body, seconds -> HTTP status and body. NotSent where no connection was
# made; any other OSError where it may have arrived.
Transport = Callable[[str, str, dict[str, str], bytes, float], tuple[int, bytes]]

PREFIX = "X-Counter"
_PAUSE = 0.1  # seconds between two attempts
_SHORTEST = 0.2  # seconds: with less than that left nothing is asked any more
# What a problem may be called (docs/counter.openapi.yaml). Anything else is no answer.
CODES = frozenset(
    {
        "refused", "warning", "unknown-security", "no-account", "no-order", "no-transfer", "number-taken", "key-reused",
        "not-open", "no-cancel-now", "no-page", "bad-request", "unsigned",
    }
)  # fmt: skip


class NotSent(OSError):
    """No connection was made: the request certainly did not arrive."""


class NoAnswer(OSError):
    """Nothing was heard in time. ``sent``: whether the request may have arrived."""

    def __init__(self, sent: bool) -> None:
        super().__init__("The counter did not answer." if sent else "The counter cannot be reached.")
        self.sent = sent


class Answer(NamedTuple):
    """What the gateway said. ``code`` names a problem, "" for none; ``alone``: no copy of the request went unheard."""

    code: str
    body: dict[str, Any]
    alone: bool


class Ask(NamedTuple):
    """A request: ``path`` below the contract's root, its parts already quoted; ``key`` is its idempotency key."""

    method: str
    path: str
    query: dict[str, str] = {}  # noqa: RUF012  named tuples are not changed
    body: dict[str, Any] | None = None
    key: str = ""


class Link:
    """The way to one gateway. ``root``: the path of its address; ``limits``: of the breaker, which lives as long as the
    link; ``clock`` and ``pause`` are the process's own."""

    def __init__(
        self,
        transport: Transport,
        secret: bytes,
        root: str,
        attempt_seconds: float,
        limits: Limits,
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.transport, self.secret, self.root, self.limits = transport, secret, root, limits
        self.attempt_seconds, self.clock, self.pause = attempt_seconds, clock, pause
        self.breaker = Breaker()

    def ask(self, ask: Ask, at: datetime, deadline: float) -> Answer:
        """The answer to a request signed ``at``, asked again until ``deadline`` (of ``clock``). NoAnswer after that."""
        target = self.root + ask.path + (f"?{urlencode(ask.query)}" if ask.query else "")
        body = b"" if ask.body is None else json.dumps(ask.body).encode()
        headers = signed(self.secret, ask.method, target, body, at, prefix=PREFIX)
        headers |= {"Accept": "application/json, application/problem+json"}
        if body:
            headers |= {"Content-Type": "application/json"}
        if ask.key:
            headers |= {"Idempotency-Key": quote(ask.key, safe="#:/+=@")}
        return self._until(deadline, lambda seconds: self.transport(ask.method, target, headers, body, seconds))

    def _until(self, deadline: float, exchange: Callable[[float], tuple[int, bytes]]) -> Answer:
        sent = False
        while (left := deadline - self.clock()) > _SHORTEST:
            calling = before_call(self.breaker, self.limits, self.clock())
            if calling is None:
                break
            self.breaker = calling
            try:
                code, body = _read(*exchange(min(left, self.attempt_seconds)))
            except (OSError, ValueError) as nothing:
                sent = sent or not isinstance(nothing, NotSent)
                self.breaker = after_failure(self.breaker, self.limits, self.clock())
                self.pause(_PAUSE)
            else:
                self.breaker = after_answer()
                return Answer(code, body, alone=not sent)
        raise NoAnswer(sent)


def part(text: str) -> str:
    """A piece of a path."""
    return quote(text, safe="")


def _read(status: int, raw: bytes) -> tuple[str, dict[str, Any]]:
    """The problem's code and the answer. ValueError for what the contract does not know: that is no answer."""
    body = json.loads(raw)
    if not isinstance(body, dict):
        raise ValueError("The counter's answer is no object.")
    if 200 <= status < 300:
        return "", body
    if 400 <= status < 500 and body.get("code") in CODES:
        return str(body["code"]), body
    raise ValueError(f"The counter answered {status}.")
