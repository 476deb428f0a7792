"""What is done with contacts under way: StopContact, PauseContact, ResumeContact, TransferContact,
UpdateContactSchedule.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from localconnect.api.contact_fields import checked_schedule, task_leg
from localconnect.api.errors import ApiError, not_run
from localconnect.api.idempotency import idempotent
from localconnect.api.resources import refuse
from localconnect.api.service import Service
from localconnect.call import UnknownResource
from localconnect.centre import Centre, panel
from localconnect.centre.contacts import follow_up, hand_over, is_scheduled, reschedule
from localconnect.contact import Contact
from localconnect.routing.agents import Agent

if TYPE_CHECKING:
    from localconnect.centre.centre import Leg

MOST_PAUSES = 10
"""Of a task (page "Contact", TotalPauseCount)."""

MOST_TRANSFERS = 11
"""Of a task (page "TransferContact")."""

_NOT_STOPPED = ("DISCONNECT", "TRANSFER", "QUEUE_TRANSFER", "EXTERNAL_OUTBOUND", "MONITOR")
_TRANSFER_FLOWS = ("CONTACT_FLOW", "AGENT_TRANSFER", "QUEUE_TRANSFER")


def stop_contact(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Ends a contact. A task or chat that has ended stays as it is: ContactNotFoundException is for calls."""
    refuse("StopContact", parameters, "DisconnectReason")
    contact_id = parameters["ContactId"]
    try:
        record = service.instance.contacts.find(contact_id)
    except UnknownResource as unknown:
        raise ApiError("ContactNotFoundException", f"The instance has no contact {contact_id!r}.") from unknown
    contact = record.contact
    if contact.channel == "VOICE" and record.ended_at:
        raise ApiError("ContactNotFoundException", f"The contact {contact_id!r} has ended already.")
    if contact.channel == "VOICE" and contact.initiation_method in _NOT_STOPPED:
        method = contact.initiation_method
        raise ApiError("InvalidRequestException", f"A call whose initiation method is {method} cannot be stopped.")
    if record.ended_at is None:
        record.stop()
    return {}


async def pause_contact(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A task that an agent has. Raises ConflictException where it is not in a state for it."""
    refuse("PauseContact", parameters, "ContactFlowId")
    leg = task_leg(service, "PauseContact", parameters)
    agent = _agent_of(leg, "PauseContact")
    if leg.record.interaction and len(leg.record.interaction.holds) >= MOST_PAUSES:
        raise ApiError("LimitExceededException", f"The task has been paused {MOST_PAUSES} times; no more are allowed.")
    return await _act(panel.hold, service, agent, leg)


async def resume_contact(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Raises ConflictException also where other tasks have taken its place at the agent's."""
    refuse("ResumeContact", parameters, "ContactFlowId")
    leg = task_leg(service, "ResumeContact", parameters)
    return await _act(panel.resume, service, _agent_of(leg, "ResumeContact"), leg)


@idempotent
def transfer_contact(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A task, wherever it is, goes on as another contact that runs the flow. QueueId is the target queue that the flow
    finds, UserId the agent whom its TransferContactToAgent means.
    """
    leg = task_leg(service, "TransferContact", parameters)
    contact, instance = leg.contact, service.instance
    flow = instance.flow(parameters["ContactFlowId"])
    if is_scheduled(leg):
        raise not_run("TransferContact of a task before its ScheduledTime")
    if "QueueId" in parameters and "UserId" in parameters:
        raise _invalid("Name a QueueId or a UserId, not both.")
    if flow.kind not in _TRANSFER_FLOWS:
        raise _invalid(f"The flow {flow.name!r} is a {flow.kind}; name one of type {', '.join(_TRANSFER_FLOWS)}.")
    if _transfers(service, contact) >= MOST_TRANSFERS:
        raise ApiError("ServiceQuotaExceededException", f"A contact can be transferred {MOST_TRANSFERS} times at most.")
    onward = follow_up(service.centre, contact, "TRANSFER", flow.arn)
    onward.previous_contact_id, onward.related = contact.contact_id, contact.related
    to = flow.arn
    if "QueueId" in parameters:
        queue = instance.queue(parameters["QueueId"])
        onward.queue_arn, onward.queue_name = queue.arn, queue.name
        to = queue.arn
    if "UserId" in parameters:
        to = onward.target_agent = instance.agent(parameters["UserId"]).arn
    hand_over(service.centre, leg, onward, to)
    return {"ContactId": onward.contact_id, "ContactArn": f"{instance.arn}/contact/{onward.contact_id}"}


def update_contact_schedule(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    leg = task_leg(service, "UpdateContactSchedule", parameters)
    if not is_scheduled(leg):
        raise _invalid("The task does not wait for its time: it was not scheduled, or has begun.")
    reschedule(leg, checked_schedule(service, parameters["ScheduledTime"]))
    service.centre.publisher.updated(leg.record, service.clock.now(), "ScheduledTimestamp")
    return {}


async def _act(
    act: Callable[[Centre, Agent, str], Awaitable[None]], service: Service, agent: Agent, leg: Leg
) -> dict[str, Any]:
    try:
        await act(service.centre, agent, leg.contact.contact_id)
    except (panel.Refused, ValueError) as refused:
        raise ApiError("ConflictException", str(refused)) from refused
    return {}


def _agent_of(leg: Leg, operation: str) -> Agent:
    """Who has the task in hand."""
    interaction = leg.record.interaction
    if interaction is None or interaction.ended_at:
        raise not_run(f"{operation} of a task that no agent has")
    return interaction.agent


def _transfers(service: Service, contact: Contact) -> int:
    chain = (record.contact for record in service.instance.contacts)
    return sum(
        other.initiation_method == "TRANSFER" and other.initial_contact_id == contact.initial_contact_id
        for other in chain
    )


def _invalid(sentence: str) -> ApiError:
    return ApiError("InvalidRequestException", sentence)
