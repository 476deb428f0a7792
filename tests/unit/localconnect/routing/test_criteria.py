from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localconnect.routing.criteria import Step, active_step, next_expiry, read_criteria, step_statuses
from tests.unit.localconnect.routing.people import agent

ANN = agent("ann", proficiencies={("Language", "French"): 4.0, ("Technology", "Kinesis"): 2.0})


def at_least(name: str, value: str, level: Any) -> dict[str, Any]:
    return {"Name": name, "Value": value, "ProficiencyLevel": level, "ComparisonOperator": "NumberGreaterOrEqualTo"}


def between(least: Any, most: Any) -> dict[str, Any]:
    levels = {"MinProficiencyLevel": least, "MaxProficiencyLevel": most}
    return {"Name": "Language", "Value": "French", "ComparisonOperator": "Range", "Range": levels}


def one_of(*agents: str) -> dict[str, Any]:
    return {"ComparisonOperator": "Match", "MatchCriteria": {"AgentsCriteria": {"AgentIds": list(agents)}}}


def fits(expression: dict[str, Any]) -> bool:
    [step] = read_criteria({"Steps": [{"Expression": expression}]})
    return step.fits(ANN)


FRENCH_4 = {"AttributeCondition": at_least("Language", "French", 4)}
KINESIS_3 = {"AttributeCondition": at_least("Technology", "Kinesis", "3")}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (FRENCH_4, True),
        (KINESIS_3, False),
        ({"AttributeCondition": at_least("Language", "Thai", "1.0")}, False),
        ({"AttributeCondition": between("3", "4")}, True),
        ({"AttributeCondition": between(1, 3)}, False),
        ({"AttributeCondition": one_of("bob", ANN.arn)}, True),
        ({"AttributeCondition": one_of("bob")}, False),
        ({"NotAttributeCondition": at_least("Technology", "Kinesis", 3)}, True),
        ({"AndExpression": [FRENCH_4, KINESIS_3]}, False),
        ({"OrExpression": [FRENCH_4, KINESIS_3]}, True),
        ({"AndExpression": [FRENCH_4, {"OrExpression": [KINESIS_3, FRENCH_4]}]}, True),
    ],
)
def test_expressions(expression: dict[str, Any], expected: bool) -> None:
    assert fits(expression) is expected


@pytest.mark.parametrize(
    ("criteria", "said"),
    [
        ({}, "must be an object with Steps"),
        ("text", "must be an object with Steps"),
        ({"Steps": [{"Expiry": {}}]}, "has no Expression"),
        ({"Steps": [{"Expression": {}}]}, "must have one of AttributeCondition"),
        ({"Steps": [{"Expression": {**FRENCH_4, "OrExpression": [FRENCH_4]}}]}, "must have one of"),
        (
            {"Steps": [{"Expression": {"AttributeCondition": {"ComparisonOperator": "Equals"}}}]},
            "ComparisonOperator of",
        ),
        ({"Steps": [{"Expression": {"AttributeCondition": {"ComparisonOperator": "Match"}}}]}, "needs MatchCriteria"),
        ({"Steps": [{"Expression": {"AttributeCondition": between(0, 3)}}]}, "from 1 to 5"),
        ({"Steps": [{"Expression": {"AttributeCondition": at_least("a", "b", "high")}}]}, "'high' stands where"),
        ({"Steps": [{"Expression": FRENCH_4, "Expiry": {"DurationInSeconds": "1.5"}}]}, "write a whole number"),
        ({"Steps": [{"Expression": FRENCH_4, "Expiry": {"DurationInSeconds": "nan"}}]}, "write a whole number"),
    ],
)
def test_what_is_wrong_is_said(criteria: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_criteria(criteria)


def test_steps_expire_one_after_the_other() -> None:
    first, second, last = (
        {"Expression": FRENCH_4, "Expiry": {"DurationInSeconds": text}} for text in ("30", "10", "5")
    )
    steps = read_criteria({"Steps": [first, second, last]})
    assert [active_step(steps, waited) for waited in (0, 29.9, 30, 40, 45)] == [0, 0, 1, 2, None]
    assert [next_expiry(steps, waited) for waited in (0, 30, 44, 45)] == [30, 40, 45, None]
    assert step_statuses(steps, 35) == ("EXPIRED", "ACTIVE", "INACTIVE")
    assert step_statuses(steps, 35, joined=True) == ("EXPIRED", "JOINED", "INACTIVE")
    assert step_statuses(steps, 99, joined=True) == ("EXPIRED", "EXPIRED", "EXPIRED")


def test_a_step_without_expiry_lasts() -> None:
    steps = read_criteria({"Steps": [{"Expression": FRENCH_4}, {"Expression": KINESIS_3}]})
    assert (active_step(steps, 1e9), next_expiry(steps, 1e9)) == (0, None)
    assert step_statuses(steps, 1e9) == ("ACTIVE", "INACTIVE")


@given(
    st.lists(st.none() | st.integers(0, 100), min_size=1, max_size=5),
    st.floats(0, 600),
)
def test_expired_then_at_most_one_active_then_inactive(durations: list[int | None], waited: float) -> None:
    steps = tuple(Step(lambda agent: True, seconds) for seconds in durations)
    statuses = step_statuses(steps, waited)
    assert list(statuses) == sorted(statuses, key=["EXPIRED", "ACTIVE", "INACTIVE"].index)
    assert statuses.count("ACTIVE") == (active_step(steps, waited) is not None)
    expiry = next_expiry(steps, waited)
    assert expiry is None or (expiry > waited and step_statuses(steps, expiry) != statuses)
