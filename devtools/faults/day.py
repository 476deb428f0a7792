"""`python -m devtools.faults.day ORDERS SEED RATE COUNTER`: a day in which ``RATE`` of all requests and calls go wrong.

COUNTER is embedded or http: the latter has the practice gateway between the line and the books, and a reconciler.

Run by devtools.faults in the functions' environment, against a local cloud. Prints a line ``done N`` as orders are
placed, and JSON at the end: the faults by place and kind, what the callers heard, and the audit.
"""

import json
import random
import sys
import time
from collections import Counter as Tally
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from threading import Lock
from typing import Any, cast

from chalicelib import trading
from chalicelib.events import reconcile, settle_account, settlement, tape
from chalicelib.platform import queue
from chalicelib.platform.log import logger
from chalicelib.platform.tables import TableMeta
from chalicelib.trading.counter import Cancelled, Counter, Placed, Unknown
from chalicelib.trading.market import Kind
from chalicelib.trading.models import Position
from chalicelib.trading.rules import Order
from devtools.faults.audit import Claim, Opening, audit, read
from devtools.faults.books import CLOSE, CODES, DAY, Clock, accounts, list_securities, open_account
from devtools.faults.injection import OF_EVENT, Dice, FaultyCounter, FaultyQueue, Killed, put_on_dynamodb, side_by_side
from devtools.faults.over_http import OverHttp

CALLERS = 10
MOST_ACCOUNTS = 50
ORDERS_AN_ACCOUNT = 40  # or more, where there are so many orders; then it has more to begin with
CASH_AN_ORDER, SHARES_AN_ORDER = Decimal("1500.00"), 40  # too little for some
TICK = Decimal("0.01")
ORDERS_A_ROW, ORDERS_A_RECONCILIATION = 8, 50
AN_HOUR = timedelta(hours=1)
DELIVERIES = 1000
Event = Callable[[dict[str, Any], Any], dict[str, Any]]
KINDS: tuple[Kind, ...] = (
    "limit", "limit", "limit", "limit", "limit", "best_five_cancel", "best_five_limit", "own_best", "counter_best",
)  # fmt: skip


class Day:
    """Callers, a market and the day's end; ``claims``: what the callers heard."""

    def __init__(self, orders: int, seed: int, dice: Dice, over_http: bool) -> None:
        self.orders, self.seed, self.dice, self.over_http = orders, seed, dice, over_http
        self.accounts = list(
            accounts("H" if over_http else "F", min(MOST_ACCOUNTS, max(1, orders // ORDERS_AN_ACCOUNT)))
        )
        each = -(-orders // len(self.accounts))
        self.had = Opening(CASH_AN_ORDER * each, SHARES_AN_ORDER * each)
        self.clock, self.to_settle = Clock(), FaultyQueue(dice)
        self.claims: list[Claim] = []
        self.rows: dict[str, list[dict[str, Any]]] = {code: [] for code in CODES}
        self.again: Tally[str] = Tally()
        self._turns = {code: Lock() for code in CODES}

    def run(self) -> None:
        """Every order of the day, and the market between them."""
        with ThreadPoolExecutor(CALLERS) as pool:
            for done, _ in enumerate(pool.map(self._step, range(self.orders)), 1):
                if done % 50 == 0 or done == self.orders:
                    print(f"done {done}", flush=True)

    def _step(self, number: int) -> None:
        chance = random.Random(f"{self.seed} {number}")
        self._call(number, chance)
        if number % ORDERS_A_ROW == 0:
            self._trade(chance)
        if self.over_http and number % ORDERS_A_RECONCILIATION == 0:
            self._reconcile(self.clock.now())

    def _call(self, number: int, chance: random.Random) -> None:
        """A caller places an order, and may cancel or amend it."""
        account_id = chance.choice(self.accounts)
        quantity, price = 100 * chance.randint(1, 12), CLOSE + TICK * chance.randint(-12, 12)
        order = Order(chance.choice(["buy", "sell"]), chance.choice(CODES), quantity, price, chance.choice(KINDS))
        placed = self._ask(
            account_id, f"{number}", "place", lambda at: trading.place_order(account_id, order, f"{number}", at)
        )
        wish = chance.random()
        if not placed or wish > 0.4:
            return
        key = f"{number}#then"
        if wish < 0.3:
            self._ask(account_id, key, "cancel", lambda at: trading.cancel_order(account_id, placed, key, at), placed)
        else:
            self._ask(
                account_id,
                key,
                "amend",
                lambda at: trading.amend_order(account_id, placed, quantity + 100, price, key, at),
            )

    def _ask(self, account_id: str, key: str, verb: str, ask: Callable[[datetime], object], number: str = "") -> str:
        """Ask as a flow does: where no answer comes, once more under the same key. Gives the number that was heard."""
        for _ in range(2):
            try:
                answer = ask(self.clock.now())
            except (Exception, Killed):
                continue
            if isinstance(answer, Placed):
                heard, number = "placed", answer.contract_number
            elif isinstance(answer, Unknown) and verb == "place":
                heard, number = "unknown", answer.contract_number
            elif isinstance(answer, Unknown):
                heard = "nothing"
            elif isinstance(answer, Cancelled) and verb == "cancel":
                heard = "cancelled"
            else:
                heard = "refused"
            break
        else:
            heard = "nothing"
        self.claims.append(Claim(account_id, key, verb, heard, number))
        return number if heard == "placed" else ""

    def _trade(self, chance: random.Random) -> None:
        """The market moves: a row of the tape, which its queue delivers until it is taken, sometimes again, or late."""
        code = chance.choice(CODES)
        with self._turns[code]:
            price, volume = CLOSE + TICK * chance.randint(-12, 12), 100 * chance.randint(0, 120)
            row: dict[str, Any] = {
                "code": code,
                "at": self.clock.now().isoformat(),
                "price": str(price),
                "volume": volume,
                "bids": [[str(price - TICK), 300]],
                "asks": [[str(price + TICK), 300]],
            }
            self.rows[code].append(row)
            self._deliver(row)
            match self.dice.throw("row of the tape", OF_EVENT, chance):
                case "delivered twice":
                    side_by_side(lambda: self._deliver(row))
                case "delivered late":
                    self._deliver(chance.choice(self.rows[code]))

    def _deliver(self, row: dict[str, Any]) -> None:
        self._take(tape, "row", json.dumps(row), MessageGroupId=row["code"])

    def _take(self, function: Event, what: str, body: str, **attributes: str) -> None:
        """A queue's message, delivered until the function has taken it."""
        record = {"messageId": "m", "body": body, "attributes": attributes}
        record |= {"receiptHandle": "r", "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:::queue"}
        self._until_done(what, lambda: function({"Records": [record]}, None) == {"batchItemFailures": []})

    def _reconcile(self, at: datetime) -> bool:
        """As its clock does, again and again; whether nothing waits any more. A run that breaks off comes again."""
        try:
            return not reconcile({"time": at.isoformat()}, None)["waiting"]
        except (Exception, Killed):
            return False

    def end(self) -> None:
        """The reconciler has its time; then the day's end comes twice at once, and once more late in the evening.

        Each account's message of the afternoon comes twice at once too; and late, when all is settled.
        """
        if self.over_http:
            at = self.clock.skip(AN_HOUR)
            self._until_done("reconciliation", lambda: self._reconcile(at))
        side_by_side(lambda: self._close(f"{DAY}T08:10:00+00:00"))
        afternoon = self.to_settle.take()
        for message in afternoon:
            side_by_side(partial(self._settle, message))
        self._close(f"{DAY}T15:30:00+00:00")
        for message in (*self.to_settle.take(), *afternoon):
            self._settle(message)

    def _close(self, time: str) -> None:
        self._until_done("settlement", lambda: bool(settlement({"time": time}, None)))

    def _settle(self, message: str) -> None:
        self._take(settle_account, "account to settle", message)

    def _until_done(self, what: str, event: Callable[[], bool]) -> None:
        for _ in range(DELIVERIES):
            try:
                if event():
                    return
            except (Exception, Killed):
                pass
            self.again[what] += 1
        raise TimeoutError(f"The {what} was delivered {DELIVERIES} times and never done.")


def main(orders: int, seed: int, rate: float, kind: str) -> None:
    logger.setLevel("CRITICAL")
    # A local cloud looks through all orders of the day for its accounts: what is late here is thrown, not waited for.
    TableMeta.read_timeout_seconds = 60
    dice = Dice(seed, rate)
    sent = put_on_dynamodb(dice, Position)
    list_securities()
    day = Day(orders, seed, dice, kind == "http")
    for account_id in day.accounts:
        open_account(account_id, *day.had)
    counter = OverHttp(dice, day.clock.now) if day.over_http else trading.counter
    trading.counter = cast(Counter, FaultyCounter(counter, dice))
    queue.send_batch = day.to_settle.send_batch
    begun = time.monotonic()
    sent.clear()
    dice.live = True
    day.run()
    day.end()
    dice.live = False
    seconds = time.monotonic() - begun
    requests = sent.total()  # before the audit asks for more
    booked = read(day.accounts)
    result = {
        "orders": orders,
        "seconds": seconds,
        "requests": requests,
        "places": dice.asked,
        "faults": [[place, kind, times] for (place, kind), times in sorted(dice.thrown.items())],
        "heard": Tally(f"{claim.verb}: {claim.heard}" for claim in day.claims),
        "states": Tally(order.state for account in booked.values() for order in account),
        "delivered again": day.again,
        "found": audit(day.claims, dict.fromkeys(day.accounts, day.had), booked),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4])
