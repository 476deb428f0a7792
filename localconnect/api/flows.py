"""Flows: ListContactFlows, DescribeContactFlow, CreateContactFlow, UpdateContactFlowContent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localconnect.api.errors import ApiError, not_run
from localconnect.api.paging import page
from localconnect.api.resources import as_source, chosen, digest, new_arn, refuse_taken, source_of, tags_of
from localconnect.api.service import Service
from localconnect.arns import resource_id
from localconnect.flow import Flow
from localconnect.instance import Instance
from localconnect.language.document import InvalidFlow, compile_flow
from localconnect.links import check_links


def list_contact_flows(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those of ContactFlowTypes, or all."""
    kinds = parameters.get("ContactFlowTypes")
    flows = [flow for flow in service.instance.flows.values() if not kinds or flow.kind in kinds]
    return page("ContactFlowSummaryList", [_summary(flow) for flow in flows], parameters)


def describe_contact_flow(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Content is as it runs: with the template's placeholders filled in."""
    flow = service.instance.flow(parameters["ContactFlowId"])
    source = source_of(service.instance, flow.arn)
    described = {
        "Arn": flow.arn,
        "Id": resource_id(flow.arn),
        "Name": flow.name,
        "Type": flow.kind,
        "State": "ACTIVE",
        "Status": "PUBLISHED",
        "Tags": tags_of(source),
        **chosen(source, "Description", "Content"),
    }
    if "Content" in source:
        described["FlowContentSha256"] = digest(source["Content"])
    return {"ContactFlow": described}


def create_contact_flow(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Publishes a flow. A draft (Status SAVED) is refused."""
    if parameters.get("Status") == "SAVED":
        raise not_run("CreateContactFlow with the Status SAVED")
    instance = service.instance
    name, content = parameters["Name"], parameters["Content"]
    refuse_taken(name, (flow.name for flow in instance.flows.values()), "flow")
    arn = new_arn(instance, "contact-flow")
    flow = checked(instance, content, arn=arn, kind=parameters["Type"], name=name, error="InvalidContactFlowException")
    instance.sources[arn] = as_source(chosen(parameters, "Name", "Type", "Description", "Content", "Tags"))
    _publish(instance, flow)
    return {"ContactFlowId": resource_id(arn), "ContactFlowArn": arn, "FlowContentSha256": digest(content)}


def update_contact_flow_content(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The next call that enters the flow takes the new content; a call that is in it goes on in the old."""
    instance, content = service.instance, parameters["Content"]
    old = instance.flow(parameters["ContactFlowId"])
    new = checked(instance, content, arn=old.arn, kind=old.kind, name=old.name, error="InvalidContactFlowException")
    instance.sources[old.arn] = {**source_of(instance, old.arn), "Content": content}
    _publish(instance, new)
    return {}


def checked(instance: Instance, content: str, *, arn: str, kind: str, name: str, error: str) -> Flow:
    """The flow, or the flow module, ready to run. Raises ApiError ``error``, whose problems say what is wrong."""
    try:
        flow = compile_flow(content, arn=arn, kind=kind, name=name)
        problems = list(check_links(instance, content, name))
    except InvalidFlow as invalid:
        raise ApiError(error, str(invalid), invalid.problems) from invalid
    if problems:
        raise ApiError(error, "\n".join(problems), problems)
    return flow


def _publish(instance: Instance, flow: Flow) -> None:
    """Replaces the dictionary, which a test case in another thread may be reading."""
    instance.flows = {**instance.flows, flow.arn: flow}
    if instance.phone_flow and instance.phone_flow.arn == flow.arn:
        instance.phone_flow = flow


def _summary(flow: Flow) -> dict[str, Any]:
    return {
        "Id": resource_id(flow.arn),
        "Arn": flow.arn,
        "Name": flow.name,
        "ContactFlowType": flow.kind,
        "ContactFlowState": "ACTIVE",
        "ContactFlowStatus": "PUBLISHED",
    }
