"""Contacts, on the line or ended: DescribeContact, SearchContacts, GetContactAttributes, GetContactMetrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from localconnect.api.contact_descriptions import arn_of, description, summary
from localconnect.api.errors import ApiError, not_run
from localconnect.api.paging import page
from localconnect.api.service import Service
from localconnect.arns import resource_id
from localconnect.contacts import ContactRecord

_Time = Callable[[ContactRecord], datetime | None]

_TIMES: Mapping[str, _Time] = {
    "INITIATION_TIMESTAMP": lambda record: record.contact.started_at,
    "ENQUEUE_TIMESTAMP": lambda record: record.enqueued_at,
    "CONNECTED_TO_AGENT_TIMESTAMP": lambda record: record.interaction.connected_at if record.interaction else None,
    "DISCONNECT_TIMESTAMP": lambda record: record.ended_at,
}
_CRITERIA: Mapping[str, Callable[[ContactRecord], str]] = {
    "Channels": lambda record: record.contact.channel,
    "InitiationMethods": lambda record: record.contact.initiation_method,
    "AgentIds": lambda record: resource_id(record.interaction.agent.arn) if record.interaction else "",
    "QueueIds": lambda record: resource_id(record.contact.queue_arn or "") if record.enqueued_at else "",
}


def describe_contact(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    record = service.instance.contacts.find(parameters["ContactId"])
    return {"Contact": description(service.instance, record, service.clock.now())}


def search_contacts(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """By TimeRange, AgentIds, Channels, InitiationMethods and QueueIds; other criteria are refused. Without Sort those
    that began last come first.
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
    contacts = [summary(record) for record in _in_order(found, parameters.get("Sort"))]
    return page("Contacts", contacts, parameters) | {"TotalCount": len(contacts)}


def get_contact_attributes(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {"Attributes": service.instance.contacts.find(parameters["InitialContactId"]).contact.attributes}


def get_contact_metrics(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """POSITION_IN_QUEUE, in which 1 is the first of its channel. ESTIMATED_WAIT_TIME is refused, and a contact that
    does not wait in a queue.
    """
    contact = service.instance.contacts.find(resource_id(parameters["ContactId"])).contact
    for metric in parameters["Metrics"]:
        if metric["Name"] != "POSITION_IN_QUEUE":
            raise not_run(f"GetContactMetrics of {metric['Name']}")
    queue = [
        other for other in service.centre.router.waiting(contact.queue_arn or "") if other.channel == contact.channel
    ]
    if contact not in queue:
        raise ApiError("InvalidRequestException", f"The contact {contact.contact_id!r} waits in no queue.")
    position = {"Name": "POSITION_IN_QUEUE", "Value": {"Number": 1 + queue.index(contact)}}
    return {"MetricResults": [position], "Id": contact.contact_id, "Arn": arn_of(contact)}


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
