"""Whom agents can transfer to: ListQuickConnects, DescribeQuickConnect, ListQueueQuickConnects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localconnect.api.paging import page
from localconnect.api.resources import chosen, given, source_of, summary, tags_of
from localconnect.api.service import Service
from localconnect.arns import resource_id
from localconnect.resources.models import QuickConnect


def list_quick_connects(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those of QuickConnectTypes, or all."""
    wanted = parameters.get("QuickConnectTypes")
    connects = [quick for quick in service.instance.quick_connects.values() if not wanted or quick.kind in wanted]
    return page("QuickConnectSummaryList", [_summary(quick) for quick in connects], parameters)


def list_queue_quick_connects(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those that the queue offers."""
    queue = service.instance.queue(parameters["QueueId"])
    connects = [_summary(service.instance.quick_connect(reference)) for reference in queue.quick_connects]
    return page("QuickConnectSummaryList", connects, parameters)


def describe_quick_connect(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    quick = service.instance.quick_connect(parameters["QuickConnectId"])
    source = source_of(service.instance, quick.arn)
    return {
        "QuickConnect": {
            "QuickConnectARN": quick.arn,
            "QuickConnectId": resource_id(quick.arn),
            "Name": quick.name,
            "QuickConnectConfig": {"QuickConnectType": quick.kind, **_config(quick)},
            "Tags": tags_of(source),
            **chosen(source, "Description"),
        }
    }


def _config(quick: QuickConnect) -> dict[str, Any]:
    flow = given({"ContactFlowId": resource_id(quick.flow_arn) if quick.flow_arn else None})
    if quick.agent_arn:
        return {"UserConfig": {"UserId": resource_id(quick.agent_arn), **flow}}
    if quick.queue_arn:
        return {"QueueConfig": {"QueueId": resource_id(quick.queue_arn), **flow}}
    return {"FlowConfig": flow} if flow else {"PhoneConfig": {"PhoneNumber": quick.phone_number}}


def _summary(quick: QuickConnect) -> dict[str, Any]:
    return summary(quick) | {"QuickConnectType": quick.kind}
