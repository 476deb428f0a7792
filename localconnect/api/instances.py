"""The instance itself: DescribeInstance, ListInstances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localconnect.api.paging import page
from localconnect.api.resources import source_of, tags_of
from localconnect.api.service import Service
from localconnect.arns import resource_id
from localconnect.instance import Instance


def describe_instance(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    tags = tags_of(source_of(service.instance, service.instance.arn))
    return {"Instance": _summary(service) | {"Tags": tags}}


def list_instances(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The one that localconnect serves."""
    return page("InstanceSummaryList", [_summary(service)], parameters)


def calls_out(instance: Instance) -> bool:
    """Whether its attributes let the instance make calls; one that was made elsewhere may."""
    attributes = source_of(instance, instance.arn).get("Attributes", {"OutboundCalls": True})
    return _is_true(attributes.get("OutboundCalls", False))


def _summary(service: Service) -> dict[str, Any]:
    instance = service.instance
    source = source_of(instance, instance.arn)
    attributes = source.get("Attributes", {})
    return {
        "Id": resource_id(instance.arn),
        "Arn": instance.arn,
        "IdentityManagementType": source.get("IdentityManagementType", "CONNECT_MANAGED"),
        "InstanceAlias": instance.alias,
        "InstanceStatus": "ACTIVE",
        "InboundCallsEnabled": _is_true(attributes.get("InboundCalls", True)),
        "OutboundCallsEnabled": calls_out(instance),
    }


def _is_true(value: object) -> bool:
    """CloudFormation takes a boolean or its name."""
    return str(value).casefold() == "true"
