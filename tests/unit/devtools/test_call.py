"""The phone in the terminal, against the small line and in a terminal of its own."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from devtools.call import command, talk
from devtools.problem import Problem
from tests.small_line import ASK_ACCOUNT, BALANCE, GREETING, FakeFunctions, served, small_instance

ROOT = Path(__file__).parents[3]
NUMBER = "+8613800138000"


class Terminal:
    """A terminal in which a call is held."""

    def __init__(self, address: str) -> None:
        self._screen, inside = pty.openpty()
        self.phone = subprocess.Popen(
            [sys.executable, "-c", f"from devtools.call import talk; talk('ws://{address}/phone/call', '{NUMBER}')"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "TERM": "dumb"},
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
        )
        os.close(inside)
        self.shown = ""

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + 30
        while text not in self.shown and time.monotonic() < deadline:
            with suppress(OSError):  # the phone has ended
                self.shown += os.read(self._screen, 4096).decode(errors="replace")
        assert text in self.shown

    def type(self, keys: str) -> None:
        os.write(self._screen, keys.encode())

    def close(self) -> None:
        self.phone.kill()
        self.phone.wait()
        os.close(self._screen)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with served(small_instance(), FakeFunctions()) as address:
        terminal = Terminal(address)
        yield terminal
        terminal.close()


def test_keys_count_as_they_are_pressed_and_secret_ones_are_not_shown(terminal: Terminal) -> None:
    terminal.wait_for(GREETING)
    terminal.wait_for("Press 1")
    terminal.type("1")
    terminal.wait_for(ASK_ACCOUNT)
    terminal.type("6000#")
    terminal.wait_for("PIN")
    terminal.type("987987#")
    terminal.wait_for(BALANCE)
    terminal.wait_for("flow ended")
    assert terminal.phone.wait(5) == 0
    assert "> 6000#" in terminal.shown
    assert "> •••••••" in terminal.shown
    assert "9879" not in terminal.shown


def test_h_hangs_up(terminal: Terminal) -> None:
    terminal.wait_for("Press 1")
    terminal.type("h")
    terminal.wait_for("caller hung up")
    assert terminal.phone.wait(5) == 0


def test_ctrl_c_hangs_up(terminal: Terminal) -> None:
    terminal.wait_for("Press 1")
    terminal.phone.send_signal(signal.SIGINT)
    terminal.wait_for("caller hung up")
    assert terminal.phone.wait(5) == 0


def test_nobody_answers() -> None:
    with pytest.raises(Problem, match="start it with make run"):
        talk("ws://127.0.0.1:9/phone/call", NUMBER)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"number": "13800138000"}, "with its country code"),
        ({"keys": "1,A"}, "write 0-9"),
        ({"as_json": True}, "give the keys too"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(arguments: dict[str, object], sentence: str) -> None:
    defaults = {"number": NUMBER, "keys": None, "as_json": False, "deliver": 1, "endpoint": None}
    with pytest.raises(Problem, match=sentence):
        command(**{**defaults, **arguments})  # type: ignore[arg-type]
