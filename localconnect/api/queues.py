"""Queues and hours of operation: ListQueues, DescribeQueue, ListHoursOfOperations, DescribeHoursOfOperation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from localconnect.api.paging import page
from localconnect.api.resources import chosen, source_of, tags_of
from localconnect.api.service import Service
from localconnect.arns import resource_id
from localconnect.hours import DAYS, Hours, Opening
from localconnect.instance import Queue


def list_queues(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those of QueueTypes, or all."""
    queues = [_summary(queue) | {"QueueType": _kind(queue)} for queue in list(service.instance.queues.values())]
    wanted = parameters.get("QueueTypes")
    return page("QueueSummaryList", [q for q in queues if not wanted or q["QueueType"] in wanted], parameters)


def describe_queue(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    queue = service.instance.queue(parameters["QueueId"])
    source = source_of(service.instance, queue.arn)
    described = {
        "Name": queue.name,
        "QueueArn": queue.arn,
        "QueueId": resource_id(queue.arn),
        "Status": source.get("Status", "ENABLED"),
        "Tags": tags_of(source),
        **chosen(source, "Description"),
    }
    if queue.hours_arn:
        described["HoursOfOperationId"] = resource_id(queue.hours_arn)
    if queue.max_contacts is not None:
        described["MaxContacts"] = queue.max_contacts
    return {"Queue": described}


def list_hours_of_operations(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    hours = [_summary(hours) for hours in service.instance.hours.values()]
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


def _kind(queue: Queue) -> str:
    """An agent's own queue is told by its ARN."""
    return "AGENT" if "/queue/agent/" in queue.arn else "STANDARD"


def _opening(opening: Opening) -> dict[str, Any]:
    return {"Day": DAYS[opening.weekday], "StartTime": _time(opening.start), "EndTime": _time(opening.end)}


def _time(of_day: time) -> dict[str, int]:
    return {"Hours": of_day.hour, "Minutes": of_day.minute}


def _summary(resource: Queue | Hours) -> dict[str, str]:
    return {"Id": resource_id(resource.arn), "Arn": resource.arn, "Name": resource.name}
