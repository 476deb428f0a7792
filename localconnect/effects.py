"""What a running flow asks of the outside world, and what it gets back.

The engine does no I/O and reads no clock: it is a generator that yields these values, and whoever drives it (a test
with a clock it can turn, the phone page, a script) answers each with ``send``:

    Speak     -> None                  the prompt has been played, or a key cut it short
    AwaitKey  -> str | None            one key, or None when the time is up
    Invoke    -> Invocation            what the function answered
    Pause     -> None                  the time has passed
    Queued    -> None                  with flow_follows at once; else only an Interruption ends it
    Dial      -> str | None            None when the customer has answered, else the disconnect reason
    WithAgent                          only an Interruption ends it
    OnHold                             only an Interruption ends it

What others do meanwhile (the caller hangs up, an agent takes the contact or puts it on hold) is thrown in as an
:class:`Interruption`, wherever the engine waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from localconnect.contact import Contact
    from localconnect.routing.agents import Agent


@dataclass(frozen=True, slots=True)
class Speak:
    """Play one prompt. ``language`` is a BCP 47 tag that browsers' voices know; ``voice`` the Amazon Polly voice;
    ``to`` says who hears it: an agent, in a whisper or hold flow of theirs.
    """

    text: str
    ssml: bool
    language: str
    voice: str
    barge_in: bool
    to: Literal["customer", "agent"] = "customer"


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


@dataclass(frozen=True, slots=True)
class Dial:
    """Call the customer at ``number`` (E.164)."""

    number: str


@dataclass(frozen=True, slots=True)
class WithAgent:
    """Customer and agent are joined."""

    agent: Agent


@dataclass(frozen=True, slots=True)
class OnHold:
    """The agent has put the customer on hold, and the CustomerHold flow, if there is one, has ended."""


Effect = Speak | AwaitKey | Invoke | Pause | Queued | Dial | WithAgent | OnHold
Reply = str | Invocation | None


class Interruption(Exception):
    """Somebody does something while the engine waits."""


class CallerHungUp(Interruption):
    """The caller puts the phone down."""


class AgentAnswered(Interruption):
    """An agent takes the contact out of its queue; thrown only while it waits there."""

    def __init__(self, agent: Agent) -> None:
        super().__init__(agent.username)
        self.agent = agent


class PutOnHold(Interruption):
    """The agent puts the customer on hold; thrown only while they are joined."""


class TakenOffHold(Interruption):
    """The agent is back; thrown only while the customer is on hold."""


class AgentLeft(Interruption):
    """The agent ends their part, during a whisper, the conversation or a hold."""


class HandedOver(AgentLeft):
    """The agent has transferred the customer, who goes on as the contact ``onward``; to a telephone number if None."""

    def __init__(self, onward: Contact | None) -> None:
        super().__init__()
        self.onward = onward
