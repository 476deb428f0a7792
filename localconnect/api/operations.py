"""The operations that localconnect runs, and how one of them is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore import xform_name

from localconnect.api import cases, contacts, executions, flows, instances, modules, queues, tags
from localconnect.api.errors import ApiError, not_run
from localconnect.api.service import Service
from localconnect.arns import resource_id
from localconnect.call import UnknownResource

Operation = Callable[[Service, Mapping[str, Any]], dict[str, Any]]
"""Answers an operation, given its parameters; both as boto3 has them."""

_OPERATIONS: tuple[Operation, ...] = (
    cases.create_test_case,
    cases.delete_test_case,
    cases.describe_test_case,
    cases.list_test_cases,
    cases.update_test_case,
    contacts.describe_contact,
    contacts.get_contact_attributes,
    contacts.search_contacts,
    contacts.stop_contact,
    contacts.update_contact_attributes,
    executions.get_test_case_execution_summary,
    executions.list_test_case_execution_records,
    executions.list_test_case_executions,
    executions.start_test_case_execution,
    executions.stop_test_case_execution,
    flows.create_contact_flow,
    flows.describe_contact_flow,
    flows.list_contact_flows,
    flows.update_contact_flow_content,
    instances.describe_instance,
    instances.list_instances,
    modules.create_contact_flow_module,
    modules.describe_contact_flow_module,
    modules.list_contact_flow_modules,
    modules.update_contact_flow_module_content,
    queues.describe_hours_of_operation,
    queues.describe_queue,
    queues.list_hours_of_operations,
    queues.list_queues,
    tags.list_tags_for_resource,
    tags.tag_resource,
    tags.untag_resource,
)
OPERATIONS: Mapping[str, Operation] = {operation.__name__: operation for operation in _OPERATIONS}
"""By name in snake case, such as ``describe_queue``."""


def find(name: str) -> Operation:
    """By the name in the service's model, such as ``DescribeQueue``. Raises ApiError for one that does not run."""
    operation = OPERATIONS.get(xform_name(name))
    if operation is None:
        raise not_run(name)
    return operation


def answer(service: Service, operation: Operation, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Run ``operation`` for this instance, which InstanceId names by id or ARN. Raises ApiError and InvalidInput."""
    wanted = parameters.get("InstanceId", service.instance.arn)
    if resource_id(wanted) != resource_id(service.instance.arn):
        raise ApiError("ResourceNotFoundException", f"There is no instance {wanted!r}; this is {service.instance.arn}.")
    try:
        return operation(service, parameters)
    except UnknownResource as unknown:
        sentence = f"{unknown}."
        raise ApiError("ResourceNotFoundException", sentence[0].upper() + sentence[1:]) from unknown
