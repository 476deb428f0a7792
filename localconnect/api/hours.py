"""Hours of operation: ListHoursOfOperations, DescribeHoursOfOperation, ListHoursOfOperationOverrides,
DescribeHoursOfOperationOverride.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from localconnect.api.paging import page
from localconnect.api.resources import chosen, source_of, summary, tags_of
from localconnect.api.service import Service
from localconnect.arns import resource_id
from localconnect.call import UnknownResource
from localconnect.hours import DAYS, Hours, Opening


def list_hours_of_operations(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    hours = [summary(hours) for hours in service.instance.hours.values()]
    return page("HoursOfOperationSummaryList", hours, parameters)


def describe_hours_of_operation(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    hours = service.instance.hours_named(parameters["HoursOfOperationId"])
    source = source_of(service.instance, hours.arn)
    return {
        "HoursOfOperation": {
            "HoursOfOperationId": resource_id(hours.arn),
            "HoursOfOperationArn": hours.arn,
            "Name": hours.name,
            "TimeZone": hours.zone.key,
            "Config": [_opening(opening) for opening in hours.openings],
            "Tags": tags_of(source),
            **chosen(source, "Description"),
        }
    }


def list_hours_of_operation_overrides(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return page("HoursOfOperationOverrideList", _overrides(service, parameters), parameters)


def describe_hours_of_operation_override(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    wanted = parameters["HoursOfOperationOverrideId"]
    for override in _overrides(service, parameters):
        if override["HoursOfOperationOverrideId"] == wanted:
            return {"HoursOfOperationOverride": override}
    raise UnknownResource(f"the hours of operation have no override {wanted!r}")


def _overrides(service: Service, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    hours = service.instance.hours_named(parameters["HoursOfOperationId"])
    source = source_of(service.instance, hours.arn)
    return [_override(hours, override) for override in source.get("HoursOfOperationOverrides", [])]


def _override(hours: Hours, written: Mapping[str, Any]) -> dict[str, Any]:
    """``written`` is as CloudFormation has it, which gives it no id: one is made of its name."""
    renamed = {"Name": written.get("OverrideName"), "Description": written.get("OverrideDescription")}
    return {
        "HoursOfOperationOverrideId": str(uuid5(NAMESPACE_URL, f"{hours.arn}/{written.get('OverrideName')}")),
        "HoursOfOperationId": resource_id(hours.arn),
        "HoursOfOperationArn": hours.arn,
        "Config": written.get("OverrideConfig", []),
        "OverrideType": written.get("OverrideType", "STANDARD"),
        **chosen(written, "EffectiveFrom", "EffectiveTill", "RecurrenceConfig"),
        **{name: text for name, text in renamed.items() if text},
    }


def _opening(opening: Opening) -> dict[str, Any]:
    return {"Day": DAYS[opening.weekday], "StartTime": _time(opening.start), "EndTime": _time(opening.end)}


def _time(of_day: time) -> dict[str, int]:
    return {"Hours": of_day.hour, "Minutes": of_day.minute}
