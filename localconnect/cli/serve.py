"""`localconnect serve`: the phone in the browser."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from starlette.applications import Starlette

from localconnect.cli.line import Endpoint, Parameters, Stub, Template, announce, cloud_sink, open_line
from localconnect.cli.problem import Problem
from localconnect.cli.screen import out
from localconnect.clock import SystemClock
from localconnect.loose import staff
from localconnect.server import create_app

HOST = "127.0.0.1"
PORT = 8800
Events = Annotated[
    str | None, typer.Option("--events", metavar="URL", help="Send events and recordings there: a local cloud, or AWS.")
]
Port = Annotated[int, typer.Option(min=1, max=65535, help="The port of the phone page on this machine.")]


def command(
    files: Annotated[list[Path] | None, typer.Argument(help="Flow files; a call enters the first.")] = None,
    template: Template = None,
    parameters: Parameters = None,
    stub: Stub = None,
    endpoint: Endpoint = None,
    events: Events = None,
    port: Port = PORT,
) -> None:
    """Serve an instance until Ctrl-C: open the address in a browser and call; agents are at /agent.

    With --events, contact records, agent events, contact events and recordings go there: to the streams and the bucket
    that the template's storage configurations name, and to EventBridge.
    """
    # Set even for SIGINT: a shell that starts this in the background has it ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with suppress(KeyboardInterrupt):  # Ctrl-C is how this command ends
        line = open_line(files or [], template, parameters, stub, endpoint)
        staff(line.instance, announce)
        with listen(port) as page, ExitStack() as at_the_end:
            sink = at_the_end.enter_context(closing(cloud_sink(events, line.instance.region))) if events else None
            app = create_app(line.instance, line.functions(time.sleep), SystemClock(), sink)
            # Who comes before the server runs waits in the socket's queue: the line is ready.
            out.print(f"ready http://{HOST}:{port}", soft_wrap=True)
            server(app).run(sockets=[page])


def server(app: Starlette) -> uvicorn.Server:
    return uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))


def listen(port: int, otherwise: str = "choose another with --port") -> socket.socket:
    """A socket bound to the port on this machine. Raises Problem, with what to do ``otherwise``, when it is in use."""
    try:
        bound = socket.create_server((HOST, port))
    except OSError as error:
        raise Problem(f"Port {port} is in use: end what listens there, or {otherwise}.") from error
    # Connections take this over: without it an answer in two parts waits 40 ms for the first to be acknowledged.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return bound


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """Serve ``app`` from a thread, on a free port; gives its address, such as 127.0.0.1:40001."""
    running = server(app)
    with listen(0) as page:
        thread = threading.Thread(target=running.run, kwargs={"sockets": [page]})
        thread.start()
        try:
            yield f"{HOST}:{page.getsockname()[1]}"
        finally:
            running.should_exit = True
            thread.join()
