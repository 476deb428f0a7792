"""The phone in the terminal."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from types import FrameType
from typing import Any

from rich.text import Text
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from localconnect.cli.problem import Problem
from localconnect.cli.screen import err, out
from localconnect.scripted import CallRecord


def print_record(record: CallRecord) -> None:
    screen = _Screen()
    for line in record.transcript:
        screen.show({"type": "say" if line.speaker == "system" else "key", "text": line.text, "key": line.text})
    if record.ended.reason == "left in queue":
        screen.show({"type": "queued", "queue": record.queue})
    screen.show({"type": "ended"} | asdict(record.ended))


def talk(address: str, number: str, *, start: str = "localconnect serve") -> None:
    """Hold a call from this terminal until either side ends it. ``start`` is the command that starts the line. Raises
    Problem when nothing answers.
    """
    try:
        socket = connect(address, proxy=None)
    except OSError as error:
        raise Problem(f"The line is not running (nothing answers on {address}): start it with {start}.") from error
    except WebSocketException as error:
        raise Problem(f"What answers on {address} is not the line: is another program on its port?") from error
    with socket, _keys_at_once(), _interrupt_hangs_up(socket):
        _send(socket, {"type": "dial", "from": number})
        err.print(f"calling from {number}: press 0-9 * #, or h to hang up", style="dim")
        threading.Thread(target=_press_keys, args=(socket,), daemon=True).start()
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


@contextmanager
def _interrupt_hangs_up(socket: ClientConnection) -> Iterator[None]:
    """Ctrl-C hangs up, and the line says its last; a second one ends the program. It is a thread that sends, because an
    exception in the midst of receiving would leave the socket unfit for more.
    """

    def hang_up(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        threading.Thread(target=_hang_up, args=(socket,), daemon=True).start()

    before = signal.signal(signal.SIGINT, hang_up)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _hang_up(socket: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        _send(socket, {"type": "hangup"})


def _send(socket: ClientConnection, message: dict[str, Any]) -> None:
    socket.send(json.dumps(message))


@contextmanager
def _keys_at_once() -> Iterator[None]:
    """Keys are read as they are pressed, and not shown: the line decides which may be."""
    if not sys.stdin.isatty() or sys.platform == "win32":
        yield
        return
    import termios
    import tty

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
