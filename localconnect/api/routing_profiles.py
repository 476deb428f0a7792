"""Which queues agents serve: ListRoutingProfiles, DescribeRoutingProfile, ListRoutingProfileQueues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localconnect.api.paging import page
from localconnect.api.resources import chosen, source_of, summary, tags_of
from localconnect.api.service import Service
from localconnect.arns import resource_id
from localconnect.instance import Instance
from localconnect.routing.agents import MediaConcurrency, QueueConfig


def list_routing_profiles(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    profiles = [summary(profile) for profile in service.instance.profiles.values()]
    return page("RoutingProfileSummaryList", profiles, parameters)


def describe_routing_profile(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    instance = service.instance
    profile = instance.profile(parameters["RoutingProfileId"])
    source = source_of(instance, profile.arn)
    queue_ids = list(dict.fromkeys(resource_id(config.queue_arn) for config in profile.queues))
    described = {
        "InstanceId": resource_id(instance.arn),
        "Name": profile.name,
        "RoutingProfileArn": profile.arn,
        "RoutingProfileId": resource_id(profile.arn),
        "MediaConcurrencies": [_concurrency(media) for media in profile.concurrency.values()],
        "DefaultOutboundQueueId": resource_id(profile.outbound_queue_arn),
        "NumberOfAssociatedQueues": len(queue_ids),
        "NumberOfAssociatedUsers": sum(agent.profile.arn == profile.arn for agent in instance.agents.values()),
        "AssociatedQueueIds": queue_ids,
        "AgentAvailabilityTimer": f"TIME_SINCE_LAST_{'INBOUND' if profile.ignores_outbound else 'ACTIVITY'}",
        "Tags": tags_of(source),
        **chosen(source, "Description"),
    }
    return {"RoutingProfile": described}


def list_routing_profile_queues(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """One of each queue and channel."""
    profile = service.instance.profile(parameters["RoutingProfileId"])
    configs = [_config(service.instance, config) for config in profile.queues]
    return page("RoutingProfileQueueConfigSummaryList", configs, parameters)


def _config(instance: Instance, config: QueueConfig) -> dict[str, Any]:
    return {
        "QueueId": resource_id(config.queue_arn),
        "QueueArn": config.queue_arn,
        "QueueName": instance.queue(config.queue_arn).name,
        "Priority": config.priority,
        "Delay": config.delay,
        "Channel": config.channel,
    }


def _concurrency(media: MediaConcurrency) -> dict[str, Any]:
    behavior = "ROUTE_ANY_CHANNEL" if media.cross_channel else "ROUTE_CURRENT_CHANNEL_ONLY"
    return {
        "Channel": media.channel,
        "Concurrency": media.concurrency,
        "CrossChannelBehavior": {"BehaviorType": behavior},
    }
