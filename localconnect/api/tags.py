"""Tags of resources: TagResource, UntagResource, ListTagsForResource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localconnect.api.resources import as_source, source_of, tags_of
from localconnect.api.service import Service
from localconnect.call import UnknownResource


def list_tags_for_resource(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {"tags": _tags(service, parameters["resourceArn"])}


def tag_resource(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    arn = parameters["resourceArn"]
    _set(service, arn, _tags(service, arn) | parameters["tags"])
    return {}


def untag_resource(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    arn = parameters["resourceArn"]
    _set(service, arn, {key: value for key, value in _tags(service, arn).items() if key not in parameters["tagKeys"]})
    return {}


def _tags(service: Service, arn: str) -> dict[str, str]:
    instance = service.instance
    of_kinds: tuple[Mapping[str, object], ...] = (
        instance.agents,
        instance.flows,
        instance.hours,
        instance.modules,
        instance.phone_numbers,
        instance.profiles,
        instance.queues,
        instance.quick_connects,
        instance.statuses,
        instance.test_cases,
    )
    if arn != instance.arn and not any(arn in resources for resources in of_kinds):
        raise UnknownResource(f"the instance has no resource {arn!r}")
    return tags_of(source_of(instance, arn))


def _set(service: Service, arn: str, tags: Mapping[str, str]) -> None:
    service.instance.sources[arn] = as_source({**source_of(service.instance, arn), "Tags": tags})
