"""Page "Contact actions in the Amazon Connect Flow language", and those it leads to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localconnect.language.fields import Anything, Field, Fields, Items, Listing, Names, Reference, ReferenceOr, Text
from localconnect.language.rules import (
    ANYWHERE,
    ANYWHERE_REQUIRED,
    CHAT,
    ENABLED,
    EVERYWHERE,
    FLAG,
    INBOUND,
    NAMED,
    NO_MATCHING_CONDITION,
    NO_MATCHING_ERROR,
    NOTHING,
    OUTBOUND_WHISPER,
    QUEUE,
    QUEUE_OR_AGENT,
    TARGET_CONTACT,
    TRANSFER,
    VOICE,
    WHISPER,
    WHOLE,
    Chosen,
    Rule,
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
_LINKED: dict[str, Field] = {"LinkContactToCase": Text(required=True, choices=FLAG.choices), "CaseRequestFields": NAMED}
_NOT_LINKED = frozenset({"ContactNotLinked"})
_RECORDED: dict[str, Field] = {"RecordedParticipants": Listing(("Agent", "Customer")), "IVRRecordingBehavior": ENABLED}
_SCREEN: dict[str, Field] = {"ScreenRecordedParticipants": Listing(("Agent",))}
_VOICE_ID = {
    **dict.fromkeys(
        ("IsVoiceIdStreamingEnabled", "IsVoiceAuthenticationEnabled", "IsFraudDetectionEnabled"),
        Text(choices=("TRUE", "FALSE", "true", "false")),
    ),
    "VoiceAuthenticationThreshold": Text(dynamic="whole", least=0, most=100),
    "VoiceAuthenticationResponseTime": Text(dynamic="whole", least=5, most=10),
    "FraudDetectionThreshold": Text(dynamic="whole", least=0, most=100),
    "WatchlistId": ANYWHERE,
}
_CONTACT_DATA: dict[str, Field] = {
    **dict.fromkeys(("LanguageCode", "Name", "Description", "CustomerId"), ANYWHERE),
    "References": NAMED,
    "WisdomSessionArn": ANYWHERE,
    **_VOICE_ID,
}
_ATTRIBUTE_CONDITION = Fields(
    {
        **dict.fromkeys(("Name", "Value", "ProficiencyLevel"), ANYWHERE),
        "ComparisonOperator": Text(required=True, choices=("NumberGreaterOrEqualTo", "Match", "Range")),
        # An agent by name, as the console writes it; the page has predefined attributes only.
        "MatchCriteria": Fields({"AgentsCriteria": Fields({"AgentIds": Items(ANYWHERE, required=True)})}),
        "Range": Anything(),
    }
)
_EXPRESSION: dict[str, Field] = {
    "AttributeCondition": _ATTRIBUTE_CONDITION,
    "NotAttributeCondition": _ATTRIBUTE_CONDITION,
}
_NESTED = Items(Fields(_EXPRESSION, choose=tuple(_EXPRESSION)), least=1)
_STEP = Fields(
    {
        "Expression": Fields(
            {**_EXPRESSION, "AndExpression": _NESTED, "OrExpression": _NESTED},
            required=True,
            choose=(*_EXPRESSION, "AndExpression", "OrExpression"),
        ),
        "Expiry": Fields({"DurationInSeconds": Text(required=True, dynamic="whole", least=1)}),
    }
)
_ROUTING_CRITERIA = Rule(
    Fields({"RoutingCriteria": ReferenceOr(Fields({"Steps": Items(_STEP, required=True, least=1)}, required=True))})
)
_UNTAG = Rule(Fields({"TagKeys": Items(Text(), required=True, least=1)}))


def _recording_and_analytics_rule(parameters: Mapping[str, Any]) -> Rule:
    redaction = {"InFlightRedactionConfigurationFailed"} if "ChatBehavior" in parameters else set()
    return Rule(
        Fields(
            {
                "VoiceBehavior": Fields(
                    {"VoiceRecordingBehavior": Fields(_RECORDED), "VoiceAnalyticsBehavior": Anything()}
                ),
                "ChatBehavior": Anything(),
                "ScreenRecordingBehavior": Fields(_SCREEN),
            },
            choose=("VoiceBehavior", "ChatBehavior", "ScreenRecordingBehavior"),
            most=2,
            conflict=("VoiceBehavior", "ChatBehavior"),
        ),
        must_catch=frozenset({NO_MATCHING_ERROR, "ChannelMismatch", *redaction}),
    )


RULES: dict[str, Chosen] = {
    "CompleteOutboundCall": Rule(
        Fields(
            {
                "CallerId": Fields({"Number": WHOLE, "Name": ANYWHERE}),
                "VoiceConnector": Fields(
                    {
                        "VoiceConnectorType": Text(required=True, choices=("ChimeConnector",)),
                        **dict.fromkeys(("VoiceConnectorArn", "FromUser", "ToUser"), ANYWHERE_REQUIRED),
                        "UserToUserInformation": ANYWHERE,
                    }
                ),
                "ConnectionTimeLimitSeconds": Text(dynamic="whole", least=1, most=600),
            }
        ),
        must_catch=NOTHING,
        may_catch=frozenset({NO_MATCHING_ERROR}),
        kinds=OUTBOUND_WHISPER,
        channels=VOICE,
        doubled=True,
    ),
    "CreateCase": Rule(Fields({**_LINKED, "CaseTemplateId": ANYWHERE_REQUIRED}), may_catch=_NOT_LINKED, doubled=True),
    "CreatePersistentContactAssociation": Rule(
        Fields(
            {
                "RehydrationType": Text(
                    required=True, dynamic="whole", choices=("ENTIRE_PAST_SESSION", "FROM_SEGMENT")
                ),
                "SourceContactId": ANYWHERE_REQUIRED,
            }
        ),
        channels=CHAT,
        doubled=True,
    ),
    "CreateTask": Rule(
        Fields(
            {
                "Name": ANYWHERE_REQUIRED,
                "Description": ANYWHERE,
                "ContactFlowId": WHOLE,
                "TaskTemplateId": Text(),
                "Attributes": NAMED,
                "References": Names(Anything()),
                "DelaySeconds": Text(dynamic="whole", least=1, most=518_400),
                "ScheduledTime": ANYWHERE,
            },
            choose=("ContactFlowId", "TaskTemplateId"),
            most=2,
            conflict=("DelaySeconds", "ScheduledTime"),
        ),
    ),
    "CreateWisdomSession": Rule(Fields({"WisdomAssistantArn": ANYWHERE_REQUIRED}), channels=VOICE | CHAT, doubled=True),
    "DequeueContactAndTransferToQueue": Rule(
        Fields(QUEUE_OR_AGENT, conflict=tuple(QUEUE_OR_AGENT)),
        must_catch=frozenset({"QueueAtCapacity", NO_MATCHING_ERROR}),
        kinds=QUEUE | {"MODULE"},
        next_action="optional",
    ),
    "EndFlowModuleExecution": Rule(
        Fields({"Result": ANYWHERE, "ResultData": Anything()}),
        must_catch=NOTHING,
        kinds=frozenset({"MODULE"}),
        next_action="none",
    ),
    "GetCase": Rule(
        Fields(
            {
                **_LINKED,
                "GetLastUpdatedCase": Text(required=True, choices=FLAG.choices),
                "CustomerId": ANYWHERE,
                "CaseResponseFields": Items(ANYWHERE),
            }
        ),
        must_catch=frozenset({"MultipleFound", "NoneFound", NO_MATCHING_ERROR}),
        may_catch=_NOT_LINKED,
        doubled=True,
    ),
    # Its page knows inbound flows only; page "Flow modules for reusable functions" has them in all types.
    "InvokeFlowModule": Rule(
        Fields({"FlowModuleId": ANYWHERE_REQUIRED, "Input": Anything()}),
        results=(),
        may_catch=frozenset({NO_MATCHING_CONDITION}),
        kinds=EVERYWHERE,
    ),
    "ResumeContact": Rule(Fields({}), doubled=True),
    "StartOutboundChatContact": Rule(
        Fields(
            {
                "SourceEndpoint": Fields(
                    {"Address": ANYWHERE_REQUIRED, "Type": Text(required=True, choices=("CONNECT_PHONENUMBER_ARN",))},
                    required=True,
                ),
                "DestinationEndpoint": Fields(
                    {"Address": ANYWHERE_REQUIRED, "Type": Text(required=True, choices=("TELEPHONE_NUMBER",))},
                    required=True,
                ),
                "ContactFlowArn": ANYWHERE_REQUIRED,
                "ContactSubtype": Text(required=True, choices=("connect:SMS",)),
                "InitialSystemMessage": Fields({"Content": ANYWHERE_REQUIRED}),
                "RelatedContact": Text(choices=("CURRENT",)),
            }
        ),
        doubled=True,
    ),
    # Its page knows no error; the service refuses it without this one.
    "TagContact": Rule(Fields({"Tags": Names(ANYWHERE, required=True, most=6)})),
    "TransferContactToAgent": Rule(Fields({}), must_catch=NOTHING, kinds=TRANSFER | {"MODULE"}, next_action="none"),
    "TransferContactToQueue": Rule(
        Fields({}),
        must_catch=frozenset({"QueueAtCapacity", NO_MATCHING_ERROR}),
        kinds=INBOUND | TRANSFER,
        next_action="optional",
    ),
    # The page's spelling, and the one that the service takes.
    "UnTagContact": _UNTAG,
    "UntagContact": _UNTAG,
    "UpdateCase": Rule(Fields({**_LINKED, "CaseId": ANYWHERE_REQUIRED}), may_catch=_NOT_LINKED, doubled=True),
    "UpdateContactAttributes": Rule(
        Fields({"Attributes": Names(ANYWHERE, required=True), "TargetContact": TARGET_CONTACT})
    ),
    "UpdateContactCallbackNumber": Rule(
        Fields({"CallbackNumber": Reference()}),
        must_catch=frozenset({"InvalidCallbackNumber", "CallbackNumberNotDialable"}),
        kinds=INBOUND | TRANSFER | QUEUE,
        channels=VOICE,
        mismatch="InvalidCallbackNumber",
    ),
    "UpdateContactData": Rule(
        Fields({**_CONTACT_DATA, "TargetContact": TARGET_CONTACT}, choose=tuple(_CONTACT_DATA), most=len(_CONTACT_DATA))
    ),
    "UpdateContactEventHooks": Rule(
        Fields(
            {
                "EventHooks": Fields(dict.fromkeys(_HOOKS, ANYWHERE), required=True, choose=tuple(_HOOKS)),
                "EventHooksConfiguration": Fields(dict.fromkeys(_HOOKS, Fields({"DisableExecution": FLAG}))),
            }
        )
    ),
    "UpdateContactMediaProcessing": Rule(
        Fields(
            {
                "ChatProcessor": Fields(
                    {
                        "ProcessingEnabled": Text(required=True, choices=FLAG.choices),
                        "LambdaProcessorARN": ANYWHERE_REQUIRED,
                        "ChatProcessorSettings": Fields({"DeliverUnprocessedMessages": FLAG}),
                    },
                    required=True,
                )
            }
        ),
        must_catch=frozenset({NO_MATCHING_ERROR, "ChannelMismatch"}),
        channels=CHAT,
        mismatch="ChannelMismatch",
        doubled=True,
    ),
    "UpdateContactMediaStreamingBehavior": Rule(
        Fields(
            {
                "MediaStreamingState": Text(required=True, choices=ENABLED.choices),
                "Participants": Items(
                    Fields(
                        {
                            "ParticipantType": Text(required=True, choices=("Customer",)),
                            "MediaDirections": Listing(("From", "To"), required=True),
                        }
                    ),
                    required=True,
                    least=1,
                ),
                "MediaStreamType": Text(required=True, choices=("Audio",)),
            }
        ),
        kinds=INBOUND | TRANSFER | WHISPER | QUEUE,
        channels=VOICE,
        doubled=True,
    ),
    "UpdateContactRecordingAndAnalyticsBehavior": _recording_and_analytics_rule,
    "UpdateContactRecordingBehavior": Rule(
        Fields({"RecordingBehavior": Fields({**_RECORDED, **_SCREEN}, required=True), "AnalyticsBehavior": Anything()}),
        must_catch=NOTHING,
        kinds=INBOUND | TRANSFER | OUTBOUND_WHISPER | QUEUE,
    ),
    "UpdateContactRoutingBehavior": Rule(
        Fields(
            {
                "QueuePriority": Text(least=1, most=2**63 - 1),
                "QueueTimeAdjustmentSeconds": Text(least=-(2**31), most=2**31 - 1),
                "RoutingProficiencies": Fields(
                    {
                        "AgentHierarchyProficiency": Fields(
                            {
                                "AgentHierarchy": ANYWHERE_REQUIRED,
                                "ExpirationSeconds": Text(required=True, dynamic="whole", least=0, most=600),
                            },
                            required=True,
                        )
                    }
                ),
            },
            choose=("QueuePriority", "QueueTimeAdjustmentSeconds", "RoutingProficiencies"),
        ),
        must_catch=NOTHING,
        kinds=INBOUND | TRANSFER | QUEUE,
    ),
    "UpdateContactTargetQueue": Rule(Fields(QUEUE_OR_AGENT, choose=tuple(QUEUE_OR_AGENT)), kinds=INBOUND | TRANSFER),
    # Its page demands the error; the console leaves it out, and the service takes that.
    "UpdateContactTextToSpeechVoice": Rule(
        Fields(
            {
                "TextToSpeechVoice": ANYWHERE_REQUIRED,
                "TextToSpeechEngine": ANYWHERE,
                "TextToSpeechStyle": ANYWHERE,
            }
        ),
        must_catch=NOTHING,
        may_catch=frozenset({NO_MATCHING_ERROR}),
    ),
    "UpdatePreviousContactParticipantState": Rule(
        Fields(
            {
                "PreviousContactParticipantState": Text(
                    required=True, choices=("AgentOnHold", "CustomerOnHold", "OffHold")
                )
            }
        ),
        kinds=INBOUND | TRANSFER,
        channels=VOICE,
        doubled=True,
    ),
    # The page's name (it is among the flow control actions there), and the one that the service takes.
    "UpdateContactRoutingCriteria": _ROUTING_CRITERIA,
    "UpdateRoutingCriteria": _ROUTING_CRITERIA,
}
