"""Page "Flow control actions in the Amazon Connect Flow language", and those it leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from localconnect.language.conditions import COMPARE_OPERATORS
from localconnect.language.fields import Fields, Listing, Names, Reference, Text
from localconnect.language.rules import (
    ANYWHERE,
    ANYWHERE_REQUIRED,
    EVERYWHERE,
    HOLD,
    INBOUND,
    NO_MATCHING_CONDITION,
    NO_MATCHING_ERROR,
    NOTHING,
    QUEUE,
    QUEUE_OR_AGENT,
    TRANSFER,
    VOICE,
    WHISPER,
    Chosen,
    Rule,
)

_AGENT_METRICS = ("NumberOfAgentsAvailable", "NumberOfAgentsStaffed", "NumberOfAgentsOnline")
_QUEUE_METRICS = ("OldestContactInQueueAgeSeconds", "NumberOfContactsInQueue")
_CHECK_METRIC = Rule(
    Fields(
        {"MetricType": Text(required=True, choices=(*_AGENT_METRICS, *_QUEUE_METRICS)), **QUEUE_OR_AGENT},
        conflict=tuple(QUEUE_OR_AGENT),
    ),
    results=(),
    operators=frozenset(
        {
            "Equals",
            "NumberGreaterThan",
            "NumberGreaterOrEqualTo",
            "NumberLessThan",
            "NumberLessOrEqualTo",
        }
    ),
    # Its page has the second for the metrics of the queue only; the service wants it for all.
    must_catch=frozenset({NO_MATCHING_ERROR, NO_MATCHING_CONDITION}),
    kinds=INBOUND | TRANSFER | QUEUE,
)
_VOICE_ID_RESULTS = {
    "enrollmentStatus": ("Enrolled", "NotEnrolled", "OptedOut"),
    "voiceAuthentication": ("Authenticated", "NotAuthenticated", "Inconclusive", "NotEnrolled", "OptedOut"),
    "fraudDetection": ("HighRisk", "LowRisk", "Inconclusive"),
}
_CHECK_VOICE_ID = Rule(
    Fields({"CheckVoiceIdOption": Text(required=True, choices=tuple(_VOICE_ID_RESULTS))}),
    results=(),
    kinds=EVERYWHERE - HOLD,
    channels=VOICE,
    doubled=True,
)
_TIME = Text(dynamic="whole", least=1, most=604_800)
_WAIT_EVENTS = ("CustomerReturned", "BotParticipantDisconnected")
_WAIT = Rule(
    Fields(
        # The page's name for the time is the second; the console writes the first.
        {"TimeLimitSeconds": _TIME, "TimeoutSeconds": _TIME, "Events": Listing(_WAIT_EVENTS)},
        choose=("TimeLimitSeconds", "TimeoutSeconds"),
    ),
    results=("WaitCompleted",),
)


def _check_metric_rule(parameters: Mapping[str, Any]) -> Rule:
    if parameters.get("MetricType") not in _AGENT_METRICS:
        return _CHECK_METRIC
    return replace(_CHECK_METRIC, operators=frozenset({"NumberGreaterThan"}), operand=Text(choices=("0",)))


def _check_voice_id_rule(parameters: Mapping[str, Any]) -> Rule:
    """By their names on the wire; the page has those that are displayed, with spaces."""
    results = _VOICE_ID_RESULTS.get(str(parameters.get("CheckVoiceIdOption")), ())
    return replace(_CHECK_VOICE_ID, operand=Text(choices=results))


def _wait_rule(parameters: Mapping[str, Any]) -> Rule:
    """One condition for each event, and one for none of them."""
    written = parameters.get("Events")
    events = [event for event in _WAIT_EVENTS if event in written] if isinstance(written, list) else []
    if not events:
        return _WAIT
    not_found = frozenset({"ParticipantNotFound"} if "BotParticipantDisconnected" in events else ())
    return replace(_WAIT, results=("WaitCompleted", *events), may_catch=not_found)


RULES: dict[str, Chosen] = {
    "CheckHoursOfOperation": Rule(
        Fields({"HoursOfOperationId": ANYWHERE}),
        results=("True", "False"),
        kinds=INBOUND | TRANSFER | QUEUE,
    ),
    "CheckMetricData": _check_metric_rule,
    "CheckOutboundCallStatus": Rule(
        Fields({}),
        results=(),
        operand=Text(choices=("CallAnswered", "VoicemailBeep", "VoicemailNoBeep", "NotDetected")),
        channels=VOICE,
        doubled=True,
    ),
    "CheckVoiceId": _check_voice_id_rule,
    "Compare": Rule(
        Fields({"ComparisonValue": Reference()}),
        results=(),
        operators=frozenset(COMPARE_OPERATORS),
        must_catch=frozenset({NO_MATCHING_CONDITION}),
    ),
    "DistributeByPercentage": Rule(
        Fields({}),
        results=(),
        operators=frozenset({"NumberLessThan"}),
        operand=Text(least=1, most=101),
        must_catch=frozenset({NO_MATCHING_CONDITION}),
        kinds=INBOUND | TRANSFER | QUEUE,
    ),
    "EndFlowExecution": Rule(Fields({}), must_catch=NOTHING, kinds=WHISPER | QUEUE, next_action="none"),
    "GetMetricData": Rule(
        Fields(
            {**QUEUE_OR_AGENT, "QueueChannel": Text(dynamic="whole", choices=("Voice", "Chat", "Task"))},
            conflict=tuple(QUEUE_OR_AGENT),
        ),
    ),
    # Its page knows no error; the console writes one or none.
    "Loop": Rule(
        Fields({"LoopCount": Text(required=True, dynamic="whole", least=0, most=100)}),
        results=("ContinueLooping", "DoneLooping"),
        must_catch=NOTHING,
        may_catch=frozenset({NO_MATCHING_ERROR}),
    ),
    "StartVoiceIdStream": Rule(Fields({}), kinds=EVERYWHERE - HOLD, channels=VOICE, doubled=True),
    "TransferToFlow": Rule(Fields({"ContactFlowId": Text(required=True, dynamic="whole")}), kinds=INBOUND | TRANSFER),
    # Its page knows no error; the service refuses it without this one.
    "UpdateFlowAttributes": Rule(
        Fields(
            {
                "FlowAttributes": Names(
                    Fields({"Type": Text(choices=("String",)), "Value": ANYWHERE_REQUIRED}),
                    required=True,
                    forbidden="$.",
                )
            }
        )
    ),
    "UpdateFlowLoggingBehavior": Rule(
        Fields({"FlowLoggingBehavior": Text(required=True, choices=("Enabled", "Disabled"))}), must_catch=NOTHING
    ),
    "Wait": _wait_rule,
}
