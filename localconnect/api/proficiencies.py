"""What agents can do, and how well: AssociateUserProficiencies, UpdateUserProficiencies, DisassociateUserProficiencies,
ListUserProficiencies.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localconnect.api.errors import InvalidInput
from localconnect.api.paging import page
from localconnect.api.service import Service
from localconnect.routing.agents import Agent

_Key = tuple[str, str]


def list_user_proficiencies(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    agent = service.instance.agent(parameters["UserId"])
    listed = [
        {"AttributeName": name, "AttributeValue": value, "Level": float(level)}
        for (name, value), level in agent.proficiencies.items()
    ]
    return page("UserProficiencyList", listed, parameters)


def associate_user_proficiencies(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Adds to the user's proficiencies."""
    agent = service.instance.agent(parameters["UserId"])
    return _set(service, agent, {**agent.proficiencies, **_levels(parameters)})


def update_user_proficiencies(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Changes the level of those that the user has."""
    agent = service.instance.agent(parameters["UserId"])
    changed = _levels(parameters)
    for name, value in changed.keys() - agent.proficiencies.keys():
        raise InvalidInput(f"{agent.username!r} has no proficiency {name} {value!r}; associate it first.")
    return _set(service, agent, {**agent.proficiencies, **changed})


def disassociate_user_proficiencies(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    agent = service.instance.agent(parameters["UserId"])
    removed = {_key(proficiency) for proficiency in parameters["UserProficiencies"]}
    return _set(service, agent, {key: level for key, level in agent.proficiencies.items() if key not in removed})


def _key(proficiency: Mapping[str, Any]) -> _Key:
    return proficiency["AttributeName"], proficiency["AttributeValue"]


def _levels(parameters: Mapping[str, Any]) -> dict[_Key, float]:
    return {_key(proficiency): proficiency["Level"] for proficiency in parameters["UserProficiencies"]}


def _set(service: Service, agent: Agent, proficiencies: Mapping[_Key, float]) -> dict[str, Any]:
    """A contact that waits may be for the agent now: the router looks when a profile is set."""
    agent.proficiencies = proficiencies
    service.centre.router.set_profile(agent.arn, agent.profile, service.clock.now())
    return {}
