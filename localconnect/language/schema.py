"""What each action may say, as a table from the documentation: parameters, conditions, errors, flow types.

Sources: the actions' pages in the API Reference and, where those are older than the service, the block's page in the
Administrator Guide. A parameter that the service has and localconnect does not run is not in the table: it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from localconnect.language.conditions import OPERATORS
from localconnect.language.fields import Anything, Fields, Listing, Names, Reference, Text

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
_EVERYWHERE = frozenset(FLOW_KINDS)
_INBOUND = frozenset({"CONTACT_FLOW", "MODULE"})
_TRANSFER = frozenset({"AGENT_TRANSFER", "QUEUE_TRANSFER"})
_QUEUE = frozenset({"CUSTOMER_QUEUE"})
_WHISPER = frozenset({"CUSTOMER_WHISPER", "AGENT_WHISPER", "OUTBOUND_WHISPER"})
_OUTBOUND_WHISPER = frozenset({"OUTBOUND_WHISPER"})

NO_MATCHING_ERROR = "NoMatchingError"
NO_MATCHING_CONDITION = "NoMatchingCondition"

_ANYWHERE = Text(dynamic="anywhere")


@dataclass(frozen=True, slots=True)
class Rule:
    """What an action may say. ``results``: None for no conditions; () for any; else exactly these, by Equals."""

    parameters: Fields
    results: tuple[str, ...] | None = None
    operators: frozenset[str] = frozenset({"Equals"})
    operand: Text = _ANYWHERE
    must_catch: frozenset[str] = frozenset({NO_MATCHING_ERROR})
    may_catch: frozenset[str] = frozenset()
    kinds: frozenset[str] = _EVERYWHERE
    next_action: Literal["required", "optional", "none"] = "required"


def rule_for(action_type: str, parameters: Mapping[str, Any]) -> Rule | None:
    """The rule for an action; None if localconnect does not run this type."""
    if action_type == "GetParticipantInput":
        return _input_rule(parameters)
    return _RULES.get(action_type)


def _input_rule(parameters: Mapping[str, Any]) -> Rule:
    if "EnableDTMFBuffer" in parameters:
        return _SET_BUFFER
    if str(parameters.get("StoreInput", "")).casefold() != "true":
        return _MENU
    validation = parameters.get("InputValidation")
    by_phone = isinstance(validation, dict) and "PhoneNumberValidation" in validation
    return _STORE_PHONE_NUMBER if by_phone else _STORE


_WHOLE = Text(dynamic="whole")
_FLAG = Text(choices=("True", "False", "true", "false"))
_ENABLED = Text(choices=("Enabled", "Disabled"))
_PROMPT = {
    "PromptId": _WHOLE,
    "Text": Text(dynamic="anywhere", longest=6000),
    "SSML": Text(dynamic="anywhere", longest=6000),
}
_INPUT = {
    **_PROMPT,
    "InputTimeLimitSeconds": Text(required=True, least=1, most=180),
    "StoreInput": _FLAG,
}
_ENCRYPTION = Fields(
    {"EncryptionKeyId": Text(required=True, dynamic="anywhere"), "Key": Text(required=True, dynamic="anywhere")}
)
_KEYS = Fields(
    {
        "InputTerminationSequence": Text(longest=5, characters="0123456789*#"),
        "DisableCancelKey": _FLAG,
        "InterdigitTimeLimitSeconds": Text(least=1, most=20),
    }
)
_INPUT_KINDS = frozenset({*_INBOUND, *_TRANSFER, *_QUEUE, *_OUTBOUND_WHISPER})

_MENU = Rule(
    Fields(_INPUT, choose=tuple(_PROMPT), least=0),
    results=(),
    operand=Text(longest=1, characters="0123456789*#"),
    must_catch=frozenset({"InputTimeLimitExceeded", NO_MATCHING_CONDITION, NO_MATCHING_ERROR}),
    kinds=_INPUT_KINDS,
)
_STORE = Rule(
    Fields(
        {
            **_INPUT,
            "InputValidation": Fields(
                {"CustomValidation": Fields({"MaximumLength": Text(required=True, least=1)}, required=True)},
                required=True,
            ),
            "InputEncryption": _ENCRYPTION,
            "DTMFConfiguration": _KEYS,
        },
        choose=tuple(_PROMPT),
        least=0,
    ),
    kinds=_INPUT_KINDS,
)
_STORE_PHONE_NUMBER = Rule(
    Fields(
        {
            **_INPUT,
            "InputValidation": Fields(
                {
                    "PhoneNumberValidation": Fields(
                        {
                            "NumberFormat": Text(required=True, choices=("Local", "E164")),
                            "CountryCode": Text(longest=2),
                        },
                        required=True,
                    )
                },
                required=True,
            ),
            "DTMFConfiguration": _KEYS,
        },
        choose=tuple(_PROMPT),
        least=0,
    ),
    must_catch=frozenset({"InvalidPhoneNumber", NO_MATCHING_ERROR}),
    kinds=_INPUT_KINDS,
)
_SET_BUFFER = Rule(
    Fields(
        {
            "EnableDTMFBuffer": Text(required=True, choices=_FLAG.choices),
            "StoreInput": _FLAG,
            "InputEncryption": _ENCRYPTION,
        }
    ),
    kinds=_INPUT_KINDS,
)

_HOOKS = [
    "AgentHold",
    "AgentWhisper",
    "CustomerHold",
    "CustomerQueue",
    "CustomerRemaining",
    "CustomerWhisper",
    "DefaultAgentUI",
    "DisconnectAgentUI",
    "PauseContact",
    "ResumeContact",
]
_CURRENT = Text(choices=("Current",))

_RULES: dict[str, Rule] = {
    "CheckHoursOfOperation": Rule(
        Fields({"HoursOfOperationId": _ANYWHERE}),
        results=("True", "False"),
        kinds=_INBOUND | _TRANSFER | _QUEUE,
    ),
    "Compare": Rule(
        Fields({"ComparisonValue": Reference()}),
        results=(),
        operators=frozenset(OPERATORS),
        must_catch=frozenset({NO_MATCHING_CONDITION}),
    ),
    "DisconnectParticipant": Rule(
        Fields({}), must_catch=frozenset(), kinds=_INBOUND | _TRANSFER | _QUEUE, next_action="none"
    ),
    "EndFlowExecution": Rule(Fields({}), must_catch=frozenset(), kinds=_WHISPER | _QUEUE, next_action="none"),
    "EndFlowModuleExecution": Rule(
        Fields({"Result": _ANYWHERE, "ResultData": Anything()}),
        must_catch=frozenset(),
        kinds=frozenset({"MODULE"}),
        next_action="none",
    ),
    "InvokeFlowModule": Rule(
        Fields({"FlowModuleId": Text(required=True, dynamic="anywhere"), "Input": Anything()}),
        results=(),
        may_catch=frozenset({NO_MATCHING_CONDITION}),
        kinds=_INBOUND,
    ),
    "InvokeLambdaFunction": Rule(
        Fields(
            {
                "LambdaFunctionARN": Text(required=True, dynamic="anywhere"),
                "InvocationTimeLimitSeconds": Text(required=True, least=1, most=8),
                "InvocationType": Text(choices=("SYNCHRONOUS",)),
                "LambdaInvocationAttributes": Names(_ANYWHERE),
                "ResponseValidation": Fields({"ResponseType": Text(required=True, choices=("STRING_MAP", "JSON"))}),
            }
        )
    ),
    "Loop": Rule(
        Fields({"LoopCount": Text(required=True, dynamic="whole", least=0, most=100)}),
        results=("ContinueLooping", "DoneLooping"),
        must_catch=frozenset(),
        may_catch=frozenset({NO_MATCHING_ERROR}),
    ),
    "MessageParticipant": Rule(
        Fields({**_PROMPT, "SkipWhenDTMFBufferEnabled": _FLAG}, choose=tuple(_PROMPT)),
        kinds=_INBOUND | _TRANSFER | _WHISPER | _QUEUE,
    ),
    "TransferContactToQueue": Rule(
        Fields({}),
        must_catch=frozenset({"QueueAtCapacity", NO_MATCHING_ERROR}),
        kinds=_INBOUND | _TRANSFER,
        next_action="optional",
    ),
    "TransferToFlow": Rule(Fields({"ContactFlowId": Text(required=True, dynamic="whole")}), kinds=_INBOUND | _TRANSFER),
    "UpdateContactAttributes": Rule(Fields({"Attributes": Names(_ANYWHERE, required=True), "TargetContact": _CURRENT})),
    "UpdateContactData": Rule(
        Fields(
            {
                "LanguageCode": _ANYWHERE,
                "Name": _ANYWHERE,
                "Description": _ANYWHERE,
                "CustomerId": _ANYWHERE,
                "TargetContact": _CURRENT,
            },
            choose=("LanguageCode", "Name", "Description", "CustomerId"),
            most=4,
        )
    ),
    "UpdateContactEventHooks": Rule(
        Fields({"EventHooks": Fields(dict.fromkeys(_HOOKS, _ANYWHERE), required=True, choose=tuple(_HOOKS))})
    ),
    "UpdateContactRecordingBehavior": Rule(
        Fields(
            {
                "RecordingBehavior": Fields(
                    {
                        "RecordedParticipants": Listing(("Agent", "Customer")),
                        "ScreenRecordedParticipants": Listing(("Agent",)),
                        "IVRRecordingBehavior": _ENABLED,
                    },
                    required=True,
                ),
                "AnalyticsBehavior": Anything(),
            }
        ),
        must_catch=frozenset(),
        kinds=_INBOUND | _TRANSFER | _OUTBOUND_WHISPER | _QUEUE,
    ),
    "UpdateContactTargetQueue": Rule(
        Fields({"QueueId": Text(required=True, dynamic="whole")}), kinds=_INBOUND | _TRANSFER
    ),
    "UpdateContactTextToSpeechVoice": Rule(
        Fields(
            {
                "TextToSpeechVoice": Text(required=True, dynamic="anywhere"),
                "TextToSpeechEngine": _ANYWHERE,
                "TextToSpeechStyle": _ANYWHERE,
            }
        )
    ),
    "UpdateFlowAttributes": Rule(
        Fields(
            {
                "FlowAttributes": Names(
                    Fields({"Value": Text(required=True, dynamic="anywhere")}), required=True, forbidden="$."
                )
            }
        )
    ),
    "UpdateFlowLoggingBehavior": Rule(
        Fields({"FlowLoggingBehavior": Text(required=True, choices=("Enabled", "Disabled"))}), must_catch=frozenset()
    ),
    "Wait": Rule(
        Fields(
            {
                "TimeLimitSeconds": Text(dynamic="whole", least=1, most=604_800),
                "TimeoutSeconds": Text(dynamic="whole", least=1, most=604_800),
            },
            choose=("TimeLimitSeconds", "TimeoutSeconds"),
        ),
        results=("WaitCompleted",),
    ),
}
ACTION_TYPES = frozenset({*_RULES, "GetParticipantInput"})
