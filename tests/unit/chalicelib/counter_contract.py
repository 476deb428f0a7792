"""docs/counter.openapi.yaml as a judge: whether a request and its answer are what the contract says."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from devtools.gateway_server import Gateway

FILE = Path(__file__).parents[3] / "docs" / "counter.openapi.yaml"


@cache
def contract() -> dict[str, Any]:
    return dict(yaml.safe_load(FILE.read_text("utf-8")))


@cache
def registry() -> Registry[Any]:
    return Registry().with_resource("contract:", Resource.from_contents(contract(), DRAFT202012))


def resolved(part: Any) -> Any:
    """What a $ref, if it is one, stands for."""
    while isinstance(part, dict) and "$ref" in part:
        found: Any = contract()
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def validator(schema: Any) -> Draft202012Validator:
    """For a schema whose references are the contract's."""
    absolute = json.loads(json.dumps(schema).replace('"$ref": "#/', '"$ref": "contract:#/'))
    return Draft202012Validator(absolute, registry=registry())


def operation(method: str, path: str) -> dict[str, Any]:
    """The operation that a request is for. LookupError where the contract has none."""
    for template, item in contract()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method.lower() in item:
            return dict(item[method.lower()])
    raise LookupError(f"{method} {path}")


class Watched(Gateway):
    """A gateway whose every request and answer must be the contract's."""

    def answer(self, method: str, target: str, headers: Any, body: bytes) -> tuple[int, dict[str, Any]]:
        status, answer = super().answer(method, target, headers, body)
        wanted = operation(method, urlsplit(target).path)
        if body:
            [sent] = resolved(wanted["requestBody"])["content"].values()
            validator(sent["schema"]).validate(json.loads(body))
        responses = wanted["responses"]
        said = resolved(responses[str(status)] if str(status) in responses else responses[f"{status // 100}XX"])
        validator(next(iter(said["content"].values()))["schema"]).validate(answer)
        return status, answer
