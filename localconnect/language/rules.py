"""What a table of the flow language is made of: the rule for an action, and what many rules share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from localconnect.language.fields import Field, Fields, Names, Text

FLOW_KINDS = (
    "CONTACT_FLOW",
    "CUSTOMER_QUEUE",
    "CUSTOMER_HOLD",
    "CUSTOMER_WHISPER",
    "AGENT_HOLD",
    "AGENT_WHISPER",
    "OUTBOUND_WHISPER",
    "AGENT_TRANSFER",
    "QUEUE_TRANSFER",
    "MODULE",
)
EVERYWHERE = frozenset(FLOW_KINDS)
INBOUND = frozenset({"CONTACT_FLOW", "MODULE"})
TRANSFER = frozenset({"AGENT_TRANSFER", "QUEUE_TRANSFER"})
QUEUE = frozenset({"CUSTOMER_QUEUE"})
HOLD = frozenset({"CUSTOMER_HOLD", "AGENT_HOLD"})
WHISPER = frozenset({"CUSTOMER_WHISPER", "AGENT_WHISPER", "OUTBOUND_WHISPER"})
OUTBOUND_WHISPER = frozenset({"OUTBOUND_WHISPER"})

CHANNELS = frozenset({"VOICE", "CHAT", "TASK"})
VOICE = frozenset({"VOICE"})
CHAT = frozenset({"CHAT"})

NO_MATCHING_ERROR = "NoMatchingError"
NO_MATCHING_CONDITION = "NoMatchingCondition"
NOTHING: frozenset[str] = frozenset()

ANYWHERE = Text(dynamic="anywhere")
ANYWHERE_REQUIRED = Text(dynamic="anywhere", required=True)
WHOLE = Text(dynamic="whole")
FLAG = Text(choices=("True", "False", "true", "false"))
ENABLED = Text(choices=("Enabled", "Disabled"))
TARGET_CONTACT = Text(choices=("Current", "Related"))
NAMED = Names(ANYWHERE)
PROMPT: dict[str, Field] = {
    "PromptId": WHOLE,
    "Text": Text(dynamic="anywhere", longest=6000),
    "SSML": Text(dynamic="anywhere", longest=6000),
    "Media": Fields(
        {
            "Uri": ANYWHERE_REQUIRED,
            "SourceType": Text(required=True, choices=("S3",)),
            "MediaType": Text(required=True, choices=("Audio",)),
        }
    ),
}
QUEUE_OR_AGENT: dict[str, Field] = {"QueueId": WHOLE, "AgentId": WHOLE}


@dataclass(frozen=True, slots=True)
class Rule:
    """What an action may say. ``results``: None for no conditions; () for any; else exactly these, by Equals.

    ``channels`` are those it works on; on another it fails with ``mismatch`` (page "Supported channels for flow
    blocks"). ``doubled``: a service that is not here does it; see :mod:`localconnect.doubles`.
    """

    parameters: Fields
    results: tuple[str, ...] | None = None
    operators: frozenset[str] = frozenset({"Equals"})
    operand: Text = ANYWHERE
    must_catch: frozenset[str] = frozenset({NO_MATCHING_ERROR})
    may_catch: frozenset[str] = NOTHING
    kinds: frozenset[str] = EVERYWHERE
    next_action: Literal["required", "optional", "none"] = "required"
    channels: frozenset[str] = CHANNELS
    mismatch: str = NO_MATCHING_ERROR
    doubled: bool = False


Chosen = Rule | Callable[[Mapping[str, Any]], Rule]
"""A rule, or what finds the one for an action with these parameters (which need not be as they should)."""


def is_true(flag: Any) -> bool:
    return str(flag).casefold() == "true"
