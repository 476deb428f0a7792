"""Flows: ListContactFlows, SearchContactFlows, DescribeContactFlow, CreateContactFlow, UpdateContactFlowContent,
UpdateContactFlowMetadata, UpdateContactFlowName, DeleteContactFlow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from localconnect.api.errors import ApiError
from localconnect.api.paging import page
from localconnect.api.resources import (
    as_source,
    change_source,
    chosen,
    digest,
    given,
    new_arn,
    refuse,
    refuse_taken,
    source_of,
    tags_of,
)
from localconnect.api.searching import matches
from localconnect.api.service import Service
from localconnect.arns import resource_id
from localconnect.call import UnknownResource
from localconnect.flow import Flow
from localconnect.instance import Instance
from localconnect.language.document import InvalidFlow, compile_flow
from localconnect.links import check_links

_DRAFT = "SavedContent"
"""Where a flow's source has the content that was saved and not published."""


def list_contact_flows(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those of ContactFlowTypes, or all, drafts too."""
    kinds = parameters.get("ContactFlowTypes")
    flows = [_described(service.instance, arn) for arn in _arns(service.instance)]
    return page(
        "ContactFlowSummaryList", [_summary(flow) for flow in flows if not kinds or flow["Type"] in kinds], parameters
    )


def search_contact_flows(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """By name, description and resourceID, TypeCondition, StateCondition and StatusCondition."""
    refuse("SearchContactFlows", parameters, "SearchFilter")
    criteria = parameters.get("SearchCriteria", {})
    flows = [_described(service.instance, arn) for arn in _arns(service.instance)]
    found = [flow for flow in flows if matches("SearchContactFlows", criteria, _fields(flow))]
    return page("ContactFlows", found, parameters) | {"ApproximateTotalCount": len(found)}


def describe_contact_flow(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Content is as it runs: with the template's placeholders filled in. ``<id>:$SAVED`` has what was saved later, or
    never published. Raises ContactFlowNotPublishedException for a draft without it.
    """
    instance, reference = service.instance, parameters["ContactFlowId"]
    arn = _find(instance, reference)
    if arn not in instance.flows and not _means_draft(reference):
        raise ApiError(
            "ContactFlowNotPublishedException", f"The flow {reference!r} is a draft; ask for it with :$SAVED."
        )
    return {"ContactFlow": _described(instance, arn, saved=_means_draft(reference))}


def create_contact_flow(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Publishes a flow, or saves a draft (Status SAVED), which is not checked and which nothing can enter."""
    instance, name, content = service.instance, parameters["Name"], parameters["Content"]
    _refuse_taken(instance, name)
    arn = new_arn(instance, "contact-flow")
    source = as_source(chosen(parameters, "Name", "Type", "Description", "Tags"))
    if parameters.get("Status") == "SAVED":
        instance.sources[arn] = {**source, _DRAFT: content}
        return {"ContactFlowId": resource_id(arn), "ContactFlowArn": arn}
    flow = checked(instance, content, arn=arn, kind=parameters["Type"], name=name, error="InvalidContactFlowException")
    instance.sources[arn] = {**source, "Content": content}
    _publish(instance, flow)
    return {"ContactFlowId": resource_id(arn), "ContactFlowArn": arn, "FlowContentSha256": digest(content)}


def update_contact_flow_content(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The next call that enters the flow takes the new content; a call that is in it goes on in the old. Of
    ``<id>:$SAVED`` the draft is saved, and nothing else changes.
    """
    instance, content = service.instance, parameters["Content"]
    arn = _find(instance, parameters["ContactFlowId"])
    if _means_draft(parameters["ContactFlowId"]):
        change_source(instance, arn, {_DRAFT: content})
        return {}
    old = _described(instance, arn)
    error = "InvalidContactFlowException"
    new = checked(instance, content, arn=arn, kind=old["Type"], name=old["Name"], error=error)
    source = {name: value for name, value in source_of(instance, arn).items() if name != _DRAFT}
    instance.sources[arn] = {**source, "Content": content}
    _publish(instance, new)
    return {}


def update_contact_flow_metadata(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Name, Description and state. An archived flow runs on where something leads to it."""
    instance = service.instance
    arn = _find(instance, parameters["ContactFlowId"])
    name = parameters.get("Name", _described(instance, arn)["Name"])
    if name != _described(instance, arn)["Name"]:
        _refuse_taken(instance, name)
    if arn in instance.flows:
        _publish(instance, replace(instance.flows[arn], name=name))
    state = {"State": parameters["ContactFlowState"]} if "ContactFlowState" in parameters else {}
    change_source(instance, arn, {**chosen(parameters, "Description"), **state, "Name": name})
    return {}


def update_contact_flow_name(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return update_contact_flow_metadata(service, parameters)


def delete_contact_flow(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A call that is in it goes on. The flow that the phone enters, or one of the numbers, is not deleted."""
    instance = service.instance
    arn = _find(instance, parameters["ContactFlowId"])
    entered = [instance.phone_flow, *(number.flow for number in instance.phone_numbers.values())]
    if arn in [flow.arn for flow in entered if flow]:
        raise ApiError("InvalidRequestException", "Phone calls enter this flow; have them enter another one first.")
    instance.flows = {known: flow for known, flow in instance.flows.items() if known != arn}
    instance.sources.pop(arn, None)
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


def _arns(instance: Instance) -> list[str]:
    """Of flows and of drafts."""
    drafts = [arn for arn, source in instance.sources.items() if _DRAFT in source and arn not in instance.flows]
    return [*instance.flows, *drafts]


def _find(instance: Instance, reference: str) -> str:
    """The ARN of a flow or draft. Raises UnknownResource."""
    wanted = resource_id(reference)
    for arn in _arns(instance):
        if resource_id(arn) == wanted:
            return arn
    raise UnknownResource(f"the instance has no flow {reference!r}")


def _means_draft(reference: str) -> bool:
    return reference.endswith(":$SAVED")


def _refuse_taken(instance: Instance, name: str) -> None:
    refuse_taken(name, (_described(instance, arn)["Name"] for arn in _arns(instance)), "flow")


def _described(instance: Instance, arn: str, *, saved: bool = False) -> dict[str, Any]:
    """``saved``: with the draft, if there is one."""
    source, flow = source_of(instance, arn), instance.flows.get(arn)
    is_draft = flow is None or (saved and _DRAFT in source)
    content = source.get(_DRAFT if is_draft else "Content")
    described = {
        "Arn": arn,
        "Id": resource_id(arn),
        "Name": flow.name if flow else source["Name"],
        "Type": flow.kind if flow else source["Type"],
        "State": source.get("State", "ACTIVE"),
        "Status": "SAVED" if is_draft else "PUBLISHED",
        "Tags": tags_of(source),
        "Description": source.get("Description"),
        "Content": content,
        "FlowContentSha256": digest(source["Content"]) if "Content" in source else None,
    }
    return given(described)


def _summary(described: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Id": described["Id"],
        "Arn": described["Arn"],
        "Name": described["Name"],
        "ContactFlowType": described["Type"],
        "ContactFlowState": described["State"],
        "ContactFlowStatus": described["Status"],
    }


def _fields(described: Mapping[str, Any]) -> dict[str, str]:
    return {
        "name": described["Name"],
        "description": described.get("Description", ""),
        "resourceID": described["Id"],
        "TypeCondition": described["Type"],
        "StateCondition": described["State"],
        "StatusCondition": described["Status"],
    }
