"""Agents: ListUsers, DescribeUser, SearchUsers, UpdateUserRoutingProfile, UpdateUserPhoneConfig, PutUserStatus,
DismissUserContact.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localconnect.api.errors import ApiError, not_run
from localconnect.api.paging import page
from localconnect.api.resources import change_source, chosen, given, reference, refuse, source_of, tags_of
from localconnect.api.searching import Fields, matches
from localconnect.api.service import Service
from localconnect.arns import resource_id
from localconnect.call import UnknownResource
from localconnect.instance import Instance
from localconnect.routing.agents import Agent


def list_users(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    users = [reference(agent.arn) | {"Username": agent.username} for agent in service.instance.agents.values()]
    return page("UserSummaryList", users, parameters)


def describe_user(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    instance = service.instance
    agent = instance.agent(parameters["UserId"])
    identity = source_of(instance, agent.arn).get("IdentityInfo", {})
    described = _user(instance, agent)
    described["IdentityInfo"] |= chosen(identity, "Email", "SecondaryEmail", "Mobile")
    return {"User": described}


def search_users(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """By Username, FirstName, LastName, RoutingProfileId, SecurityProfileId and ResourceId. AfterContactWorkTimeLimit
    is in milliseconds here, as the operation's page says.
    """
    refuse("SearchUsers", parameters, "SearchFilter")
    instance, criteria = service.instance, parameters.get("SearchCriteria", {})
    users = [
        _user(instance, agent)
        for agent in instance.agents.values()
        if matches("SearchUsers", criteria, _fields(instance, agent))
    ]
    for user in users:
        user["PhoneConfig"]["AfterContactWorkTimeLimit"] *= 1000
    return page("Users", users, parameters) | {"ApproximateTotalCount": len(users)}


def update_user_routing_profile(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What the agent is offered from now on."""
    agent = service.instance.agent(parameters["UserId"])
    profile = service.instance.profile(parameters["RoutingProfileId"])
    service.centre.router.set_profile(agent.arn, profile, service.clock.now())
    return {}


def update_user_phone_config(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What is not given stays. A desk phone is refused: agents talk through their panel."""
    config, instance = parameters["PhoneConfig"], service.instance
    refuse("UpdateUserPhoneConfig", config, "DeskPhoneNumber")
    if config.get("PhoneType") == "DESK_PHONE":
        raise not_run("UpdateUserPhoneConfig with the PhoneType DESK_PHONE")
    agent = instance.agent(parameters["UserId"])
    agent.auto_accept = config.get("AutoAccept", agent.auto_accept)
    agent.after_contact_work = config.get("AfterContactWorkTimeLimit", agent.after_contact_work)
    known = source_of(instance, agent.arn).get("PhoneConfig", {})
    change_source(instance, agent.arn, {"PhoneConfig": {**known, **config}})
    return {}


def put_user_status(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """With contacts in hand it may become the next status (page "Set your Next status")."""
    agent = service.instance.agent(parameters["UserId"])
    status = service.instance.status(parameters["AgentStatusId"])
    service.centre.router.set_status(agent.arn, status, service.clock.now())
    return {}


def dismiss_user_contact(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A contact that is missed, rejected, in error or in after-contact work."""
    agent, contact_id = service.instance.agent(parameters["UserId"]), parameters["ContactId"]
    if contact_id not in agent.contacts:
        raise UnknownResource(f"the user {agent.username!r} has no contact {contact_id!r}")
    try:
        service.centre.router.clear(agent.arn, contact_id, service.clock.now())
    except ValueError as error:
        raise ApiError("InvalidRequestException", str(error)) from error
    return {}


def _user(instance: Instance, agent: Agent) -> dict[str, Any]:
    source = source_of(instance, agent.arn)
    phone = {"PhoneType": "SOFT_PHONE", **chosen(source.get("PhoneConfig", {}), "PhoneType", "PersistentConnection")}
    return given(
        {
            **reference(agent.arn),
            "Username": agent.username,
            "IdentityInfo": {"FirstName": agent.first_name, "LastName": agent.last_name},
            "PhoneConfig": {
                **phone,
                "AutoAccept": agent.auto_accept,
                "AfterContactWorkTimeLimit": agent.after_contact_work,
            },
            "RoutingProfileId": resource_id(agent.profile.arn),
            "SecurityProfileIds": _security_profiles(source) or None,
            "Tags": tags_of(source),
        }
    )


def _security_profiles(source: Mapping[str, Any]) -> list[str]:
    return [resource_id(arn) for arn in source.get("SecurityProfileArns", [])]


def _fields(instance: Instance, agent: Agent) -> Fields:
    return {
        "Username": agent.username,
        "FirstName": agent.first_name,
        "LastName": agent.last_name,
        "RoutingProfileId": resource_id(agent.profile.arn),
        "SecurityProfileId": _security_profiles(source_of(instance, agent.arn)),
        "ResourceId": resource_id(agent.arn),
    }
