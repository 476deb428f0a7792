"""Contacts that nobody calls in: tasks, callbacks, chats, calls that go out. Flows and the API begin them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from localconnect import engine
from localconnect.call import UnknownResource
from localconnect.contact import Contact
from localconnect.doubles import Answered, Doubles, Failed, Outcome, Request
from localconnect.effects import HandedOver
from localconnect.instance import Queue
from localconnect.live import Handset, HungUp, Woken

if TYPE_CHECKING:
    from localconnect.centre.centre import Centre, Leg


class StartedByFlows:
    """What flows ask for and a running centre can do itself; anything else is for the doubles behind it."""

    def __init__(self, centre: Centre, doubles: Doubles) -> None:
        self._centre = centre
        self._doubles = doubles
        self._table = {"CreateCallbackContact": self._create_callback, "CreateTask": self._create_task}

    def answer(self, request: Request) -> Outcome:
        try:
            return self._table.get(request.action_type, self._doubles.answer)(request)
        except (UnknownResource, ValueError) as error:
            return Failed(reason=str(error))

    def _create_callback(self, request: Request) -> Outcome:
        """To the caller's number, in the queue that the action names or the contact has."""
        parameters = request.parameters
        instance = self._centre.instance
        callback = follow_up(self._centre, request.contact, "CALLBACK", parameters.get("ContactFlowId"))
        callback.customer_address = parameters["CustomerNumber"]
        queue = instance.queue(parameters["QueueId"])
        retries = int(parameters.get("MaximumConnectionAttempts", 1)), float(parameters.get("RetryDelaySeconds", 0))
        delay = float(parameters.get("InitialCallDelaySeconds", 0))
        self._centre.spawn(hold_callback(self._centre, callback, queue, delay, *retries))
        return Answered()

    def _create_task(self, request: Request) -> Outcome:
        """At once, after DelaySeconds or at ScheduledTime; the flow's contact is the task's related one."""
        parameters, now = request.parameters, self._centre.clock.now()
        task = follow_up(self._centre, request.contact, "API", parameters["ContactFlowId"])
        task.related, task.channel = request.contact, "TASK"
        task.name, task.description = parameters["Name"], parameters.get("Description")
        task.attributes = dict(parameters.get("Attributes", {}))
        task.references = {name: str(value) for name, value in parameters.get("References", {}).items()}
        if "DelaySeconds" in parameters:
            task.scheduled_at = now + timedelta(seconds=float(parameters["DelaySeconds"]))
        elif "ScheduledTime" in parameters:
            task.scheduled_at = read_time(parameters["ScheduledTime"])
        begin_silently(self._centre, task)
        return Answered(data={"Task": {"ContactId": task.contact_id}})


def follow_up(centre: Centre, contact: Contact, initiation_method: str, flow: str | None = None) -> Contact:
    """A contact that comes of ``contact``, with its attributes and voice; it runs ``flow``, by default the same one."""
    chosen = centre.instance.flow(flow) if flow else contact.flow
    following = centre.instance.new_contact(
        customer_address=contact.customer_address, flow=chosen, clock=centre.clock, channel=contact.channel
    )
    following.initial_contact_id = contact.initial_contact_id
    following.initiation_method = initiation_method
    following.system_address = contact.system_address
    following.attributes = dict(contact.attributes)
    following.language_code, following.voice = contact.language_code, contact.voice
    following.queue_arn, following.queue_name = contact.queue_arn, contact.queue_name
    following.event_hooks = dict(contact.event_hooks)
    following.recording = contact.recording
    following.customer_id = contact.customer_id
    following.name, following.description = contact.name, contact.description
    following.references = dict(contact.references)
    return following


def begin_silently(centre: Centre, contact: Contact) -> None:
    """A task or chat, which no phone takes part in, at its time."""
    leg = centre.enter(contact, Handset())

    async def begin() -> None:
        if await _is_due(centre, leg):
            await centre.go_on(leg, engine.run_call)
        else:
            centre.end(leg, "OTHER")

    centre.spawn(begin())


async def _is_due(centre: Centre, leg: Leg) -> bool:
    """When the contact's time has come, which may change meanwhile; false, at once, where the contact is stopped."""
    while (seconds := _seconds_until(centre, leg.contact.scheduled_at)) > 0:
        try:
            async with asyncio.timeout(seconds):
                if isinstance(await leg.phone.events.get(), HungUp):
                    return False
        except TimeoutError:
            pass  # by the event loop's clock; the centre's may be behind
    return True


def _seconds_until(centre: Centre, moment: datetime | None) -> float:
    return (moment - centre.clock.now()).total_seconds() if moment else 0


def is_scheduled(leg: Leg) -> bool:
    """Whether the contact waits for its time."""
    return leg.contact.scheduled_at is not None and leg.record.connected_at is None


def reschedule(leg: Leg, moment: datetime) -> None:
    """The contact is to begin at another time."""
    leg.contact.scheduled_at = moment
    leg.phone.events.put_nowait(Woken())


def call_out(centre: Centre, contact: Contact) -> None:
    """Ring the customer, and have who answers enter the contact's flow."""
    centre.spawn(centre.go_on(centre.enter(contact, Handset()), engine.run_campaign))


def hand_over(centre: Centre, leg: Leg, onward: Contact, to: str) -> None:
    """The contact goes on as ``onward``; ``to`` is the ARN of who is to have it. Who has it now is done with it."""
    record, now = leg.record, centre.clock.now()
    record.transferred_to, record.transferred_at, record.next_contact_id = to, now, onward.contact_id
    if record.interaction and record.interaction.ended_at is None:
        centre.router.end(record.interaction.agent.arn, leg.contact.contact_id, now)
    leg.live.interrupt(HandedOver(onward))


def requeue(centre: Centre, contact: Contact) -> None:
    """The contact's routing has changed: find it its new place, if it waits. Raises ValueError for wrong criteria."""
    centre.router.requeue(contact, centre.clock.now())
    centre.wake()


async def hold_callback(
    centre: Centre, contact: Contact, queue: Queue, delay: float, attempts: int, retry_delay: float
) -> None:
    """Queue the callback after ``delay`` seconds, and again where the customer does not answer."""
    await asyncio.sleep(delay)
    for attempt in range(attempts):
        if attempt:
            await asyncio.sleep(retry_delay)
            contact = again(centre, contact)
        contact.queue_arn, contact.queue_name = queue.arn, queue.name
        ending = await centre.serve(contact, Handset(), lambda call: engine.run_callback(call, queue))
        if ending.reason != "not answered":
            return


def again(centre: Centre, contact: Contact) -> Contact:
    """Another attempt at a callback is a contact of its own."""
    following = follow_up(centre, contact, "CALLBACK")
    following.previous_contact_id = contact.contact_id
    return following


def read_time(text: str) -> datetime:
    """Of ScheduledTime: seconds since 1970, or ISO 8601. Raises ValueError."""
    if text.isdecimal():
        return datetime.fromtimestamp(int(text), UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
