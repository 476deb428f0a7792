"""Contacts, on the line or ended: DescribeContact, SearchContacts, GetContactAttributes, UpdateContactAttributes,
StopContact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from localconnect.actions.contact import ATTRIBUTES_LIMIT
from localconnect.api.errors import ApiError, InvalidInput, not_run
from localconnect.api.paging import page
from localconnect.api.service import Service
from localconnect.arns import resource_id
from localconnect.call import UnknownResource
from localconnect.contacts import ContactRecord

_Time = Callable[[ContactRecord], datetime | None]

_TIMES: Mapping[str, _Time] = {
    "INITIATION_TIMESTAMP": lambda record: record.contact.started_at,
    "ENQUEUE_TIMESTAMP": lambda record: record.enqueued_at,
    "DISCONNECT_TIMESTAMP": lambda record: record.ended_at,
}
_CRITERIA: Mapping[str, Callable[[ContactRecord], str]] = {
    "Channels": lambda record: record.contact.channel,
    "InitiationMethods": lambda record: record.contact.initiation_method,
    "QueueIds": lambda record: resource_id(record.contact.queue_arn or "") if record.enqueued_at else "",
}


def describe_contact(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    record = service.instance.contacts.find(parameters["ContactId"])
    contact = record.contact
    described = {
        **_summary(record),
        "ConnectedToSystemTimestamp": contact.started_at,
        "LastUpdateTimestamp": record.ended_at or record.enqueued_at or contact.started_at,
        "CustomerEndpoint": _telephone(contact.customer_address),
        "SystemEndpoint": _telephone(contact.system_address),
        "RelatedContactId": contact.related.contact_id if contact.related else None,
        "CustomerId": contact.customer_id,
        "Description": contact.description,
        "DisconnectReason": record.disconnect_reason,
        "Attributes": contact.attributes,
    }
    return {"Contact": _given(described)}


def search_contacts(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """By TimeRange, Channels, InitiationMethods and QueueIds; other criteria are refused. Without Sort those that began
    last come first.
    """
    criteria = parameters.get("SearchCriteria", {})
    for name in criteria:
        if name not in _CRITERIA:
            raise not_run(f"SearchContacts by {name}")
    within = parameters["TimeRange"]
    time = _time(within["Type"])
    found = [
        record
        for record in service.instance.contacts
        if _is_between(time(record), within["StartTime"], within["EndTime"])
        and all(_CRITERIA[name](record) in wanted for name, wanted in criteria.items())
    ]
    contacts = [_summary(record) for record in _in_order(found, parameters.get("Sort"))]
    return page("Contacts", contacts, parameters) | {"TotalCount": len(contacts)}


def get_contact_attributes(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {"Attributes": service.instance.contacts.find(parameters["InitialContactId"]).contact.attributes}


def update_contact_attributes(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Adds to the attributes or changes them; a flow under way sees them from its next action on."""
    record = service.instance.contacts.find(parameters["InitialContactId"])
    attributes = record.contact.attributes | parameters["Attributes"]
    size = sum(len(name.encode()) + len(value.encode()) for name, value in attributes.items())
    if size > ATTRIBUTES_LIMIT:
        raise InvalidInput(f"The contact's attributes would take {size:,} bytes; {ATTRIBUTES_LIMIT:,} are allowed.")
    record.set_attributes(parameters["Attributes"])
    return {}


def stop_contact(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Hangs up. Raises ContactNotFoundException where there is no such call on the line."""
    contact_id = parameters["ContactId"]
    try:
        record = service.instance.contacts.find(contact_id)
    except UnknownResource as unknown:
        raise ApiError("ContactNotFoundException", f"The instance has no contact {contact_id!r}.") from unknown
    if record.ended_at:
        raise ApiError("ContactNotFoundException", f"The contact {contact_id!r} has ended already.")
    record.stop()
    return {}


def _summary(record: ContactRecord) -> dict[str, Any]:
    contact = record.contact
    queue = {"Id": resource_id(contact.queue_arn or ""), "EnqueueTimestamp": record.enqueued_at}
    return _given(
        {
            "Arn": f"{contact.instance_arn}/contact/{contact.contact_id}",
            "Id": contact.contact_id,
            "InitialContactId": contact.initial_contact_id,
            "InitiationMethod": contact.initiation_method,
            "Name": contact.name,
            "Channel": contact.channel,
            "QueueInfo": queue if record.enqueued_at else None,
            "InitiationTimestamp": contact.started_at,
            "DisconnectTimestamp": record.ended_at,
            "Tags": contact.tags,
        }
    )


def _telephone(number: str | None) -> dict[str, str] | None:
    return {"Type": "TELEPHONE_NUMBER", "Address": number} if number else None


def _given(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _time(name: str) -> _Time:
    if name not in _TIMES:
        raise not_run(f"SearchContacts by {name}")
    return _TIMES[name]


def _is_between(moment: datetime | None, start: datetime, end: datetime) -> bool:
    return moment is not None and start <= moment <= end


def _in_order(records: list[ContactRecord], sort: Mapping[str, str] | None) -> list[ContactRecord]:
    """Contacts without the time to sort by come last."""
    time = _time(sort["FieldName"] if sort else "INITIATION_TIMESTAMP")
    timed = [(moment, record) for record in records if (moment := time(record))]
    timed.sort(key=lambda pair: pair[0], reverse=not sort or sort["Order"] == "DESCENDING")
    return [record for _, record in timed] + [record for record in records if not time(record)]
