"""`make call`: the phone in the terminal. With --keys, a call played from a script in turned time, for programs too."""

from __future__ import annotations

import json
import re
import sys
import termios
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.text import Text
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from devtools.cloud import HOST
from devtools.line import attach, page_port
from devtools.problem import Problem
from devtools.screen import err, out
from localconnect.scripted import CallRecord, place_call
from localconnect.server import PHONE_NUMBER


def command(
    number: Annotated[
        str, typer.Option("--from", help="The caller's number, with its country code.")
    ] = "+8613800138000",
    keys: Annotated[
        str | None,
        typer.Option(
            help="Play this call and print it: groups of keys, each typed when the line waits; empty: silence."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole record of the call as JSON.")] = False,
    deliver: Annotated[int, typer.Option(min=1, help="Deliver each function event so many times.")] = 1,
    endpoint: Annotated[str | None, typer.Option(help="URL of another local cloud than that of make run.")] = None,
) -> None:
    """Call the line that make run has brought up: from this terminal, or with --keys from a script."""
    if not PHONE_NUMBER.fullmatch(number):
        raise Problem(f"{number!r} is no number to call from: write it with its country code, such as +8613800138000.")
    if keys is None:
        if as_json or deliver > 1 or endpoint:
            raise Problem(
                "--json, --deliver and --endpoint are for scripts: give the keys too, for example --keys '1'."
            )
        return talk(f"ws://{HOST}:{page_port()}/phone/call", number)
    if not re.fullmatch(r"[0-9*#,]*", keys):
        raise Problem(f"{keys!r} are no keys: write 0-9, * and #, groups between commas.")
    line = attach(endpoint)
    record = place_call(line.instance, line.functions, customer_address=number, keys=keys, deliver=deliver)
    if as_json:
        print(json.dumps(record.to_json(), ensure_ascii=False, indent=2))
    else:
        _print_record(record)


def _print_record(record: CallRecord) -> None:
    screen = _Screen()
    for line in record.transcript:
        screen.show({"type": "say" if line.speaker == "system" else "key", "text": line.text, "key": line.text})
    if record.ended.reason == "left in queue":
        screen.show({"type": "queued", "queue": record.queue})
    screen.show({"type": "ended"} | asdict(record.ended))


def talk(address: str, number: str) -> None:
    """Hold a call from this terminal until either side ends it. Raises Problem when nothing answers."""
    try:
        socket = connect(address, proxy=None)
    except OSError as error:
        raise Problem(f"The line is not running (nothing answers on {address}): start it with make run.") from error
    except WebSocketException as error:
        raise Problem(f"What answers on {address} is not the line: is another program on its port?") from error
    with socket, _keys_at_once():
        _send(socket, {"type": "dial", "from": number})
        err.print(f"calling from {number}: press 0-9 * #, or h to hang up", style="dim")
        threading.Thread(target=_press_keys, args=(socket,), daemon=True).start()
        try:
            _listen(socket)
        except KeyboardInterrupt:
            _send(socket, {"type": "hangup"})
            _listen(socket)


def _listen(socket: ClientConnection) -> None:
    """Print what the line says until it hangs up."""
    screen = _Screen()
    for message in socket:
        screen.show(json.loads(message))


def _press_keys(socket: ClientConnection) -> None:
    while key := sys.stdin.read(1):
        try:
            if key in "0123456789*#":
                _send(socket, {"type": "key", "key": key})
            elif key in "hH":
                _send(socket, {"type": "hangup"})
        except ConnectionClosed:
            return


def _send(socket: ClientConnection, message: dict[str, Any]) -> None:
    socket.send(json.dumps(message))


@contextmanager
def _keys_at_once() -> Iterator[None]:
    """Keys are read as they are pressed, and not shown: the line decides which may be."""
    if not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setcbreak(sys.stdin)
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


class _Screen:
    """Prints a call as it goes: a line for each prompt, one for the keys pressed in answer."""

    def __init__(self) -> None:
        self._typing = False

    def show(self, message: dict[str, Any]) -> None:
        match message:
            case {"type": "key", "key": key}:
                self._keys(key)
            case {"type": "say", "text": text}:
                self._line(Text(text))
            case {"type": "queued", "queue": queue}:
                self._line(Text(f"waiting for an agent in the queue {queue}", "dim"))
            case {"type": "ended", "reason": reason, "detail": detail}:
                self._line(Text(f"{reason}: {detail}", "dim"))
            case {"type": "error", "detail": detail}:
                self._line(Text(detail, "red"))

    def _keys(self, keys: str) -> None:
        out.print(Text(keys if self._typing else f"  > {keys}", "bold green"), end="")
        out.file.flush()
        self._typing = True

    def _line(self, text: Text) -> None:
        if self._typing:
            out.print()
        self._typing = False
        out.print(text, soft_wrap=True)
