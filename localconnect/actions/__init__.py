"""What each action does. A function an action: given its parameters as written, it returns what performs it.

The rooms are those of the API Reference: participant, contact, flow control, interactions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from localconnect.actions import contact, doubled, flow_control, interactions, metrics, participant
from localconnect.call import Call
from localconnect.flow import Perform
from localconnect.language.references import read_tree

# Those that their doubles alone answer.
_DOUBLED = [
    "AssociateContactToCustomerProfile",
    "AuthenticateParticipant",
    "CheckOutboundCallStatus",
    "CheckVoiceId",
    "CompleteOutboundCall",
    "CreateCase",
    "CreateCustomerProfile",
    "CreatePersistentContactAssociation",
    "CreateTask",
    "CreateWisdomSession",
    "DistributeByPercentage",
    "EvaluateDataTableValues",
    "GetCalculatedAttributesForCustomerProfile",
    "GetCase",
    "GetCustomerProfile",
    "GetCustomerProfileObject",
    "ListDataTableValues",
    "ResumeContact",
    "StartOutboundChatContact",
    "StartVoiceIdStream",
    "UpdateCase",
    "UpdateContactMediaProcessing",
    "UpdateContactMediaStreamingBehavior",
    "UpdateCustomerProfile",
    "UpdatePreviousContactParticipantState",
    "UpsertDataTableValues",
]

ACTIONS: dict[str, Callable[[Mapping[str, Any]], Perform]] = {
    **{action_type: doubled.doubled(action_type) for action_type in _DOUBLED},
    "CheckHoursOfOperation": flow_control.check_hours_of_operation,
    "CheckMetricData": metrics.check_metric_data,
    "Compare": flow_control.compare,
    "ConnectParticipantWithLexBot": participant.connect_participant_with_lex_bot,
    "CreateCallbackContact": doubled.create_callback_contact,
    "DequeueContactAndTransferToQueue": contact.dequeue_contact_and_transfer_to_queue,
    "DisconnectParticipant": participant.disconnect_participant,
    "EndFlowExecution": flow_control.end_flow_execution,
    "EndFlowModuleExecution": flow_control.end_flow_module_execution,
    "GetParticipantInput": participant.get_participant_input,
    "GetMetricData": metrics.get_metric_data,
    "InvokeFlowModule": flow_control.invoke_flow_module,
    "InvokeLambdaFunction": interactions.invoke_lambda_function,
    "Loop": flow_control.loop,
    "MessageParticipant": participant.message_participant,
    "MessageParticipantIteratively": participant.message_participant_iteratively,
    "ShowView": doubled.show_view,
    "TagContact": contact.tag_contact,
    "TransferContactToAgent": contact.transfer_contact_to_agent,
    "TransferContactToQueue": contact.transfer_contact_to_queue,
    "TransferParticipantToThirdParty": doubled.transfer_participant_to_third_party,
    "TransferToFlow": flow_control.transfer_to_flow,
    "UnTagContact": contact.untag_contact,
    "UntagContact": contact.untag_contact,
    "UpdateContactAttributes": contact.update_contact_attributes,
    "UpdateContactCallbackNumber": contact.update_contact_callback_number,
    "UpdateContactData": contact.update_contact_data,
    "UpdateContactEventHooks": contact.update_contact_event_hooks,
    "UpdateContactRecordingAndAnalyticsBehavior": contact.update_contact_recording_and_analytics_behavior,
    "UpdateContactRecordingBehavior": contact.update_contact_recording_behavior,
    "UpdateContactRoutingBehavior": contact.update_contact_routing_behavior,
    "UpdateContactRoutingCriteria": contact.update_contact_routing_criteria,
    "UpdateContactTargetQueue": contact.update_contact_target_queue,
    "UpdateContactTextToSpeechVoice": contact.update_contact_text_to_speech_voice,
    "UpdateRoutingCriteria": contact.update_contact_routing_criteria,
    "UpdateFlowAttributes": flow_control.update_flow_attributes,
    "UpdateFlowLoggingBehavior": flow_control.update_flow_logging_behavior,
    "Wait": flow_control.wait,
}

# What these use is not (or not always) written in their parameters, but whoever watches wants to know it.
_IMPLIED: dict[str, Callable[[Call], dict[str, Any]]] = {
    "CheckHoursOfOperation": flow_control.implied_hours,
    "DequeueContactAndTransferToQueue": contact.implied_queue,
    "TransferContactToQueue": contact.implied_queue,
}


def read_parameters(action_type: str, parameters: Mapping[str, Any]) -> Callable[[Call], dict[str, Any]]:
    """An action's parameters with references filled in and, where it takes a resource from the contact, with that."""
    written: Callable[[Call], dict[str, Any]] = read_tree(parameters)
    implied = _IMPLIED.get(action_type)
    return (lambda call: implied(call) | written(call)) if implied else written
