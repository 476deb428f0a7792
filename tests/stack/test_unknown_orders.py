"""The packed functions trade through a gateway that is a process of its own: it is stopped, and the line goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from devtools.gateway import joined, running
from devtools.gateway_keys import kept_in
from devtools.line import Line

from .journey import BUY_100, ask, call, heard, orders, scan

ACCOUNT, WHO = "A-1234", "60001234#,246810#,"


def reconcile(line: Line, **event: str) -> dict[str, Any]:
    answer = line.stage.functions.invoke(FunctionName=line.outputs["ReconcileFunctionArn"], Payload=json.dumps(event))
    assert "FunctionError" not in answer
    return dict(json.loads(answer["Payload"].read()))


def test_of_the_embedded_counter_nothing_is_unknown(line: Line) -> None:
    assert reconcile(line) == {"found": 0, "never_arrived": 0, "waiting": 0, "oldest_seconds": 0}


def woken(line: Line) -> None:
    """A function whose environment was changed starts anew: that takes longer than a flow waits."""
    ask(line, "warm", {}, Operation="find_security", Code="601398")


def test_orders_travel_to_a_gateway_and_without_it_nothing_is_ordered(line: Line, tmp_path: Path) -> None:
    keys = kept_in(tmp_path / "keys")
    with running(line.stage, line.outputs, tmp_path / "keys") as url, joined(line.stage, url, keys):
        woken(line)
        placed = call(line, f"{WHO}{BUY_100},9").attributes["ContractNumber"]
        assert [order["contract_number"] for order in orders(line, ACCOUNT)].count(placed) == 1
        assert f"Number {' '.join(placed)}, buy" in heard(call(line, f"{WHO}2,3,9"))
        [kept] = [sent for sent in scan(line, "SentRequestsTable") if sent["name"] == f"order#{placed}"]
        assert "unsettled" not in kept  # the gateway's answer was heard
        assert reconcile(line)["waiting"] == 0
    there = orders(line, ACCOUNT)
    with joined(line.stage, url, keys):  # nobody listens there any more
        woken(line)
        said = heard(call(line, f"{WHO}{BUY_100},9"))
        assert "Your order has been taken" not in said
    woken(line)
    assert orders(line, ACCOUNT) == there
    assert not any("unsettled" in sent for sent in scan(line, "SentRequestsTable"))
    assert "yuan available" in heard(call(line, f"{WHO}1,9"))  # the line has its own counter again
