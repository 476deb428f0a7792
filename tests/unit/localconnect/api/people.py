"""Who is at the other end: a caller's telephone, an agent's panel."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from websockets.sync.client import ClientConnection

CALLER = "+8613800138000"


class _End:
    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    def send(self, **message: Any) -> None:
        self._socket.send(json.dumps(message))

    def hear(self, kind: str, fits: Callable[[dict[str, Any]], bool] = lambda message: True) -> dict[str, Any]:
        """The next message of this type that fits; those before it are passed over."""
        while True:
            message: dict[str, Any] = json.loads(self._socket.recv(timeout=20))
            if message["type"] == kind and fits(message):
                return message


class Phone(_End):
    """A telephone on the line."""

    def __init__(self, socket: ClientConnection) -> None:
        super().__init__(socket)
        self.send(type="dial", **{"from": CALLER}, pace=20)


class Panel(_End):
    """An agent's, who is logged in."""

    def __init__(self, socket: ClientConnection, agent: str) -> None:
        super().__init__(socket)
        self.send(type="login", agent=agent, pace=20)
        self.hear("agent")

    def has(self, state: str, contact_id: str | None = None) -> str:
        """Wait until a contact, or this one, is in the state; its id."""

        def found(message: dict[str, Any]) -> list[str]:
            held = [contact["contactId"] for contact in message["contacts"] if contact["state"] == state]
            return [each for each in held if contact_id in (None, each)]

        return found(self.hear("agent", lambda message: bool(found(message))))[0]

    def take(self, contact_id: str | None = None) -> str:
        """Accept a contact, or this one, once it rings; its id."""
        ringing = self.has("CONNECTING", contact_id)
        self.send(type="accept", contact=ringing)
        return self.has("CONNECTED", ringing)
