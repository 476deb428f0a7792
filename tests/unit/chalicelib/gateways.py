"""Gateways for the tests: the practice one over TLS or without sockets, and ways in which the line to it fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from chalicelib.platform.settings import CounterSettings
from chalicelib.trading.breaker import Limits
from chalicelib.trading.counter import Counter
from chalicelib.trading.embedded import EmbeddedCounter
from chalicelib.trading.embedded_bank import EmbeddedBank
from chalicelib.trading.http_counter import HttpCounter
from chalicelib.trading.link import Link, NotSent, Transport
from devtools.gateway_keys import GatewayKeys, new_keys
from devtools.gateway_server import Gateway

from .trading_seed import at

NOW = at("10:00")
SETTINGS = CounterSettings("https://127.0.0.1:1", 5, 2, 30, 30, 5, 10)
# method, target, headers, body -> what becomes of the request: see Line.
Fault = Callable[["Line", tuple[Any, ...]], tuple[int, bytes]]


class Killed(BaseException):
    """The process ends here: nothing catches it."""


class Clock:
    """A time that moves only when it is told to; monotonic and of the day in one."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return self.at.timestamp()

    def pass_(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@cache
def keys() -> GatewayKeys:
    return new_keys()


class Line:
    """A transport into a gateway of this process. ``faults`` come first: one for each request, then none."""

    def __init__(self, counter: Counter | None = None, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.gateway = Gateway(
            counter or EmbeddedCounter(EmbeddedBank()), keys(), window=SETTINGS.window, clock=self.clock
        )
        self.faults: list[Fault] = []
        self.asked: list[str] = []

    def __call__(self, *request: Any) -> tuple[int, bytes]:
        self.asked.append(f"{request[0]} {request[1]}")
        return self.faults.pop(0)(self, request) if self.faults else self.through(request)

    def through(self, request: tuple[Any, ...]) -> tuple[int, bytes]:
        method, target, headers, body, _ = request
        status, answer = self.gateway.answer(method, target, headers, body)
        return status, json.dumps(answer).encode()


def refused(line: Line, request: tuple[Any, ...]) -> tuple[int, bytes]:
    """No connection."""
    raise NotSent("refused")


def lost_before(line: Line, request: tuple[Any, ...]) -> tuple[int, bytes]:
    """Never arrives, and that is not known; the time of one attempt goes by."""
    line.clock.pass_(request[4])
    raise OSError("timed out")


def lost_after(line: Line, request: tuple[Any, ...]) -> tuple[int, bytes]:
    """Arrives and is done, but the answer never comes."""
    line.through(request)
    line.clock.pass_(request[4])
    raise OSError("timed out")


def failing(line: Line, request: tuple[Any, ...]) -> tuple[int, bytes]:
    """The gateway is ill, before it did anything."""
    return 500, b'{"code": "failed"}'


def failing_after(line: Line, request: tuple[Any, ...]) -> tuple[int, bytes]:
    """The gateway falls ill after it did the work."""
    line.through(request)
    return 500, b'{"code": "failed"}'


def garbage(line: Line, request: tuple[Any, ...]) -> tuple[int, bytes]:
    """Something in between answers instead."""
    return 200, b"<html>Welcome to the wireless network</html>"


def something_else(line: Line, request: tuple[Any, ...]) -> tuple[int, bytes]:
    """JSON, but not of this contract."""
    return 200, b'{"ok": true}'


def killed_before(line: Line, request: tuple[Any, ...]) -> tuple[int, bytes]:
    """The process ends before the request leaves."""
    raise Killed


def killed_after(line: Line, request: tuple[Any, ...]) -> tuple[int, bytes]:
    """The process ends while it waits for the answer."""
    line.through(request)
    raise Killed


UNHEARD = (lost_before, lost_after, failing, failing_after, garbage, something_else)


def counter_over(line: Transport, clock: Clock, settings: CounterSettings = SETTINGS) -> HttpCounter:
    """A counter as one container has it: with a breaker of its own."""
    link = Link(
        line,
        keys().signing.encode(),
        "",
        settings.attempt_seconds,
        Limits(settings.failures, settings.rest_seconds),
        clock=clock.seconds,
        pause=clock.pass_,
    )
    return HttpCounter(link, settings, keys().sealing, clock)
