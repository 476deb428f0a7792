"""Figures of the last 24 hours: GetMetricData.

Source: pages "GetMetricData" and "Metrics definitions". Those metrics are made of contact records, so a contact counts
when its record is complete (it has ended, and its agent has cleared it), at the time at which it ended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from localconnect.api.errors import InvalidInput, not_run
from localconnect.api.paging import page
from localconnect.api.resources import given, reference, refuse
from localconnect.api.service import Service
from localconnect.contacts import ContactRecord
from localconnect.routing.metrics import Wait, service_level

LONGEST_THRESHOLD = 604_800
MOST_HOURS = timedelta(hours=24)
INTERVAL = 300
"""Seconds; both ends of the time asked for are a multiple of it."""

Figure = Callable[[ContactRecord], float | None]
"""What a contact adds to a metric; None: it has no part in it."""


@dataclass(frozen=True, slots=True)
class _Metric:
    statistic: Literal["SUM", "AVG", "MAX"]
    unit: Literal["COUNT", "SECONDS"]
    figure: Figure


def get_metric_data(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A result for each queue and channel that Groupings ask for, or one for all; none where no contact ended. A metric
    that cannot be reckoned has no Value. Transfers are those by agents and TransferContact: who is sent on
    from one queue to another stays the same contact here.
    """
    filters, groupings = parameters["Filters"], parameters.get("Groupings", [])
    _refuse_wrong_times(service.clock.now(), parameters["StartTime"], parameters["EndTime"])
    refuse("GetMetricData", filters, *sorted(filters.keys() - {"Queues", "Channels"}))
    for grouping in groupings:
        if grouping not in _DIMENSIONS:
            raise not_run(f"GetMetricData grouped by {grouping}")
    metrics = [_checked(metric) for metric in parameters["HistoricalMetrics"]]
    groups: dict[str, list[ContactRecord]] = defaultdict(list)
    dimensions: dict[str, dict[str, Any]] = {}
    for record in _records(service, parameters):
        of_record = dict(_DIMENSIONS[grouping](record) for grouping in groupings)
        dimensions[str(of_record)] = of_record
        groups[str(of_record)].append(record)
    results = [
        {"Dimensions": dimensions[key], "Collections": [_figure(metric, records) for metric in metrics]}
        for key, records in groups.items()
    ]
    return page("MetricResults", results, parameters)


def _refuse_wrong_times(now: datetime, start: datetime, end: datetime) -> None:
    if any(moment.timestamp() % INTERVAL for moment in (start, end)):
        raise InvalidInput("StartTime and EndTime must be multiples of 5 minutes, such as 10:05 or 10:10.")
    if start < now - MOST_HOURS:
        raise InvalidInput("StartTime is more than 24 hours ago; choose a later one.")
    if not start < end <= start + MOST_HOURS:
        raise InvalidInput("EndTime must be later than StartTime, by 24 hours at most.")


def _checked(metric: Mapping[str, Any]) -> Mapping[str, Any]:
    """The metric as it is answered: with its Statistic and Unit. Raises InvalidInput where others are asked for."""
    name = metric.get("Name", "")
    if name == "SERVICE_LEVEL":
        statistic, unit = "AVG", "PERCENT"
        threshold = metric.get("Threshold", {}).get("ThresholdValue", 0)
        if not 1 <= threshold <= LONGEST_THRESHOLD:
            raise InvalidInput("SERVICE_LEVEL needs a Threshold with a ThresholdValue from 1 to 604,800 seconds.")
    elif name in _METRICS:
        statistic, unit = _METRICS[name].statistic, _METRICS[name].unit
    else:
        raise not_run(f"GetMetricData of {name}")
    if (metric.get("Statistic", statistic), metric.get("Unit", unit)) != (statistic, unit):
        raise InvalidInput(f"{name} has the Statistic {statistic} and the Unit {unit}.")
    return {**metric, "Statistic": statistic, "Unit": unit}


def _records(service: Service, parameters: Mapping[str, Any]) -> Iterable[ContactRecord]:
    filters, instance = parameters["Filters"], service.instance
    queues = {instance.queue(queue).arn for queue in filters.get("Queues", instance.queues)}
    channels = filters.get("Channels") or ("VOICE", "CHAT", "TASK")
    for record in instance.contacts:
        contact, ended_at = record.contact, record.ended_at
        if ended_at is None or (record.interaction and record.interaction.cleared_at is None):
            continue
        had_part = record.enqueued_at or record.interaction
        in_time = parameters["StartTime"] <= ended_at < parameters["EndTime"]
        if had_part and in_time and contact.queue_arn in queues and contact.channel in channels:
            yield record


_DIMENSIONS: Mapping[str, Callable[[ContactRecord], tuple[str, Any]]] = {
    "QUEUE": lambda record: ("Queue", reference(record.contact.queue_arn or "")),
    "CHANNEL": lambda record: ("Channel", record.contact.channel),
}


def _figure(metric: Mapping[str, Any], records: list[ContactRecord]) -> dict[str, Any]:
    if metric["Name"] == "SERVICE_LEVEL":
        waits = [
            Wait(record.enqueued_at, record.dequeued_at, _answered(record))
            for record in records
            if record.enqueued_at and record.dequeued_at
        ]
        value = service_level(waits, metric["Threshold"]["ThresholdValue"])
    else:
        value = _reckon(_METRICS[metric["Name"]], records)
    return given({"Metric": metric, "Value": value})


def _reckon(metric: _Metric, records: list[ContactRecord]) -> float | None:
    figures = [figure for record in records if (figure := metric.figure(record)) is not None]
    if metric.statistic == "SUM":
        return sum(figures)
    if not figures:
        return None
    return max(figures) if metric.statistic == "MAX" else sum(figures) / len(figures)


def _answered(record: ContactRecord) -> bool:
    return record.interaction is not None and record.interaction.connected_at is not None


def _handled(*initiation_methods: str) -> Figure:
    return lambda record: _answered(record) and record.contact.initiation_method in initiation_methods


def _abandoned(record: ContactRecord) -> bool:
    """The customer has left the queue; a callback that is not answered is not abandoned."""
    left = record.disconnect_reason == "CUSTOMER_DISCONNECT" and record.contact.initiation_method != "CALLBACK"
    return record.enqueued_at is not None and record.interaction is None and left


def _missed(record: ContactRecord) -> float:
    """How often it rang in vain, also where the customer hung up meanwhile ("Agent non-response")."""
    return max(0, record.attempts - (record.interaction is not None))


def _agent_hung_up(record: ContactRecord) -> bool:
    return _answered(record) and record.disconnect_reason == "AGENT_DISCONNECT" and record.transferred_at is None


def _ended_on_hold(record: ContactRecord) -> bool:
    """A hold that nothing else ended ends with the conversation."""
    interaction = record.interaction
    return bool(interaction and interaction.holds and interaction.holds[-1].ended == interaction.ended_at)


def _queued(record: ContactRecord) -> float | None:
    return _between(record.enqueued_at, record.dequeued_at)


def _talked(record: ContactRecord) -> float | None:
    """Interaction and hold, or pauses."""
    interaction = record.interaction
    return _between(interaction.connected_at, interaction.ended_at) if interaction else None


def _away(record: ContactRecord) -> float:
    holds = record.interaction.holds if record.interaction else []
    return sum(_between(hold.began, hold.ended) or 0 for hold in holds)


def _interaction(record: ContactRecord) -> float | None:
    talked = _talked(record)
    return None if talked is None else talked - _away(record)


def _on_hold(record: ContactRecord) -> float | None:
    """Of those who were put on hold; a task is paused instead."""
    return _away(record) or None if record.contact.channel != "TASK" else None


def _after_contact_work(record: ContactRecord) -> float | None:
    interaction = record.interaction
    return _between(interaction.ended_at, interaction.cleared_at) if interaction and _answered(record) else None


def _handling(record: ContactRecord) -> float | None:
    interaction = record.interaction
    return _between(interaction.connected_at, interaction.cleared_at) if interaction else None


def _between(began: datetime | None, ended: datetime | None) -> float | None:
    return (ended - began).total_seconds() if began and ended else None


def _count(figure: Figure) -> _Metric:
    return _Metric("SUM", "COUNT", figure)


def _average(figure: Figure) -> _Metric:
    return _Metric("AVG", "SECONDS", figure)


_METRICS: Mapping[str, _Metric] = {
    "CONTACTS_QUEUED": _count(lambda record: record.enqueued_at is not None),
    "CONTACTS_HANDLED": _count(_answered),
    "CONTACTS_HANDLED_INCOMING": _count(_handled("INBOUND", "TRANSFER", "QUEUE_TRANSFER")),
    "CONTACTS_HANDLED_OUTBOUND": _count(_handled("OUTBOUND")),
    "CALLBACK_CONTACTS_HANDLED": _count(_handled("CALLBACK")),
    "API_CONTACTS_HANDLED": _count(_handled("API")),
    "CONTACTS_ABANDONED": _count(_abandoned),
    "CONTACTS_MISSED": _count(_missed),
    "CONTACTS_AGENT_HUNG_UP_FIRST": _count(_agent_hung_up),
    "CONTACTS_HOLD_ABANDONS": _count(_ended_on_hold),
    "CONTACTS_TRANSFERRED_IN": _count(lambda record: record.contact.initiation_method == "TRANSFER"),
    "CONTACTS_TRANSFERRED_OUT": _count(lambda record: record.transferred_at is not None),
    "QUEUE_ANSWER_TIME": _average(lambda record: _queued(record) if _answered(record) else None),
    "ABANDON_TIME": _average(lambda record: _queued(record) if _abandoned(record) else None),
    "QUEUED_TIME": _Metric("MAX", "SECONDS", _queued),
    "HANDLE_TIME": _average(_handling),
    "INTERACTION_TIME": _average(_interaction),
    "INTERACTION_AND_HOLD_TIME": _average(_talked),
    "HOLD_TIME": _average(_on_hold),
    "AFTER_CONTACT_WORK_TIME": _average(_after_contact_work),
}
