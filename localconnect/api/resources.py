"""What the operations on the instance's resources have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Protocol
from uuid import uuid4

from localconnect.api.errors import ApiError, not_run
from localconnect.arns import resource_id
from localconnect.instance import Instance


class Named(Protocol):
    """A resource with a name of its own."""

    @property
    def arn(self) -> str: ...
    @property
    def name(self) -> str: ...


def new_arn(instance: Instance, kind: str) -> str:
    """``kind`` as ARNs have it, such as ``contact-flow``."""
    return f"{instance.arn}/{kind}/{uuid4()}"


def refuse_taken(name: str, names: Iterable[str], kind: str) -> None:
    if name in names:
        raise ApiError("DuplicateResourceException", f"There is a {kind} {name!r} already; choose another name.")


def refuse(operation: str, parameters: Mapping[str, Any], *names: str) -> None:
    """Those of the parameters that localconnect does not run."""
    for name in names:
        if name in parameters:
            raise not_run(f"{operation} with {name}")


def source_of(instance: Instance, arn: str) -> Mapping[str, Any]:
    """What the resource was made from, as CloudFormation has it; nothing for one that was made without a template."""
    return instance.sources.get(arn, {})


def change_source(instance: Instance, arn: str, changed: Mapping[str, Any]) -> None:
    instance.sources[arn] = {**source_of(instance, arn), **changed}


def as_source(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What a resource is made from, out of the parameters of the operation that creates it."""
    tags = parameters.get("Tags", {})
    return {**parameters, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def tags_of(source: Mapping[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in source.get("Tags", [])}


def summary(resource: Named) -> dict[str, str]:
    return {"Id": resource_id(resource.arn), "Arn": resource.arn, "Name": resource.name}


def reference(arn: str) -> dict[str, str]:
    """A resource as figures name it."""
    return {"Id": resource_id(arn), "Arn": arn}


def chosen(source: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Those of the members that are there."""
    return {name: source[name] for name in names if name in source}


def given(members: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the members that are not None."""
    return {name: value for name, value in members.items() if value is not None}


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
