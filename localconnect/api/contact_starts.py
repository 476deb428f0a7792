"""Contacts that nobody calls in: StartTaskContact, StartChatContact, StartOutboundVoiceContact. Quotas are not kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from secrets import token_urlsafe
from typing import Any
from uuid import uuid4

from localconnect.api.contact_fields import checked_attributes, checked_schedule, read_references
from localconnect.api.errors import ApiError, InvalidInput, not_run
from localconnect.api.idempotency import idempotent
from localconnect.api.instances import calls_out
from localconnect.api.resources import refuse
from localconnect.api.service import Service
from localconnect.centre.contacts import begin_silently, call_out
from localconnect.contact import Contact
from localconnect.flow import Flow
from localconnect.resources.models import Queue

MOST_LINKED = 12
"""Tasks that can have the same PreviousContactId (page "StartTaskContact")."""

_E164 = re.compile(r"\+[1-9][0-9]{1,14}")


@idempotent
def start_task_contact(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The flow is ContactFlowId's or the quick connect's. With PreviousContactId the task is one more of that contact's
    chain, with RelatedContactId it only begins with a copy of the attributes.
    """
    refuse("StartTaskContact", parameters, "TaskTemplateId", "SegmentAttributes", "Attachments")
    task = _new_contact(service, parameters, "TASK", _task_flow(service, parameters))
    if "QuickConnectId" in parameters:
        quick = service.instance.quick_connect(parameters["QuickConnectId"])
        task.target_agent = quick.agent_arn
        if quick.queue_arn:
            _set_queue(task, service.instance.queue(quick.queue_arn))
    if "PreviousContactId" in parameters:
        _link(service, task, parameters["PreviousContactId"])
    if "ScheduledTime" in parameters:
        task.scheduled_at = checked_schedule(service, parameters["ScheduledTime"])
    begin_silently(service.centre, task)
    return {"ContactId": task.contact_id}


@idempotent
def start_chat_contact(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Runs the flow. There is no Participant Service to take part through: the token is good for nothing yet. The flow
    finds the initial message in $.Media.InitialMessage; DisplayName is the contact's name.
    """
    refuse(
        "StartChatContact",
        parameters,
        "ParticipantConfiguration",
        "ChatDurationInMinutes",
        "PersistentChat",
        "SegmentAttributes",
        "DisconnectOnCustomerExit",
        "ConnectionTypes",
        "ChatStreamingConfiguration",
    )
    if "text/plain" not in parameters.get("SupportedMessagingContentTypes", ["text/plain"]):
        raise InvalidInput("SupportedMessagingContentTypes must contain text/plain.")
    chat = _new_contact(service, parameters, "CHAT", service.instance.flow(parameters["ContactFlowId"]))
    chat.name = parameters["ParticipantDetails"]["DisplayName"]
    chat.customer_id = parameters.get("CustomerId")
    if "InitialMessage" in parameters:
        chat.loaded["Media"] = {"InitialMessage": parameters["InitialMessage"]["Content"]}
    begin_silently(service.centre, chat)
    return {"ContactId": chat.contact_id, "ParticipantId": str(uuid4()), "ParticipantToken": token_urlsafe(48)}


@idempotent
def start_outbound_voice_contact(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Rings a phone that waits for calls; who answers enters the flow."""
    refuse(
        "StartOutboundVoiceContact",
        parameters,
        "AnswerMachineDetectionConfig",
        "CampaignId",
        "OutboundStrategy",
        "RingTimeoutInSeconds",
    )
    if parameters.get("TrafficType") == "CAMPAIGN":
        raise not_run("StartOutboundVoiceContact with the TrafficType CAMPAIGN")
    if not calls_out(service.instance):
        raise ApiError(
            "OutboundContactNotPermittedException", "The instance makes no calls; set its attribute OutboundCalls."
        )
    number = _checked_number(parameters["DestinationPhoneNumber"])
    flow = service.instance.flow(parameters["ContactFlowId"])
    queue = service.instance.queue(parameters["QueueId"]) if "QueueId" in parameters else None
    source = _source_number(service, parameters.get("SourcePhoneNumber"), queue)
    contact = _new_contact(service, parameters, "VOICE", flow, number)
    contact.system_address = source
    if queue:
        _set_queue(contact, queue)
    call_out(service.centre, contact)
    return {"ContactId": contact.contact_id}


def _new_contact(
    service: Service, parameters: Mapping[str, Any], channel: str, flow: Flow, number: str = ""
) -> Contact:
    """With what all three can be given. ``number`` is the customer's."""
    instance = service.instance
    related = parameters.get("RelatedContactId")
    contact = instance.new_contact(customer_address=number, flow=flow, clock=service.clock, channel=channel)
    contact.initiation_method = "API"
    contact.system_address = None
    contact.name, contact.description = parameters.get("Name"), parameters.get("Description")
    contact.references = read_references(parameters.get("References", {}))
    contact.related = instance.contacts.find(related).contact if related else None
    inherited = contact.related.attributes if contact.related else {}
    contact.attributes = checked_attributes({**inherited, **parameters.get("Attributes", {})})
    return contact


def _task_flow(service: Service, parameters: Mapping[str, Any]) -> Flow:
    if ("ContactFlowId" in parameters) == ("QuickConnectId" in parameters):
        raise ApiError(
            "InvalidRequestException", "Name one of ContactFlowId and QuickConnectId, whose flow the task runs."
        )
    if "ContactFlowId" in parameters:
        return service.instance.flow(parameters["ContactFlowId"])
    quick = service.instance.quick_connect(parameters["QuickConnectId"])
    if quick.flow_arn is None:
        raise ApiError("InvalidRequestException", f"The quick connect {quick.name!r} has no flow; name another.")
    return service.instance.flow(quick.flow_arn)


def _link(service: Service, task: Contact, previous_contact_id: str) -> None:
    contacts = service.instance.contacts
    previous = contacts.find(previous_contact_id).contact
    linked = [record for record in contacts if record.contact.previous_contact_id == previous_contact_id]
    if len(linked) >= MOST_LINKED:
        raise ApiError(
            "ServiceQuotaExceededException", f"{MOST_LINKED} tasks have this PreviousContactId; link to one of those."
        )
    task.previous_contact_id, task.initial_contact_id = previous.contact_id, previous.initial_contact_id
    task.attributes = checked_attributes({**previous.attributes, **task.attributes})


def _checked_number(number: str) -> str:
    if not _E164.fullmatch(number):
        raise InvalidInput(f"{number!r} is no telephone number; write it in E.164 form, such as +6561234567.")
    return number


def _source_number(service: Service, number: str | None, queue: Queue | None) -> str | None:
    """Whom the customer is shown: a number of the instance's, or the queue's."""
    if number is None and queue is None:
        raise ApiError("InvalidRequestException", "Name a QueueId or a SourcePhoneNumber to call in the name of.")
    if number is None:
        return queue.outbound_number if queue else None
    if number not in {known.number for known in service.instance.phone_numbers.values()}:
        raise InvalidInput(f"SourcePhoneNumber is {number!r}, which is none of the instance's numbers.")
    return number


def _set_queue(contact: Contact, queue: Queue) -> None:
    contact.queue_arn, contact.queue_name = queue.arn, queue.name
