"""Figures of a queue and its agents, as the call's router knows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from localconnect.actions.doubled import queue_reader
from localconnect.call import Call
from localconnect.flow import Perform
from localconnect.language.references import read_text
from localconnect.routing.metrics import queue_metrics

_CHECKED: dict[str, Callable[[Mapping[str, Any]], object]] = {
    "NumberOfAgentsAvailable": lambda metrics: metrics["Agents"]["Available"]["Count"],
    "NumberOfAgentsStaffed": lambda metrics: metrics["Agents"]["Staffed"]["Count"],
    "NumberOfAgentsOnline": lambda metrics: metrics["Agents"]["Online"]["Count"],
    "NumberOfContactsInQueue": lambda metrics: metrics["Queue"]["Size"],
    "OldestContactInQueueAgeSeconds": lambda metrics: metrics["Queue"]["OldestContactAge"],
}


def check_metric_data(parameters: Mapping[str, Any]) -> Perform:
    """One figure, of the queue named or set, for the conditions to compare."""
    read_metrics = _reader(parameters)
    figure = _CHECKED[parameters["MetricType"]]
    return lambda call: str(figure(read_metrics(call)))


def get_metric_data(parameters: Mapping[str, Any]) -> Perform:
    """All figures, of the queue named or set, to $.Metrics."""
    read_metrics = _reader(parameters)

    def perform(call: Call) -> None:
        call.contact.loaded["Metrics"] = read_metrics(call)

    return perform


def _reader(parameters: Mapping[str, Any]) -> Callable[[Call], dict[str, Any]]:
    read_queue = queue_reader(parameters)
    read_channel = read_text(parameters["QueueChannel"]) if "QueueChannel" in parameters else None

    def read(call: Call) -> dict[str, Any]:
        channel = read_channel(call).upper() if read_channel else None
        return queue_metrics(call.router, read_queue(call), channel, call.clock.now())

    return read
