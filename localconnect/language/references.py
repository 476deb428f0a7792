"""JSONPath references such as ``$.Attributes.account``, compiled once when a flow is loaded.

Source: page "List of available contact attributes and their JSONPath references", Amazon Connect Administrator Guide.
A reference to something that is not there gives an empty string. That is our reading: no page says what becomes of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from localconnect.call import Call

Read = Callable[[Call], str]

# Keys end where ASCII word characters end, so that a reference can stand in the middle of Chinese text.
_KEY = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?"
_QUOTED = r"\['[^']+'\]"
_REFERENCE = re.compile(rf"\$(?:\.[A-Za-z]\w*|{_QUOTED})(?:\.{_KEY}|\.?{_QUOTED}|\[\d+\])*", re.ASCII)
_PART = re.compile(rf"\['([^']+)'\]|\[(\d+)\]|({_KEY})", re.ASCII)


def _endpoint(address: str | None) -> Mapping[str, str]:
    return {"Address": address, "Type": "TELEPHONE_NUMBER"} if address else {}


def _modules(call: Call) -> Mapping[str, Any]:
    scope = call.scope
    return {"Input": scope.module_input, "Result": scope.module_result, "ResultData": scope.module_result_data}


_ROOTS: dict[str, Callable[[Call], Any]] = {
    "Attributes": lambda call: call.contact.attributes,
    "AwsRegion": lambda call: call.contact.region,
    "Channel": lambda call: call.contact.channel,
    "ContactId": lambda call: call.contact.contact_id,
    "CustomerEndpoint": lambda call: _endpoint(call.contact.customer_address),
    "CustomerId": lambda call: call.contact.customer_id,
    "Description": lambda call: call.contact.description,
    "External": lambda call: call.scope.external,
    "FlowAttributes": lambda call: call.scope.flow_attributes,
    "InitialContactId": lambda call: call.contact.initial_contact_id,
    "InitiationMethod": lambda call: call.contact.initiation_method,
    "InstanceARN": lambda call: call.contact.instance_arn,
    "LambdaInvocation": lambda call: {"ResultData": call.scope.external},
    "LanguageCode": lambda call: call.contact.language_code,
    "Modules": _modules,
    "Name": lambda call: call.contact.name,
    "PreviousContactId": lambda call: call.contact.contact_id,
    "References": lambda call: {name: {"Value": value} for name, value in call.contact.references.items()},
    "Queue": lambda call: {"ARN": call.contact.queue_arn, "Name": call.contact.queue_name},
    "StoredCustomerInput": lambda call: call.scope.stored_input,
    "SystemEndpoint": lambda call: _endpoint(call.contact.system_address),
    "Tags": lambda call: call.contact.tags,
    "TextToSpeechVoiceId": lambda call: call.contact.voice,
}
# What services outside have answered; empty on a contact that never met such a service.
_LOADED_ROOTS = [
    "Agent",
    "AgenticCX",
    "Case",
    "Customer",
    "DataTables",
    "Lex",
    "Loop",
    "Media",
    "MediaStreams",
    "Metrics",
    "SegmentAttributes",
    "Views",
    "Wisdom",
]
ROOTS = frozenset((*_ROOTS, *_LOADED_ROOTS))


def find_references(text: str) -> list[str]:
    return _REFERENCE.findall(text)


def is_reference(text: str) -> bool:
    """Whether ``text`` is one reference and nothing else."""
    return _REFERENCE.fullmatch(text) is not None


def root_of(reference: str) -> str:
    return _keys(reference)[0]


def read_text(text: str) -> Read:
    """What ``text`` is once its references are filled in."""
    constants = _REFERENCE.split(text)
    if len(constants) == 1:
        return lambda call: text
    values = [read_value(reference) for reference in _REFERENCE.findall(text)]
    if constants == ["", ""]:
        only = values[0]
        return lambda call: as_text(only(call))

    first, *others = constants
    pairs = tuple(zip(values, others, strict=True))

    def read(call: Call) -> str:
        parts = [first]
        for value, constant in pairs:
            parts += as_text(value(call)), constant
        return "".join(parts)

    return read


def read_value(reference: str) -> Callable[[Call], Any]:
    """What a reference stands for: text, or the number, list or object that a function answered; None if missing."""
    root, *keys = _keys(reference)
    origin = _ROOTS.get(root) or _loaded(root)

    def read(call: Call) -> Any:
        value = origin(call)
        for key in keys:
            if isinstance(value, Mapping):
                value = value.get(key)
            elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
                value = value[int(key)]
            else:
                return None
        return value

    return read


def read_tree(value: Any) -> Callable[[Call], Any]:
    """What a parameter of any shape is once the references in it are filled in."""
    if isinstance(value, str):
        return read_text(value)
    if isinstance(value, Mapping):
        entries = tuple((read_text(key), read_tree(entry)) for key, entry in value.items())
        return lambda call: {key(call): entry(call) for key, entry in entries}
    if isinstance(value, list):
        items = tuple(read_tree(item) for item in value)
        return lambda call: [item(call) for item in items]
    return lambda call: value


def _loaded(root: str) -> Callable[[Call], Any]:
    return lambda call: call.contact.loaded.get(root)


def as_text(value: Any) -> str:
    """As it is spoken or compared: numbers, true and false as JSON writes them, nothing for null."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _keys(reference: str) -> list[str]:
    return [quoted or index or plain for quoted, index, plain in _PART.findall(reference[1:])]
