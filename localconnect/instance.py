"""An Amazon Connect instance, built from the CloudFormation template that deploys it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from localconnect.arns import resource_id, stable_id
from localconnect.call import UnknownResource
from localconnect.clock import Clock
from localconnect.contact import Contact
from localconnect.contacts import Contacts
from localconnect.doubles import DefaultDoubles, Doubles
from localconnect.flow import Flow
from localconnect.hours import Hours, read_hours
from localconnect.language.document import InvalidFlow, compile_flow
from localconnect.links import check_links
from localconnect.template import Identify, TemplateError, content_files, inline_content, load, resolve
from localconnect.testing.document import Case, read_case

# What a resource of each type is called in ARNs, and which attributes beside Ref give its ARN.
_ARN_NAMES = {
    "AWS::Connect::ContactFlow": ("contact-flow", "ContactFlowArn"),
    "AWS::Connect::ContactFlowModule": ("flow-module", "ContactFlowModuleArn"),
    "AWS::Connect::HoursOfOperation": ("operating-hours", "HoursOfOperationArn"),
    "AWS::Connect::Instance": ("instance", "Arn"),
    "AWS::Connect::IntegrationAssociation": ("integration-association", "IntegrationAssociationId"),
    "AWS::Connect::PhoneNumber": ("phone-number", "PhoneNumberArn"),
    "AWS::Connect::Queue": ("queue", "QueueArn"),
    "AWS::Connect::RoutingProfile": ("routing-profile", "RoutingProfileArn"),
    "AWS::Connect::SecurityKey": ("security-key", "SecurityKeyArn"),
    "AWS::Connect::TestCase": ("test-case", "TestCaseArn"),
}
_OUTSIDE_THE_INSTANCE = ("AWS::Connect::Instance", "AWS::Connect::PhoneNumber")

_Resource = TypeVar("_Resource")


@dataclass(slots=True)
class Queue:
    """``waiting`` holds the ids of the contacts in the queue; None of ``max_contacts`` is no limit."""

    arn: str
    name: str
    hours_arn: str
    max_contacts: int | None = None
    waiting: set[str] = field(default_factory=set)

    def is_full(self) -> bool:
        return self.max_contacts is not None and len(self.waiting) >= self.max_contacts


@dataclass(slots=True, kw_only=True)
class Instance:
    """Its resources by ARN. ``phone_flow`` is the flow that a phone call enters; ``sources`` holds the properties that
    each resource was made from, as CloudFormation has them; ``doubles`` answer for the services that are not here.
    """

    arn: str
    alias: str
    region: str
    account: str
    flows: dict[str, Flow] = field(default_factory=dict)
    modules: dict[str, Flow] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    hours: dict[str, Hours] = field(default_factory=dict)
    test_cases: dict[str, Case] = field(default_factory=dict)
    phone_flow: Flow | None = None
    sources: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    contacts: Contacts = field(default_factory=Contacts)
    doubles: Doubles = field(default_factory=DefaultDoubles)

    @classmethod
    def from_template(cls, path: Path, parameters: Mapping[str, str], *, region: str, account: str) -> Instance:
        """Build the instance that the template at ``path`` describes, with these values for its parameters.

        A phone call enters the flow that the template's ``Metadata: {localconnect: {EntryFlow: <logical id>}}`` names;
        without it, the only flow of type CONTACT_FLOW. Raises TemplateError for a template, and InvalidFlow or
        InvalidCase for a file, that is not as it should be.
        """
        template = load(path)
        files = {logical_id: file.name for logical_id, file in content_files(template, path.parent).items()}
        try:
            _refuse_unknown_types(template["Resources"])
            identify = _identifier(template["Resources"], region, account)
            resources = resolve(
                inline_content(template, path.parent),
                parameters,
                region=region,
                account=account,
                identify=identify,
            )
            instance = _empty_instance(resources, region, account)
            for logical_id, resource in resources.items():
                _add(instance, identify(logical_id, resource)["Ref"], resource, files.get(logical_id, logical_id))
            _refuse_loose_ends(instance, resources, files)
            instance.phone_flow = _entry_flow(template, instance)
            return instance
        except TemplateError as error:
            raise TemplateError(f"{path.name}: {error}") from error

    def flow(self, reference: str) -> Flow:
        """By id or ARN, as the others below. Raises UnknownResource, with which an action takes its error branch."""
        return _find(self.flows, reference, "flow")

    def module(self, reference: str) -> Flow:
        return _find(self.modules, reference, "flow module")

    def queue(self, reference: str) -> Queue:
        return _find(self.queues, reference, "queue")

    def agent_queue(self, reference: str) -> Queue:
        """An agent's own queue. It has no hours; who the agent is, is not looked into. Raises UnknownResource."""
        if not reference:
            raise UnknownResource("no agent is named")
        arn = f"{self.arn}/queue/agent/{resource_id(reference)}"
        return self.queues.setdefault(arn, Queue(arn, resource_id(reference), hours_arn=""))

    def hours_named(self, reference: str) -> Hours:
        return _find(self.hours, reference, "hours of operation")

    def new_contact(
        self, *, customer_address: str, flow: Flow | None = None, clock: Clock, channel: str = "VOICE"
    ) -> Contact:
        """Someone calls from ``customer_address`` (E.164) and is to enter ``flow``, or the phone's. ``channel`` is
        VOICE, CHAT or TASK.
        """
        entry = flow or self.phone_flow
        if entry is None:
            raise TemplateError(
                "Which flow does a phone call enter? Write Metadata: {localconnect: {EntryFlow: <logical id>}}."
            )
        contact_id = str(uuid4())
        return Contact(
            contact_id=contact_id,
            initial_contact_id=contact_id,
            flow=entry,
            instance_arn=self.arn,
            region=self.region,
            customer_address=customer_address,
            started_at=clock.now(),
            channel=channel,
        )


def _find(resources: Mapping[str, _Resource], reference: str, kind: str) -> _Resource:
    if reference in resources:
        return resources[reference]
    wanted = resource_id(reference)
    for arn, resource in resources.items():
        if resource_id(arn) == wanted:
            return resource
    raise UnknownResource(f"the instance has no {kind} {reference!r}")


def _refuse_unknown_types(resources: Mapping[str, Mapping[str, Any]]) -> None:
    for logical_id, resource in resources.items():
        resource_type = str(resource.get("Type"))
        if resource_type.startswith("AWS::Connect::") and resource_type not in _ARN_NAMES:
            known = ", ".join(name.removeprefix("AWS::Connect::") for name in _ARN_NAMES)
            raise TemplateError(f"{logical_id} is a {resource_type}, which localconnect does not run; it runs {known}.")


def _identifier(resources: Mapping[str, Mapping[str, Any]], region: str, account: str) -> Identify:
    """Ref and attributes of the template's resources. Those that are not of Connect go by their logical id alone."""
    prefix = f"arn:aws:connect:{region}:{account}"
    of_type = (name for name, resource in resources.items() if resource.get("Type") == "AWS::Connect::Instance")
    instance_arn = f"{prefix}:instance/{stable_id(account, region, next(of_type, 'Instance'))}"

    def identify(logical_id: str, resource: Mapping[str, Any]) -> Mapping[str, str]:
        if resource.get("Type") not in _ARN_NAMES:
            return {"Ref": logical_id, "Arn": logical_id}
        name, attribute = _ARN_NAMES[resource["Type"]]
        unique = stable_id(account, region, logical_id)
        outside = resource["Type"] in _OUTSIDE_THE_INSTANCE
        arn = f"{prefix}:{name}/{unique}" if outside else f"{instance_arn}/{name}/{unique}"
        return {"Ref": arn, attribute: arn, "Id": unique, "AssociationId": unique}

    return identify


def _empty_instance(resources: Mapping[str, Mapping[str, Any]], region: str, account: str) -> Instance:
    """The template's own instance, or the one, made elsewhere, whose ARN its resources name."""
    arn = _identifier(resources, region, account)
    for logical_id, resource in resources.items():
        if resource["Type"] == "AWS::Connect::Instance":
            alias = resource.get("Properties", {}).get("InstanceAlias", logical_id)
            return Instance(arn=arn(logical_id, resource)["Ref"], alias=alias, region=region, account=account)
    for resource in resources.values():
        named = resource.get("Properties", {}).get("InstanceArn")
        if isinstance(named, str) and ":instance/" in named:
            return Instance(arn=named, alias=resource_id(named), region=region, account=account)
    raise TemplateError("there is no AWS::Connect::Instance, and no InstanceArn that names one; add either.")


def _add(instance: Instance, arn: str, resource: Mapping[str, Any], file: str) -> None:
    """Add one resource to ``instance``; types that change nothing about how a call runs are left out."""
    instance.sources[arn] = resource.get("Properties", {})
    add = _ADD.get(resource["Type"])
    if add is None:
        return
    try:
        add(instance, arn, resource.get("Properties", {}), file)
    except KeyError as missing:
        raise TemplateError(f"{file}: a {resource['Type']} needs the property {missing}.") from missing


def _add_flow(instance: Instance, arn: str, properties: Mapping[str, Any], file: str) -> None:
    instance.flows[arn] = compile_flow(
        properties["Content"], arn=arn, kind=properties["Type"], name=properties["Name"], file=file
    )


def _add_module(instance: Instance, arn: str, properties: Mapping[str, Any], file: str) -> None:
    instance.modules[arn] = compile_flow(
        properties["Content"], arn=arn, kind="MODULE", name=properties["Name"], file=file
    )


def _add_queue(instance: Instance, arn: str, properties: Mapping[str, Any], file: str) -> None:
    limit = properties.get("MaxContacts")
    instance.queues[arn] = Queue(
        arn, properties["Name"], properties["HoursOfOperationArn"], None if limit is None else int(limit)
    )


def _add_hours(instance: Instance, arn: str, properties: Mapping[str, Any], file: str) -> None:
    try:
        instance.hours[arn] = read_hours(arn, properties)
    except ValueError as error:
        raise TemplateError(f"{file}: {error}") from error


def _add_test_case(instance: Instance, arn: str, properties: Mapping[str, Any], file: str) -> None:
    instance.test_cases[arn] = read_case(properties, file=file)


_ADD: dict[str, Callable[[Instance, str, Mapping[str, Any], str], None]] = {
    "AWS::Connect::ContactFlow": _add_flow,
    "AWS::Connect::ContactFlowModule": _add_module,
    "AWS::Connect::HoursOfOperation": _add_hours,
    "AWS::Connect::Queue": _add_queue,
    "AWS::Connect::TestCase": _add_test_case,
}


def _refuse_loose_ends(instance: Instance, resources: Mapping[str, Any], files: Mapping[str, str]) -> None:
    problems: list[str] = []
    for logical_id, resource in resources.items():
        if resource["Type"] in ("AWS::Connect::ContactFlow", "AWS::Connect::ContactFlowModule"):
            problems += check_links(instance, resource["Properties"]["Content"], files.get(logical_id, logical_id))
    if problems:
        raise InvalidFlow(problems)


def _entry_flow(template: Mapping[str, Any], instance: Instance) -> Flow | None:
    logical_id = template.get("Metadata", {}).get("localconnect", {}).get("EntryFlow")
    if logical_id is None:
        inbound = [flow for flow in instance.flows.values() if flow.kind == "CONTACT_FLOW"]
        return inbound[0] if len(inbound) == 1 else None
    unique = stable_id(instance.account, instance.region, logical_id)
    for arn, flow in instance.flows.items():
        if resource_id(arn) == unique:
            return flow
    raise TemplateError(f"Metadata names the EntryFlow {logical_id!r}, which is no AWS::Connect::ContactFlow here.")
