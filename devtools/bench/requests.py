"""DynamoDB requests and consumed units of each operation, beside the least that could do the same.

The operations run in a process of their own, in the function's place (devtools.bench.operations), against the local
cloud. Units are reckoned from the requests and the sizes of the items by DynamoDB's rules (Developer Guide, "Read and
write capacity"), since local clouds don't count them all.
"""

import json

from devtools.bench.row import Row, row
from devtools.function_environment import run_module
from devtools.line import Line


def requests(line: Line) -> list[Row]:
    """Two rows an operation: requests, units."""
    printed = run_module("devtools.bench.operations", line.stage, line.outputs, "The operations could not be measured")
    rows = []
    result = printed.splitlines()[-1]  # the function's own log comes before it
    for name, costs in json.loads(result).items():
        for unit in ("requests", "read units", "write units"):
            measured, least = costs["measured"][unit], costs["least"][unit]
            if unit == "requests" or measured or least:
                rows.append(row(f"ivr {name}", measured, least, unit))
    return rows
