"""Identification: a password proves the caller, five failures in a day lock, and nothing is counted twice."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import customers
from chalicelib.customers.models import Customer
from chalicelib.customers.rules import is_account_number, is_pin, matches, password_hash

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
