"""The socket of an agent's panel, ``/agent/panel``. The panel sends, first of all::

    {"type": "login", "agent": "mei", "pace": 1.0}      a user's name; "pace" as the phone has it

and then::

    {"type": "status", "name": "Available"}
    {"type": "accept" | "reject" | "hold" | "resume" | "hangup" | "clear", "contact": "<contact id>"}
    {"type": "transfer", "contact": "<contact id>", "quickConnect": "<name>"}
    {"type": "call", "number": "+8613800138000"}
    {"type": "speaking" | "spoken", "id": 3}            as the phone has it, for whispers

and the line sends::

    {"type": "agent", "username", "name", "status", "since", "nextStatus", "statuses": [names],
     "quickConnects": [{"name", "kind"}], "contacts": [{"contactId", "channel", "initiationMethod", "state", "since",
     "queue", "customer", "name", "attributes"}]}       at once, and whenever something about the agent is different
    {"type": "say", ...}, {"type": "hush"}              as the phone has them: what is said to the agent
    {"type": "error", "detail"}                         why what was asked for was not done

``state`` is a contact's in the agent event stream (page "About contact states"). Times are ISO 8601. A panel that
closes hangs up; its agent's status stays. Sound is binary: see :mod:`localconnect.sockets.socket`.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.websockets import WebSocket

from localconnect.call import UnknownResource
from localconnect.centre import Centre, panel
from localconnect.live import Handset, PromptSpeaking, PromptSpoken
from localconnect.routing.agents import Agent
from localconnect.sockets import socket
from localconnect.sockets.phone import PHONE_NUMBER

Act = Callable[[Centre, Agent, str], Awaitable[None] | None]

_ACTS: dict[str, Act] = {
    "accept": panel.accept,
    "reject": panel.reject,
    "hold": panel.hold,
    "resume": panel.resume,
    "hangup": panel.hang_up,
    "clear": panel.clear,
}
FORMS = {
    "login": '{"type": "login", "agent": the name of a user, "pace": optional number from 0.25 to 20}',
    "status": '{"type": "status", "name": one of the statuses}',
    **{act: f'{{"type": "{act}", "contact": a contact id}}' for act in _ACTS},
    "transfer": '{"type": "transfer", "contact": a contact id, "quickConnect": a quick connect\'s name}',
    "call": '{"type": "call", "number": a number in E.164 form}',
    "speaking": '{"type": "speaking", "id": the number of the prompt}',
    "spoken": '{"type": "spoken", "id": the number of the prompt}',
}


async def hold(websocket: WebSocket, centre: Centre) -> None:
    """Serve the panel of this connection until it closes."""
    messages = socket.messages(websocket, read_message)
    agent: Agent | None = None
    desk = socket.handset(websocket)
    try:
        async for message in messages:
            if isinstance(message, bytes):
                if agent:
                    await centre.hear_agent(agent, message)
            elif message["type"] == "login":
                agent = await _log_in(centre, desk, message)
            elif agent is None:
                await desk.send({"type": "error", "detail": "Nobody is logged in: log in first."})
            else:
                await _do(centre, agent, desk, message)
    finally:
        if agent and centre.desks.get(agent.arn) is desk:
            await _leave(centre, agent)


async def _log_in(centre: Centre, desk: Handset, message: dict[str, Any]) -> Agent | None:
    try:
        agent = centre.instance.agent(message["agent"])
    except UnknownResource as unknown:
        known = ", ".join(sorted(agent.username for agent in centre.instance.agents.values())) or "none"
        await desk.send({"type": "error", "detail": f"{unknown}; its users are: {known}."})
        return None
    desk.pace = float(message.get("pace", 1))
    centre.desks[agent.arn] = desk
    await desk.send(panel.snapshot(centre, agent))
    return agent


async def _do(centre: Centre, agent: Agent, desk: Handset, message: dict[str, Any]) -> None:
    try:
        match message:
            case {"type": "status", "name": name}:
                panel.set_status(centre, agent, name)
            case {"type": "transfer", "contact": contact_id, "quickConnect": name}:
                await panel.transfer(centre, agent, contact_id, name)
            case {"type": "call", "number": number}:
                await panel.call(centre, agent, number)
            case {"type": "speaking", "id": prompt}:
                centre.tell_legs(agent, PromptSpeaking(prompt))
            case {"type": "spoken", "id": prompt}:
                centre.tell_legs(agent, PromptSpoken(prompt))
            case {"type": act, "contact": contact_id}:
                done = _ACTS[act](centre, agent, contact_id)
                if done:
                    await done
    except (panel.Refused, UnknownResource, ValueError) as refused:
        await desk.send({"type": "error", "detail": str(refused)})


async def _leave(centre: Centre, agent: Agent) -> None:
    del centre.desks[agent.arn]
    for contact_id, held in list(agent.contacts.items()):
        if held.state in ("CONNECTED", "CONNECTED_ONHOLD") and contact_id in centre.legs:
            await panel.hang_up(centre, agent, contact_id)


def read_message(text: str) -> dict[str, Any]:
    """The message that a panel sent as ``text``. Raises ValueError, which says what messages of its type look like."""
    try:
        message = json.loads(text)
    except ValueError:
        message = None
    match message:
        case {"type": "login", "agent": str()} if socket.is_pace(message.get("pace", 1)):
            return dict(message)
        case {"type": "status", "name": str()} | {"type": "speaking" | "spoken", "id": int()}:
            return dict(message)
        case {"type": "transfer", "contact": str(), "quickConnect": str()}:
            return dict(message)
        case {"type": "call", "number": str(number)} if PHONE_NUMBER.fullmatch(number):
            return dict(message)
        case {"type": str(act), "contact": str()} if act in _ACTS:
            return dict(message)
        case {"type": str(kind)} if kind in FORMS:
            raise ValueError(f'A message of type "{kind}" looks like this: {FORMS[kind]}.')
        case _:
            raise ValueError(f'A message is a JSON object whose "type" is one of {", ".join(FORMS)}.')
