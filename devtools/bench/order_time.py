"""How much time the house adds to an order's bare DynamoDB calls.

`python -m devtools.bench.order_time` runs in the function's environment. Each round places an order through the
function's own handler, notes the requests it makes, and makes the like of them with the bare client: the same
operations with the same items under other keys. The two take turns, so that the machine's moods fall on both.
"""

import json
import re
import statistics
import time
import uuid
from collections.abc import Callable
from typing import Any

from chalicelib.customers.models import Customer
from chalicelib.voice.call import proof
from devtools.bench.operations import ask
from devtools.bench.row import Row, row
from devtools.function_environment import run_module
from devtools.line import Line

ACCOUNT = "A-2222"
ORDER = {"Side": "buy", "Code": "601398", "Quantity": "100", "Price": "7*85"}
ROUNDS, WARM_UP = 150, 10
GOAL = "1.15 at most"


def order_time(line: Line) -> list[Row]:
    """A row an operation: the median of its milliseconds beside that of its bare calls."""
    printed = run_module("devtools.bench.order_time", line.stage, line.outputs, "Orders could not be timed")
    return [
        row(f"time of {name}", ours, bare, "ms", GOAL)
        for name, (ours, bare) in json.loads(printed.splitlines()[-1]).items()
    ]


class Noted:
    """The requests of a client, as its callers word them."""

    def __init__(self, client: Any) -> None:
        self.client, self.calls = client, list[tuple[str, dict[str, Any]]]()
        client.meta.events.register("provide-client-params.dynamodb", self._note)

    def _note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.calls.append((model.name, params))

    def take(self) -> list[tuple[str, dict[str, Any]]]:
        calls, self.calls = self.calls, []
        return calls


def again(calls: list[tuple[str, dict[str, Any]]], number: str) -> list[tuple[str, dict[str, Any]]]:
    """The like of an order's requests under a number that no order has."""
    text = json.dumps(calls)
    other = uuid.uuid4().hex[: len(number)] if number else ""
    text = text.replace(number, other) if number else text
    text = re.sub(r'"ClientRequestToken": "[^"]*"', f'"ClientRequestToken": "{uuid.uuid4()}"', text)
    return [(name, params) for name, params in json.loads(text)]


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    result = work()
    return (time.perf_counter() - begun) * 1000, result


def main() -> None:
    known = {"AccountId": ACCOUNT, "IdentityProof": proof("bench", ACCOUNT), "Language": "en"}
    noted = Noted(Customer.client().client)
    times: dict[str, list[tuple[float, float]]] = {"preview_order": [], "place_order": []}
    for _ in range(ROUNDS + WARM_UP):
        for operation, rounds in times.items():
            asked = ORDER | ({"ConfirmationId": uuid.uuid4().hex} if operation == "place_order" else {})
            noted.take()
            ours, answer = timed(lambda operation=operation, asked=asked: ask(operation, known, **asked))  # type: ignore[misc]
            calls = again(noted.take(), answer.get("ContractNumber", ""))
            bare, _done = timed(lambda calls=calls: [noted.client._make_api_call(*call) for call in calls])  # type: ignore[misc]
            rounds.append((ours, bare))
    medians = {
        name: [statistics.median(side) for side in zip(*done[WARM_UP:], strict=True)] for name, done in times.items()
    }
    print(json.dumps(medians))


if __name__ == "__main__":
    main()
