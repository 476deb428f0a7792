"""What a running flow asks of the outside world, and what it gets back.

The engine does no I/O and reads no clock: it is a generator that yields these values, and whoever drives it (a test
with a clock it can turn, the phone page, a script) answers each with ``send``:

    Speak     -> None                  the prompt has been played, or a key cut it short
    AwaitKey  -> str | None            one key, or None when the time is up
    Invoke    -> Invocation            what the function answered
    Pause     -> None                  the time has passed
    Queued    -> None                  the contact has left the queue; with flow_follows, at once

A caller who hangs up is thrown in as :class:`CallerHungUp`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Speak:
    """Play one prompt. ``language`` is a BCP 47 tag that browsers' voices know; ``voice`` the Amazon Polly voice."""

    text: str
    ssml: bool
    language: str
    voice: str
    barge_in: bool


@dataclass(frozen=True, slots=True)
class AwaitKey:
    """Wait up to ``seconds`` for one key; asked only when no key typed ahead is left. ``secret`` keys are not shown."""

    seconds: float
    secret: bool


@dataclass(frozen=True, slots=True)
class Invoke:
    """Call the function ``arn`` with ``event``; past ``seconds`` the answer no longer counts. ``waits`` is false where
    the answer is of no account, so that it may be answered at once.
    """

    arn: str
    event: dict[str, Any]
    seconds: float
    waits: bool = True


@dataclass(frozen=True, slots=True)
class Invocation:
    """A function's answer: its payload as JSON text, or ``error`` saying why there is none."""

    payload: bytes = b""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Let ``seconds`` go by."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Queued:
    """The contact waits in a queue for an agent. ``flow_follows``: the CustomerQueue flow speaks to it meanwhile."""

    queue_arn: str
    queue_name: str
    flow_follows: bool = False


Effect = Speak | AwaitKey | Invoke | Pause | Queued
Reply = str | Invocation | None


class CallerHungUp(Exception):
    """Thrown into the engine where it waits when the caller puts the phone down."""
