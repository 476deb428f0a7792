"""The small line with two agents, mei and lan, who are offline at first.

There are whispers, what is heard on hold, and quick connects to the queue and to lan.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from localconnect.instance import Instance
from localconnect.resources.models import PhoneNumber, QuickConnect
from localconnect.routing.agents import Agent, MediaConcurrency, QueueConfig, RoutingProfile
from tests.small_line import ARN, QUEUE_ARN, action, flow_of, small_instance, transfer_to_queue

NUMBER = "+6531234567"
AGENT_WHISPER = "A caller from the menu."
CUSTOMER_WHISPER = "You are through to Mei."
ON_HOLD = "One moment, please."
OUTBOUND_WHISPER = "This is a call from the small line."
TO_QUEUE = "Service again"
TO_LAN = "Lan"

ATTRIBUTES = {"account": "60001234", "language": "English"}

_HOOKS = {"AgentWhisper": "AGENT_WHISPER", "CustomerWhisper": "CUSTOMER_WHISPER", "CustomerHold": "CUSTOMER_HOLD"}
_BEFORE_QUEUE = [
    ("UpdateContactAttributes", {"Attributes": ATTRIBUTES, "TargetContact": "Current"}),
    *(("UpdateContactEventHooks", {"EventHooks": {hook: flow}}) for hook, flow in _HOOKS.items()),
]
_PROFILE = RoutingProfile(
    f"{ARN}/routing-profile/service",
    "Service",
    (QueueConfig(QUEUE_ARN, "VOICE", 1, 0),),
    {"VOICE": MediaConcurrency("VOICE", 1)},
    QUEUE_ARN,
)


def staffed_instance() -> Instance:
    """The line. Its menu waits 5 seconds."""
    line = small_instance(before_queue=_BEFORE_QUEUE)
    for kind, name, actions in _flows():
        flow = flow_of(actions, name, kind, name)
        line.flows[flow.arn] = flow
    line.queues[QUEUE_ARN].outbound_flow_arn = "OUTBOUND_WHISPER"
    line.phone_numbers[NUMBER] = PhoneNumber(f"{ARN}/phone-number/1", NUMBER)
    now = datetime.now(UTC)
    for username in ("mei", "lan"):
        line.router.add(_agent(line, username, now), now)
    for quick_connect in (
        QuickConnect("to-queue", TO_QUEUE, "QUEUE", queue_arn=QUEUE_ARN, flow_arn="to-queue"),
        QuickConnect("to-lan", TO_LAN, "USER", agent_arn=f"{ARN}/agent/lan", flow_arn="to-agent"),
    ):
        line.quick_connects[quick_connect.arn] = quick_connect
    return line


def _flows() -> list[tuple[str, str, list[dict[str, Any]]]]:
    """By kind and name: those that say something go by their kind."""
    whispers = {
        "AGENT_WHISPER": AGENT_WHISPER,
        "CUSTOMER_WHISPER": CUSTOMER_WHISPER,
        "OUTBOUND_WHISPER": OUTBOUND_WHISPER,
    }
    hold = {"Messages": [{"Text": ON_HOLD}]}
    return [
        *((kind, kind, [_say(text), _last("EndFlowExecution")]) for kind, text in whispers.items()),
        ("CUSTOMER_HOLD", "CUSTOMER_HOLD", [_last("MessageParticipantIteratively", hold)]),
        ("QUEUE_TRANSFER", "to-queue", [transfer_to_queue(), _last("DisconnectParticipant")]),
        ("AGENT_TRANSFER", "to-agent", [_last("TransferContactToAgent")]),
    ]


def _say(text: str) -> dict[str, Any]:
    return action("say", "MessageParticipant", {"Text": text}, "end")


def _last(kind: str, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"Identifier": "end", "Type": kind, "Parameters": parameters or {}, "Transitions": {}}


def _agent(line: Instance, username: str, now: datetime) -> Agent:
    return Agent(
        arn=f"{ARN}/agent/{username}",
        username=username,
        first_name=username.capitalize(),
        last_name="Chen",
        profile=_PROFILE,
        status=line.status("Offline"),
        status_since=now,
    )
