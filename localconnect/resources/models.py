"""Resources that are data and nothing else. Flows, hours, test cases and agents have files of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from localconnect.flow import Flow


@dataclass(frozen=True, slots=True)
class Resource:
    """One of the template's, worked out. ``file`` is the one that its Content is in, or else its logical id."""

    type: str
    arn: str
    properties: Mapping[str, Any]
    file: str


@dataclass(slots=True)
class Queue:
    """None of ``max_contacts`` is no limit. ``quick_connects``: the ARNs of those that it offers to agents. A customer
    who is called for it sees ``outbound_number`` (E.164) and hears the whisper flow ``outbound_flow_arn``.
    """

    arn: str
    name: str
    hours_arn: str
    max_contacts: int | None = None
    enabled: bool = True
    quick_connects: tuple[str, ...] = ()
    outbound_number: str | None = None
    outbound_flow_arn: str | None = None


@dataclass(frozen=True, slots=True)
class QuickConnect:
    """Where agents transfer contacts to: a telephone number (E.164), or the flow that takes it to an agent or a queue,
    or anywhere (FLOW).
    """

    arn: str
    name: str
    kind: Literal["PHONE_NUMBER", "USER", "QUEUE", "FLOW"]
    phone_number: str | None = None
    agent_arn: str | None = None
    queue_arn: str | None = None
    flow_arn: str | None = None


@dataclass(slots=True)
class PhoneNumber:
    """``number`` is in E.164. ``flow`` is entered by who calls it; None stands for the instance's phone flow."""

    arn: str
    number: str
    flow: Flow | None = None


@dataclass(frozen=True, slots=True)
class StorageConfig:
    """A bucket and the prefix of its keys, or a Kinesis stream; neither, where data goes somewhere else."""

    bucket: str | None = None
    prefix: str | None = None
    stream_arn: str | None = None
