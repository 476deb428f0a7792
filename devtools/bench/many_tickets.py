"""What the listings of tickets cost in a table of very many, beside one of a thousand.

`python -m devtools.bench.many_tickets` runs in the function's environment. It is the same table, measured when it has
a thousand tickets and again when it has grown; they are written past the domain's verbs, which would take hours.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

import boto3

from chalicelib import tickets
from chalicelib.platform.clock import stamp
from chalicelib.platform.tables import TableMeta
from chalicelib.tickets import books
from chalicelib.tickets.models import TicketRecord
from chalicelib.tickets.rules import Ticket
from devtools.bench.operations import Meter
from devtools.bench.row import Row, row
from devtools.function_environment import run_module
from devtools.line import Line

FEW, MANY = 1_000, 100_000
A_PAGE, A_BATCH, WRITERS = 20, 25, 4  # 25 is BatchWriteItem's most
# A customer has forty tickets, and an agent and a department a share of those that are open, of which there is one in
# ten; a thousand are registered in a week.
A_CUSTOMER, AGENTS, DEPARTMENTS, A_WEEK = 40, 4, 4, 1_000
BEGAN = datetime(2006, 1, 2, 2, tzinfo=UTC)


class Listed(NamedTuple):
    """A listing to be measured: the first page of ``value``'s."""

    name: str
    listing: books.Listing
    value: str


LISTED = (
    Listed("due next", "bell", "yes"),
    Listed("a state's tickets", "state", "investigating"),
    Listed("closed tickets", "state", "closed"),
    Listed("an agent's open tickets", "assignee", "agent:1"),
    Listed("a department's open tickets", "department", "department1"),
    Listed("a customer's history", "customer", "C-0000001"),
    Listed("a week's tickets", "week", "2006-W01"),
)


def many_tickets(line: Line, many: int = MANY) -> list[Row]:
    """Two rows a listing: requests, read units."""
    failure = "Many tickets could not be measured"
    printed = run_module("devtools.bench.many_tickets", line.stage, line.outputs, failure, str(many))
    costs = json.loads(printed.splitlines()[-1])
    return [
        row(f"{name}, {many:,} tickets beside {FEW:,}", cost["many"][unit], cost["few"][unit], unit, "1")
        for name, cost in costs.items()
        for unit in ("requests", "read units")
    ]


def ticket(number: int) -> Ticket:
    """One ticket in ten is open; all are of the same size."""
    registered = stamp(BEGAN + timedelta(weeks=number // A_WEEK, minutes=number % A_WEEK))
    found = Ticket(
        number=f"{number:010d}",
        kind="complaint",
        channel="phone",
        language="zh-CN",
        subject="佣金" * 20,
        text="多收了佣金" * 40,
        registered_at=registered,
        customer_id=f"C-{number // A_CUSTOMER:07d}",
        category="fees.commission",
        counts_from=registered,
        responded_at=registered,
        assignee=f"agent:{number // 10 % AGENTS}",
        department=f"department{number // 10 % DEPARTMENTS}",
        keys=("k" * 40,),
        changed_at=registered,
        version=4,
        head="0" * 64,
    )
    if number % 10:
        return found._replace(state="closed", closed_at=registered, resolved_at=registered, replied_at=registered)
    return found._replace(state="investigating")


def plant(client: Any, numbers: range) -> None:
    table = TicketRecord.Meta.table_name

    def write(share: range) -> None:
        items = (books.record_of(ticket(number)).serialize() for number in share)
        while batch := [{"PutRequest": {"Item": item}} for item in islice(items, A_BATCH)]:
            client.batch_write_item(RequestItems={table: batch})

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, (numbers[first::WRITERS] for first in range(WRITERS))))


def measured(meter: Meter) -> dict[str, dict[str, float]]:
    costs = {}
    for name, listing, value in LISTED:
        with meter.counting() as cost:
            assert len(tickets.listed(listing, value, size=A_PAGE).tickets) == A_PAGE
        costs[name] = cost
    return costs


def main(many: int) -> None:
    # A local cloud looks through all items of a table, which takes its time; requests and units are what count.
    TableMeta.read_timeout_seconds = 600
    meter, planter = Meter(), boto3.client("dynamodb")
    meter.put_on(TicketRecord.client().client)
    plant(planter, range(FEW))
    few = measured(meter)
    plant(planter, range(FEW, many))
    grown = measured(meter)
    print(json.dumps({name: {"few": few[name], "many": grown[name]} for name in few}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
