"""What today's orders cost an account that has placed a hundred thousand, beside one that has placed ten.

`python -m devtools.bench.many_orders` runs in the function's environment. Both accounts have the same ten orders today;
the larger has all the others on the days before, written past the domain's verbs, which would take an hour.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from chalicelib import trading
from chalicelib.customers.models import Customer
from chalicelib.platform.clock import now
from chalicelib.platform.tables import TableMeta
from chalicelib.trading import books, ledger
from chalicelib.trading.models import OrderRecord
from chalicelib.trading.rules import Order
from chalicelib.trading.sessions import is_trading_day, trading_day_of
from devtools.bench.operations import Meter
from devtools.bench.row import Row, row
from devtools.function_environment import run_module
from devtools.line import Line

MANY, FEW = 100_000, 10
A_DAY = 250
A_BATCH = 25  # BatchWriteItem's most
ORDER = Order("buy", "601398", 100, Decimal("7.85"))


def many_orders(line: Line) -> list[Row]:
    """A row a unit: requests, read units."""
    printed = run_module("devtools.bench.many_orders", line.stage, line.outputs, "Many orders could not be measured")
    cost = json.loads(printed.splitlines()[-1])
    name = f"today's orders of an account with {MANY:,} orders, beside one with {FEW}"
    return [row(name, cost["many"][unit], cost["few"][unit], unit, "1") for unit in ("requests", "read units")]


def days_before(day: date) -> Iterator[date]:
    """Trading days, the latest first."""
    while True:
        day -= timedelta(days=1)
        if is_trading_day(day):
            yield day


def order(account_id: str, number: int, day: date, at: datetime) -> dict[str, Any]:
    """An order as the table has it; closed, but for those of today."""
    stamp = books.stamp(at)
    booking = ledger.accept(
        ORDER,
        account_id=account_id,
        contract_number=f"{number:08d}",
        key=f"bench#{number}",
        rate=Decimal("0.0003"),
        freeze=Decimal("790.01"),
        day=day.isoformat(),
        at=stamp,
    )
    assert booking.order is not None
    if day < trading_day_of(at):
        booking = ledger.end(booking.order, "expired", "day_over", "bench", stamp) or booking
    assert booking.order is not None
    return books.record_of(booking.order).serialize()


def morning() -> datetime:
    """Eleven in the morning of the trading day that orders are for: after the close two days would be asked for."""
    return datetime.combine(trading_day_of(now()), time(3), UTC)


def history(account_id: str, count: int) -> Iterator[dict[str, Any]]:
    """``FEW`` orders of today and the rest on the trading days before."""
    at = morning()
    today = trading_day_of(at)
    for number in range(FEW):
        yield order(account_id, number, today, at + timedelta(milliseconds=number))
    days = [day for day in islice(days_before(today), -(-count // A_DAY)) for _ in range(A_DAY)]
    for number, day in zip(range(FEW, count), days, strict=False):
        noon = datetime.fromisoformat(f"{day}T04:00:00+00:00")
        yield order(account_id, number, day, noon + timedelta(milliseconds=number))


def plant(client: Any, account_id: str, count: int) -> None:
    table = OrderRecord.Meta.table_name

    def write(items: list[dict[str, Any]]) -> None:
        client.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item}} for item in items]})

    with ThreadPoolExecutor(4) as pool:
        orders = history(account_id, count)
        list(pool.map(write, iter(lambda: list(islice(orders, A_BATCH)), [])))


def main() -> None:
    # A local cloud looks through all of an account's items, which takes its time; requests and units are what count.
    TableMeta.read_timeout_seconds = 60
    client: Any = Customer.client().client
    accounts = {"few": FEW, "many": MANY}
    for account_id, count in accounts.items():
        plant(client, account_id, count)
    meter = Meter()
    meter.put_on(client)
    costs = {}
    for account_id in accounts:
        with meter.counting() as cost:
            assert len(trading.orders_today(account_id, morning())) == FEW
        costs[account_id] = cost
    print(json.dumps(costs))


if __name__ == "__main__":
    main()
