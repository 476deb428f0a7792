"""Queues: ListQueues, DescribeQueue, SearchQueues, UpdateQueueMaxContacts, UpdateQueueStatus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localconnect.api.paging import page
from localconnect.api.resources import change_source, chosen, given, refuse, source_of, summary, tags_of
from localconnect.api.searching import matches
from localconnect.api.service import Service
from localconnect.arns import resource_id
from localconnect.instance import Instance
from localconnect.resources.models import Queue
from localconnect.routing.capacity import is_agent_queue


def list_queues(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those of QueueTypes, or all."""
    queues = [summary(queue) | {"QueueType": _kind(queue)} for queue in list(service.instance.queues.values())]
    wanted = parameters.get("QueueTypes")
    return page("QueueSummaryList", [q for q in queues if not wanted or q["QueueType"] in wanted], parameters)


def describe_queue(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {"Queue": _described(service.instance, service.instance.queue(parameters["QueueId"]))}


def search_queues(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """By name, description and resourceID, of standard queues."""
    refuse("SearchQueues", parameters, "SearchFilter")
    instance, criteria = service.instance, parameters.get("SearchCriteria", {})
    queues = [
        described
        for queue in instance.queues.values()
        if _kind(queue) == "STANDARD"
        and matches("SearchQueues", criteria, _fields(described := _described(instance, queue)))
    ]
    return page("Queues", queues, parameters) | {"ApproximateTotalCount": len(queues)}


def update_queue_max_contacts(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Without MaxContacts there is no limit any more."""
    queue = service.instance.queue(parameters["QueueId"])
    queue.max_contacts = parameters.get("MaxContacts")
    return {}


def update_queue_status(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    queue = service.instance.queue(parameters["QueueId"])
    queue.enabled = parameters["Status"] == "ENABLED"
    change_source(service.instance, queue.arn, {"Status": parameters["Status"]})
    return {}


def _described(instance: Instance, queue: Queue) -> dict[str, Any]:
    source = source_of(instance, queue.arn)
    return given(
        {
            "Name": queue.name,
            "QueueArn": queue.arn,
            "QueueId": resource_id(queue.arn),
            "Status": "ENABLED" if queue.enabled else "DISABLED",
            "HoursOfOperationId": resource_id(queue.hours_arn) if queue.hours_arn else None,
            "MaxContacts": queue.max_contacts,
            "OutboundCallerConfig": _outbound(source) or None,
            "Tags": tags_of(source),
            **chosen(source, "Description"),
        }
    )


def _outbound(source: Mapping[str, Any]) -> dict[str, str]:
    config = source.get("OutboundCallerConfig", {})
    ids = {
        "OutboundCallerIdNumberId": config.get("OutboundCallerIdNumberArn"),
        "OutboundFlowId": config.get("OutboundFlowArn"),
    }
    found = {name: resource_id(arn) for name, arn in ids.items() if arn}
    return {**chosen(config, "OutboundCallerIdName"), **found}


def _fields(described: Mapping[str, Any]) -> dict[str, str]:
    return {
        "name": described["Name"],
        "description": described.get("Description", ""),
        "resourceID": described["QueueId"],
        "QueueTypeCondition": "STANDARD",
    }


def _kind(queue: Queue) -> str:
    """An agent's own queue is told by its ARN."""
    return "AGENT" if is_agent_queue(queue.arn) else "STANDARD"
