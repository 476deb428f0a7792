"""The published contract is whole, and says what the code does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import pytest
from jsonschema import Draft202012Validator, ValidationError

from chalicelib.trading import ledger, transfers
from chalicelib.trading.counter import Cancelled, Funds, Holding, Movements, OrderPage, Placed
from chalicelib.trading.ledger import Charges, Entry, OrderState, State
from chalicelib.trading.link import CODES
from chalicelib.trading.market import Kind
from chalicelib.trading.rules import Order, Quote, Refusal
from chalicelib.trading.transfers import TransferState
from devtools.gateway_server import ROUTES

from .counter_contract import contract, resolved, validator

SCHEMAS: dict[str, Any] = {
    "Quote": Quote,
    "Funds": Funds,
    "Holding": Holding,
    "Order": Order,
    "Placed": Placed,
    "Cancelled": Cancelled,
    "Change": ledger.Change,
    "OrderState": OrderState,
    "Charges": Charges,
    "OrderPage": OrderPage,
    "TransferState": TransferState,
    "TransferChange": transfers.Change,
    "Movements": Movements,
    "Entry": Entry,
}


def parts(tree: Any) -> Iterator[dict[str, Any]]:
    """All objects of the contract."""
    if isinstance(tree, dict):
        yield tree
    for part in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from parts(part)


def operations() -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): item[method]
        for path, item in contract()["paths"].items()
        for method in item.keys() - {"parameters"}
    }


def test_every_reference_leads_somewhere() -> None:
    found = [part for part in parts(contract()) if "$ref" in part]
    assert len(found) > 50
    assert all(isinstance(resolved(part), dict) for part in found)


def test_every_schema_is_one() -> None:
    for schema in contract()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_operation_has_a_name_an_answer_and_its_problems() -> None:
    names = [operation["operationId"] for operation in operations().values()]
    assert len(set(names)) == len(names)
    for operation in operations().values():
        assert operation["summary"]
        assert operation["responses"].keys() == {"200", "4XX"}


def test_the_parts_of_a_path_are_its_parameters() -> None:
    for path, item in contract()["paths"].items():
        given = [resolved(parameter)["name"] for parameter in item.get("parameters", [])]
        assert re.findall(r"\{(\w+)\}", path) == given


def test_the_practice_gateway_has_the_operations_of_the_contract_and_no_other() -> None:
    def shape(path: str) -> str:
        return re.sub(r"\{\w+\}|\(\[[^)]+\)", "*", path)

    assert {(method, shape(path)) for method, path in operations()} == {
        (method, shape(pattern)) for method, pattern, _ in ROUTES
    }


def test_every_put_takes_a_key() -> None:
    for (method, _), operation in operations().items():
        keyed = {"$ref": "#/components/parameters/key"} in operation.get("parameters", [])
        assert keyed == (method == "PUT")


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_has_the_fields_of_its_tuple(name: str) -> None:
    schema, kind = contract()["components"]["schemas"][name], SCHEMAS[name]
    assert list(schema["properties"]) == list(kind._fields)
    assert set(schema.get("required", [])) == set(kind._fields) - set(kind._field_defaults)


def test_its_words_are_those_of_the_code() -> None:
    schemas = contract()["components"]["schemas"]
    assert tuple(schemas["State"]["enum"]) == get_args(State)
    assert tuple(schemas["Kind"]["enum"]) == get_args(Kind)
    assert tuple(schemas["TransferStateName"]["enum"]) == get_args(transfers.State)
    assert tuple(schemas["Entry"]["properties"]["reason"]["enum"]) == get_args(ledger.Reason)
    assert tuple(schemas["Problem"]["properties"]["field"]["enum"]) == get_args(get_type_hints(Refusal)["field"])
    assert set(schemas["Problem"]["properties"]["code"]["enum"]) == CODES


@pytest.mark.parametrize(
    "problem", [{"code": "refused", "rule": "lot", "facts": {}}, {"code": "not-open"}, {"code": "sold-out"}, {}]
)
def test_a_problem_without_what_belongs_to_it_is_none(problem: dict[str, Any]) -> None:
    judge = validator(contract()["components"]["schemas"]["Problem"])
    judge.validate({"type": "about:blank", "status": 404, "code": "no-order"})
    with pytest.raises(ValidationError):
        judge.validate({"type": "about:blank", "status": 422} | problem)
