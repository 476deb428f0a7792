"""Reads agents and what they have: routing profiles, statuses, predefined attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from localconnect.clock import SystemClock
from localconnect.resources.models import Resource
from localconnect.routing.agents import Agent, MediaConcurrency, QueueConfig, RoutingProfile, Status
from localconnect.template import TemplateError

if TYPE_CHECKING:
    from localconnect.instance import Instance


def add_profile(instance: Instance, profile: Resource) -> None:
    """Contacts of other channels come meanwhile where the CrossChannelBehavior of the one in hand is ROUTE_ANY_CHANNEL
    (page "MediaConcurrency").
    """
    properties = profile.properties
    concurrency = [
        MediaConcurrency(
            media["Channel"],
            int(media["Concurrency"]),
            media.get("CrossChannelBehavior", {}).get("BehaviorType") == "ROUTE_ANY_CHANNEL",
        )
        for media in properties["MediaConcurrencies"]
    ]
    instance.profiles[profile.arn] = RoutingProfile(
        profile.arn,
        properties["Name"],
        tuple(
            QueueConfig(
                config["QueueReference"]["QueueArn"],
                config["QueueReference"]["Channel"],
                int(config["Priority"]),
                int(config["Delay"]),
            )
            for config in properties.get("QueueConfigs", ())
        ),
        {media.channel: media for media in concurrency},
        properties["DefaultOutboundQueueArn"],
        ignores_outbound=properties.get("AgentAvailabilityTimer") == "TIME_SINCE_LAST_INBOUND",
    )


def add_status(instance: Instance, status: Resource) -> None:
    """One that is disabled is none that an agent can take."""
    if status.properties["State"] == "ENABLED":
        kind = status.properties.get("Type", "CUSTOM")
        instance.statuses[status.arn] = Status(status.arn, status.properties["Name"], kind)


def add_predefined_attribute(instance: Instance, attribute: Resource) -> None:
    values = attribute.properties.get("Values", {}).get("StringList", ())
    instance.predefined_attributes[attribute.properties["Name"]] = tuple(values)


def add_agent(instance: Instance, user: Resource) -> None:
    """They are offline until they say otherwise."""
    properties = user.properties
    identity = properties.get("IdentityInfo", {})
    agent = Agent(
        arn=user.arn,
        username=properties["Username"],
        profile=instance.profile(properties["RoutingProfileArn"]),
        status=instance.status("Offline"),
        status_since=SystemClock().now(),
        first_name=identity.get("FirstName", ""),
        last_name=identity.get("LastName", ""),
        proficiencies=_read_proficiencies(instance, user),
        auto_accept=_setting(properties, "AutoAccept", False) in (True, "true"),
        after_contact_work=int(_setting(properties, "AfterContactWorkTimeLimit", 0)),
    )
    instance.router.add(agent, agent.status_since)


def _setting(properties: Mapping[str, Any], name: str, otherwise: object) -> Any:
    """PhoneConfig has one setting for all channels. Where there is one for each, that of voice is taken."""
    by_channel = (*properties.get("AutoAcceptConfigs", ()), *properties.get("AfterContactWorkConfigs", ()))
    of_voice = [each | each.get("AfterContactWorkConfig", {}) for each in by_channel if each["Channel"] == "VOICE"]
    settings = (*of_voice, properties.get("PhoneConfig", {}))
    return next((setting[name] for setting in settings if name in setting), otherwise)


def _read_proficiencies(instance: Instance, user: Resource) -> dict[tuple[str, str], float]:
    """Levels by predefined attribute and value. Amazon Connect's own attributes are always there; a template that has
    none may be for an instance that has.
    """
    levels = {}
    for each in user.properties.get("UserProficiencies", ()):
        name, value = each["AttributeName"], each["AttributeValue"]
        known = instance.predefined_attributes
        if known and name not in known and not name.startswith("connect:"):
            raise TemplateError(
                f"{user.file}: the proficiency {name!r} is no predefined attribute; name one of {', '.join(known)}."
            )
        if known.get(name) and value not in known[name]:
            raise TemplateError(
                f"{user.file}: the proficiency {name!r} has no value {value!r}; name one of {', '.join(known[name])}."
            )
        levels[name, value] = float(each["Level"])
    return levels
