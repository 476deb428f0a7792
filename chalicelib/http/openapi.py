"""GET /openapi.json: the OpenAPI document of all routes, made of the very readers and types that the routes use."""

import re
from functools import cache
from typing import Any

from chalicelib.http.answering import PARTS, Asked
from chalicelib.http.operations import OPERATIONS, Operation
from chalicelib.http.schema import TEXT, WHOLE, Schema
from chalicelib.http.wire import Reply

_PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457; the codes are in docs/api.md",
    "required": ["status", "code", "message"],
    "properties": {"status": WHOLE, "code": TEXT, "message": TEXT, "field": TEXT, "facts": {"type": "object"}},
}
_KEY: Schema = {"type": "string", "pattern": "^[!-~]{1,64}$"}


def document(asked: Asked) -> Reply:
    """The document; open to whoever is signed in."""
    return Reply(200, openapi())


@cache
def openapi() -> dict[str, Any]:
    """The document as JSON."""
    paths: dict[str, dict[str, Any]] = {}
    for route, operation in OPERATIONS.items():
        method, _, path = route.partition(" ")
        paths.setdefault(path, {})[method.lower()] = _operation(route, path, operation)
    bearer = {"type": "http", "scheme": "bearer"}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "brokerline",
            "version": "1",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "Who may ask, keys, versions, problems and what a page costs: docs/api.md.",
        },
        "paths": paths,
        "components": {
            "schemas": {"Problem": _PROBLEM},
            "securitySchemes": {"people": {**bearer, "bearerFormat": "JWT"}, "carrier": bearer},
        },
    }


def _operation(route: str, path: str, operation: Operation) -> dict[str, Any]:
    headers = (("Idempotency-Key", True, _KEY),) if operation.once else ()
    parameters = [
        *(_parameter(name, "path", True, _part(name)) for name in re.findall(r"\{(\w+)\}", path)),
        *(_parameter(name, "query", False, reader.schema) for name, reader in operation.query.items()),
        *(_parameter(name, "header", needed, schema) for name, needed, schema in headers),
        *(_parameter(name, "header", False, TEXT) for name in operation.headers),
    ]
    said: dict[str, Any] = {
        str(status): _answer(status, schema, operation.page) for status, schema in operation.answers.items()
    }
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    described: dict[str, Any] = {
        "operationId": "_".join(re.findall(r"\w+", route)).lower(),
        "summary": operation.summary,
        "security": [{operation.security: []}] if operation.security else [],
        "parameters": parameters,
        "responses": said | {"default": {"description": "A problem", "content": problem}},
    }
    if operation.body:
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": operation.body}}}
    return described


def _answer(status: int, schema: Schema, page: bool) -> dict[str, Any]:
    content = {"application/json": {"schema": schema}} if schema else {}
    if page:
        content["text/html"] = {"schema": TEXT}
    described = {"description": "Not changed" if status == 304 else "Done"}
    return described | ({"content": content} if content else {})


def _parameter(name: str, where: str, needed: bool, schema: Schema) -> dict[str, Any]:
    return {"name": name, "in": where, "required": needed, "schema": schema}


def _part(name: str) -> Schema:
    return {"type": "string", "pattern": f"^{PARTS[name][0]}$"} if name in PARTS else TEXT
