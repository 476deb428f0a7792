from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localconnect.call import Call
from localconnect.clock import TurnedClock
from localconnect.language.conditions import OPERATORS, compile_branch
from tests.unit.localconnect.flows import CALLER, instance, say


def condition(operator: str, operand: str, then: str = "then") -> dict[str, Any]:
    return {"NextAction": then, "Condition": {"Operator": operator, "Operands": [operand]}}


@pytest.fixture
def call() -> Call:
    line = instance(say("hello", "Hello."))
    contact = line.new_contact(customer_address=CALLER, clock=TurnedClock())
    contact.attributes = {"code": "SESAME"}
    return Call(line, contact, TurnedClock())


@pytest.mark.parametrize(
    ("operator", "value", "operand", "met"),
    [
        ("Equals", "GOLD", "GOLD", True),
        ("Equals", "gold", "GOLD", False),
        ("TextStartsWith", "600519", "600", True),
        ("TextStartsWith", "600519", "519", False),
        ("TextEndsWith", "600519", "519", True),
        ("TextEndsWith", "600519", "600", False),
        ("TextContains", "600519", "051", True),
        ("TextContains", "600519", "7", False),
        ("NumberGreaterThan", "10", "9", True),
        ("NumberGreaterThan", "9", "9", False),
        ("NumberGreaterOrEqualTo", "9.0", "9", True),
        ("NumberLessThan", "9", "10", True),
        ("NumberLessThan", "10", "9", False),
        ("NumberLessOrEqualTo", "9", "9", True),
        ("NumberLessOrEqualTo", "", "9", False),
        ("NumberGreaterThan", "ten", "9", False),
        ("NumberGreaterThan", "10", "nine", False),
    ],
)
def test_operators(operator: str, value: str, operand: str, met: bool) -> None:
    assert OPERATORS[operator](value, operand) is met


@pytest.mark.parametrize("operator", [name for name in OPERATORS if name.startswith("Number")])
@given(value=st.text("0123456789.-", max_size=6), operand=st.text("0123456789.-", max_size=6))
def test_numbers_never_raise(operator: str, value: str, operand: str) -> None:
    assert OPERATORS[operator](value, operand) in (True, False)


def test_the_first_that_fits_wins(call: Call) -> None:
    branch = compile_branch([condition("TextStartsWith", "1", "a"), condition("Equals", "12", "b")])
    assert branch(call, "12") == ("1", "a")
    branch = compile_branch([condition("Equals", "12", "b"), condition("TextStartsWith", "1", "a")])
    assert branch(call, "12") == ("12", "b")
    assert branch(call, "3") is None


def test_of_two_alike_the_first_wins(call: Call) -> None:
    assert compile_branch([condition("Equals", "1", "a"), condition("Equals", "1", "b")])(call, "1") == ("1", "a")


def test_an_operand_may_be_a_reference(call: Call) -> None:
    branch = compile_branch([condition("Equals", "$.Attributes.code", "open")])
    assert branch(call, "SESAME") == ("SESAME", "open")
    assert branch(call, "$.Attributes.code") is None
