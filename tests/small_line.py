"""A small line for tests of the phone: a greeting that must be heard, a menu, an encrypted PIN, a function, a queue.

After the greeting: 1 asks for an account and a PIN, asks the function about them and says what it answers; 2 goes to
the queue; nothing in time says so and ends the call.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from localconnect.cli import serve
from localconnect.clock import SystemClock
from localconnect.effects import Invocation
from localconnect.flow import Flow
from localconnect.functions import Functions
from localconnect.instance import Instance, Queue
from localconnect.language.document import compile_flow
from localconnect.server import create_app

GREETING = "欢迎。"
MENU = "Press 1 for your balance, or 2 for an agent." + " Listen to the end, or press a key at any time." * 4
ASK_ACCOUNT = "Account number, then the pound key."
ASK_PIN = "PIN, then the pound key."
BALANCE = "Your balance is 12.50."
GOODBYE = "We heard nothing. Goodbye."

ARN = "arn:aws:connect:ap-southeast-1:000000000000:instance/11111111-1111-1111-1111-111111111111"
QUEUE_ARN = f"{ARN}/queue/22222222-2222-2222-2222-222222222222"
FUNCTION_ARN = "arn:aws:lambda:ap-southeast-1:000000000000:function:balance"


class FakeFunctions:
    """Answers every event with a balance, once ``may_answer`` is set; keeps the events."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.may_answer = threading.Event()
        self.may_answer.set()

    def invoke(self, arn: str, event: dict[str, Any], seconds: float) -> Invocation:
        self.events.append(event)
        self.may_answer.wait(seconds)
        return Invocation(json.dumps({"balance": "12.50"}).encode())


def small_instance(menu_seconds: int = 5, before_queue: Sequence[tuple[str, dict[str, Any]]] = ()) -> Instance:
    """The line, whose menu waits ``menu_seconds`` for a key. ``before_queue``: types and parameters of more actions."""
    actions = _actions(menu_seconds, before_queue)
    queue = Queue(QUEUE_ARN, "Service", f"{ARN}/operating-hours/44444444-4444-4444-4444-444444444444")
    flow = flow_of(actions, "33333333-3333-3333-3333-333333333333", "CONTACT_FLOW", "small line")
    return Instance(
        arn=ARN,
        alias="small-line",
        region="ap-southeast-1",
        account="000000000000",
        flows={flow.arn: flow},
        queues={QUEUE_ARN: queue},
        phone_flow=flow,
    )


def served(instance: Instance, functions: Functions) -> AbstractContextManager[str]:
    """Serve the phone of ``instance`` on a free port; gives its address, such as 127.0.0.1:40001."""
    return serve.served(create_app(instance, functions, SystemClock()))


def flow_of(actions: list[dict[str, Any]], identifier: str, kind: str, name: str) -> Flow:
    document = {"Version": "2019-10-30", "StartAction": actions[0]["Identifier"], "Actions": actions}
    return compile_flow(json.dumps(document), arn=f"{ARN}/contact-flow/{identifier}", kind=kind, name=name)


def _actions(menu_seconds: int, before_queue: Sequence[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    mandarin = {"TextToSpeechVoice": "Zhiyu"}
    english = {"TextToSpeechVoice": "Joanna"}
    return [
        action("voice", "UpdateContactTextToSpeechVoice", mandarin, "greet"),
        action("greet", "MessageParticipant", {"Text": GREETING}, "speak english"),
        action("speak english", "UpdateContactTextToSpeechVoice", english, "menu"),
        _menu(menu_seconds, "before queue 0"),
        action("ask account", "GetParticipantInput", _stored(ASK_ACCOUNT), "remember"),
        action(
            "remember",
            "UpdateContactAttributes",
            {"Attributes": {"account": "$.StoredCustomerInput"}, "TargetContact": "Current"},
            "ask pin",
        ),
        action("ask pin", "GetParticipantInput", _stored(ASK_PIN) | {"InputEncryption": _encryption()}, "look up"),
        action(
            "look up",
            "InvokeLambdaFunction",
            {
                "LambdaFunctionARN": FUNCTION_ARN,
                "InvocationTimeLimitSeconds": "8",
                "ResponseValidation": {"ResponseType": "JSON"},
            },
            "say balance",
        ),
        action("say balance", "MessageParticipant", {"Text": "Your balance is $.External.balance."}, "end"),
        *(
            action(f"before queue {place}", kind, parameters, f"before queue {place + 1}")
            for place, (kind, parameters) in enumerate(before_queue)
        ),
        action(f"before queue {len(before_queue)}", "UpdateContactTargetQueue", {"QueueId": QUEUE_ARN}, "queue"),
        transfer_to_queue(),
        action("say goodbye", "MessageParticipant", {"Text": GOODBYE}, "end"),
        {"Identifier": "end", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}},
    ]


def transfer_to_queue() -> dict[str, Any]:
    """Named "queue"; it goes to "end" when it cannot."""
    transitions = {"NextAction": "end", "Errors": [_error("NoMatchingError"), _error("QueueAtCapacity")]}
    return {"Identifier": "queue", "Type": "TransferContactToQueue", "Parameters": {}, "Transitions": transitions}


def action(identifier: str, kind: str, parameters: dict[str, Any], then: str) -> dict[str, Any]:
    return {
        "Identifier": identifier,
        "Type": kind,
        "Parameters": parameters,
        "Transitions": {"NextAction": then, "Errors": [_error("NoMatchingError")]},
    }


def _menu(seconds: int, queue: str) -> dict[str, Any]:
    return {
        "Identifier": "menu",
        "Type": "GetParticipantInput",
        "Parameters": {"Text": MENU, "StoreInput": "False", "InputTimeLimitSeconds": str(seconds)},
        "Transitions": {
            "NextAction": "end",
            "Conditions": [_on_key("1", "ask account"), _on_key("2", queue)],
            "Errors": [
                {"ErrorType": "InputTimeLimitExceeded", "NextAction": "say goodbye"},
                _error("NoMatchingCondition"),
                _error("NoMatchingError"),
            ],
        },
    }


def _on_key(key: str, then: str) -> dict[str, Any]:
    return {"NextAction": then, "Condition": {"Operator": "Equals", "Operands": [key]}}


def _error(kind: str) -> dict[str, str]:
    return {"ErrorType": kind, "NextAction": "end"}


def _stored(text: str) -> dict[str, Any]:
    return {
        "Text": text,
        "StoreInput": "True",
        "InputTimeLimitSeconds": "5",
        "InputValidation": {"CustomValidation": {"MaximumLength": "10"}},
        "DTMFConfiguration": {"InputTerminationSequence": "#", "DisableCancelKey": "False"},
    }


def _encryption() -> dict[str, str]:
    return {"EncryptionKeyId": "55555555-5555-5555-5555-555555555555", "Key": _certificate()}


def _certificate() -> str:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "small line")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
