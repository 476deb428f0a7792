"""What each action does. A function an action: given its parameters as written, it returns what performs it.

The rooms are those of the API Reference: participant, contact, flow control, interactions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from localconnect.actions import contact, flow_control, interactions, participant
from localconnect.call import Call
from localconnect.flow import Perform
from localconnect.language.references import read_tree

ACTIONS: dict[str, Callable[[Mapping[str, Any]], Perform]] = {
    "CheckHoursOfOperation": flow_control.check_hours_of_operation,
    "Compare": flow_control.compare,
    "DisconnectParticipant": participant.disconnect_participant,
    "EndFlowExecution": flow_control.end_flow_execution,
    "EndFlowModuleExecution": flow_control.end_flow_module_execution,
    "GetParticipantInput": participant.get_participant_input,
    "InvokeFlowModule": flow_control.invoke_flow_module,
    "InvokeLambdaFunction": interactions.invoke_lambda_function,
    "Loop": flow_control.loop,
    "MessageParticipant": participant.message_participant,
    "TransferContactToQueue": contact.transfer_contact_to_queue,
    "TransferToFlow": flow_control.transfer_to_flow,
    "UpdateContactAttributes": contact.update_contact_attributes,
    "UpdateContactData": contact.update_contact_data,
    "UpdateContactEventHooks": contact.update_contact_event_hooks,
    "UpdateContactRecordingBehavior": contact.update_contact_recording_behavior,
    "UpdateContactTargetQueue": contact.update_contact_target_queue,
    "UpdateContactTextToSpeechVoice": contact.update_contact_text_to_speech_voice,
    "UpdateFlowAttributes": flow_control.update_flow_attributes,
    "UpdateFlowLoggingBehavior": flow_control.update_flow_logging_behavior,
    "Wait": flow_control.wait,
}

# What these use is not (or not always) written in their parameters, but whoever watches wants to know it.
_IMPLIED: dict[str, Callable[[Call], dict[str, Any]]] = {
    "CheckHoursOfOperation": flow_control.implied_hours,
    "TransferContactToQueue": contact.implied_queue,
}


def read_parameters(action_type: str, parameters: Mapping[str, Any]) -> Callable[[Call], dict[str, Any]]:
    """An action's parameters with references filled in and, where it takes a resource from the contact, with that."""
    written: Callable[[Call], dict[str, Any]] = read_tree(parameters)
    implied = _IMPLIED.get(action_type)
    return (lambda call: implied(call) | written(call)) if implied else written
