"""An instance made of flow files alone, as the console exports them: what a template would say is made up.

The files' flows and modules go by the ARNs that the others have for them, where the names agree: an export notes the
name of a flow next to each reference (Metadata, ``displayName``). Every queue that a file names is there, without a
limit, and all hours of operation are always open.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from localconnect.arns import resource_id, stable_id
from localconnect.call import UnknownResource
from localconnect.clock import SystemClock
from localconnect.files import read_file
from localconnect.hours import ALWAYS, Hours
from localconnect.instance import Instance, Queue
from localconnect.language.document import InvalidFlow, check_flow, compile_flow
from localconnect.language.references import find_references
from localconnect.language.schema import FLOW_KINDS
from localconnect.links import links
from localconnect.overrides import Substitute
from localconnect.routing.agents import Agent, MediaConcurrency, QueueConfig, RoutingProfile
from localconnect.template import TemplateError
from localconnect.testing.document import Case, Override

REGION, ACCOUNT = "us-east-1", "000000000000"
"""Where a file names no ARN that says otherwise."""

_INSTANCE = re.compile(r"arn:aws[a-z-]*:connect:([a-z0-9-]+):(\d{12}):instance/[0-9a-f-]+")

Announce = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Link:
    """What an action refers to. ``kind`` is the parameter for such things; ``display`` the name noted by an export."""

    kind: str
    reference: str
    display: str


@dataclass(frozen=True, slots=True)
class FlowFile:
    """``kind`` as for :func:`check_flow`; ``name`` as the console has it, or the file's."""

    file: str
    text: str
    kind: str
    name: str
    links: tuple[Link, ...]


def read_flow(path: Path) -> FlowFile:
    """Raises UnreadableFile, or InvalidFlow when it is no flow that runs."""
    text = read_file(path)
    kind = kind_of(text)
    if problems := check_flow(text, kind=kind, name=path.name):
        raise InvalidFlow(problems)
    document = json.loads(text)
    metadata = _object(document.get("Metadata"))
    return FlowFile(path.name, text, kind, str(metadata.get("name") or path.stem), tuple(_read_links(document)))


def kind_of(text: str) -> str:
    """The type of flow that an export's Metadata names; else the first that may hold what the flow holds."""
    try:
        metadata = json.loads(text)["Metadata"]
        kind = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", metadata["type"]).upper()
    except (ValueError, TypeError, KeyError, AttributeError):
        kind = ""
    if kind in FLOW_KINDS:
        return kind
    return min(FLOW_KINDS, key=lambda kind: len(check_flow(text, kind=kind, name="")))


def loose_instance(files: Sequence[FlowFile], announce: Announce, cases: Iterable[Case] = ()) -> Instance:
    """A phone call enters the first inbound flow among ``files``, or else the first that is no module.

    ``announce`` is given a sentence for everything made up, and for every flow referred to that is not among the files:
    such a reference takes its action's error branch. What ``cases`` put in another's place is made up too.
    """
    instance = _empty_instance(files)
    for file in files:
        _add_flow(instance, file, files)
    flows = list(instance.flows.values())
    if not flows:
        raise TemplateError("There are modules alone; give the flow that invokes them too, first.")
    instance.phone_flow = next((flow for flow in flows if flow.kind == "CONTACT_FLOW"), flows[0])
    for link in (*(link for file in files for link in file.links), *_substitutes(cases)):
        _make_up(instance, link, announce)
    return instance


def staff(instance: Instance, announce: Announce) -> None:
    """Give an instance without agents one who serves every queue that it has, by any channel, one contact at a time."""
    if instance.agents:
        return
    channels = ("VOICE", "CHAT", "TASK")
    profile = RoutingProfile(
        f"{instance.arn}/routing-profile/{stable_id(instance.account, instance.region, 'agents')}",
        "agent",
        tuple(QueueConfig(queue, channel, 1, 0) for queue in instance.queues for channel in channels),
        {channel: MediaConcurrency(channel, 1) for channel in channels},
        next(iter(instance.queues), ""),
    )
    instance.profiles[profile.arn] = profile
    now = SystemClock().now()
    arn = f"{instance.arn}/agent/{stable_id(instance.account, instance.region, 'agent')}"
    instance.router.add(
        Agent(arn=arn, username="agent", profile=profile, status=instance.status("Offline"), status_since=now), now
    )
    announce("made up: the agent 'agent', who serves every queue; open /agent to be them")


def _empty_instance(files: Iterable[FlowFile]) -> Instance:
    named = _INSTANCE.search("".join(file.text for file in files))
    if named:
        return Instance(arn=named[0], alias="localconnect", region=named[1], account=named[2])
    arn = f"arn:aws:connect:{REGION}:{ACCOUNT}:instance/{stable_id(ACCOUNT, REGION, 'Instance')}"
    return Instance(arn=arn, alias="localconnect", region=REGION, account=ACCOUNT)


def _add_flow(instance: Instance, file: FlowFile, files: Iterable[FlowFile]) -> None:
    is_module = file.kind == "MODULE"
    known_as = {file.name, Path(file.file).stem}
    references = (
        link.reference
        for other in files
        for link in other.links
        if link.kind == ("FlowModuleId" if is_module else "ContactFlowId")
        and known_as & {link.display, resource_id(link.reference)}
    )
    unique = stable_id(instance.account, instance.region, file.file)
    arn = next(references, f"{instance.arn}/{'flow-module' if is_module else 'contact-flow'}/{unique}")
    group = instance.modules if is_module else instance.flows
    group[arn] = compile_flow(file.text, arn=arn, kind=file.kind, name=file.name, file=file.file)


def _make_up(instance: Instance, link: Link, announce: Announce) -> None:
    name, reference = link.display or resource_id(link.reference), link.reference
    match link.kind:
        case "QueueId" if not _has(instance.queue, reference):
            hours = f"{instance.arn}/operating-hours/always"
            instance.hours.setdefault(hours, _always(hours, "always"))
            instance.queues[reference] = Queue(reference, name, hours)
            announce(f"made up: the queue {name!r}, always open, without a limit")
        case "HoursOfOperationId" if not _has(instance.hours_named, reference):
            instance.hours[reference] = _always(reference, name)
            announce(f"made up: the hours of operation {name!r}, always open")
        case "ContactFlowId" if not _has(instance.flow, reference):
            announce(f"missing: the flow {name!r}; give its file too, or its actions take their error branch")
        case "FlowModuleId" if not _has(instance.module, reference):
            announce(f"missing: the flow module {name!r}; give its file too, or its actions take their error branch")


def _always(arn: str, name: str) -> Hours:
    return Hours(arn, name, ZoneInfo("UTC"), ALWAYS)


def _has(find: Callable[[str], object], reference: str) -> bool:
    try:
        find(reference)
    except UnknownResource:
        return False
    return True


def _read_links(document: Mapping[str, Any]) -> Iterator[Link]:
    notes = _object(_object(document.get("Metadata")).get("ActionMetadata"))
    for action in document["Actions"]:
        noted = _object(_object(notes.get(action["Identifier"])).get("parameters"))
        for kind, reference in links(action.get("Parameters", {})):
            if not find_references(reference):
                yield Link(kind, reference, str(_object(noted.get(kind)).get("displayName", "")))


def _substitutes(cases: Iterable[Case]) -> Iterator[Link]:
    kinds = {"CheckHoursOfOperation": "HoursOfOperationId", "TransferContactToQueue": "QueueId"}
    for case in cases:
        for action in (action for observation in case.observations.values() for action in observation.actions):
            match action:
                case Override(action_type=action_type, override=Substitute(arn)) if action_type in kinds:
                    yield Link(kinds[action_type], arn, "")


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
