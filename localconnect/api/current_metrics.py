"""Figures of this moment: GetCurrentMetricData."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from localconnect.api.errors import InvalidInput, not_run
from localconnect.api.paging import page
from localconnect.api.resources import reference, refuse
from localconnect.api.service import Service
from localconnect.instance import Instance
from localconnect.routing.agents import Agent
from localconnect.routing.capacity import served_queues
from localconnect.routing.metrics import current_metric
from localconnect.routing.router import Router

CHANNELS = ("VOICE", "CHAT", "TASK")

_SECONDS = ("OLDEST_CONTACT_AGE",)
_OF_CONTACTS = ("CONTACTS_SCHEDULED", "CONTACTS_IN_QUEUE", "OLDEST_CONTACT_AGE")
# What is added up over channels; an agent who is, say, available counts once, whatever the channels.
_ADDED_UP = ("CONTACTS_IN_QUEUE", "CONTACTS_SCHEDULED", "SLOTS_ACTIVE", "SLOTS_AVAILABLE", "AGENTS_AFTER_CONTACT_WORK")


@dataclass(frozen=True, slots=True)
class _Cut:
    """What one result is about."""

    dimensions: Mapping[str, Any]
    agents: tuple[Agent, ...]
    queue_arns: tuple[str, ...]
    channels: tuple[str, ...]


def get_current_metric_data(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A result for each queue, channel and so on that Groupings ask for, of agents and queues at work or not. Callbacks
    that wait for their first attempt are not known: CONTACTS_SCHEDULED is 0.
    """
    filters, groupings = parameters["Filters"], parameters.get("Groupings", [])
    names = [_read_metric(metric) for metric in parameters["CurrentMetrics"]]
    _refuse_wrong_filters(filters, groupings, names)
    now, router = service.clock.now(), service.centre.router
    cuts = [_whole(service.instance, filters)]
    for grouping in groupings:
        cuts = [part for cut in cuts for part in _GROUPINGS[grouping](service.instance, filters, cut)]
    results = [
        {
            "Dimensions": dict(cut.dimensions),
            "Collections": [_figure(name, cut, router, now) for name in names],
        }
        for cut in _sorted(cuts, parameters.get("SortCriteria"), router, now)
    ]
    return page("MetricResults", results, parameters) | {
        "DataSnapshotTime": now,
        "ApproximateTotalCount": len(results),
    }


def _read_metric(metric: Mapping[str, str]) -> str:
    refuse("GetCurrentMetricData", metric, "MetricId")
    if "Name" not in metric:
        raise InvalidInput("A metric has a Name; write one.")
    name, unit = metric["Name"], _unit(metric["Name"])
    if name == "ESTIMATED_WAIT_TIME":
        raise not_run("GetCurrentMetricData of ESTIMATED_WAIT_TIME")
    if metric.get("Unit", unit) != unit:
        raise InvalidInput(f"The Unit of {name} is {unit}.")
    return name


def _unit(name: str) -> str:
    return "SECONDS" if name in _SECONDS else "COUNT"


def _refuse_wrong_filters(filters: Mapping[str, Any], groupings: Sequence[str], names: Sequence[str]) -> None:
    """What goes with what: page "GetCurrentMetricData"."""
    refuse("GetCurrentMetricData", filters, "RoutingStepExpressions", "Subtypes", "ValidationTestTypes")
    for grouping in groupings:
        if grouping not in _GROUPINGS:
            raise not_run(f"GetCurrentMetricData grouped by {grouping}")
    queues, profiles = "Queues" in filters, "RoutingProfiles" in filters
    if queues == profiles:
        raise InvalidInput("Filter by Queues or by RoutingProfiles: by one of them, not by both.")
    if "AgentStatuses" in filters and not queues:
        raise InvalidInput("A filter of AgentStatuses goes with one of Queues; add it.")
    if "AGENT_STATUS" in groupings and (not queues or groupings[0] != "QUEUE" or set(names) != {"AGENTS_ONLINE"}):
        raise InvalidInput("Group by QUEUE and AGENT_STATUS, with a filter of Queues, for AGENTS_ONLINE alone.")
    if "ROUTING_PROFILE" in groupings and not profiles and set(names) & set(_OF_CONTACTS):
        raise InvalidInput(f"Grouped by ROUTING_PROFILE, {', '.join(_OF_CONTACTS)} need a filter of RoutingProfiles.")


def _whole(instance: Instance, filters: Mapping[str, Any]) -> _Cut:
    """All that the filters leave."""
    channels = tuple(filters.get("Channels") or CHANNELS)
    agents = tuple(instance.agents.values())
    if "RoutingProfiles" in filters:
        profiles = [instance.profile(profile) for profile in filters["RoutingProfiles"]]
        queue_arns = dict.fromkeys(config.queue_arn for profile in profiles for config in profile.queues)
        of_profiles = {profile.arn for profile in profiles}
        return _Cut({}, tuple(a for a in agents if a.profile.arn in of_profiles), tuple(queue_arns), channels)
    queues = tuple(instance.queue(queue).arn for queue in filters["Queues"])
    statuses = {instance.status(status).arn for status in filters.get("AgentStatuses", instance.statuses)}
    return _Cut({}, tuple(a for a in _serving(agents, queues, channels) if a.status.arn in statuses), queues, channels)


def _serving(agents: Sequence[Agent], queue_arns: Sequence[str], channels: Sequence[str]) -> Iterator[Agent]:
    """Those who have one of these queues for one of these channels."""
    for agent in agents:
        configs = (config for tier in served_queues(agent) for config in tier)
        if any(config.queue_arn in queue_arns and config.channel in channels for config in configs):
            yield agent


def _by_queue(instance: Instance, filters: Mapping[str, Any], cut: _Cut) -> Iterator[_Cut]:
    for arn in cut.queue_arns:
        agents = tuple(_serving(cut.agents, (arn,), cut.channels))
        yield _Cut({**cut.dimensions, "Queue": reference(arn)}, agents, (arn,), cut.channels)


def _by_channel(instance: Instance, filters: Mapping[str, Any], cut: _Cut) -> Iterator[_Cut]:
    for channel in cut.channels:
        agents = tuple(agent for agent in cut.agents if channel in agent.profile.concurrency)
        yield _Cut({**cut.dimensions, "Channel": channel}, agents, cut.queue_arns, (channel,))


def _by_profile(instance: Instance, filters: Mapping[str, Any], cut: _Cut) -> Iterator[_Cut]:
    for profile in map(instance.profile, filters.get("RoutingProfiles", instance.profiles)):
        of_profile = {config.queue_arn for config in profile.queues}
        yield _Cut(
            {**cut.dimensions, "RoutingProfile": reference(profile.arn)},
            tuple(agent for agent in cut.agents if agent.profile.arn == profile.arn),
            tuple(arn for arn in cut.queue_arns if arn in of_profile),
            cut.channels,
        )


def _by_status(instance: Instance, filters: Mapping[str, Any], cut: _Cut) -> Iterator[_Cut]:
    for status in map(instance.status, filters.get("AgentStatuses", instance.statuses)):
        agents = tuple(agent for agent in cut.agents if agent.status.arn == status.arn)
        yield replace(cut, dimensions={**cut.dimensions, "AgentStatus": reference(status.arn)}, agents=agents)


_GROUPINGS: Mapping[str, Callable[[Instance, Mapping[str, Any], _Cut], Iterator[_Cut]]] = {
    "QUEUE": _by_queue,
    "CHANNEL": _by_channel,
    "ROUTING_PROFILE": _by_profile,
    "AGENT_STATUS": _by_status,
}


def _sorted(
    cuts: list[_Cut], criteria: Sequence[Mapping[str, str]] | None, router: Router, now: datetime
) -> list[_Cut]:
    by = criteria[0] if criteria else {}
    name = by.get("SortByMetric", "AGENTS_ONLINE")
    if name.startswith("SLOTS_"):
        raise InvalidInput(f"Results cannot be sorted by {name}; choose another metric.")
    descending = by.get("SortOrder", "DESCENDING") == "DESCENDING"
    return sorted(cuts, key=lambda cut: _value(name, cut, router, now), reverse=descending)


def _figure(name: str, cut: _Cut, router: Router, now: datetime) -> dict[str, Any]:
    """Without groupings OLDEST_CONTACT_AGE is in milliseconds, though its Unit says SECONDS (page "CurrentMetric")."""
    factor = 1000 if name in _SECONDS and not cut.dimensions else 1
    return {"Metric": {"Name": name, "Unit": _unit(name)}, "Value": factor * _value(name, cut, router, now)}


def _value(name: str, cut: _Cut, router: Router, now: datetime) -> float:
    over_channels = sum if name in _ADDED_UP else max
    channels = (None,) if set(cut.channels) >= set(CHANNELS) else cut.channels
    agents = [((agent,), ()) for agent in cut.agents]
    return sum(
        over_channels(current_metric(name, some, router, queue_arns, channel, now) for channel in channels)
        for some, queue_arns in [*agents, ((), cut.queue_arns)]
    )
