"""Flow actions a second in the engine, on our own flows, with functions stubbed and on one core.

The least is a loop that only walks from an action to the next: a look-up and a call each, no contact, no meaning.
"""

import json
import time
from collections.abc import Callable
from functools import partial
from unittest.mock import patch

from devtools.bench.row import Row, row
from devtools.line import Line
from localconnect.clock import TurnedClock
from localconnect.effects import AwaitKey, Effect, Invocation, Invoke, Reply
from localconnect.engine import drive, run
from localconnect.instance import Instance
from localconnect.recorder import Recorder

SECONDS = 2.0
# English, identified, funds, holdings, an order to buy, back to the languages; and then silence.
KEYS = "360001234#246810#12#921601398#100#7*85#19*"
ANSWERS = {
    "read_account": {"Result": "ok", "AccountKey": "k"},
    "identify": {"Result": "ok", "AccountId": "A", "CustomerId": "C", "CustomerLevel": "vip", "AccountTail": "1234",
                 "IdentityProof": "p"},
    "funds": {"Result": "ok", "Speech": "Money."},
    "holdings": {"Result": "last", "NextPage": "1", "Speech": "Shares."},
    "find_security": {"Result": "ok", "Speech": "A share."},
    "preview_order": {"Result": "ok", "ConfirmationId": "1", "ContractNumber": "1", "Speech": "Buy.", "Unheard": "?"},
    "place_order": {"Result": "placed", "ContractNumber": "1", "Speech": "Placed."},
}  # fmt: skip
PAYLOADS = {operation: json.dumps(answer).encode() for operation, answer in ANSWERS.items()}


def flow_speed(line: Line) -> list[Row]:
    """A call from the greeting to an order and on: with its two sealed inputs really sealed, and with that stubbed."""
    recorder = Recorder(TurnedClock())
    _call(line.instance, recorder)
    actions = len(recorder.steps)
    bare = _calls_a_second(_walk) * len(BARE)
    calls = _calls_a_second(partial(_call, line.instance))
    with patch("localconnect.actions.participant.encrypt", lambda *_: "sealed"):
        plain = _calls_a_second(partial(_call, line.instance)) * actions
    return [
        row("engine, functions stubbed", plain, bare, "actions/s", "measured >= 20,000"),
        row("engine, functions stubbed, two inputs a call sealed", calls * actions, bare, "actions/s"),
        row("engine, whole calls, two inputs a call sealed", calls, bare / actions, "calls/s"),
    ]


def _call(instance: Instance, observer: Recorder | None = None) -> None:
    clock = TurnedClock()
    contact = instance.new_contact(customer_address="+8613800138000", clock=clock)
    keys = iter(KEYS)

    def answer(effect: Effect) -> Reply:
        match effect:
            case AwaitKey():
                return next(keys, None)
            case Invoke(event=event):
                return Invocation(PAYLOADS[event["Details"]["Parameters"]["Operation"]])
            case _:
                return None

    drive(run(instance, contact, clock=clock, observer=observer), answer)


# Action -> what it does, which gives the next one's name: as little as an interpreter of a flow can be.
BARE: dict[str, Callable[[dict[str, str]], str]] = {
    str(number): lambda contact, following=str(number + 1): contact.get("next", following)  # type: ignore[misc]
    for number in range(100)
}


def _walk() -> None:
    contact: dict[str, str] = {}
    action = "0"
    while action in BARE:
        action = BARE[action](contact)


def _calls_a_second(call: Callable[[], None]) -> float:
    call()
    calls, began = 0, time.process_time()
    while (spent := time.process_time() - began) < SECONDS:
        call()
        calls += 1
    return calls / spent
