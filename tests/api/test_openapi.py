"""The OpenAPI document: of all routes and no others, well formed; each answer of the API tests is held against it."""

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app import app
from chalicelib.http.openapi import openapi

from .conftest import NOBODY, TELLER, Ask
from .test_access import NAMED

OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in openapi()["paths"].items()
    for method, operation in methods.items()
}
PEOPLES = [route for route, operation in OPERATIONS.items() if operation["security"] == [{"people": []}]]


def test_it_has_every_route_and_no_other() -> None:
    routes = {f"{entry.method} {entry.uri_pattern}" for methods in app.routes.values() for entry in methods.values()}
    assert OPERATIONS.keys() == routes


def test_it_is_served_to_whoever_is_signed_in(ask: Ask) -> None:
    assert ask("GET", "/openapi.json", who=NOBODY).body == openapi()


def test_every_operation_has_a_name_of_its_own_and_the_parts_of_its_path() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(names)) == len(names)
    for route, operation in OPERATIONS.items():
        parts = [one["name"] for one in operation["parameters"] if one["in"] == "path"]
        assert parts == re.findall(r"\{(\w+)\}", route)
        assert operation["responses"].keys() > {"default"}


def schemas(tree: Any) -> Any:
    for name, part in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        if name == "schema":
            yield part
        yield from schemas(part)


def test_every_schema_is_one() -> None:
    found = list(schemas(openapi()["paths"]))
    assert len(found) > 60
    for schema in found:
        Draft202012Validator.check_schema(schema)


def filled(route: str) -> tuple[str, str]:
    method, _, path = route.partition(" ")
    return method, path.format(account_id="A-1", **NAMED)


@pytest.mark.parametrize("route", PEOPLES)
def test_a_key_is_wanted_where_it_says_so(ask: Ask, route: str) -> None:
    wanted = any(one["name"] == "Idempotency-Key" for one in OPERATIONS[route]["parameters"])
    method, path = filled(route)
    assert (ask(method, path, b"x", who=TELLER).body.get("code") == "key_missing") == wanted


@pytest.mark.parametrize("route", [route for route in PEOPLES if "requestBody" in OPERATIONS[route]])
def test_a_body_needs_what_it_says_it_needs(ask: Ask, route: str) -> None:
    schema = OPERATIONS[route]["requestBody"]["content"]["application/json"]["schema"]
    method, path = filled(route)
    for kind in [schema, *schema.get("oneOf", schema.get("anyOf", []))][-1:]:
        missing = ask(method, path, {}, who=TELLER, key="k").body
        assert (missing["code"], missing["field"] in kind["required"]) == ("bad_field", True)


@pytest.mark.parametrize("route", [route for route in PEOPLES if "?" not in route and route.startswith("GET")])
def test_parameters_are_those_that_it_names(ask: Ask, route: str) -> None:
    method, path = filled(route)
    named = {one["name"] for one in OPERATIONS[route]["parameters"] if one["in"] == "query"}
    for name in named:
        answer = ask(method, f"{path}?{name}=%00", who=TELLER)
        assert (answer.status, answer.body["code"]) == (400, "bad_field")
