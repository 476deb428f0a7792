"""The phone password changed by phone: old, new, new again, all of them sealed, and nothing of them let out."""

import json
import logging
import traceback
from typing import Any

import pytest

from chalicelib import customers
from chalicelib.customers.models import Customer

from .caller import Seal, ask, identified
from .seed import ACCOUNT_NUMBER, PIN, customer
from .trading_seed import at

NEW = "971324"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("password", "operations"):
        monkeypatch.setattr(f"chalicelib.voice.{module}.now", lambda: at("10:00"))


@pytest.fixture
def key(cloud: None) -> str:
    return customer()


@pytest.fixture
def caller(key: str, seal: Seal) -> dict[str, str]:
    return identified(seal)


def change(caller: dict[str, str], seal: Seal, old: str = PIN, new: str = NEW, again: str | None = None) -> Any:
    pins = {"OldPin": seal(old), "NewPin": seal(new), "NewPinAgain": seal(new if again is None else again)}
    return ask("change_pin", caller, **pins)["Result"]


def test_changed_and_known_by_the_new_one(key: str, caller: dict[str, str], seal: Seal) -> None:
    assert change(caller, seal) == "changed"
    assert ask("identify", AccountKey=key, Pin=seal(NEW))["Result"] == "ok"
    assert ask("identify", AccountKey=key, Pin=seal(PIN))["Result"] == "wrong"


def test_an_event_delivered_three_times_is_one_change(key: str, caller: dict[str, str], seal: Seal) -> None:
    event = {"OldPin": seal(PIN), "NewPin": seal(NEW), "NewPinAgain": seal(NEW)}
    assert ask("check_old_pin", caller, OldPin=event["OldPin"]) == {"Result": "ok"}
    assert [ask("change_pin", caller, **event) for _ in range(3)] == [{"Result": "changed"}] * 3
    assert Customer.get(key).failures == 0


def test_the_same_change_keyed_in_again_is_another_and_its_old_password_is_wrong(
    caller: dict[str, str], seal: Seal
) -> None:
    assert [change(caller, seal) for _ in range(2)] == ["changed", "wrong"]


@pytest.mark.parametrize(("keys", "result"), [("", "none"), ("*", "back"), ("1234", "invalid"), ("12345*", "invalid")])
def test_what_is_no_password(caller: dict[str, str], seal: Seal, keys: str, result: str) -> None:
    sealed = seal(keys) if keys else "Timeout"
    assert ask("check_old_pin", caller, OldPin=sealed) == {"Result": result}
    assert ask("check_new_pin", caller, OldPin=seal(PIN), NewPin=sealed) == {"Result": result}
    again = ask("change_pin", caller, OldPin=seal(PIN), NewPin=seal(NEW), NewPinAgain=sealed)
    assert again == {"Result": "differ" if result == "invalid" else result}


@pytest.mark.parametrize(("new", "result"), [(NEW, "ok"), (PIN, "same"), ("555555", "easy"), ("234567", "easy")])
def test_a_new_password_is_looked_at_before_it_is_asked_for_again(
    caller: dict[str, str], seal: Seal, new: str, result: str
) -> None:
    assert ask("check_new_pin", caller, OldPin=seal(PIN), NewPin=seal(new)) == {"Result": result}
    assert change(caller, seal, new=new) == ("changed" if result == "ok" else result)


def test_two_that_differ_change_nothing(key: str, caller: dict[str, str], seal: Seal) -> None:
    assert change(caller, seal, again="971325") == "differ"
    assert ask("identify", AccountKey=key, Pin=seal(PIN))["Result"] == "ok"


def test_five_wrong_ones_lock_whichever_operation_hears_them(key: str, caller: dict[str, str], seal: Seal) -> None:
    results = [ask("check_old_pin", caller, OldPin=seal("000000"))["Result"] for _ in range(2)]
    results += [change(caller, seal, old="000000") for _ in range(2)]
    results += [ask("identify", AccountKey=key, Pin=seal("000000"))["Result"]]
    assert results == ["wrong"] * 4 + ["locked"]
    assert ask("check_old_pin", caller, OldPin=seal(PIN)) == {"Result": "locked"}
    assert change(caller, seal) == "locked"


def test_the_same_wrong_entry_three_times_counts_once(key: str, caller: dict[str, str], seal: Seal) -> None:
    wrong = seal("000000")
    assert [ask("check_old_pin", caller, OldPin=wrong)["Result"] for _ in range(6)] == ["wrong"] * 6
    assert Customer.get(key).failures == 1


@pytest.mark.parametrize("operation", ["check_old_pin", "check_new_pin", "change_pin"])
def test_only_a_caller_who_is_identified_and_only_their_own_account(
    key: str, caller: dict[str, str], seal: Seal, operation: str
) -> None:
    pins = {"OldPin": seal("000000"), "NewPin": seal(NEW), "NewPinAgain": seal(NEW)}
    forged = [{}, {**caller, "AccountId": "A-2"}]
    if operation != "check_new_pin":  # which reads no account
        customers.register(
            account_number="60009999", pin="864201", customer_id="C-9", account_id="A-9", name="刘洋", level="ordinary"
        )
        forged += [{**caller, "AccountKey": customers.account_key("60009999")}, {**caller, "AccountKey": ""}]
    for attributes in forged:
        with pytest.raises(PermissionError):
            ask(operation, attributes, **pins)
    assert Customer.get(key).failures == 0


def test_nothing_of_a_password_is_let_out(
    caller: dict[str, str], seal: Seal, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong, other = "909091", "530917"
    logging.getLogger("brokerline").addHandler(caplog.handler)
    out = [json.dumps(caller)]
    with caplog.at_level(logging.DEBUG):
        out.append(json.dumps([ask("check_old_pin", caller, OldPin=seal(keys)) for keys in (wrong, PIN)]))
        out.append(json.dumps(ask("check_new_pin", caller, OldPin=seal(PIN), NewPin=seal(NEW))))
        out.append(json.dumps([change(caller, seal, again=other), change(caller, seal, old=wrong)]))
        monkeypatch.setattr(Customer, "replace_pin", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError) as failed:
            change(caller, seal)
        out.append("".join(traceback.format_exception(failed.value)))
        monkeypatch.undo()
        out.append(json.dumps(change(caller, seal)))
    out += [repr(vars(record)) for record in caplog.records]
    out += [repr(item.serialize()) for item in Customer.scan()]
    said = "\n".join(out)
    assert "change_pin" in said
    assert [secret for secret in (PIN, NEW, wrong, other, ACCOUNT_NUMBER) if secret in said] == []
