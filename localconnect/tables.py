"""The tables of the README, made from the code: ``python -m localconnect.tables`` prints them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from localconnect.language.schema import ACTION_TYPES, support
from localconnect.testing import schema

DOCUMENTED = {
    "Participant actions": "ConnectParticipantWithAgenticCX ConnectParticipantWithLexBot DisconnectParticipant "
    "GetParticipantInput MessageParticipant MessageParticipantIteratively ShowView TransferParticipantToThirdParty",
    "Contact actions": "CompleteOutboundCall CreateCase CreateTask CreateWisdomSession "
    "DequeueContactAndTransferToQueue EndFlowModuleExecution GetCase InvokeFlowModule ResumeContact "
    "StartOutboundChatContact TagContact TransferContactToAgent TransferContactToQueue UnTagContact UpdateCase "
    "UpdateContactAttributes UpdateContactCallbackNumber UpdateContactData UpdateContactEventHooks "
    "UpdateContactMediaProcessing UpdateContactMediaStreamingBehavior UpdateContactRecordingAndAnalyticsBehavior "
    "UpdateContactRecordingBehavior UpdateContactRoutingBehavior UpdateContactTargetQueue "
    "UpdateContactTextToSpeechVoice UpdatePreviousContactParticipantState",
    "Flow control actions": "CheckHoursOfOperation CheckMetricData CheckOutboundCallStatus CheckVoiceId Compare "
    "DistributeByPercentage EndFlowExecution GetMetricData Loop StartVoiceIdStream TransferToFlow "
    "UpdateFlowAttributes UpdateFlowLoggingBehavior UpdateRoutingCriteria Wait",
    "Interactions": "AssociateContactToCustomerProfile CreateCallbackContact CreateCustomerProfile "
    "GetCalculatedAttributesForCustomerProfile GetCustomerProfile GetCustomerProfileObject InvokeLambdaFunction "
    "UpdateCustomerProfile",
}
"""The action types that the contents of each page of the flow language name. (ConnectParticipantWithAgenticCX stands in
none of them: it is named by the testing language.)
"""

Row = tuple[str, str, str]


def flow_table() -> str:
    """Each documented action type, and those that only console exports show, against what localconnect does with it."""
    rows: list[Row] = []
    for family, names in DOCUMENTED.items():
        rows += ((family, name, _support(name)) for name in names.split())
    documented = {name for _, name, _ in rows}
    rows += (("In exports only", name, _support(name)) for name in sorted(ACTION_TYPES - documented))
    return _markdown(("family", "action", "localconnect"), rows)


def testing_table() -> str:
    """Each event, matcher, usage, action and control of the testing language."""
    return _markdown(("part", "", "localconnect"), _testing_rows())


def _testing_rows() -> Iterator[Row]:
    yield from _run("Entry point", ("VOICE_CALL", "CHAT"))
    yield from _run("Event", (name for name in schema.EVENTS if not name.startswith("FlowAction")))
    for event, types in (("FlowActionStarted", schema.STARTED), ("FlowActionCompleted", schema.COMPLETED)):
        for name in types:
            yield "Event", f"{event} of {name}", _support(name)
    yield "Event", "of the actor Agent, for which no form is documented", "refused"
    yield from _run("Matcher", schema.MATCHERS)
    yield from _run("Usage", ("Exactly", "AtLeast", "AtMost", "Always"))
    yield from _run("SendInstruction", ("DtmfInput", "Disconnect"))
    yield "SendInstruction", "Utterance, to a bot", _support("ConnectParticipantWithLexBot")
    yield "SendInstruction", "of the actors System and Agent, for which no form is documented", "refused"
    for name in schema.OVERRIDDEN:
        yield "OverrideSystemBehavior", f"{name}: SubstituteResource, MockResponse", "runs"
    yield from _run("Assert", schema.ASSERTIONS)
    yield from _run("TestControl", schema.COMMANDS)


def _run(part: str, names: Iterable[str]) -> Iterator[Row]:
    return ((part, name, "runs") for name in names)


def _support(action_type: str) -> str:
    return support(action_type) or "refused"


def _markdown(head: Row, rows: Iterable[Row]) -> str:
    lines = (head, ("---", "---", "---"), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    print(f"{flow_table()}\n\n{testing_table()}")
