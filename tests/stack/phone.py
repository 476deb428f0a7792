"""The phone page's socket, as a test holds the phone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from websockets.sync.client import ClientConnection

FRAME = 240  # samples: 30 ms, as the phone page sends them


def hear(socket: ClientConnection, matches: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """The next message that matches."""
    while True:
        received = socket.recv(timeout=20)
        if isinstance(received, str) and matches(message := json.loads(received)):
            return dict(message)


def send(socket: ClientConnection, kind: str, **parts: Any) -> None:
    socket.send(json.dumps({"type": kind, **parts}))


def press(phone: ClientConnection, keys: str) -> None:
    """Type these, ahead where the line is not listening."""
    for key in keys:
        send(phone, "key", key=key)


def leave_a_message(phone: ClientConnection, spoken: bytes) -> None:
    """Say this (16 bit, 8 kHz) after the tone, and keep what was said."""
    hear(phone, lambda message: message["type"] == "listen" and message["seconds"] == 180)
    for at in range(0, len(spoken), 2 * FRAME):
        phone.send(spoken[at : at + 2 * FRAME])
        time.sleep(FRAME / 8000)
    press(phone, "#")
    hear(phone, lambda message: message["type"] == "listen" and message["seconds"] == 10)
    press(phone, "1")
    hear(phone, lambda message: "Your message is kept" in message.get("text", ""))
