"""Contact actions: what is known of a contact, and where it waits for an agent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import phonenumbers

from localconnect.actions.doubled import queue_reader
from localconnect.call import ActionFailed, Call, Enqueued
from localconnect.contact import Contact, Recording
from localconnect.flow import Perform
from localconnect.language.references import read_text, read_tree, read_value
from localconnect.overrides import Failure, Substitute
from localconnect.routing.criteria import read_criteria

if TYPE_CHECKING:
    from localconnect.instance import Queue

ATTRIBUTES_LIMIT = 32 * 1024
"""Bytes of all contact attributes, names and values together (page of UpdateContactAttributes)."""

MOST_TAGS = 6
"""Tags of its own that a contact may have (page "Contact tags", Administrator Guide)."""

_DATA = {
    "LanguageCode": "language_code",
    "Name": "name",
    "Description": "description",
    "CustomerId": "customer_id",
    "References": "references",
    "WisdomSessionArn": "wisdom_session_arn",
}
_VOICE_ID = (
    "IsVoiceIdStreamingEnabled",
    "IsVoiceAuthenticationEnabled",
    "IsFraudDetectionEnabled",
    "VoiceAuthenticationThreshold",
    "VoiceAuthenticationResponseTime",
    "FraudDetectionThreshold",
    "WatchlistId",
)


def update_contact_attributes(parameters: Mapping[str, Any]) -> Perform:
    """All or nothing: past 32 KB none is set and the action fails."""
    read = read_tree(parameters["Attributes"])
    target = _target(parameters)

    def perform(call: Call) -> None:
        contact = target(call)
        changed: dict[str, str] = read(call)
        attributes = contact.attributes | changed
        size = sum(len(name.encode()) + len(value.encode()) for name, value in attributes.items())
        if size > ATTRIBUTES_LIMIT:
            raise ActionFailed(f"contact attributes would take {size:,} bytes; {ATTRIBUTES_LIMIT:,} are allowed")
        contact.attributes = attributes
        if call.observer and contact is call.contact:
            call.observer.attributes_set(changed)

    return perform


def update_contact_data(parameters: Mapping[str, Any]) -> Perform:
    """What Amazon Connect knows of a contact by itself. The settings of Voice ID are kept for its double."""
    reads = [(field, read_tree(parameters[name])) for name, field in _DATA.items() if name in parameters]
    read_voice_id = read_tree({name: str(parameters[name]) for name in _VOICE_ID if name in parameters})
    target = _target(parameters)

    def perform(call: Call) -> None:
        contact = target(call)
        for field, read in reads:
            setattr(contact, field, read(call))
        contact.voice_id |= read_voice_id(call)

    return perform


def _target(parameters: Mapping[str, Any]) -> Callable[[Call], Contact]:
    """Current, which may go without saying, or Related, without which the action fails."""
    if parameters.get("TargetContact", "Current") == "Current":
        return lambda call: call.contact

    def related(call: Call) -> Contact:
        if call.contact.related is None:
            raise ActionFailed("the contact has no related contact")
        return call.contact.related

    return related


def tag_contact(parameters: Mapping[str, Any]) -> Perform:
    """All or nothing, like attributes; a name that begins with aws: is the system's."""
    read = read_tree(parameters["Tags"])

    def perform(call: Call) -> None:
        changed: dict[str, str] = read(call)
        if any(name.startswith("aws:") for name in changed):
            raise ActionFailed("a tag whose name begins with aws: cannot be set")
        tags = call.contact.tags | changed
        if len(tags) > MOST_TAGS:
            raise ActionFailed(f"the contact would have {len(tags)} tags; {MOST_TAGS} are allowed")
        call.contact.tags = tags

    return perform


def untag_contact(parameters: Mapping[str, Any]) -> Perform:
    """A tag that the contact does not have is no error."""

    def perform(call: Call) -> None:
        call.contact.tags = {name: tag for name, tag in call.contact.tags.items() if name not in parameters["TagKeys"]}

    return perform


def update_contact_text_to_speech_voice(parameters: Mapping[str, Any]) -> Perform:
    """The voice decides the language spoken. Engine and style make no difference here."""
    read = read_text(parameters["TextToSpeechVoice"])

    def perform(call: Call) -> None:
        call.contact.voice = read(call)

    return perform


def update_contact_recording_behavior(parameters: Mapping[str, Any]) -> Perform:
    """What is to be recorded. Screens are not, and nothing is analysed."""
    behavior = parameters["RecordingBehavior"]
    recording = (
        tuple(behavior.get("RecordedParticipants", ())),
        tuple(behavior.get("ScreenRecordedParticipants", ())),
        behavior.get("IVRRecordingBehavior") == "Enabled",
    )

    def perform(call: Call) -> None:
        call.contact.recording = Recording(*recording)

    return perform


def update_contact_recording_and_analytics_behavior(parameters: Mapping[str, Any]) -> Perform:
    """As above, for contacts of the channel that it is written for: ChatBehavior records nothing."""
    channel = "VOICE" if "VoiceBehavior" in parameters else "CHAT" if "ChatBehavior" in parameters else None
    voice = parameters.get("VoiceBehavior", {}).get("VoiceRecordingBehavior", {})
    behavior = {**voice, **parameters.get("ScreenRecordingBehavior", {})}
    record = update_contact_recording_behavior({"RecordingBehavior": behavior})

    def perform(call: Call) -> None:
        if channel not in (None, call.contact.channel):
            raise ActionFailed(f"it is for {channel} contacts; this is a {call.contact.channel} one", "ChannelMismatch")
        record(call)

    return perform


def update_contact_event_hooks(parameters: Mapping[str, Any]) -> Perform:
    """Names the flow that an event runs, or has it run none."""
    [(hook, reference)] = parameters["EventHooks"].items()
    read = read_text(reference)
    configuration = parameters.get("EventHooksConfiguration", {}).get(hook, {})
    disabled = configuration.get("DisableExecution", "").casefold() == "true"

    def perform(call: Call) -> None:
        if disabled:
            call.contact.event_hooks.pop(hook, None)
        else:
            call.contact.event_hooks[hook] = call.instance.flow(read(call)).arn

    return perform


def update_contact_callback_number(parameters: Mapping[str, Any]) -> Perform:
    """In E.164 form; the "+" may be left out (page "Set callback number"). The number of no real line, and one that
    costs the caller, cannot be dialled from here; an instance of yours may be allowed fewer countries.
    """
    read = read_text(parameters["CallbackNumber"])

    def perform(call: Call) -> None:
        text = read(call)
        try:
            number = phonenumbers.parse(text if text.startswith("+") else f"+{text}")
        except phonenumbers.NumberParseException as error:
            raise ActionFailed(str(error), "InvalidCallbackNumber") from error
        if not phonenumbers.is_possible_number(number):
            raise ActionFailed(f"{text!r} is no telephone number", "InvalidCallbackNumber")
        if not phonenumbers.is_valid_number(number):
            raise ActionFailed(f"{text!r} is no number in use", "CallbackNumberNotDialable")
        call.contact.callback_number = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    return perform


def update_contact_routing_behavior(parameters: Mapping[str, Any]) -> Perform:
    """The place that the contact is to have in its queue, or has from now on if it waits there already."""
    priority, age = parameters.get("QueuePriority"), parameters.get("QueueTimeAdjustmentSeconds")
    read_proficiencies = read_tree(parameters.get("RoutingProficiencies"))

    def perform(call: Call) -> None:
        routing = call.contact.routing
        if priority is not None:
            routing.priority = int(priority)
        elif age is not None:
            routing.age = int(age)
        else:
            routing.proficiencies = read_proficiencies(call)
        call.router.requeue(call.contact, call.clock.now())

    return perform


def update_contact_routing_criteria(parameters: Mapping[str, Any]) -> Perform:
    """The steps by which an agent is to be looked for, written here or answered by a function."""
    written = parameters["RoutingCriteria"]
    read = read_value(written) if isinstance(written, str) else read_tree(written)

    def perform(call: Call) -> None:
        criteria = read(call)
        if not (isinstance(criteria, Mapping) and criteria.get("Steps")):
            raise ActionFailed(f"the routing criteria are {criteria!r}; they must be an object with Steps")
        try:
            read_criteria(criteria)
        except ValueError as error:
            raise ActionFailed(str(error)) from error
        call.contact.routing.criteria = criteria
        call.router.requeue(call.contact, call.clock.now())

    return perform


def update_contact_target_queue(parameters: Mapping[str, Any]) -> Perform:
    read = queue_reader(parameters)

    def perform(call: Call) -> None:
        _set_queue(call, read(call))

    return perform


def transfer_contact_to_queue(parameters: Mapping[str, Any]) -> Perform:
    """To the target queue, unless MaxContacts wait there already."""
    read = queue_reader({})

    def perform(call: Call) -> None:
        if call.place == "in a queue":
            raise ActionFailed("the contact is in a queue already")
        _enqueue(call, read(call), "TransferContactToQueue")

    return perform


def dequeue_contact_and_transfer_to_queue(parameters: Mapping[str, Any]) -> Perform:
    """From the queue it is in to another; to its own, if none is named (no page says what then)."""
    read = queue_reader(parameters)

    def perform(call: Call) -> None:
        if call.place != "in a queue":
            raise ActionFailed("the contact is in no queue")
        _enqueue(call, read(call), "DequeueAndTransferToQueue")

    return perform


def transfer_contact_to_agent(parameters: Mapping[str, Any]) -> Perform:
    """To the queue of the agent whom the quick connect, or TransferContact, has named."""

    def perform(call: Call) -> None:
        queue = call.instance.agent_queue(call.contact.target_agent or "")
        _set_queue(call, queue)
        raise Enqueued(queue)

    return perform


def _enqueue(call: Call, queue: Queue, override: str) -> None:
    match call.overrides.take(override, queue.arn):
        case Substitute(arn):
            queue = call.instance.queue(arn)
        case Failure(error):
            raise ActionFailed("the test case says so", error)
    if not queue.enabled:
        raise ActionFailed(f"queue {queue.name!r} is disabled")
    if call.router.is_full(queue):
        raise ActionFailed(f"queue {queue.name!r} holds {queue.max_contacts} contacts at most", "QueueAtCapacity")
    _set_queue(call, queue)
    raise Enqueued(queue)


def _set_queue(call: Call, queue: Queue) -> None:
    call.contact.queue_arn, call.contact.queue_name = queue.arn, queue.name


def implied_queue(call: Call) -> dict[str, Any]:
    return {"QueueId": call.contact.queue_arn} if call.contact.queue_arn else {}
