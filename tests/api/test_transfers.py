"""Bank transfers over HTTP; what the counter makes of them is tried where the counter is."""

import json
import logging
from decimal import Decimal
from typing import Any

import pytest

from chalicelib import trading
from chalicelib.trading import Refusal, TransferState
from chalicelib.trading.transfers import Change
from tests.unit.chalicelib.seed import ACCOUNT

from .conftest import NOW, WANG, Ask

TRANSFERS = f"/accounts/{ACCOUNT}/transfers"
IN = {"direction": "in", "amount": "500.00", "bank_password": "987654"}
MADE = TransferState(
    *(ACCOUNT, "T0000001", "key", "in", Decimal("500"), "2026-11-24", "2026-11-24T02:00:00+00:00", "done", ""),
    (Change("2026-11-24T02:00:00+00:00", "done", ""),),
)
SHOWN = {
    "number": "T0000001", "direction": "in", "amount": "500.00", "day": "2026-11-24",
    "requested_at": "2026-11-24T02:00:00+00:00", "state": "done", "reason": "",
}  # fmt: skip


def answering(monkeypatch: pytest.MonkeyPatch, answer: Any) -> list[Any]:
    seen: list[Any] = []
    monkeypatch.setattr(trading, "transfer", lambda *args: seen.append(args) or answer)
    return seen


@pytest.mark.parametrize(("state", "status"), [("done", 201), ("failed", 201), ("unknown", 202), ("requested", 202)])
def test_a_transfer_says_what_became_of_it(ask: Ask, monkeypatch: pytest.MonkeyPatch, state: Any, status: int) -> None:
    seen = answering(monkeypatch, MADE._replace(state=state))
    answer = ask("POST", TRANSFERS, IN, key="k")
    assert (answer.status, answer.body) == (status, SHOWN | {"state": state})
    assert answer.headers["Location"] == "transfers/T0000001"
    assert seen == [(ACCOUNT, "in", Decimal("500.00"), "987654", f"http#{WANG['sub']}#k", NOW)]


@pytest.mark.parametrize("change", [{"amount": Decimal("501")}, {"direction": "out"}])
def test_a_key_used_for_another_transfer_is_refused(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    answering(monkeypatch, MADE._replace(**change))
    assert ask("POST", TRANSFERS, IN, key="k").body["code"] == "key_reused"


def test_a_refused_transfer_names_its_rule(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, Refusal("hours", "time", {"opens": "09:00"}))
    answer = ask("POST", TRANSFERS, IN, key="k")
    assert (answer.status, answer.body["code"], answer.body["facts"]) == (409, "hours", {"opens": "09:00"})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": 500}, "amount"), ({"amount": "-1"}, "amount"), ({"direction": "up"}, "direction"),
        ({"bank_password": 987654}, "bank_password"), ({"bank_password": ""}, "bank_password"),
    ],
)  # fmt: skip
def test_a_malformed_field_is_named(ask: Ask, change: dict[str, Any], field: str) -> None:
    answer = ask("POST", TRANSFERS, IN | change, key="k")
    assert (answer.status, answer.body["field"]) == (400, field)
    assert ask("POST", TRANSFERS, IN).body["code"] == "key_missing"


def test_transfers_are_found_by_day_and_by_number(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trading, "transfers_of_day", lambda account, day: [MADE] if str(day) == MADE.day else [])
    monkeypatch.setattr(trading, "transfer_of", lambda account, number: MADE if number == MADE.number else None)
    assert ask("GET", TRANSFERS).body == {"day": "2026-11-24", "transfers": [SHOWN]}
    assert ask("GET", f"{TRANSFERS}?day=2026-11-23").body["transfers"] == []
    changes = [{"at": MADE.requested_at, "state": "done", "reason": ""}]
    assert ask("GET", f"{TRANSFERS}/T0000001").body == SHOWN | {"changes": changes}
    assert ask("GET", f"{TRANSFERS}/T0000002").body["code"] == "unknown_transfer"


def test_the_bank_password_is_in_no_log_and_no_answer(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*args: object) -> None:
        raise RuntimeError(f"the bank said no to {args}")

    logging.getLogger("brokerline").addHandler(caplog.handler)
    said = ""
    with caplog.at_level(logging.DEBUG):
        answering(monkeypatch, MADE)
        said += json.dumps(ask("POST", TRANSFERS, IN, key="k").body)
        monkeypatch.setattr(trading, "transfer", refuse)
        said += json.dumps(ask("POST", TRANSFERS, IN, key="k").body)
    said += repr([vars(record) for record in caplog.records])
    assert "RuntimeError" in said
    assert "987654" not in said
