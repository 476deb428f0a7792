"""Puts faults before and after every DynamoDB request, every call of the counter and every request to the queue.

A fault is *killed* (before or after: the function is gone, nothing catches that), *request lost* (a time-out, nothing
was done), *answer lost* (a time-out, all was done), or one that only its place has: see ``KINDS``.
"""

import json
import random
from collections import Counter as Tally
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from chalicelib.platform.tables import Table

ANYWHERE = ("killed before", "killed after", "request lost", "answer lost")
OF_DYNAMODB = (*ANYWHERE, "throttled")
KINDS = {
    "TransactWriteItems": (*OF_DYNAMODB, "in conflict"),
    "BatchGetItem": (*OF_DYNAMODB, "keys left out"),
}
OF_COUNTER = (*ANYWHERE, "delivered twice")
OF_QUEUE = (*ANYWHERE, "some refused")
OF_EVENT = ("delivered twice", "delivered late")


class Killed(BaseException):
    """The function's process is no more: no ``except Exception`` may hear of it."""


class Dice:
    """Says where a fault falls, and keeps the tally. ``rate`` of all places are hit while it is ``live``.

    Where is chance; what is not: the kinds of a place take turns, so that none is left out.
    """

    def __init__(self, seed: int, rate: float) -> None:
        self.rate = rate
        self.live = False
        self.thrown: Tally[tuple[str, str]] = Tally()
        self.asked = 0
        self._turn: Tally[str] = Tally()
        self._random = random.Random(seed)
        self._lock = Lock()

    def throw(self, place: str, kinds: tuple[str, ...], chance: random.Random | None = None) -> str:
        """The fault that happens at ``place``, or "". ``chance``: its own, which no other place has a part in."""
        with self._lock:
            if not self.live:
                return ""
            self.asked += 1
            if (chance or self._random).random() >= self.rate:
                return ""
            kind = kinds[self._turn[place] % len(kinds)]
            self._turn[place] += 1
            self.thrown[place, kind] += 1
            return kind


def put_on_dynamodb(dice: Dice, model: type[Table]) -> Tally[str]:
    """Put the faults on the client that all tables share; gives the tally of requests sent, by operation."""
    client: Any = model.client().client
    sent: Tally[str] = Tally()
    lock = Lock()

    def before_send(request: Any, event_name: str, **_: Any) -> AWSResponse | None:
        operation = event_name.rpartition(".")[2]
        with lock:
            sent[operation] += 1
        match dice.throw(operation, KINDS.get(operation, OF_DYNAMODB)):
            case "":
                return None
            case "killed before":
                raise Killed
            case "request lost":
                raise ConnectTimeoutError(endpoint_url=request.url)
            case "throttled":
                return _answer(request, 400, _error("ProvisionedThroughputExceededException"))
            case "in conflict":
                return _answer(request, 400, _conflict(json.loads(request.body)))
            case "keys left out":
                left_out = json.loads(request.body)["RequestItems"]
                return _answer(request, 200, {"Responses": {}, "UnprocessedKeys": left_out})
            case kind:
                client._endpoint.http_session.send(request)
                raise Killed if kind == "killed after" else ReadTimeoutError(endpoint_url=request.url)

    client.meta.events.register_first("before-send.dynamodb", before_send)
    # The SDK's pause before it tries again is time, and here no time passes.
    botocore.endpoint.time = SimpleNamespace(sleep=lambda seconds: None)  # type: ignore[attr-defined]
    return sent


class FaultyCounter:
    """Any counter, each of whose calls may go wrong: it is a counter itself."""

    def __init__(self, counter: Any, dice: Dice) -> None:
        self._counter, self._dice = counter, dice

    def __getattr__(self, name: str) -> Callable[..., Any]:
        verb = getattr(self._counter, name)

        def call(*given: Any, **named: Any) -> Any:
            match self._dice.throw(f"counter.{name}", OF_COUNTER):
                case "":
                    return verb(*given, **named)
                case "killed before":
                    raise Killed
                case "request lost":
                    raise TimeoutError("The counter was not reached.")
                case "delivered twice":
                    return side_by_side(lambda: verb(*given, **named))
                case kind:
                    verb(*given, **named)
                    raise Killed if kind == "killed after" else TimeoutError("The counter did not answer in time.")

        return call


class FaultyQueue:
    """Stands for a queue, to which each request may go wrong. ``messages``: what is on it."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self.messages: list[str] = []

    def send_batch(self, url: str, bodies: list[str]) -> list[str]:
        """As :func:`chalicelib.platform.queue.send_batch`."""
        match self._dice.throw("queue", OF_QUEUE):
            case "":
                self.messages += bodies
                return []
            case "killed before":
                raise Killed
            case "request lost":
                raise ConnectTimeoutError(endpoint_url=url)
            case "some refused":
                self.messages += bodies[1::2]
                return bodies[::2]
            case kind:
                self.messages += bodies
                raise Killed if kind == "killed after" else ReadTimeoutError(endpoint_url=url)

    def take(self) -> list[str]:
        """What is on it; then it is empty."""
        taken, self.messages = self.messages, []
        return taken


def side_by_side(verb: Callable[[], Any]) -> Any:
    """Do it twice at the same moment; the answer of the first, whatever became of the second."""
    with ThreadPoolExecutor(2) as pool:
        first, _ = pool.submit(verb), pool.submit(verb)
        return first.result()


def _error(name: str) -> dict[str, Any]:
    return {"__type": f"com.amazonaws.dynamodb.v20120810#{name}", "message": name}


def _conflict(asked: dict[str, Any]) -> dict[str, Any]:
    """Somebody else's transaction has the second item."""
    reasons = [{"Code": "None"} for _ in asked["TransactItems"]]
    reasons[min(1, len(reasons) - 1)] = {"Code": "TransactionConflict", "Message": "Transaction is ongoing"}
    return _error("TransactionCanceledException") | {"CancellationReasons": reasons}


def _answer(request: Any, status: int, body: dict[str, Any]) -> AWSResponse:
    raw = SimpleNamespace(stream=lambda: iter([json.dumps(body).encode()]))
    return AWSResponse(request.url, status, HTTPHeaders(), raw)
