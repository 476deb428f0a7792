"""What several operations on contacts are given, and how it must be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from localconnect.actions.contact import ATTRIBUTES_LIMIT
from localconnect.api.errors import ApiError, InvalidInput
from localconnect.api.service import Service

if TYPE_CHECKING:
    from localconnect.centre.centre import Leg

REFERENCES_LIMIT = 4096
"""Bytes of all references of a contact (page "Reference")."""

LATEST_SCHEDULE = timedelta(days=6)
"""How far ahead a task can be scheduled (page "StartTaskContact")."""

_ATTRIBUTE_NAME = re.compile(r"[A-Za-z0-9_-]+")
_REFERENCE_TYPES = ("URL", "NUMBER", "STRING", "DATE", "EMAIL")


def checked_attributes(attributes: Mapping[str, str]) -> dict[str, str]:
    """All attributes that the contact is to have (page "UpdateContactAttributes"). Raises InvalidInput."""
    for name in attributes:
        if not _ATTRIBUTE_NAME.fullmatch(name):
            raise InvalidInput(f"{name!r} is no name of an attribute; write letters, digits, dashes and underscores.")
    size = sum(len(name.encode()) + len(value.encode()) for name, value in attributes.items())
    if size > ATTRIBUTES_LIMIT:
        raise InvalidInput(f"The contact's attributes would take {size:,} bytes; {ATTRIBUTES_LIMIT:,} are allowed.")
    return dict(attributes)


def read_references(references: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Their values by name; of which type they are is not kept. Raises InvalidInput."""
    for name, reference in references.items():
        if reference["Type"] not in _REFERENCE_TYPES:
            raise InvalidInput(f"The reference {name!r} is a {reference['Type']}; use {', '.join(_REFERENCE_TYPES)}.")
    values = {name: reference.get("Value", "") for name, reference in references.items()}
    size = sum(len(name.encode()) + len(value.encode()) for name, value in values.items())
    if size > REFERENCES_LIMIT:
        raise InvalidInput(f"The contact's references would take {size:,} bytes; {REFERENCES_LIMIT:,} are allowed.")
    return values


def checked_schedule(service: Service, moment: datetime) -> datetime:
    """Raises InvalidInput for a time in the past, or further ahead than six days."""
    now = service.clock.now()
    if not now <= moment <= now + LATEST_SCHEDULE:
        raise InvalidInput(f"ScheduledTime is {moment.isoformat()}; choose a time within the next six days.")
    return moment


def active_leg(service: Service, contact_id: str) -> Leg:
    """A contact under way. Raises UnknownResource, and ApiError for one that has ended."""
    service.instance.contacts.find(contact_id)
    leg = service.centre.legs.get(contact_id)
    if leg is None:
        raise ApiError("InvalidRequestException", f"The contact {contact_id!r} has ended already.")
    return leg


def task_leg(service: Service, operation: str, parameters: Mapping[str, Any]) -> Leg:
    """A task under way, for an operation that is for tasks alone. Raises as active_leg does."""
    leg = active_leg(service, parameters["ContactId"])
    channel = leg.contact.channel
    if channel != "TASK":
        raise ApiError("InvalidRequestException", f"{operation} is for tasks; the contact is a {channel} one.")
    return leg
