"""An Amazon Connect instance, built from the CloudFormation template that deploys it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar
from uuid import uuid4

from localconnect.arns import resource_id, stable_id
from localconnect.call import UnknownResource
from localconnect.clock import Clock
from localconnect.contact import Contact
from localconnect.contacts import Contacts
from localconnect.doubles import DefaultDoubles, Doubles
from localconnect.flow import Flow
from localconnect.hours import Hours
from localconnect.language.document import InvalidFlow
from localconnect.links import check_links
from localconnect.resources.identity import identifier, instance_named, refuse_unknown_types
from localconnect.resources.models import PhoneNumber, Queue, QuickConnect, Resource, StorageConfig
from localconnect.resources.reading import read_resources
from localconnect.routing.agents import Agent, RoutingProfile, Status
from localconnect.routing.capacity import agent_queue_arn
from localconnect.routing.router import Router
from localconnect.template import TemplateError, content_files, inline_content, load, resolve
from localconnect.testing.document import Case

__all__ = ["Instance", "PhoneNumber", "Queue", "QuickConnect", "StorageConfig"]

_Resource = TypeVar("_Resource")


@dataclass(slots=True, kw_only=True)
class Instance:
    """Its resources by ARN; ``predefined_attributes`` are the values of each by its name, ``storage`` goes by resource
    type, such as CALL_RECORDINGS. ``phone_flow`` is the flow that a phone call enters; ``sources`` holds the properties
    that each resource was made from, as CloudFormation has them; ``router`` has the agents and who waits for them;
    ``doubles`` answer for the services that are not here.
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
    statuses: dict[str, Status] = field(default_factory=dict)
    profiles: dict[str, RoutingProfile] = field(default_factory=dict)
    quick_connects: dict[str, QuickConnect] = field(default_factory=dict)
    phone_numbers: dict[str, PhoneNumber] = field(default_factory=dict)
    predefined_attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    storage: dict[str, StorageConfig] = field(default_factory=dict)
    phone_flow: Flow | None = None
    sources: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    contacts: Contacts = field(default_factory=Contacts)
    router: Router = field(default_factory=Router)
    doubles: Doubles = field(default_factory=DefaultDoubles)

    def __post_init__(self) -> None:
        """Two statuses are always there (page "Agent status in the Contact Control Panel (CCP)")."""
        for name, kind in _OWN_STATUSES.items():
            arn = f"{self.arn}/agent-state/{stable_id(self.account, self.region, f'agent-state/{name}')}"
            self.statuses.setdefault(arn, Status(arn, name, kind))

    @property
    def agents(self) -> dict[str, Agent]:
        """By ARN; the router has them."""
        return self.router.agents

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
            refuse_unknown_types(template["Resources"])
            identify = identifier(template["Resources"], region, account)
            resources = resolve(
                inline_content(template, path.parent),
                parameters,
                region=region,
                account=account,
                identify=identify,
            )
            arns = {logical_id: identify(logical_id, resource)["Ref"] for logical_id, resource in resources.items()}
            arn, alias = instance_named(resources, arns)
            instance = cls(arn=arn, alias=alias, region=region, account=account)
            read_resources(
                instance,
                (
                    Resource(resource["Type"], arns[name], resource.get("Properties", {}), files.get(name, name))
                    for name, resource in resources.items()
                ),
            )
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

    def agent(self, reference: str) -> Agent:
        """By username too, and the three below by name."""
        return _find(self.agents, reference, "agent", lambda agent: agent.username)

    def status(self, reference: str) -> Status:
        return _find(self.statuses, reference, "agent status", lambda status: status.name)

    def profile(self, reference: str) -> RoutingProfile:
        return _find(self.profiles, reference, "routing profile", lambda profile: profile.name)

    def quick_connect(self, reference: str) -> QuickConnect:
        return _find(self.quick_connects, reference, "quick connect", lambda quick_connect: quick_connect.name)

    def agent_queue(self, reference: str) -> Queue:
        """An agent's own queue, which has no hours. In an instance without agents there is one for whoever is named.
        Raises UnknownResource.
        """
        if not reference:
            raise UnknownResource("no agent is named")
        if self.agents:
            agent = self.agent(reference)
            arn, name = agent_queue_arn(agent), agent.username
        else:
            name = resource_id(reference)
            arn = f"{self.arn}/queue/agent/{name}"
        return self.queues.setdefault(arn, Queue(arn, name, hours_arn=""))

    def hours_named(self, reference: str) -> Hours:
        return _find(self.hours, reference, "hours of operation")

    def new_contact(
        self,
        *,
        customer_address: str,
        flow: Flow | None = None,
        clock: Clock,
        channel: str = "VOICE",
        to: str | None = None,
    ) -> Contact:
        """Someone calls from ``customer_address`` (E.164) the number ``to``, by default the first, and is to enter
        ``flow``, or else that number's, or the phone's. ``channel`` is VOICE, CHAT or TASK. Raises UnknownResource for
        a number that is not the instance's.
        """
        dialled = self._phone_number(to)
        entry = flow or (dialled and dialled.flow) or self.phone_flow
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
            system_address=dialled.number if dialled else None,
            started_at=clock.now(),
            channel=channel,
        )

    def _phone_number(self, dialled: str | None) -> PhoneNumber | None:
        if dialled:
            return _find(self.phone_numbers, dialled, "phone number", lambda phone_number: phone_number.number)
        return next(iter(self.phone_numbers.values()), None)


_OWN_STATUSES: Mapping[str, Literal["ROUTABLE", "OFFLINE"]] = {"Available": "ROUTABLE", "Offline": "OFFLINE"}


def _find(
    resources: Mapping[str, _Resource], reference: str, kind: str, name: Callable[[_Resource], str] | None = None
) -> _Resource:
    if reference in resources:
        return resources[reference]
    wanted = resource_id(reference)
    for arn, resource in resources.items():
        if resource_id(arn) == wanted or (name and name(resource) == reference):
            return resource
    raise UnknownResource(f"the instance has no {kind} {reference!r}")


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
