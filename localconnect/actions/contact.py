"""Contact actions: what is known of a contact, and where it waits for an agent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localconnect.call import ActionFailed, Call, Enqueued
from localconnect.contact import Recording
from localconnect.flow import Perform
from localconnect.language.references import read_text, read_tree
from localconnect.overrides import Failure, Substitute

ATTRIBUTES_LIMIT = 32 * 1024
"""Bytes of all contact attributes, names and values together (page of UpdateContactAttributes)."""

_DATA = {
    "LanguageCode": "language_code",
    "Name": "name",
    "Description": "description",
    "CustomerId": "customer_id",
}


def update_contact_attributes(parameters: Mapping[str, Any]) -> Perform:
    """All or nothing: past 32 KB none is set and the action fails."""
    read = read_tree(parameters["Attributes"])

    def perform(call: Call) -> None:
        changed: dict[str, str] = read(call)
        attributes = call.contact.attributes | changed
        size = sum(len(name.encode()) + len(value.encode()) for name, value in attributes.items())
        if size > ATTRIBUTES_LIMIT:
            raise ActionFailed(f"contact attributes would take {size:,} bytes; {ATTRIBUTES_LIMIT:,} are allowed")
        call.contact.attributes = attributes
        if call.observer:
            call.observer.attributes_set(changed)

    return perform


def update_contact_data(parameters: Mapping[str, Any]) -> Perform:
    """LanguageCode, Name, Description and CustomerId."""
    reads = [(field, read_text(parameters[name])) for name, field in _DATA.items() if name in parameters]

    def perform(call: Call) -> None:
        for field, read in reads:
            setattr(call.contact, field, read(call))

    return perform


def update_contact_text_to_speech_voice(parameters: Mapping[str, Any]) -> Perform:
    """The voice decides the language spoken. Engine and style make no difference here."""
    read = read_text(parameters["TextToSpeechVoice"])

    def perform(call: Call) -> None:
        call.contact.voice = read(call)

    return perform


def update_contact_recording_behavior(parameters: Mapping[str, Any]) -> Perform:
    """Notes what is to be recorded; nothing here is, and nothing is analysed."""
    behavior = parameters["RecordingBehavior"]
    recording = (
        tuple(behavior.get("RecordedParticipants", ())),
        tuple(behavior.get("ScreenRecordedParticipants", ())),
        behavior.get("IVRRecordingBehavior") == "Enabled",
    )

    def perform(call: Call) -> None:
        call.contact.recording = Recording(*recording)

    return perform


def update_contact_event_hooks(parameters: Mapping[str, Any]) -> Perform:
    """Names the flow that an event runs. CustomerQueue is the one that comes to pass without agents."""
    [(hook, reference)] = parameters["EventHooks"].items()
    read = read_text(reference)

    def perform(call: Call) -> None:
        call.contact.event_hooks[hook] = call.instance.flow(read(call)).arn

    return perform


def update_contact_target_queue(parameters: Mapping[str, Any]) -> Perform:
    read = read_text(parameters["QueueId"])

    def perform(call: Call) -> None:
        queue = call.instance.queue(read(call))
        call.contact.queue_arn, call.contact.queue_name = queue.arn, queue.name

    return perform


def transfer_contact_to_queue(parameters: Mapping[str, Any]) -> Perform:
    """To the target queue, unless MaxContacts wait there already."""

    def perform(call: Call) -> None:
        contact = call.contact
        if call.place == "in a queue":
            raise ActionFailed("the contact is in a queue already")
        if contact.queue_arn is None:
            raise ActionFailed("no queue is set; put an UpdateContactTargetQueue before it")
        queue = call.instance.queue(contact.queue_arn)
        match call.overrides.take("TransferContactToQueue", queue.arn):
            case Substitute(arn):
                queue = call.instance.queue(arn)
                contact.queue_arn, contact.queue_name = queue.arn, queue.name
            case Failure(error):
                raise ActionFailed("the test case says so", error)
        if queue.is_full():
            raise ActionFailed(f"queue {queue.name!r} holds {queue.max_contacts} contacts at most", "QueueAtCapacity")
        raise Enqueued(queue)

    return perform


def implied_queue(call: Call) -> dict[str, Any]:
    return {"QueueId": call.contact.queue_arn} if call.contact.queue_arn else {}
