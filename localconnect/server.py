"""What `localconnect serve` serves: the phone page at ``/phone``, the agents' panel at ``/agent``, the WebSockets
behind them (:mod:`localconnect.sockets`) and, at every other address, the service's API (:mod:`localconnect.api`).

Only this machine may use it: other host names and pages of other origins are refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from localconnect import api
from localconnect.centre import Centre
from localconnect.clock import Clock
from localconnect.events.sink import Sink
from localconnect.functions import Functions
from localconnect.instance import Instance
from localconnect.sockets import agent, phone

WEB = Path(__file__).parent / "web"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def create_app(instance: Instance, functions: Functions, clock: Clock, sink: Sink | None = None) -> Starlette:
    """The phone, the panel and the API of ``instance``, whose flows call ``functions`` and whose events go to ``sink``.
    Serve it on 127.0.0.1 alone.
    """
    centre = Centre(instance, functions, clock, sink)
    service = api.Service(centre)

    async def redirect(request: Request) -> Response:
        return RedirectResponse("/phone")

    async def phone_page(request: Request) -> Response:
        return FileResponse(WEB / "phone.html")

    async def agent_page(request: Request) -> Response:
        return FileResponse(WEB / "agent.html")

    async def about(request: Request) -> Response:
        agents = sorted(agent.username for agent in instance.agents.values())
        return JSONResponse({"alias": instance.alias, "agents": agents})

    async def call(websocket: WebSocket) -> None:
        if await _accept(websocket):
            await phone.hold(websocket, centre)

    async def panel(websocket: WebSocket) -> None:
        if await _accept(websocket):
            await agent.hold(websocket, centre)

    async def operation(request: Request) -> Response:
        if not _same_origin(request):
            return JSONResponse({"message": "This page may not use the API: its origin is not the line's own."}, 403)
        return await api.respond(service, request)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        beating = asyncio.create_task(centre.beat())
        try:
            yield
        finally:
            beating.cancel()

    return Starlette(
        routes=[
            Route("/", redirect),
            Route("/phone", phone_page),
            Route("/agent", agent_page),
            Route("/phone/line", about),
            WebSocketRoute("/phone/call", call),
            WebSocketRoute("/agent/panel", panel),
            Mount("/web", StaticFiles(directory=WEB)),
            Route("/{path:path}", operation, methods=["GET", "POST", "PUT", "DELETE"]),
        ],
        middleware=[
            # A name that an attacker's DNS points at 127.0.0.1 would pass the check of the origin alone.
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"], www_redirect=False),
            Middleware(BaseHTTPMiddleware, dispatch=_add_headers),
        ],
        lifespan=lifespan,
    )


async def _accept(websocket: WebSocket) -> bool:
    if not _same_origin(websocket):
        await websocket.close(1008, "This page may not call: its origin is not the line's own.")
        return False
    await websocket.accept()
    return True


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
