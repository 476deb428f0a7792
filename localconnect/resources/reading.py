"""Reads the properties of a template's resources into an instance.

Types that change nothing about a contact are kept among the instance's ``sources`` and not looked into.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from localconnect.call import UnknownResource
from localconnect.hours import read_hours
from localconnect.language.document import compile_flow
from localconnect.resources import people
from localconnect.resources.identity import PREFIX
from localconnect.resources.models import PhoneNumber, Queue, QuickConnect, Resource, StorageConfig
from localconnect.template import TemplateError
from localconnect.testing.document import read_case

if TYPE_CHECKING:
    from localconnect.instance import Instance


def read_resources(instance: Instance, resources: Iterable[Resource]) -> None:
    """Add them to ``instance``. Raises TemplateError, InvalidFlow or InvalidCase for what is not as it should be."""
    by_type: dict[str, list[Resource]] = {}
    for resource in resources:
        instance.sources[resource.arn] = resource.properties
        by_type.setdefault(resource.type.removeprefix(PREFIX), []).append(resource)
    for kind, add in _STEPS:
        for resource in by_type.get(kind, ()):
            try:
                add(instance, resource)
            except KeyError as missing:
                raise TemplateError(f"{resource.file}: a {resource.type} needs the property {missing}.") from missing
            except UnknownResource as unknown:
                raise TemplateError(f"{resource.file}: {unknown}; name one of the template's.") from unknown


def _add_flow(instance: Instance, flow: Resource) -> None:
    kind, name = flow.properties["Type"], flow.properties["Name"]
    instance.flows[flow.arn] = compile_flow(
        flow.properties["Content"], arn=flow.arn, kind=kind, name=name, file=flow.file
    )


def _add_module(instance: Instance, module: Resource) -> None:
    instance.modules[module.arn] = compile_flow(
        module.properties["Content"], arn=module.arn, kind="MODULE", name=module.properties["Name"], file=module.file
    )


def _add_test_case(instance: Instance, case: Resource) -> None:
    instance.test_cases[case.arn] = read_case(case.properties, file=case.file)


def _add_hours(instance: Instance, hours: Resource) -> None:
    try:
        instance.hours[hours.arn] = read_hours(hours.arn, hours.properties)
    except ValueError as error:
        raise TemplateError(f"{hours.file}: {error}") from error


def _link_hours(instance: Instance, hours: Resource) -> None:
    """Overrides of parents count for their children, whichever of the two names the other (page "Set overrides for
    extended, reduced, and holiday hours", Link overrides).
    """
    parents = [(hours.arn, parent["Id"]) for parent in hours.properties.get("ParentHoursOfOperations", ())]
    children = [(child["Id"], hours.arn) for child in hours.properties.get("ChildHoursOfOperations", ())]
    for reference, parent in (*parents, *children):
        child = instance.hours_named(reference)
        inherited = dict.fromkeys((*child.inherited, *instance.hours_named(parent).overrides))
        instance.hours[child.arn] = replace(child, inherited=tuple(inherited))


def _add_phone_number(instance: Instance, claimed: Resource) -> None:
    """A number gets its digits when the stack is made: here it is an example of its country's, and none is twice."""
    country, prefix = claimed.properties["CountryCode"], claimed.properties.get("Prefix", "")
    kind = PhoneNumberType.TOLL_FREE if claimed.properties["Type"] == "TOLL_FREE" else PhoneNumberType.FIXED_LINE
    example = phonenumbers.example_number_for_type(country, kind) or phonenumbers.example_number(country)
    if example is None:
        raise TemplateError(f"{claimed.file}: {country!r} is no country with telephone numbers; write one such as SG.")
    digits = int(phonenumbers.format_number(example, PhoneNumberFormat.E164))
    taken = {other.number for other in instance.phone_numbers.values()}
    numbers = (prefix + f"+{digits + step}"[len(prefix) :] for step in count())
    number = next(number for number in numbers if number not in taken)
    instance.phone_numbers[claimed.arn] = PhoneNumber(claimed.arn, number)


def _add_queue(instance: Instance, queue: Resource) -> None:
    properties = queue.properties
    limit, outbound = properties.get("MaxContacts"), properties.get("OutboundCallerConfig", {})
    number = instance.phone_numbers.get(outbound.get("OutboundCallerIdNumberArn", ""))
    instance.queues[queue.arn] = Queue(
        queue.arn,
        properties["Name"],
        properties["HoursOfOperationArn"],
        max_contacts=None if limit is None else int(limit),
        enabled=properties.get("Status", "ENABLED") == "ENABLED",
        quick_connects=tuple(properties.get("QuickConnectArns", ())),
        outbound_number=number.number if number else None,
        outbound_flow_arn=outbound.get("OutboundFlowArn"),
    )


_TARGETS = {"PHONE_NUMBER": "PhoneConfig", "USER": "UserConfig", "QUEUE": "QueueConfig", "FLOW": "FlowConfig"}


def _add_quick_connect(instance: Instance, quick_connect: Resource) -> None:
    config = quick_connect.properties["QuickConnectConfig"]
    target = config[_TARGETS[config["QuickConnectType"]]]
    instance.quick_connects[quick_connect.arn] = QuickConnect(
        quick_connect.arn,
        quick_connect.properties["Name"],
        config["QuickConnectType"],
        phone_number=target.get("PhoneNumber"),
        agent_arn=target.get("UserArn"),
        queue_arn=target.get("QueueArn"),
        flow_arn=target.get("ContactFlowArn"),
    )


def _add_storage(instance: Instance, storage: Resource) -> None:
    """Of what goes to a stream of another kind (Firehose, video), nothing is known but that."""
    bucket = storage.properties.get("S3Config", {})
    stream = storage.properties.get("KinesisStreamConfig", {})
    instance.storage[storage.properties["ResourceType"]] = StorageConfig(
        bucket.get("BucketName"), bucket.get("BucketPrefix"), stream.get("StreamArn")
    )


# What others refer to comes before them.
_STEPS: tuple[tuple[str, Callable[[Instance, Resource], None]], ...] = (
    ("ContactFlow", _add_flow),
    ("ContactFlowModule", _add_module),
    ("TestCase", _add_test_case),
    ("HoursOfOperation", _add_hours),
    ("HoursOfOperation", _link_hours),
    ("PhoneNumber", _add_phone_number),
    ("Queue", _add_queue),
    ("RoutingProfile", people.add_profile),
    ("AgentStatus", people.add_status),
    ("PredefinedAttribute", people.add_predefined_attribute),
    ("User", people.add_agent),
    ("QuickConnect", _add_quick_connect),
    ("InstanceStorageConfig", _add_storage),
)
