"""The firm's counter over HTTP, in this process: the practice gateway, and a way to it on which requests get lost.

Each thread has a container's own counter and breaker. The gateway's process may be killed as the function's may: its
callers then hear that the connection broke off.
"""

import json
from collections.abc import Callable
from datetime import datetime
from threading import local
from typing import Any, cast

from chalicelib.platform.settings import CounterSettings
from chalicelib.trading.breaker import Limits
from chalicelib.trading.counter import Counter
from chalicelib.trading.embedded import EmbeddedCounter
from chalicelib.trading.embedded_bank import EmbeddedBank
from chalicelib.trading.http_counter import HttpCounter
from chalicelib.trading.link import Link, NotSent
from devtools.faults.injection import ANYWHERE, Dice, Killed
from devtools.gateway_keys import new_keys
from devtools.gateway_server import Gateway

SETTINGS = CounterSettings(
    "https://gateway.invalid", seconds=20, attempt_seconds=20, window=30, grace=30, failures=5, rest_seconds=1
)
OF_WAY = (*ANYWHERE, "no connection", "ill before", "ill after", "garbage")


class OverHttp:
    """A counter. ``clock`` is that of the function and of the gateway."""

    def __init__(self, dice: Dice, clock: Callable[[], datetime]) -> None:
        self._dice, self._clock, self._keys = dice, clock, new_keys()
        self._gateway = Gateway(
            cast(Counter, EmbeddedCounter(EmbeddedBank())), self._keys, window=SETTINGS.window, clock=clock
        )
        self._here = local()

    def __getattr__(self, name: str) -> Any:
        if not hasattr(self._here, "counter"):
            limits = Limits(SETTINGS.failures, SETTINGS.rest_seconds)
            secret = self._keys.signing.encode()
            link = Link(self._exchange, secret, "", SETTINGS.attempt_seconds, limits, pause=lambda seconds: None)
            self._here.counter = HttpCounter(link, SETTINGS, self._keys.sealing, self._clock)
        return getattr(self._here.counter, name)

    def _exchange(
        self, method: str, target: str, headers: dict[str, str], body: bytes, seconds: float
    ) -> tuple[int, bytes]:
        match self._dice.throw(f"gateway {method}", OF_WAY):
            case "":
                return self._arrives(method, target, headers, body)
            case "killed before":
                raise Killed
            case "no connection":
                raise NotSent
            case "request lost":
                raise TimeoutError
            case "ill before":
                return 500, b'{"code": "failed"}'
            case "garbage":
                return 200, b"<html>Welcome to the wireless network</html>"
            case kind:
                self._arrives(method, target, headers, body)
                if kind == "killed after":
                    raise Killed
                if kind == "answer lost":
                    raise TimeoutError
                return 500, b'{"code": "failed"}'

    def _arrives(self, *request: Any) -> tuple[int, bytes]:
        try:
            status, answer = self._gateway.answer(*request)
        except Killed:
            raise ConnectionResetError from None
        return status, json.dumps(answer).encode()
