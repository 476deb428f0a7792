"""The phone as a web application: the page at ``/phone`` and the call behind it, the WebSocket ``/phone/call``.
Every other address is the service's API (:mod:`localconnect.api`).

One connection is one call. Messages are JSON objects. The phone sends::

    {"type": "dial", "from": "+8613800138000", "pace": 1.0}
        first of all. "pace" (optional, 0.25 to 20): how much faster than a voice prompts that nobody speaks go by
    {"type": "key", "key": "5"}      a key, at any time; typed ahead when the line is not listening
    {"type": "speaking", "id": 3}    the phone has a voice and speaks prompt 3: the line waits for "spoken"; a prompt
                                     the phone says nothing about lasts as long as a voice would need
    {"type": "spoken", "id": 3}      prompt 3 is over
    {"type": "hangup"}               closing the socket says the same

and the line sends::

    {"type": "say", "id": 3, "text", "language", "voice", "bargeIn"}    a prompt begins
    {"type": "hush"}                                    a key cut it short
    {"type": "listen", "seconds": 5, "secret": false}   the line waits for a key
    {"type": "key", "key": "5"}                         the flow has taken a key; "•" when it was for an encrypted input
    {"type": "dropped", "keys": 2}                      keys typed too early, which no input will take
    {"type": "queued", "queue"}                         the caller waits for an agent
    {"type": "action", "flow", "identifier", "actionType"} and {"type": "attributes", "attributes"}    the flow's trace
    {"type": "ended", "reason", "detail"}               then the line closes the socket
    {"type": "error", "detail"}                         a message that was not understood; the call goes on

``reason`` is an Ending's (:mod:`localconnect.engine`), "stopped" after StopContact, or "error".

Only this machine may call: other host names and pages of other origins are refused.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from localconnect import api, engine
from localconnect.clock import Clock
from localconnect.contact import Contact
from localconnect.contacts import ContactRecord
from localconnect.functions import Functions
from localconnect.instance import Instance
from localconnect.live import HungUp, KeyPressed, LiveCall, PromptSpeaking, PromptSpoken
from localconnect.observers import Observers

WEB = Path(__file__).parent / "web"
PHONE_NUMBER = re.compile(r"\+[1-9][0-9]{1,14}")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
FORMS = {
    "dial": '{"type": "dial", "from": a number in E.164 form such as "+8613800138000", '
    '"pace": optional number from 0.25 to 20}',
    "key": '{"type": "key", "key": one of 0-9, * and #}',
    "speaking": '{"type": "speaking", "id": the number of a prompt}',
    "spoken": '{"type": "spoken", "id": the number of a prompt}',
    "hangup": '{"type": "hangup"}',
}
DISCONNECT_REASONS = {
    "flow ended": "CONTACT_FLOW_DISCONNECT",
    "caller hung up": "CUSTOMER_DISCONNECT",
    "left in queue": "CUSTOMER_DISCONNECT",
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Dial:
    """The phone calls: from which number, how much faster than a voice unspoken prompts go by."""

    number: str
    pace: float


Message = Dial | KeyPressed | PromptSpeaking | PromptSpoken | HungUp


def create_app(instance: Instance, functions: Functions, clock: Clock) -> Starlette:
    """The phone and the API of ``instance``, whose flows call ``functions``. Serve it on 127.0.0.1 alone."""
    service = api.Service(instance, functions, clock)

    async def redirect(request: Request) -> Response:
        return RedirectResponse("/phone")

    async def page(request: Request) -> Response:
        return FileResponse(WEB / "phone.html")

    async def line(request: Request) -> Response:
        return JSONResponse({"alias": instance.alias})

    async def call(websocket: WebSocket) -> None:
        if not _same_origin(websocket):
            await websocket.close(1008, "This page may not call: its origin is not the line's own.")
            return
        await websocket.accept()
        await _hold_call(websocket, instance, functions, clock)

    async def operation(request: Request) -> Response:
        if not _same_origin(request):
            return JSONResponse({"message": "This page may not use the API: its origin is not the line's own."}, 403)
        return await api.respond(service, request)

    return Starlette(
        routes=[
            Route("/", redirect),
            Route("/phone", page),
            Route("/phone/line", line),
            WebSocketRoute("/phone/call", call),
            Mount("/phone", StaticFiles(directory=WEB)),
            Route("/{path:path}", operation, methods=["GET", "POST", "PUT", "DELETE"]),
        ],
        middleware=[
            # A name that an attacker's DNS points at 127.0.0.1 would pass the check of the origin alone.
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"], www_redirect=False),
            Middleware(BaseHTTPMiddleware, dispatch=_add_headers),
        ],
    )


async def _add_headers(request: Request, handle: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await handle(request)
    response.headers.update(HEADERS)
    return response


def _same_origin(connection: HTTPConnection) -> bool:
    """Browsers name the page's origin where something could be changed, and that it is another's where a page only asks
    for something to show; the terminal phone and boto3 say neither.
    """
    origin = connection.headers.get("origin")
    if origin is None:
        return connection.headers.get("sec-fetch-site", "none") in ("none", "same-origin")
    return urlsplit(origin).netloc == connection.headers.get("host")


async def _hold_call(websocket: WebSocket, instance: Instance, functions: Functions, clock: Clock) -> None:
    messages = _messages(websocket)
    dial = await _await_dial(websocket, messages)
    if dial is None:
        return
    try:
        ended = await _run_call(websocket, messages, dial, instance, functions, clock)
    except Exception:
        _log.exception("a call broke")
        ended = {"reason": "error", "detail": "localconnect failed; its log says where."}
    await _send(websocket, {"type": "ended", **ended})
    if websocket.client_state is WebSocketState.CONNECTED:
        with suppress(WebSocketDisconnect):
            await websocket.close()


async def _run_call(
    websocket: WebSocket,
    messages: AsyncIterator[Message],
    dial: Dial,
    instance: Instance,
    functions: Functions,
    clock: Clock,
) -> dict[str, str]:
    contact = instance.new_contact(customer_address=dial.number, clock=clock)
    live = LiveCall(contact, functions, lambda message: _send(websocket, message), pace=dial.pace)
    record = _record(contact, live, clock)
    instance.contacts.begin(record)
    listening = asyncio.create_task(_listen(websocket, messages, live))
    reason = "OTHER"
    try:
        ending = await live.follow(engine.run(instance, contact, clock=clock, observer=Observers(live, record)))
        reason = DISCONNECT_REASONS.get(ending.reason, reason)
        return {"reason": "stopped" if record.stopped else ending.reason, "detail": ending.detail}
    finally:
        listening.cancel()
        record.end(reason)


def _record(contact: Contact, live: LiveCall, clock: Clock) -> ContactRecord:
    return ContactRecord(
        contact=contact,
        clock=clock,
        hang_up=lambda: live.events.put_nowait(HungUp()),
        show_attributes=live.attributes_set,
    )


async def _await_dial(websocket: WebSocket, messages: AsyncIterator[Message]) -> Dial | None:
    async for message in messages:
        match message:
            case Dial():
                return message
            case HungUp():
                return None
            case _:
                await _send(websocket, {"type": "error", "detail": "No call is under way: dial first."})
    return None


async def _listen(websocket: WebSocket, messages: AsyncIterator[Message], live: LiveCall) -> None:
    async for message in messages:
        if isinstance(message, Dial):
            await _send(
                websocket, {"type": "error", "detail": "This call is under way: hang up before dialling again."}
            )
        else:
            live.events.put_nowait(message)


async def _messages(websocket: WebSocket) -> AsyncIterator[Message]:
    """What the phone says, up to and with its hanging up; what is not understood is answered with an error."""
    while True:
        received = await websocket.receive()
        if received["type"] == "websocket.disconnect":
            yield HungUp()
            return
        try:
            message = read_message(received.get("text") or "")
        except ValueError as error:
            await _send(websocket, {"type": "error", "detail": str(error)})
            continue
        yield message
        if isinstance(message, HungUp):
            return


async def _send(websocket: WebSocket, message: dict[str, Any]) -> None:
    if websocket.client_state is WebSocketState.CONNECTED:
        with suppress(WebSocketDisconnect):  # the phone is gone: _messages learns it too
            await websocket.send_json(message)


def read_message(text: str) -> Message:
    """The message that a phone sent as ``text``. Raises ValueError, which says what messages of its type look like."""
    try:
        message = json.loads(text)
    except ValueError:
        message = None
    match message:
        case {"type": "dial", "from": str(number)} if PHONE_NUMBER.fullmatch(number) and _is_pace(
            message.get("pace", 1)
        ):
            return Dial(number, float(message.get("pace", 1)))
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


def _is_pace(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0.25 <= value <= 20
