"""What an agent does, and sees: the acts of the Contact Control Panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localconnect import engine
from localconnect.call import Call
from localconnect.centre.contacts import follow_up
from localconnect.contact import Contact
from localconnect.effects import AgentLeft, HandedOver, PutOnHold, TakenOffHold
from localconnect.live import Handset, LiveCall
from localconnect.routing.agents import Agent, AgentContact

if TYPE_CHECKING:
    from localconnect.centre.centre import Centre, Leg
    from localconnect.instance import QuickConnect


_HOLD_PROMPTS = 1_000_001
"""Numbers of an agent's own prompts while the customer hears others: a panel's reports must not be taken for theirs."""


class Refused(Exception):
    """The agent cannot do this now; the message says what they can do."""


def snapshot(centre: Centre, agent: Agent) -> dict[str, Any]:
    """What the panel shows: see :mod:`localconnect.server`."""
    instance = centre.instance
    return {
        "type": "agent",
        "username": agent.username,
        "name": f"{agent.first_name} {agent.last_name}".strip() or agent.username,
        "status": agent.status.name,
        "since": agent.status_since.isoformat(),
        "nextStatus": agent.next_status.name if agent.next_status else None,
        "statuses": [status.name for status in instance.statuses.values()],
        "quickConnects": [{"name": quick.name, "kind": quick.kind} for quick in instance.quick_connects.values()],
        "contacts": [_shown(held) for held in agent.contacts.values()],
    }


def _shown(held: AgentContact) -> dict[str, Any]:
    contact = held.contact
    return {
        "contactId": contact.contact_id,
        "channel": contact.channel,
        "initiationMethod": contact.initiation_method,
        "state": held.state,
        "since": held.since.isoformat(),
        "queue": contact.queue_name,
        "customer": contact.customer_address,
        "name": contact.name,
        "attributes": contact.attributes,
    }


def set_status(centre: Centre, agent: Agent, name: str) -> None:
    """Raises UnknownResource for a status that the instance does not have."""
    centre.router.set_status(agent.arn, centre.instance.status(name), centre.clock.now())


def accept(centre: Centre, agent: Agent, contact_id: str) -> None:
    centre.router.accept(agent.arn, contact_id, centre.clock.now())


def reject(centre: Centre, agent: Agent, contact_id: str) -> None:
    centre.router.reject(agent.arn, contact_id, centre.clock.now())


def clear(centre: Centre, agent: Agent, contact_id: str) -> None:
    """Close a contact: after-contact work is done, a missed one is seen."""
    centre.router.clear(agent.arn, contact_id, centre.clock.now())


async def hold(centre: Centre, agent: Agent, contact_id: str) -> None:
    """Put the customer on hold; the CustomerHold and AgentHold flows are heard meanwhile."""
    leg = _joined(centre, contact_id)
    centre.router.hold(agent.arn, contact_id, centre.clock.now())
    leg.live.interrupt(PutOnHold())
    await leg.phone.send({"type": "held"})
    if hook := leg.contact.event_hooks.get("AgentHold"):
        ears = Handset()
        centre.entertain(contact_id, ears, _hold_flow(centre, agent, leg.contact, hook, ears))


async def resume(centre: Centre, agent: Agent, contact_id: str) -> None:
    leg = _joined(centre, contact_id)
    centre.router.resume(agent.arn, contact_id, centre.clock.now())
    leg.live.interrupt(TakenOffHold())


async def hang_up(centre: Centre, agent: Agent, contact_id: str) -> None:
    """End the agent's part; after-contact work begins."""
    leg = _leg(centre, contact_id)
    centre.router.end(agent.arn, contact_id, centre.clock.now())
    leg.live.interrupt(AgentLeft())


async def transfer(centre: Centre, agent: Agent, contact_id: str, quick_connect: str) -> None:
    """Hand the customer over to a queue, an agent or a telephone number, and be done (a blind transfer)."""
    leg, quick = _joined(centre, contact_id), centre.instance.quick_connect(quick_connect)
    record, now = leg.record, centre.clock.now()
    onward = None if quick.phone_number else _onward(centre, leg.contact, quick)
    record.transferred_to, record.transferred_at = quick.phone_number or quick.agent_arn or quick.queue_arn, now
    record.next_contact_id = onward.contact_id if onward else None
    centre.router.end(agent.arn, contact_id, now)
    leg.live.interrupt(HandedOver(onward))


def _onward(centre: Centre, contact: Contact, quick: QuickConnect) -> Contact:
    onward = follow_up(centre, contact, "TRANSFER", quick.flow_arn)
    onward.previous_contact_id = contact.contact_id
    onward.target_agent = quick.agent_arn
    if quick.queue_arn:
        queue = centre.instance.queue(quick.queue_arn)
        onward.queue_arn, onward.queue_name = queue.arn, queue.name
    return onward


async def call(centre: Centre, agent: Agent, number: str) -> None:
    """Call ``number`` (E.164) in the name of the routing profile's outbound queue."""
    queue = centre.instance.queue(agent.profile.outbound_queue_arn)
    contact = centre.instance.new_contact(customer_address=number, clock=centre.clock)
    contact.initiation_method = "OUTBOUND"
    contact.queue_arn, contact.queue_name = queue.arn, queue.name
    leg = centre.enter(contact, Handset())
    leg.live.agent = centre.desks.get(agent.arn, Handset())
    centre.router.assign(agent.arn, contact, centre.clock.now(), "CONNECTING")
    centre.spawn(centre.go_on(leg, lambda call: engine.run_outbound(call, agent)))


async def _hold_flow(centre: Centre, agent: Agent, contact: Contact, hook: str, ears: Handset) -> None:
    live = LiveCall(contact, centre.functions, ears, first_prompt=_HOLD_PROMPTS)
    live.agent = centre.desks.get(agent.arn, live.agent)
    await live.follow(
        engine.run_for_agent(Call(centre.instance, contact, centre.clock, live), centre.instance.flow(hook))
    )


def _leg(centre: Centre, contact_id: str) -> Leg:
    if contact_id not in centre.legs:
        raise Refused("This contact is over; close it.")
    return centre.legs[contact_id]


def _joined(centre: Centre, contact_id: str) -> Leg:
    """The leg of a contact that the agent talks with, or has on hold. Raises Refused."""
    leg = _leg(centre, contact_id)
    if not leg.live.joined:
        raise Refused("You are not connected with the customer yet; wait for the end of the whisper.")
    return leg
