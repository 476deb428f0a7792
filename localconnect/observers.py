"""Several who watch the same call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localconnect.call import Observer
from localconnect.flow import Action, Flow


class Observers(Observer):
    """Passes on what happens, in the order in which the observers are given."""

    def __init__(self, *observers: Observer) -> None:
        self._observers = observers

    def action_started(self, flow: Flow, action: Action, parameters: Mapping[str, Any]) -> None:
        for observer in self._observers:
            observer.action_started(flow, action, parameters)

    def action_finished(self, flow: Flow, action: Action, outcome: str, detail: str) -> None:
        for observer in self._observers:
            observer.action_finished(flow, action, outcome, detail)

    def message(self, text: str, language: str) -> None:
        for observer in self._observers:
            observer.message(text, language)

    def keys_taken(self, keys: str) -> None:
        for observer in self._observers:
            observer.keys_taken(keys)

    def attributes_set(self, attributes: Mapping[str, str]) -> None:
        for observer in self._observers:
            observer.attributes_set(attributes)
