"""A call under way: what actions read and change, and how they leave the usual path."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from localconnect.clock import Clock
from localconnect.contact import Contact
from localconnect.effects import AwaitKey, Effect, Pause, Reply
from localconnect.flow import Action, Flow
from localconnect.overrides import Overrides
from localconnect.routing.router import Router

if TYPE_CHECKING:
    from localconnect.instance import Instance, Queue

STEP_LIMIT = 10_000
"""Actions that a call may take without waiting for anything; a flow that takes more goes round in a circle."""


class Observer:
    """Watches a call: subclass it and override what you want to see; as it is, it does nothing.

    Called synchronously; ``action_started`` comes before the action takes effect. No method is ever given a key that
    was typed into an encrypted input.
    """

    def action_started(self, flow: Flow, action: Action, parameters: Mapping[str, Any]) -> None:
        """``parameters`` are resolved; a queue or hours that an action takes from the contact are filled in."""

    def action_finished(self, flow: Flow, action: Action, outcome: str, detail: str) -> None:
        """``outcome`` is "Success", the operand of the condition met, or an ErrorType, which ``detail`` explains."""

    def message(self, text: str, language: str) -> None:
        """A prompt is about to be played; ``text`` is its words, without SSML tags."""

    def keys_taken(self, keys: str) -> None:
        """An input has taken these keys of the caller's; each is "•" when the input is encrypted."""

    def attributes_set(self, attributes: Mapping[str, str]) -> None:
        """These contact attributes have been set."""


class ActionFailed(Exception):
    """An action takes its error branch."""

    def __init__(self, reason: str, error_type: str = "NoMatchingError") -> None:
        super().__init__(reason)
        self.error_type = error_type


class UnknownResource(ActionFailed):
    """The instance has no such flow, module, queue or hours."""


class Disconnected(Exception):
    """The flow has ended the contact."""


class StepLimitReached(Exception):
    """The flow goes round in a circle."""


class Transferred(Exception):
    """The contact goes on in another flow, for good."""

    def __init__(self, flow: Flow) -> None:
        super().__init__(flow.name)
        self.flow = flow


class Enqueued(Exception):
    """The contact goes to a queue, for good."""

    def __init__(self, queue: Queue) -> None:
        super().__init__(queue.name)
        self.queue = queue


@dataclass(slots=True)
class Scope:
    """What one run of a flow or module has to itself.

    A module starts with an empty one and leaves nothing but its result behind: $.External, $.StoredCustomerInput and
    $.FlowAttributes do not cross, in either direction. (The documentation's pages are not of one mind about the first
    two; a flow that holds under the stricter reading holds under both.)
    """

    external: Any = field(default_factory=dict)
    flow_attributes: dict[str, str] = field(default_factory=dict)
    stored_input: str | None = None
    loops: dict[object, int] = field(default_factory=dict)
    depth: int = 0
    module_input: Any = field(default_factory=dict)
    module_result: str | None = None
    module_result_data: Any = field(default_factory=dict)


@dataclass(slots=True)
class Call:
    """``router``: where it waits for agents; by default one of its own, in which there are none. ``audience``: who
    hears the flow that runs. ``dialled``: the customer has been called, and has answered.
    ``utterances``: what the customer will say to the bots that come, one each.
    """

    instance: Instance
    contact: Contact
    clock: Clock
    observer: Observer | None = None
    overrides: Overrides = field(default_factory=Overrides)
    scope: Scope = field(default_factory=Scope)
    router: Router = field(default_factory=Router)
    place: Literal["in a flow", "in a queue", "with an agent"] = "in a flow"
    audience: Literal["customer", "agent"] = "customer"
    dialled: bool = False
    utterances: deque[str] = field(default_factory=deque)
    steps: int = 0
    at: tuple[Flow, Action] | None = None

    def take(self, flow: Flow, action: Action) -> None:
        """Note that ``action`` is next."""
        self.at = flow, action
        self.steps += 1
        if self.steps > STEP_LIMIT:
            raise StepLimitReached

    def where(self) -> str:
        """The action that was taken last, for people."""
        if self.at is None:
            return "before the first action"
        flow, action = self.at
        return f"{action.type} {action.identifier!r} in {flow.name!r}"

    def next_key(self, seconds: float, secret: bool) -> Generator[Effect, Reply, str | None]:
        """A key typed ahead, or the one typed within ``seconds``; None if none was. ``secret``: do not show it."""
        if self.contact.typed_ahead:
            return self.contact.typed_ahead.popleft()
        self.steps = 0
        key = yield AwaitKey(seconds, secret)
        return key if isinstance(key, str) else None

    def pause(self, seconds: float) -> Generator[Effect, Reply, None]:
        self.steps = 0
        yield Pause(seconds)
