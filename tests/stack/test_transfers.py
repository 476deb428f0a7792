"""Bank transfers on the local cloud: what happens at the same moment, what goes wrong, the roles of the functions."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.platform.clock import now
from chalicelib.trading.market import transfer_terms_on
from chalicelib.trading.transfers import refuse_transfer
from devtools.function_environment import run_module
from devtools.line import Line

from .journey import call, heard, position, scan

DAY = "2026-11-24"


@pytest.fixture(scope="module")
def races(line: Line) -> dict[str, Any]:
    """What tests/stack/transfer_races.py found; run once."""
    printed = run_module("tests.stack.transfer_races", line.stage, line.outputs, "The races could not be run")
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found


def test_two_transfers_never_draw_the_same_money(races: dict[str, Any]) -> None:
    race = races["the_same_money"]
    done = race["answers"]["done"]
    assert 1 <= done <= 7
    assert Decimal(race["bank"]) == Decimal(race["out"]) == 10000 * done
    assert Decimal(race["available"]) + Decimal(race["frozen"]) == 100000 - 10000 * done
    assert Decimal(race["available"]) >= 0
    assert set(race["answers"]) <= {"done", "withdrawable", "contended", "Placed", "Refusa"}


def test_the_limit_of_a_day_holds_at_the_same_moment(races: dict[str, Any]) -> None:
    race = races["the_limit_of_a_day"]
    done = race["answers"]["done"]
    assert 1 <= done <= 5
    assert Decimal(race["available"]) == Decimal(race["in"]) == 1000000 * done
    assert set(race["answers"]) <= {"done", "transfer_daily", "contended"}


def test_one_confirmation_at_the_same_moment_is_one_transfer(races: dict[str, Any]) -> None:
    race = races["one_confirmation"]
    assert len(race["numbers"]) == 1
    assert (race["available"], race["frozen"], race["bank"], race["out"]) == ("900.00", "0.00", "1100.00", "100.00")


def test_three_hundred_transfers_with_faults_end_with_none_lost_none_doubled_none_unknown(
    races: dict[str, Any],
) -> None:
    race = races["one_in_ten_goes_wrong"]
    assert race["open before"] > 0
    assert (race["open"], race["differences"]) == (0, [])
    assert set(race["states"]) == {"done", "failed"}
    assert Decimal(race["frozen"]) == 0
    assert Decimal(race["available"]) == 100000 + Decimal(race["moved"])
    assert Decimal(race["bank"]) == 100000 - Decimal(race["moved"])


def test_the_function_of_the_days_end_settles_what_is_open_and_finds_the_bank_agreeing(
    line: Line, races: dict[str, Any]
) -> None:
    event = json.dumps({"time": f"{DAY}T08:10:00Z"})
    answer = line.stage.functions.invoke(FunctionName=line.outputs["SettlementFunctionArn"], Payload=event)
    assert "FunctionError" not in answer
    [transfer] = [one for one in scan(line, "TransfersTable") if one["number"] == races["left_open"]]
    assert (transfer["state"], transfer["reason"]) == ("failed", "voided")
    assert position(line, "A-RACE-5") == (Decimal("1000.00"), 0)


def bank_balance(line: Line, account_id: str) -> Decimal:
    [account] = [one for one in scan(line, "BankAccountsTable") if one["account_id"] == account_id]
    return Decimal(account["balance"])


@pytest.fixture
def in_hours() -> None:
    at = now()
    if refuse_transfer("in", Decimal(100), at, transfer_terms_on(at.date()), free=Decimal(0), moved=Decimal(0)):
        pytest.skip("the packed function has this machine's clock, and bank transfers have hours")


@pytest.mark.usefixtures("in_hours")
@pytest.mark.parametrize("deliver", [1, 3])
@pytest.mark.parametrize(("key", "sign"), [("1", 1), ("2", -1)])
def test_a_call_moves_money_once(line: Line, key: str, sign: int, deliver: int) -> None:
    (available, _), bank = position(line, "A-4444"), bank_balance(line, "A-4444")
    said = heard(call(line, f"60004444#,161803#,3,{key},100*25#,123581#,1,9,3,9", deliver=deliver))
    amount = sign * Decimal("100.25")
    assert position(line, "A-4444") == (available + amount, 0)
    assert bank_balance(line, "A-4444") == bank - amount
    assert f"You now have {available + amount:,.2f} yuan available." in said
    assert "100.25 yuan " in said.partition("Your bank transfers of today")[2]


@pytest.mark.usefixtures("in_hours")
def test_a_wrong_bank_password_moves_nothing(line: Line) -> None:
    before = position(line, "A-4444")
    said = heard(call(line, "60004444#,161803#,3,2,100#,000000#,1,9"))
    assert "the bank password is not right. Nothing was moved." in said
    assert position(line, "A-4444") == before


def test_todays_transfers_are_read_at_any_hour(line: Line) -> None:
    assert "You have no bank transfers today." in heard(call(line, "60001414#,141421#,3,3"))


def test_no_table_holds_a_bank_password(line: Line, races: dict[str, Any]) -> None:
    tables = [output for output in line.outputs if output.endswith("Table")]
    assert "135790" not in repr([scan(line, table) for table in tables if table != "TapeMatchesTable"])
