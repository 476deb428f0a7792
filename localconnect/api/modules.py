"""Flow modules: ListContactFlowModules, DescribeContactFlowModule, CreateContactFlowModule,
UpdateContactFlowModuleContent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localconnect.api.flows import checked
from localconnect.api.paging import page
from localconnect.api.resources import as_source, chosen, digest, new_arn, refuse_taken, source_of, tags_of
from localconnect.api.service import Service
from localconnect.arns import resource_id
from localconnect.flow import Flow

_ERROR = "InvalidContactFlowModuleException"


def list_contact_flow_modules(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """All are active: none is listed for the ContactFlowModuleState ARCHIVED."""
    archived = parameters.get("ContactFlowModuleState") == "ARCHIVED"
    modules = [] if archived else [_summary(module) for module in service.instance.modules.values()]
    return page("ContactFlowModulesSummaryList", modules, parameters)


def describe_contact_flow_module(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Content is as it runs: with the template's placeholders filled in."""
    module = service.instance.module(parameters["ContactFlowModuleId"])
    source = source_of(service.instance, module.arn)
    described = {
        **_summary(module),
        "Status": "PUBLISHED",
        "Tags": tags_of(source),
        **chosen(source, "Description", "Content", "Settings"),
    }
    if "Content" in source:
        described["FlowModuleContentSha256"] = digest(source["Content"])
    return {"ContactFlowModule": described}


def create_contact_flow_module(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    instance, name = service.instance, parameters["Name"]
    refuse_taken(name, (module.name for module in instance.modules.values()), "flow module")
    arn = new_arn(instance, "flow-module")
    module = checked(instance, parameters["Content"], arn=arn, kind="MODULE", name=name, error=_ERROR)
    instance.sources[arn] = as_source(chosen(parameters, "Name", "Description", "Content", "Settings", "Tags"))
    instance.modules = {**instance.modules, arn: module}
    return {"Id": resource_id(arn), "Arn": arn}


def update_contact_flow_module_content(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The next call that invokes the module takes the new content."""
    instance = service.instance
    module = instance.module(parameters["ContactFlowModuleId"])
    changed = chosen(parameters, "Content", "Settings")
    if "Content" in changed:
        module = checked(instance, changed["Content"], arn=module.arn, kind="MODULE", name=module.name, error=_ERROR)
    instance.sources[module.arn] = {**source_of(instance, module.arn), **changed}
    instance.modules = {**instance.modules, module.arn: module}
    return {}


def _summary(module: Flow) -> dict[str, Any]:
    return {"Id": resource_id(module.arn), "Arn": module.arn, "Name": module.name, "State": "ACTIVE"}
