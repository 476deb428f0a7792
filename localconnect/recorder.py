"""Writes down what was said and done in a call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from localconnect.call import Observer
from localconnect.clock import Clock
from localconnect.flow import Action, Flow


@dataclass(frozen=True, slots=True)
class Line:
    """``at``: ISO 8601, UTC. ``language``: a BCP 47 tag of what the system said; none for keys."""

    at: str
    speaker: Literal["system", "caller"]
    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """An action taken. ``detail`` says why when ``outcome`` is an error."""

    at: str
    flow: str
    identifier: str
    type: str
    outcome: str
    detail: str


@dataclass(slots=True)
class Recorder(Observer):
    clock: Clock
    transcript: list[Line] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def action_finished(self, flow: Flow, action: Action, outcome: str, detail: str) -> None:
        self.steps.append(Step(self._at(), flow.name, action.identifier, action.type, outcome, detail))

    def message(self, text: str, language: str) -> None:
        self.transcript.append(Line(self._at(), "system", text, language))

    def keys_taken(self, keys: str) -> None:
        self.transcript.append(Line(self._at(), "caller", keys))

    def _at(self) -> str:
        return self.clock.now().isoformat(timespec="milliseconds")
