"""What is known of a contact and how it is routed: UpdateContactAttributes, UpdateContact, TagContact, UntagContact,
UpdateContactRoutingData.

Attributes and tags that change are published, as the page "Amazon Connect contact events" says; name, description and
references are none of the properties that it lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localconnect.actions.contact import MOST_TAGS
from localconnect.api.contact_fields import checked_attributes, read_references
from localconnect.api.errors import ApiError, InvalidInput
from localconnect.api.resources import refuse
from localconnect.api.service import Service
from localconnect.centre.contacts import requeue
from localconnect.contacts import ContactRecord
from localconnect.routing.criteria import read_criteria

_FIELDS = ("Name", "Description", "References")


def update_contact_attributes(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Adds to the attributes of all contacts of the chain, or changes them; a flow under way sees them from its next
    action on.
    """
    changed = parameters["Attributes"]
    chain = _chain(service, parameters["InitialContactId"])
    for record in chain:
        checked_attributes({**record.contact.attributes, **changed})
    for record in chain:
        record.set_attributes(changed)
        service.centre.publisher.updated(record, service.clock.now(), "UserDefinedAttributes")
    return {}


def update_contact(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Name, Description and References, of a contact that has ended too."""
    refuse(
        "UpdateContact",
        parameters,
        "SegmentAttributes",
        "QueueInfo",
        "UserInfo",
        "CustomerEndpoint",
        "SystemEndpoint",
        "AdditionalRecipients",
    )
    if not any(name in parameters for name in _FIELDS):
        raise ApiError("InvalidRequestException", f"There is nothing to update; give one of {', '.join(_FIELDS)}.")
    contact = service.instance.contacts.find(parameters["ContactId"]).contact
    references = read_references(parameters.get("References", {}))
    contact.name = parameters.get("Name", contact.name)
    contact.description = parameters.get("Description", contact.description)
    contact.references = {**contact.references, **references}
    return {}


def tag_contact(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """At most six tags of its own (page "Contact tags"); those that begin with aws: are the system's."""
    record = service.instance.contacts.find(parameters["ContactId"])
    tags = {**record.contact.tags, **parameters["Tags"]}
    if any(key.startswith("aws:") for key in parameters["Tags"]):
        raise InvalidInput("A tag whose key begins with aws: cannot be set; choose another key.")
    if len(tags) > MOST_TAGS:
        raise InvalidInput(f"The contact would have {len(tags)} tags; {MOST_TAGS} are allowed.")
    return _set_tags(service, record, tags)


def untag_contact(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A tag that the contact does not have is no error."""
    record = service.instance.contacts.find(parameters["ContactId"])
    removed = parameters["TagKeys"]
    return _set_tags(service, record, {key: tag for key, tag in record.contact.tags.items() if key not in removed})


def update_contact_routing_data(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Its place in the queue and who may have it; if it waits, at once. Raises ResourceConflictException for a contact
    that has ended.
    """
    if "QueuePriority" in parameters and "QueueTimeAdjustmentSeconds" in parameters:
        raise InvalidInput("Give QueuePriority or QueueTimeAdjustmentSeconds, not both.")
    record = service.instance.contacts.find(parameters["ContactId"])
    if record.ended_at:
        raise ApiError("ResourceConflictException", f"The contact {parameters['ContactId']!r} has ended already.")
    routing, criteria = record.contact.routing, parameters.get("RoutingCriteria")
    if criteria:
        _check_criteria(criteria)
        routing.criteria = criteria
    routing.priority = parameters.get("QueuePriority", routing.priority)
    routing.age = parameters.get("QueueTimeAdjustmentSeconds", routing.age)
    requeue(service.centre, record.contact)
    return {}


def _chain(service: Service, contact_id: str) -> list[ContactRecord]:
    """The contacts that share their attributes with this one: those with the same initial contact."""
    contacts = service.instance.contacts
    initial = contacts.find(contact_id).contact.initial_contact_id
    return [record for record in contacts if record.contact.initial_contact_id == initial]


def _set_tags(service: Service, record: ContactRecord, tags: dict[str, str]) -> dict[str, Any]:
    record.contact.tags = tags
    service.centre.publisher.updated(record, service.clock.now(), "Tags")
    return {}


def _check_criteria(criteria: Mapping[str, Any]) -> None:
    try:
        read_criteria(criteria)
    except ValueError as error:
        sentence = str(error)
        raise InvalidInput(sentence[0].upper() + sentence[1:]) from error
