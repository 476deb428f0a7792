"""The operations that localconnect runs, and how one of them is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from inspect import isawaitable
from typing import Any

from botocore import xform_name

from localconnect.api import (
    cases,
    contact_acts,
    contact_starts,
    contact_updates,
    contacts,
    current_metrics,
    executions,
    flows,
    historical_metrics,
    hours,
    instances,
    modules,
    phone_numbers,
    proficiencies,
    queues,
    quick_connects,
    routing_profiles,
    statuses,
    storage,
    tags,
    user_data,
    users,
)
from localconnect.api.errors import ApiError, not_run
from localconnect.api.service import Service
from localconnect.arns import resource_id
from localconnect.call import UnknownResource

Operation = Callable[[Service, Mapping[str, Any]], dict[str, Any] | Awaitable[dict[str, Any]]]
"""Answers an operation, given its parameters; both as boto3 has them."""

_OPERATIONS: tuple[Operation, ...] = (
    cases.create_test_case,
    cases.delete_test_case,
    cases.describe_test_case,
    cases.list_test_cases,
    cases.update_test_case,
    contact_acts.pause_contact,
    contact_acts.resume_contact,
    contact_acts.stop_contact,
    contact_acts.transfer_contact,
    contact_acts.update_contact_schedule,
    contact_starts.start_chat_contact,
    contact_starts.start_outbound_voice_contact,
    contact_starts.start_task_contact,
    contact_updates.tag_contact,
    contact_updates.untag_contact,
    contact_updates.update_contact,
    contact_updates.update_contact_attributes,
    contact_updates.update_contact_routing_data,
    contacts.describe_contact,
    contacts.get_contact_attributes,
    contacts.get_contact_metrics,
    contacts.search_contacts,
    current_metrics.get_current_metric_data,
    executions.get_test_case_execution_summary,
    executions.list_test_case_execution_records,
    executions.list_test_case_executions,
    executions.start_test_case_execution,
    executions.stop_test_case_execution,
    flows.create_contact_flow,
    flows.delete_contact_flow,
    flows.describe_contact_flow,
    flows.list_contact_flows,
    flows.search_contact_flows,
    flows.update_contact_flow_content,
    flows.update_contact_flow_metadata,
    flows.update_contact_flow_name,
    historical_metrics.get_metric_data,
    hours.describe_hours_of_operation,
    hours.describe_hours_of_operation_override,
    hours.list_hours_of_operation_overrides,
    hours.list_hours_of_operations,
    instances.describe_instance,
    instances.list_instances,
    modules.create_contact_flow_module,
    modules.describe_contact_flow_module,
    modules.list_contact_flow_modules,
    modules.update_contact_flow_module_content,
    phone_numbers.describe_phone_number,
    phone_numbers.list_phone_numbers,
    phone_numbers.list_phone_numbers_v2,
    proficiencies.associate_user_proficiencies,
    proficiencies.disassociate_user_proficiencies,
    proficiencies.list_user_proficiencies,
    proficiencies.update_user_proficiencies,
    queues.describe_queue,
    queues.list_queues,
    queues.search_queues,
    queues.update_queue_max_contacts,
    queues.update_queue_status,
    quick_connects.describe_quick_connect,
    quick_connects.list_queue_quick_connects,
    quick_connects.list_quick_connects,
    routing_profiles.describe_routing_profile,
    routing_profiles.list_routing_profile_queues,
    routing_profiles.list_routing_profiles,
    statuses.describe_agent_status,
    statuses.list_agent_statuses,
    storage.list_instance_storage_configs,
    tags.list_tags_for_resource,
    tags.tag_resource,
    tags.untag_resource,
    user_data.get_current_user_data,
    users.describe_user,
    users.dismiss_user_contact,
    users.list_users,
    users.put_user_status,
    users.search_users,
    users.update_user_phone_config,
    users.update_user_routing_profile,
)
OPERATIONS: Mapping[str, Operation] = {operation.__name__: operation for operation in _OPERATIONS}
"""By name in snake case, such as ``describe_queue``."""


def find(name: str) -> Operation:
    """By the name in the service's model, such as ``DescribeQueue``. Raises ApiError for one that does not run."""
    operation = OPERATIONS.get(xform_name(name))
    if operation is None:
        raise not_run(name)
    return operation


async def answer(service: Service, operation: Operation, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Run ``operation`` for this instance, which InstanceId names by id or ARN. Raises ApiError and InvalidInput."""
    wanted = parameters.get("InstanceId", service.instance.arn)
    if resource_id(wanted) != resource_id(service.instance.arn):
        raise ApiError("ResourceNotFoundException", f"There is no instance {wanted!r}; this is {service.instance.arn}.")
    try:
        answered = operation(service, parameters)
        return await answered if isawaitable(answered) else answered
    except UnknownResource as unknown:
        sentence = f"{unknown}."
        raise ApiError("ResourceNotFoundException", sentence[0].upper() + sentence[1:]) from unknown
