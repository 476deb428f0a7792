"""What many calls at once need, and how soon the first prompt is heard."""

import time
import tracemalloc
from collections.abc import Callable, Generator
from typing import Any

from devtools.bench.row import Row, row
from devtools.deploy import connect_parameters
from devtools.line import Line
from devtools.paths import CONNECT_TEMPLATE
from devtools.secrets import ensure
from localconnect.clock import TurnedClock
from localconnect.contact import Contact
from localconnect.effects import AwaitKey, Speak
from localconnect.engine import run
from localconnect.instance import Instance

CONTACTS = 10_000


def flow_scale(line: Line) -> list[Row]:
    """Memory of contacts that wait for a key at once, beside generators that hold as many names; the first prompt."""
    return [
        row(
            f"memory of {CONTACTS:,} contacts waiting at once",
            _kilobytes(lambda: _waiting(line.instance)),
            _kilobytes(_holding),
            "KB a contact",
        ),
        row("start of the instance to its first prompt", _first_prompt(line), 0, "s", "measured <= 0.5"),
    ]


def _kilobytes(make: Callable[[], Any]) -> float:
    """Of one of CONTACTS things made."""
    tracemalloc.start()
    try:
        kept = [make() for _ in range(CONTACTS)]
        return tracemalloc.get_traced_memory()[0] / len(kept) / 1024
    finally:
        tracemalloc.stop()


def _waiting(instance: Instance) -> tuple[Contact, Generator[Any, Any, Any]]:
    """A call that waits for its first key."""
    clock = TurnedClock()
    contact = instance.new_contact(customer_address="+8613800138000", clock=clock)
    flow = run(instance, contact, clock=clock)
    while not isinstance(next(flow), AwaitKey):
        pass
    return contact, flow


def _holding() -> Generator[None, None, None]:
    """As much as anything that waits must keep: where it is, and the names of a contact's fields."""

    def wait(**fields: str) -> Generator[None, None, None]:
        yield
        del fields

    waiting = wait(**dict.fromkeys(Contact.__slots__, ""))
    next(waiting)
    return waiting


def _first_prompt(line: Line) -> float:
    """Seconds from reading the template, with all its flows and cases, to the first thing said."""
    parameters = connect_parameters(line.stage, line.outputs, ensure(line.stage.ssm, line.stage.name))
    began = time.perf_counter()
    instance = Instance.from_template(
        CONNECT_TEMPLATE, parameters, region=line.stage.region, account=line.stage.account
    )
    clock = TurnedClock()
    flow = run(instance, instance.new_contact(customer_address="+8613800138000", clock=clock), clock=clock)
    while not isinstance(next(flow), Speak):
        pass
    return time.perf_counter() - began
