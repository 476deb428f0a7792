"""Interactions: what a flow asks of functions."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import Any

from localconnect.call import ActionFailed, Call
from localconnect.effects import Effect, Invocation, Invoke, Reply
from localconnect.flow import Perform, Steps
from localconnect.language.references import read_text, read_tree
from localconnect.overrides import Answer, Failure, Substitute

RESPONSE_LIMIT = 32 * 1024
"""Bytes a function may answer (page "Invoke AWS Lambda functions")."""


def invoke_lambda_function(parameters: Mapping[str, Any]) -> Perform:
    """Calls the function and puts what it answers, and nothing from before, into $.External.

    The error branch is for a function that cannot be reached, fails, is late, or answers anything but what
    ResponseValidation asks for: STRING_MAP (if absent too, as in the time before JSON) is an object of strings.
    A function that is called ASYNCHRONOUS is not waited for, and its answer is not looked at.
    """
    read_arn = read_text(parameters["LambdaFunctionARN"])
    read_attributes = read_tree(parameters.get("LambdaInvocationAttributes", {}))
    seconds = int(parameters["InvocationTimeLimitSeconds"])
    waits = parameters.get("InvocationType") != "ASYNCHRONOUS"
    is_map = parameters.get("ResponseValidation", {}).get("ResponseType", "STRING_MAP") == "STRING_MAP"

    def perform(call: Call) -> Steps:
        event = contact_flow_event(call, read_attributes(call))
        call.scope.external = {}
        invocation = yield from _invoke(call, Invoke(read_arn(call), event, seconds, waits))
        if not waits:
            return None
        if invocation.error is not None:
            raise ActionFailed(invocation.error)
        call.scope.external = read_response(invocation.payload, is_map)
        return None

    return perform


def _invoke(call: Call, invoke: Invoke) -> Generator[Effect, Reply, Invocation]:
    override = call.overrides.take("InvokeLambdaFunction", invoke.arn)
    match override:
        case Answer(delay=delay) | Failure(delay=delay):
            yield from call.pause(min(delay, invoke.seconds))
            if delay > invoke.seconds:
                return Invocation(error=f"no answer within {invoke.seconds:g} s")
            if isinstance(override, Failure):
                raise ActionFailed("the test case says so", override.error)
            return Invocation(override.value.encode())
        case Substitute(substitute):
            invoke = replace(invoke, arn=substitute)
    invocation = yield invoke
    if not isinstance(invocation, Invocation):
        raise TypeError(f"an Invoke was answered with {invocation!r}; answer with an Invocation.")
    return invocation


def read_response(payload: bytes, is_map: bool) -> Any:
    """What a function answered. Raises ActionFailed when the flow would not take it."""
    if len(payload) > RESPONSE_LIMIT:
        raise ActionFailed(f"the function answered {len(payload):,} bytes; {RESPONSE_LIMIT:,} are allowed")
    try:
        response = json.loads(payload)
    except ValueError as error:
        raise ActionFailed("the function answered something that is no JSON") from error
    if is_map and not (isinstance(response, dict) and all(isinstance(value, str) for value in response.values())):
        raise ActionFailed("the function answered something that is no map of strings, which STRING_MAP asks for")
    return response


def contact_flow_event(call: Call, attributes: dict[str, Any]) -> dict[str, Any]:
    """What a function gets (page "Invoke AWS Lambda functions")."""
    contact = call.contact
    return {
        "Name": "ContactFlowEvent",
        "Details": {
            "ContactData": {
                "Attributes": dict(contact.attributes),
                "Channel": contact.channel,
                "ContactId": contact.contact_id,
                "CustomerEndpoint": _endpoint(contact.customer_address),
                "CustomerId": contact.customer_id,
                "Description": contact.description,
                "InitialContactId": contact.initial_contact_id,
                "InitiationMethod": contact.initiation_method,
                "InstanceARN": contact.instance_arn,
                "LanguageCode": contact.language_code,
                "MediaStreams": contact.loaded.get("MediaStreams", {"Customer": {"Audio": None}}),
                "Name": contact.name,
                "PreviousContactId": contact.contact_id,
                "Queue": {"ARN": contact.queue_arn, "Name": contact.queue_name} if contact.queue_arn else None,
                "References": {name: {"Value": value} for name, value in contact.references.items()},
                "SystemEndpoint": _endpoint(contact.system_address),
            },
            "Parameters": attributes,
        },
    }


def _endpoint(address: str | None) -> dict[str, str] | None:
    return {"Address": address, "Type": "TELEPHONE_NUMBER"} if address else None
