"""Identification: a password proves the caller, five failures in a day lock, and nothing is counted twice."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import customers
from chalicelib.customers.models import Customer
from chalicelib.customers.rules import is_account_number, is_easy, is_pin, matches, password_hash, unfit
from chalicelib.platform.secrets import secrets

from .seed import ACCOUNT, ACCOUNT_NUMBER, PIN, customer

TODAY = date(2026, 11, 24)
CHEAP = "4:1:1"  # scrypt at a cost that lets hypothesis try many


@given(st.text("0123456789", min_size=6, max_size=6), st.text("0123456789", min_size=6, max_size=6))
def test_only_the_right_password_matches(pin: str, other: str) -> None:
    kept = password_hash(pin, b"salt", b"pepper", CHEAP)
    assert matches(other, kept, b"salt", b"pepper", CHEAP) == (pin == other)


def test_salt_and_pepper_each_change_the_hash() -> None:
    kept = password_hash(PIN, b"salt", b"pepper", CHEAP)
    assert not matches(PIN, kept, b"other", b"pepper", CHEAP)
    assert not matches(PIN, kept, b"salt", b"other", CHEAP)


@pytest.mark.parametrize("keys", ["", "*", "123", "1234567", "12345x", "１２３４５６", "123456\n"])
def test_what_is_no_password(keys: str) -> None:
    assert not is_pin(keys)


@pytest.mark.parametrize("keys", ["", "*", "1234567", "123456789", "1234567x"])
def test_what_is_no_account_number(keys: str) -> None:
    assert not is_account_number(keys)


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("", "invalid"), ("*", "invalid"), ("12345", "invalid"), ("1234567", "invalid"), (PIN, "same"),
        ("888888", "easy"), ("123456", "easy"), ("654321", "easy"), ("567890", "easy"), ("890123", "easy"),
        ("210987", "easy"), ("123457", None), ("112233", None), ("135791", None), ("864201", None),
    ],
)  # fmt: skip
def test_what_a_new_password_may_not_be(new: str, why: str | None) -> None:
    assert unfit(new, PIN) == why


@given(st.text("0123456789", min_size=6, max_size=6))
def test_thirty_passwords_are_easy_and_read_backwards_as_well(pin: str) -> None:
    assert is_easy(pin) == is_easy(pin[::-1])
    assert is_easy(pin) == any(
        pin == "".join(str((int(pin[0]) + step * place) % 10) for place in range(6)) for step in (-1, 0, 1)
    )


@pytest.mark.usefixtures("cloud")
class TestIdentify:
    def test_the_right_password_identifies(self) -> None:
        key = customer()
        caller = customers.identify(key, PIN, attempt="a", today=TODAY)
        assert isinstance(caller, customers.Identified)
        assert (caller.account_id, caller.account_tail, caller.level) == (ACCOUNT, "1234", "vip")

    def test_the_account_number_is_not_stored(self) -> None:
        key = customer()
        assert ACCOUNT_NUMBER not in str(Customer.get(key).serialize())

    def test_an_unknown_account_answers_as_a_wrong_password(self) -> None:
        customer()
        assert customers.identify(customers.account_key("99999999"), PIN, attempt="a", today=TODAY) == "wrong"
        assert Customer.find(customers.account_key("99999999")) is None

    def test_five_failures_in_a_day_lock_until_the_next(self) -> None:
        key = customer()
        answers = [customers.identify(key, "000000", attempt=str(n), today=TODAY) for n in range(5)]
        assert answers == ["wrong"] * 4 + ["locked"]
        assert customers.identify(key, PIN, attempt="right", today=TODAY) == "locked"
        tomorrow = TODAY + timedelta(days=1)
        assert isinstance(customers.identify(key, PIN, attempt="next day", today=tomorrow), customers.Identified)

    def test_the_fifth_try_may_still_be_right(self) -> None:
        key = customer()
        for n in range(4):
            customers.identify(key, "000000", attempt=str(n), today=TODAY)
        assert isinstance(customers.identify(key, PIN, attempt="5", today=TODAY), customers.Identified)
        assert customers.identify(key, "000000", attempt="6", today=TODAY) == "wrong"

    def test_a_repeated_delivery_counts_once(self) -> None:
        key = customer()
        answers = [customers.identify(key, "000000", attempt="same", today=TODAY) for _ in range(9)]
        assert answers == ["wrong"] * 9
        assert Customer.get(key).failures == 1

    def test_registering_again_changes_nothing(self) -> None:
        key = customer()
        assert not customers.register(
            account_number=ACCOUNT_NUMBER, pin="111111", customer_id="X", account_id="X", name="X", level="X"
        )
        assert isinstance(customers.identify(key, PIN, attempt="a", today=TODAY), customers.Identified)


NEW = "971324"


@pytest.mark.usefixtures("cloud")
class TestChangePin:
    @pytest.fixture
    def key(self, cloud: None) -> str:
        return customer()

    def change(self, key: str, old: str = PIN, new: str = NEW, account: str = ACCOUNT, **entry: str) -> str:
        names = {"attempt": "old entry", "change": "new entry"} | entry
        return customers.change_pin(key, account, old, new, **names, today=TODAY)

    def opens(self, key: str, pin: str) -> bool:
        return isinstance(customers.identify(key, pin, attempt=f"with {pin}", today=TODAY), customers.Identified)

    def test_the_new_password_opens_and_the_old_one_does_not(self, key: str) -> None:
        assert self.change(key) == "changed"
        assert not self.opens(key, PIN)
        assert self.opens(key, NEW)

    def test_there_is_a_new_salt_and_the_cost_is_kept(self, key: str) -> None:
        before = Customer.get(key)
        self.change(key)
        after = Customer.get(key)
        assert after.pin_salt != before.pin_salt
        assert after.pin_hash == password_hash(NEW, after.pin_salt, secrets().pepper, before.pin_cost)
        assert (after.pin_cost, after.customer_id, after.name) == (before.pin_cost, before.customer_id, before.name)
        assert not any(pin in str(after.serialize()) for pin in (PIN, NEW))

    def test_delivered_three_times_it_is_changed_once_and_counts_nothing(self, key: str) -> None:
        assert [self.change(key), self.change(key)] == ["changed"] * 2
        kept = Customer.get(key).pin_hash
        assert self.change(key) == "changed"
        assert (Customer.get(key).pin_hash, Customer.get(key).failures) == (kept, 0)

    def test_delivered_twice_at_the_same_moment_both_hear_that_it_is_changed(
        self, key: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        identify = customers.identify

        def slow(*args: Any, **named: Any) -> Any:
            """Between our look at the customer and our check of the old password the other delivery does it all."""
            monkeypatch.setattr(customers, "identify", identify)
            assert self.change(key) == "changed"
            return identify(*args, **named)

        monkeypatch.setattr(customers, "identify", slow)
        assert self.change(key) == "changed"
        assert Customer.get(key).failures == 0
        assert self.opens(key, NEW)

    def test_of_two_changes_at_the_same_moment_one_holds(self, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
        replace = Customer.replace_pin

        def slow(self_: Customer, *args: Any) -> bool:
            monkeypatch.setattr(Customer, "replace_pin", replace)
            assert self.change(key, new="402873", attempt="other", change="other") == "changed"
            return replace(self_, *args)

        monkeypatch.setattr(Customer, "replace_pin", slow)
        assert self.change(key) == "wrong"
        assert self.opens(key, "402873")
        assert not self.opens(key, NEW)

    def test_a_wrong_old_password_counts_towards_the_same_lock(self, key: str) -> None:
        customers.identify(key, "000000", attempt="before", today=TODAY)
        answers = [self.change(key, old="909091", attempt=str(n)) for n in range(4)]
        assert answers == ["wrong"] * 3 + ["locked"]
        assert self.change(key, attempt="right") == "locked"
        assert not self.opens(key, NEW)

    def test_a_wrong_old_password_delivered_again_counts_once(self, key: str) -> None:
        assert [self.change(key, old="909091") for _ in range(9)] == ["wrong"] * 9
        assert Customer.get(key).failures == 1

    @pytest.mark.parametrize(("new", "why"), [("12345", "invalid"), (PIN, "same"), ("666666", "easy")])
    def test_an_unfit_password_is_refused_and_counts_nothing(self, key: str, new: str, why: str) -> None:
        assert self.change(key, new=new) == why
        assert Customer.get(key).failures == 0
        assert self.opens(key, PIN)

    def test_the_account_must_be_the_callers_own_and_no_attempt_is_counted(self, key: str) -> None:
        for whose in (key, customers.account_key("99999999")):
            account = "A-2" if whose == key else ACCOUNT
            with pytest.raises(PermissionError, match="AccountKey"):
                self.change(whose, old="909091", account=account)
            with pytest.raises(PermissionError, match="AccountKey"):
                customers.confirm_pin(whose, account, "909091", attempt="a", today=TODAY)
        assert Customer.get(key).failures == 0
