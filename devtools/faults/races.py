"""`python -m devtools.faults.races ROUNDS`: two callers on one account at the same moment, with enough for one of them.

Each round has an account of its own. In even rounds there is money for one of two buys, in odd ones there are shares
for one of two sales. In every other pair of rounds both callers have been checked before either order is written, so
that they certainly meet; in the others it comes as it comes. Prints ``done N``, and JSON at the end.
"""

import json
import sys
import time
from collections import Counter as Tally
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier, Lock, local
from typing import Any

from chalicelib import trading
from chalicelib.platform.log import logger
from chalicelib.trading.counter import Placed
from chalicelib.trading.ledger import CASH
from chalicelib.trading.models import Position
from chalicelib.trading.rules import Order, Refusal
from devtools.faults.books import CODES, OPENS, accounts, list_securities, open_account

SIDE_BY_SIDE = 4
CODE = CODES[0]
# 500 shares at 10.00: 5,000.00, commission 5.00 at least, transfer fee 0.05. The money is 0.01 short of twice that.
COST = Decimal("5005.05")
QUANTITY = 500
SECONDS_TO_MEET = 60
FINDINGS = ("nobody was served", "both were served", "frozen is not what was confirmed")

_here = local()


def meet(**_: Any) -> None:
    """Before a transaction is sent: wait for the other caller, where this one is to meet it."""
    if barrier := _here.__dict__.pop("barrier", None):
        barrier.wait(SECONDS_TO_MEET)


def race(account_id: str, pool: ThreadPoolExecutor, buy: bool, meets: bool) -> list[str]:
    """One round; what was wrong about it."""
    start, write = Barrier(2), Barrier(2)
    if buy:
        open_account(account_id, 2 * COST - Decimal("0.01"), 0)
    else:
        open_account(account_id, Decimal("0.00"), 2 * QUANTITY - 100, (CODE,))

    def place(key: str) -> object:
        if meets:
            _here.barrier = write
        start.wait(SECONDS_TO_MEET)
        order = Order("buy" if buy else "sell", CODE, QUANTITY, Decimal("10.00"))
        return trading.place_order(account_id, order, key, OPENS)

    answers = list(pool.map(place, ("one", "other")))
    served = sum(isinstance(answer, Placed) for answer in answers)
    refused = sum(isinstance(answer, Refusal) for answer in answers)
    assert served + refused == len(answers), answers
    position = Position.get(account_id, CASH if buy else CODE, consistent_read=True)
    wrong = [FINDINGS[0]] if not served else [FINDINGS[1]] if served > 1 else []
    if position.frozen != served * (COST if buy else QUANTITY) or position.available < 0:
        wrong.append(FINDINGS[2])
    return wrong


def main(rounds: int) -> None:
    logger.setLevel("CRITICAL")
    list_securities()
    collided, lock = Tally[str](), Lock()

    def look(parsed: dict[str, Any], **_: Any) -> None:
        if "Error" in parsed:
            with lock:
                collided[parsed["Error"]["Code"]] += 1

    client: Any = Position.client().client
    client.meta.events.register("after-call.dynamodb", look)
    client.meta.events.register("before-send.dynamodb.TransactWriteItems", meet)
    found: Tally[str] = Tally(dict.fromkeys(FINDINGS, 0))
    begun, names = time.monotonic(), list(accounts("R", rounds))
    with ThreadPoolExecutor(SIDE_BY_SIDE) as rounds_pool, ThreadPoolExecutor(2 * SIDE_BY_SIDE) as callers:
        outcomes = rounds_pool.map(lambda n: race(names[n], callers, buy=n % 2 == 0, meets=n % 4 < 2), range(rounds))
        for done, wrong in enumerate(outcomes, 1):
            found.update(wrong)
            if done % 50 == 0 or done == rounds:
                print(f"done {done}", flush=True)
    seconds = time.monotonic() - begun
    print(json.dumps({"rounds": rounds, "seconds": seconds, "collided": collided.total(), "found": found}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
