"""What agents can say they do: ListAgentStatuses, DescribeAgentStatus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localconnect.api.paging import page
from localconnect.api.resources import chosen, source_of, summary, tags_of
from localconnect.api.service import Service
from localconnect.arns import resource_id


def list_agent_statuses(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those of AgentStatusTypes, or all."""
    wanted = parameters.get("AgentStatusTypes")
    statuses = [status for status in service.instance.statuses.values() if not wanted or status.kind in wanted]
    return page("AgentStatusSummaryList", [summary(status) | {"Type": status.kind} for status in statuses], parameters)


def describe_agent_status(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    status = service.instance.status(parameters["AgentStatusId"])
    source = source_of(service.instance, status.arn)
    return {
        "AgentStatus": {
            "AgentStatusARN": status.arn,
            "AgentStatusId": resource_id(status.arn),
            "Name": status.name,
            "Type": status.kind,
            "State": source.get("State", "ENABLED"),
            "Tags": tags_of(source),
            **chosen(source, "Description", "DisplayOrder"),
        }
    }
