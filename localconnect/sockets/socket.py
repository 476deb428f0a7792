"""What both sockets have in common: messages are JSON objects; sound, in either direction, is binary: 8,000 samples a
second, 16 bit, little-endian, one channel.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from localconnect.live import Handset

Message = TypeVar("Message")


def handset(websocket: WebSocket, pace: float = 1.0) -> Handset:
    """What is at the other end of ``websocket``."""

    async def send_message(message: Mapping[str, Any]) -> None:
        await send(websocket, message)

    async def send_sound(pcm: bytes) -> None:
        if _is_open(websocket):
            with suppress(WebSocketDisconnect, RuntimeError):
                await websocket.send_bytes(pcm)

    return Handset(send_message, send_sound, pace)


async def send(websocket: WebSocket, message: Mapping[str, Any]) -> None:
    if _is_open(websocket):
        with suppress(WebSocketDisconnect, RuntimeError):  # it is gone: whoever listens learns it too
            await websocket.send_json(message)


async def close(websocket: WebSocket) -> None:
    if _is_open(websocket):
        with suppress(WebSocketDisconnect, RuntimeError):
            await websocket.close()


async def messages(websocket: WebSocket, read: Callable[[str], Message]) -> AsyncIterator[Message | bytes]:
    """What the other end says, until it closes; what ``read`` raises ValueError for is answered with an error."""
    while True:
        received = await websocket.receive()
        if received["type"] == "websocket.disconnect":
            return
        if (sound := received.get("bytes")) is not None:
            if len(sound) % 2:
                await send(websocket, {"type": "error", "detail": "Sound has 16 bits a sample: send whole samples."})
            else:
                yield bytes(sound)
            continue
        try:
            message = read(received.get("text") or "")
        except ValueError as error:
            await send(websocket, {"type": "error", "detail": str(error)})
            continue
        yield message


def is_pace(value: object) -> bool:
    """Whether it is a pace that a socket may ask for."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0.25 <= value <= 20


def _is_open(websocket: WebSocket) -> bool:
    return websocket.client_state is WebSocketState.CONNECTED
