"""Page "Participant actions in the Amazon Connect Flow language", and those it leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from localconnect.language.fields import Anything, Field, Fields, Items, Listing, Text
from localconnect.language.rules import (
    ANYWHERE,
    ANYWHERE_REQUIRED,
    CHAT,
    FLAG,
    HOLD,
    INBOUND,
    NAMED,
    NO_MATCHING_CONDITION,
    NO_MATCHING_ERROR,
    NOTHING,
    OUTBOUND_WHISPER,
    PROMPT,
    QUEUE,
    TRANSFER,
    VOICE,
    WHISPER,
    WHOLE,
    Chosen,
    Rule,
    is_true,
)

_DIGITS = "0123456789*#"
_INPUT_KINDS = INBOUND | TRANSFER | QUEUE | OUTBOUND_WHISPER
_INPUT: dict[str, Field] = {
    **PROMPT,
    "InputTimeLimitSeconds": Text(required=True, least=1, most=180),
    "StoreInput": FLAG,
}
_ENCRYPTION = Fields({"EncryptionKeyId": ANYWHERE_REQUIRED, "Key": ANYWHERE_REQUIRED})
_KEYS = Fields(
    {
        "InputTerminationSequence": Text(longest=5, characters=_DIGITS),
        "DisableCancelKey": FLAG,
        "InterdigitTimeLimitSeconds": Text(least=1, most=20),
    }
)
_MENU = Rule(
    Fields(_INPUT, choose=tuple(PROMPT), least=0),
    results=(),
    operand=Text(longest=1, characters=_DIGITS),
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
        choose=tuple(PROMPT),
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
        choose=tuple(PROMPT),
        least=0,
    ),
    must_catch=frozenset({"InvalidPhoneNumber", NO_MATCHING_ERROR}),
    kinds=_INPUT_KINDS,
)
_SET_BUFFER = Rule(
    Fields(
        {
            "EnableDTMFBuffer": Text(required=True, choices=FLAG.choices),
            "StoreInput": FLAG,
            "InputEncryption": _ENCRYPTION,
        }
    ),
    kinds=_INPUT_KINDS,
)


def _input_rule(parameters: Mapping[str, Any]) -> Rule:
    if "EnableDTMFBuffer" in parameters:
        return _SET_BUFFER
    if not is_true(parameters.get("StoreInput")):
        return _MENU
    validation = parameters.get("InputValidation")
    by_phone = isinstance(validation, dict) and "PhoneNumberValidation" in validation
    return _STORE_PHONE_NUMBER if by_phone else _STORE


_BOTS = {
    "LexV2Bot": Fields({"AliasArn": ANYWHERE_REQUIRED, "LocaleId": ANYWHERE}, required=True),
    "LexBot": Fields(
        {"Name": ANYWHERE_REQUIRED, "Region": ANYWHERE_REQUIRED, "Alias": ANYWHERE_REQUIRED}, required=True
    ),
}


def _lex_rule(parameters: Mapping[str, Any]) -> Rule:
    version = "LexBot" if "LexBot" in parameters else "LexV2Bot"
    return Rule(
        Fields(
            {
                **PROMPT,
                version: _BOTS[version],
                "LexSessionAttributes": NAMED,
                "LexInitializationData": Fields({"InitialMessage": ANYWHERE_REQUIRED}),
                "LexTimeoutSeconds": Fields({"Text": Text(required=True, dynamic="whole", least=1)}),
            },
            choose=tuple(PROMPT),
            least=0,
        ),
        results=(),
        may_catch=frozenset({NO_MATCHING_CONDITION, "InputTimeLimitExceeded"}),
        kinds=_INPUT_KINDS,
        channels=VOICE | CHAT,
        doubled=True,
    )


_THIRD_PARTY = Rule(
    Fields(
        {
            "ThirdPartyPhoneNumber": ANYWHERE_REQUIRED,
            # The page's name for the time limit is the second; the console writes the first.
            "ThirdPartyConnectionTimeLimitSeconds": Text(dynamic="whole", least=0, most=600),
            "ThirdPartyConnectionTimeoutSeconds": Text(dynamic="whole", least=0, most=600),
            "ContinueFlowExecution": FLAG,
            "ThirdPartyDTMFDigits": Text(dynamic="whole", longest=50, characters=f"{_DIGITS},"),
            "CallerId": Fields({"Number": WHOLE, "Name": ANYWHERE}),
        },
        conflict=("ThirdPartyConnectionTimeLimitSeconds", "ThirdPartyConnectionTimeoutSeconds"),
    ),
    kinds=INBOUND | TRANSFER | QUEUE,
    channels=VOICE,
    doubled=True,
)


def _third_party_rule(parameters: Mapping[str, Any]) -> Rule:
    """A flow that does not go on has no branch for a call that fails."""
    if not is_true(parameters.get("ContinueFlowExecution", "True")):
        return _THIRD_PARTY
    return replace(_THIRD_PARTY, may_catch=frozenset({"CallFailed", "ConnectionTimeLimitExceeded"}))


RULES: dict[str, Chosen] = {
    "AuthenticateParticipant": Rule(
        Fields(
            {
                "CognitoConfiguration": Fields(
                    {"UserPoolArn": ANYWHERE_REQUIRED, "AppClientId": ANYWHERE_REQUIRED}, required=True
                ),
                "CustomerProfilesConfiguration": Fields({"ObjectTypeName": ANYWHERE_REQUIRED}, required=True),
                "TimeLimitMinutes": Text(required=True, least=1),
            }
        ),
        results=(),
        operand=Text(choices=("OptedOut",)),
        must_catch=frozenset({"TimeLimitExceeded", NO_MATCHING_ERROR}),
        kinds=INBOUND | TRANSFER | QUEUE,
        channels=CHAT,
        doubled=True,
    ),
    "ConnectParticipantWithLexBot": _lex_rule,
    "DisconnectParticipant": Rule(Fields({}), must_catch=NOTHING, kinds=INBOUND | TRANSFER | QUEUE, next_action="none"),
    "GetParticipantInput": _input_rule,
    # The console's own flows leave the error out, and the service takes them.
    "MessageParticipant": Rule(
        Fields({**PROMPT, "SkipWhenDTMFBufferEnabled": FLAG}, choose=tuple(PROMPT)),
        must_catch=NOTHING,
        may_catch=frozenset({NO_MATCHING_ERROR}),
        kinds=INBOUND | TRANSFER | WHISPER | QUEUE,
    ),
    "MessageParticipantIteratively": Rule(
        Fields(
            {
                "Messages": Items(Fields(PROMPT, choose=tuple(PROMPT)), required=True, least=1),
                "InterruptFrequencySeconds": Text(least=1),
                "ContinueMessagingDuringInterrupt": FLAG,
            }
        ),
        results=(),
        operand=Text(choices=("MessagesInterrupted",)),
        must_catch=NOTHING,
        may_catch=frozenset({NO_MATCHING_ERROR}),
        kinds=QUEUE | HOLD | {"MODULE"},
        next_action="optional",
        channels=VOICE,
    ),
    "ShowView": Rule(
        Fields(
            {
                "ViewResource": Fields({"Id": ANYWHERE_REQUIRED, "Version": ANYWHERE}, required=True),
                "InvocationTimeLimitSeconds": Text(required=True, dynamic="whole", least=1),
                "ViewData": Anything(empty=True),
                "SensitiveDataConfiguration": Fields({"HideResponseOn": Listing(("TRANSCRIPT",))}),
            }
        ),
        results=(),
        must_catch=frozenset({NO_MATCHING_CONDITION, NO_MATCHING_ERROR, "TimeLimitExceeded"}),
        kinds=INBOUND | QUEUE,
        channels=CHAT,
        doubled=True,
    ),
    "TransferParticipantToThirdParty": _third_party_rule,
}
