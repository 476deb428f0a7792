"""What the operations on the instance's resources have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any
from uuid import uuid4

from localconnect.api.errors import ApiError
from localconnect.instance import Instance


def new_arn(instance: Instance, kind: str) -> str:
    """``kind`` as ARNs have it, such as ``contact-flow``."""
    return f"{instance.arn}/{kind}/{uuid4()}"


def refuse_taken(name: str, names: Iterable[str], kind: str) -> None:
    if name in names:
        raise ApiError("DuplicateResourceException", f"There is a {kind} {name!r} already; choose another name.")


def source_of(instance: Instance, arn: str) -> Mapping[str, Any]:
    """What the resource was made from, as CloudFormation has it; nothing for one that was made without a template."""
    return instance.sources.get(arn, {})


def as_source(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What a resource is made from, out of the parameters of the operation that creates it."""
    tags = parameters.get("Tags", {})
    return {**parameters, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def tags_of(source: Mapping[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in source.get("Tags", [])}


def chosen(source: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Those of the members that are there."""
    return {name: source[name] for name in names if name in source}


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
