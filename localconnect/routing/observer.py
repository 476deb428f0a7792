"""Watches a router: subclass it and override what you want to see; as it is, it does nothing."""

from __future__ import annotations

from datetime import datetime

from localconnect.contact import Contact
from localconnect.routing.agents import Agent


class RoutingObserver:
    """Called synchronously, after the change, in the order in which things happen."""

    def queued(self, contact: Contact, queue_arn: str, now: datetime) -> None:
        """The contact waits in the queue from now on."""

    def left(self, contact: Contact, now: datetime) -> None:
        """The contact waits no more, and no agent has it: its caller hung up, or its flow took it away."""

    def offered(self, agent: Agent, contact: Contact, now: datetime) -> None:
        """It rings at the agent's; the contact waits on."""

    def accepted(self, agent: Agent, contact: Contact, now: datetime) -> None:
        """The agent has taken the contact, which waits no more."""

    def connected(self, agent: Agent, contact: Contact, now: datetime) -> None:
        """Agent and customer are joined: at once where the customer was waiting, later in a callback."""

    def held(self, agent: Agent, contact: Contact, now: datetime) -> None:
        """The agent has put the customer on hold (a task: has paused it)."""

    def resumed(self, agent: Agent, contact: Contact, now: datetime) -> None:
        """The agent is back with the customer."""

    def missed(self, agent: Agent, contact: Contact, now: datetime) -> None:
        """The agent let it ring, or rejected it; the contact waits on in its old place."""

    def withdrawn(self, agent: Agent, contact: Contact, now: datetime) -> None:
        """The contact left its queue while it rang at the agent's."""

    def ended(self, agent: Agent, contact: Contact, now: datetime) -> None:
        """The conversation is over; after-contact work begins."""

    def cleared(self, agent: Agent, contact: Contact, now: datetime) -> None:
        """The agent is done with the contact, whatever state it was in."""

    def changed(self, agent: Agent, now: datetime) -> None:
        """Something about the agent is different: their status, or a contact in their hands. Comes after all of the
        above, once for each agent and call of the router's.
        """
