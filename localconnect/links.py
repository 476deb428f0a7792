"""Whether what flows refer to is there: CreateContactFlow refuses a flow that names a queue which does not exist."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from localconnect.call import UnknownResource
from localconnect.language.references import find_references

if TYPE_CHECKING:
    from localconnect.instance import Instance


def check_links(instance: Instance, content: str, file: str) -> Iterator[str]:
    """What the flow in ``file`` refers to and ``instance`` does not have; references to be filled in are let be."""
    find: dict[str, Callable[[str], object]] = {
        "ContactFlowId": instance.flow,
        "FlowModuleId": instance.module,
        "HoursOfOperationId": instance.hours_named,
        "QueueId": instance.queue,
    }
    for action in json.loads(content)["Actions"]:
        for name, value in links(action.get("Parameters", {})):
            try:
                if not find_references(value):
                    find[name](value)
            except UnknownResource as unknown:
                yield f'{file}: action "{action["Identifier"]}" cannot run: {unknown}; name one of the template\'s.'


def links(parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What an action's parameters refer to: the parameter that names such things, and the reference."""
    for name in ("ContactFlowId", "FlowModuleId", "HoursOfOperationId", "QueueId"):
        if name in parameters:
            yield name, parameters[name]
    for flow in parameters.get("EventHooks", {}).values():
        yield "ContactFlowId", flow
