"""What is recorded of a contact: the flow's part (IVR) and the agent's, as its recording behavior says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from localconnect.clock import Clock
from localconnect.contact import Contact
from localconnect.effects import Effect, OnHold, WithAgent
from localconnect.recording import Tape

Participant = Literal["IVR", "AGENT"]


@dataclass(frozen=True, slots=True)
class Taped:
    participant: Participant
    tape: Tape
    started_at: datetime
    stopped_at: datetime


@dataclass(slots=True)
class Taping:
    """Begins and ends tapes as the contact goes from its flow to an agent and back.

    A flow that switches the recording of its part off leaves silence on the tape until it switches it on again.
    """

    contact: Contact
    clock: Clock
    taped: list[Taped] = field(default_factory=list)
    _tape: Tape | None = None
    _participant: Participant | None = None
    _started_at: datetime | None = None
    _secret_since: datetime | None = None

    def follow(self, effect: Effect) -> None:
        """The contact waits for ``effect`` now."""
        wanted = self._wanted(effect)
        if wanted == self._participant or (wanted is None and self._participant == "IVR" and not _with_agent(effect)):
            return
        self.stop()
        if wanted:
            self._participant, self._started_at = wanted, self.clock.now()
            self._tape = Tape(self._started_at)

    def customer(self, pcm: bytes) -> None:
        """The customer is heard now."""
        if self._tape and self._is_kept("Customer"):
            self._tape.customer(self.clock.now(), pcm)

    def agent(self, pcm: bytes) -> None:
        """The agent is heard now."""
        if self._tape and self._is_kept("Agent"):
            self._tape.other(self.clock.now(), pcm)

    def prompt(self, seconds: float) -> None:
        """The system begins to say something that takes so long; its voice is not at hand, a tone stands for it."""
        if self._tape and self._is_kept("System"):
            self._tape.tone(self.clock.now(), seconds)

    def hush(self) -> None:
        """What the system said has been cut short."""
        if self._tape:
            self._tape.hush(self.clock.now())

    def secret(self, is_secret: bool) -> None:
        """What the customer types, or says, is secret from now on, or no more: it is left out of the tape."""
        if self._tape and self._secret_since:
            self._tape.mute(self._secret_since, self.clock.now())
        self._secret_since = self.clock.now() if is_secret else None

    def stop(self) -> None:
        """End the tape that runs, if one does."""
        self.secret(False)
        if self._tape and self._participant and self._started_at:
            now = self.clock.now()
            self._tape.stop(now)
            self.taped.append(Taped(self._participant, self._tape, self._started_at, now))
        self._tape = self._participant = self._started_at = None

    def _wanted(self, effect: Effect) -> Participant | None:
        recording = self.contact.recording
        if _with_agent(effect):
            return "AGENT" if recording.participants else None
        return "IVR" if recording.ivr else None

    def _is_kept(self, speaker: str) -> bool:
        recording = self.contact.recording
        return recording.ivr if self._participant == "IVR" else speaker in (*recording.participants, "System")


def _with_agent(effect: Effect) -> bool:
    return isinstance(effect, WithAgent | OnHold)
