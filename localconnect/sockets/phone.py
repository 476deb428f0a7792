"""The socket of a phone, ``/phone/call``: one connection is one call. The phone sends, first of all, one of::

    {"type": "dial", "from": "+8613800138000", "pace": 1.0, "to": "+6531234567"}
        "pace" (optional, 0.25 to 20): how much faster than a voice prompts that nobody speaks go by;
        "to" (optional): one of the instance's numbers
    {"type": "wait", "number": "+8613800138000", "pace": 1.0}    let me ring when somebody calls this number

and then::

    {"type": "answer"}               to a "ring"; "hangup" declines it
    {"type": "key", "key": "5"}      a key, at any time; typed ahead when the line is not listening
    {"type": "speaking", "id": 3}    the phone has a voice and speaks prompt 3: the line waits for "spoken"; a prompt
                                     the phone says nothing about lasts as long as a voice would need
    {"type": "spoken", "id": 3}      prompt 3 is over
    {"type": "hangup"}               closing the socket says the same

and the line sends::

    {"type": "waiting"}                                 it will ring when somebody calls its number
    {"type": "ring", "from"}                            somebody calls
    {"type": "say", "id": 3, "text", "language", "voice", "bargeIn"}    a prompt begins
    {"type": "hush"}                                    a key, or an agent, cut it short
    {"type": "listen", "seconds": 5, "secret": false}   the line waits for a key
    {"type": "key", "key": "5"}                         the flow has taken a key; "•" when it was for an encrypted input
    {"type": "dropped", "keys": 2}                      keys typed too early, which no input will take
    {"type": "queued", "queue"}                         the caller waits for an agent
    {"type": "joined", "agent"}, {"type": "held"}       the caller is with an agent, or on hold
    {"type": "action", "flow", "identifier", "actionType"} and {"type": "attributes", "attributes"}    the flow's trace
    {"type": "ended", "reason", "detail"}               then the line closes the socket
    {"type": "error", "detail"}                         a message that was not understood; the call goes on

``reason`` is an Ending's (:mod:`localconnect.engine`), "stopped" after StopContact, or "error". Sound is binary: see
:mod:`localconnect.sockets.socket`.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.websockets import WebSocket

from localconnect.call import UnknownResource
from localconnect.centre import Centre
from localconnect.live import Event, Handset, HungUp, KeyPressed, PickedUp, PromptSpeaking, PromptSpoken
from localconnect.sockets import socket

PHONE_NUMBER = re.compile(r"\+[1-9][0-9]{1,14}")
FORMS = {
    "dial": '{"type": "dial", "from": a number in E.164 form such as "+8613800138000", '
    '"pace": optional number from 0.25 to 20, "to": optionally one of the instance\'s numbers}',
    "wait": '{"type": "wait", "number": a number in E.164 form, "pace": optional number from 0.25 to 20}',
    "answer": '{"type": "answer"}',
    "key": '{"type": "key", "key": one of 0-9, * and #}',
    "speaking": '{"type": "speaking", "id": the number of the prompt}',
    "spoken": '{"type": "spoken", "id": the number of the prompt}',
    "hangup": '{"type": "hangup"}',
}


@dataclass(frozen=True, slots=True)
class Dial:
    number: str
    pace: float
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    number: str
    pace: float


Message = Dial | Wait | Event
Messages = AsyncIterator[Message | bytes]


async def hold(websocket: WebSocket, centre: Centre) -> None:
    """Take the call of this connection to its end."""
    messages = socket.messages(websocket, read_message)
    first = await _first(websocket, messages)
    if first is None:
        return
    phone = socket.handset(websocket, first.pace)
    ended = _ended(phone)
    listening = asyncio.create_task(_listen(websocket, messages, centre, phone))
    try:
        if isinstance(first, Dial):
            contact = centre.instance.new_contact(customer_address=first.number, clock=centre.clock, to=first.to)
            centre.spawn(centre.serve(contact, phone))
        else:
            centre.phones[first.number] = phone
            await phone.send({"type": "waiting"})
            listening.add_done_callback(lambda _: ended.set() if centre.phones.get(first.number) is phone else None)
        await ended.wait()
    except UnknownResource as unknown:
        await socket.send(websocket, {"type": "error", "detail": f"{unknown}; dial one that it has."})
    finally:
        listening.cancel()
        if centre.phones.get(first.number) is phone:
            del centre.phones[first.number]
    await socket.close(websocket)


def _ended(phone: Handset) -> asyncio.Event:
    """Set once the phone has been sent that its call has ended."""
    ended, send = asyncio.Event(), phone.send

    async def send_on(message: Mapping[str, Any]) -> None:
        await send(dict(message))
        if message["type"] == "ended":
            ended.set()

    phone.send = send_on
    return ended


async def _first(websocket: WebSocket, messages: Messages) -> Dial | Wait | None:
    async for message in messages:
        match message:
            case Dial() | Wait():
                return message
            case HungUp():
                return None
            case bytes():
                pass
            case _:
                await socket.send(websocket, {"type": "error", "detail": "No call is under way: dial first."})
    return None


async def _listen(websocket: WebSocket, messages: Messages, centre: Centre, phone: Handset) -> None:
    async for message in messages:
        match message:
            case bytes():
                await centre.hear_customer(phone, message)
            case Dial() | Wait():
                detail = "This call is under way: hang up before dialling again."
                await socket.send(websocket, {"type": "error", "detail": detail})
            case _:
                phone.events.put_nowait(message)
                if isinstance(message, HungUp):
                    return
    phone.events.put_nowait(HungUp())


def read_message(text: str) -> Message:
    """The message that a phone sent as ``text``. Raises ValueError, which says what messages of its type look like."""
    try:
        message = json.loads(text)
    except ValueError:
        message = None
    match message:
        case {"type": "dial", "from": str(number)} if _is_call(number, message):
            return Dial(number, float(message.get("pace", 1)), message.get("to"))
        case {"type": "wait", "number": str(number)} if _is_call(number, message):
            return Wait(number, float(message.get("pace", 1)))
        case {"type": "answer"}:
            return PickedUp()
        case {"type": "key", "key": str(key)} if re.fullmatch(r"[0-9*#]", key):
            return KeyPressed(key)
        case {"type": "speaking", "id": int(prompt)}:
            return PromptSpeaking(prompt)
        case {"type": "spoken", "id": int(prompt)}:
            return PromptSpoken(prompt)
        case {"type": "hangup"}:
            return HungUp()
        case {"type": str(kind)} if kind in FORMS:
            raise ValueError(f"A {kind} message looks like this: {FORMS[kind]}.")
        case _:
            raise ValueError(f'A message is a JSON object whose "type" is one of {", ".join(FORMS)}.')


def _is_call(number: str, message: Mapping[str, Any]) -> bool:
    numbers = number, message.get("to", number)
    return socket.is_pace(message.get("pace", 1)) and all(
        isinstance(it, str) and PHONE_NUMBER.fullmatch(it) for it in numbers
    )
