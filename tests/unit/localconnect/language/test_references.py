import pytest
from hypothesis import given
from hypothesis import strategies as st

from localconnect.call import Call
from localconnect.clock import TurnedClock
from localconnect.language.references import find_references, is_reference, read_text, read_tree, read_value
from tests.unit.localconnect.flows import ARN, CALLER, FUNCTION, instance, say


@pytest.fixture
def call() -> Call:
    line = instance(say("hello", "Hello."))
    contact = line.new_contact(customer_address=CALLER, clock=TurnedClock())
    contact.attributes = {"name": "王小明", "full name": "Wang Xiaoming"}
    call = Call(line, contact, TurnedClock())
    call.scope.external = {"a": {"b": [{"c": "deep"}, 2]}, "n": 1.5, "yes": True, "none": None, "list": ["x"]}
    call.scope.flow_attributes = {"page": "3"}
    call.scope.stored_input = "42"
    return call


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no reference", "no reference"),
        ("$.Attributes.name", "王小明"),
        ("$.Attributes.name先生，您好。", "王小明先生，您好。"),
        ("Dear $.Attributes.name.", "Dear 王小明."),
        ("$.Attributes['full name']", "Wang Xiaoming"),
        ("$.Attributes.['full name']!", "Wang Xiaoming!"),
        ("$['AwsRegion']", "ap-southeast-1"),
        ("$.External.a.b[0].c and $.External.a.b.1", "deep and 2"),
        ("$.LambdaInvocation.ResultData.a.b[0].c", "deep"),
        ("$.External.n", "1.5"),
        ("$.External.yes", "true"),
        ("$.External.list", '["x"]'),
        ("$.FlowAttributes.page", "3"),
        ("$.StoredCustomerInput", "42"),
        ("$.CustomerEndpoint.Address", CALLER),
        ("$.CustomerEndpoint.Type", "TELEPHONE_NUMBER"),
        ("$.InstanceARN", ARN),
        ("$.Channel/$.InitiationMethod", "VOICE/INBOUND"),
        ("costs $5 or $.50", "costs $5 or $.50"),
    ],
)
def test_references_are_filled_in(call: Call, text: str, expected: str) -> None:
    assert read_text(text)(call) == expected


@pytest.mark.parametrize(
    "reference",
    [
        "$.Attributes.missing",
        "$.External.none",
        "$.External.a.b[7]",
        "$.External.n.deeper",
        "$.Queue.Name",
        "$.SystemEndpoint.Address",
        "$.Lex.IntentName",
    ],
)
def test_what_is_not_there_is_an_empty_string(call: Call, reference: str) -> None:
    assert read_text(f"<{reference}>")(call) == "<>"
    assert read_value(reference)(call) is None


@given(st.text().filter(lambda text: "$" not in text))
def test_other_text_stays_as_it_is(text: str) -> None:
    assert find_references(text) == []
    assert read_text(text)(None) == text  # type: ignore[arg-type]


def test_trees_are_filled_in_at_every_depth(call: Call) -> None:
    tree = {"$.StoredCustomerInput": ["$.Attributes.name", {"x": "$.FlowAttributes.page"}], "arn": FUNCTION, "n": 1}
    assert read_tree(tree)(call) == {"42": ["王小明", {"x": "3"}], "arn": FUNCTION, "n": 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("$.External.x", True), ("$.External.x ", False), ("x$.External.x", False), ("External.x", False)],
)
def test_one_reference_and_nothing_else(text: str, expected: bool) -> None:
    assert is_reference(text) is expected
