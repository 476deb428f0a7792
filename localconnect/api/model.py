"""Which operation a request is for. botocore's model of the service, the one that boto3 makes requests by, says it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel


@dataclass(frozen=True, slots=True)
class _Route:
    """``segments`` are a path's; a label stands in braces, such as ``{InstanceId}``."""

    operation: OperationModel
    segments: tuple[str, ...]

    def match(self, segments: tuple[str, ...]) -> dict[str, str] | None:
        labels = {}
        for wanted, found in zip(self.segments, segments, strict=True):
            if wanted.startswith("{") and found:
                labels[wanted.strip("{}")] = unquote(found)
            elif wanted != found:
                return None
        return labels


@cache
def service_model() -> ServiceModel:
    """Read when it is first needed: that takes longer than anything else at the start of localconnect."""
    return ServiceModel(Loader().load_service_model("connect", "service-2"), "connect")


def find_operation(method: str, path: str) -> tuple[OperationModel, Mapping[str, str]] | None:
    """The operation and the labels in ``path``, which is as it came: ``%2F`` in a label is no separator."""
    segments = tuple(path.split("/"))
    for route in _routes().get((method, len(segments)), ()):
        labels = route.match(segments)
        if labels is not None:
            return route.operation, labels
    return None


@cache
def _routes() -> Mapping[tuple[str, int], list[_Route]]:
    """By method and number of segments; words before labels, as ``/contact/stop`` is no ``/contact/{ContactId}``."""
    routes: dict[tuple[str, int], list[_Route]] = defaultdict(list)
    for name in service_model().operation_names:
        operation = service_model().operation_model(name)
        segments = tuple(operation.http["requestUri"].split("/"))
        routes[operation.http["method"], len(segments)].append(_Route(operation, segments))
    for candidates in routes.values():
        candidates.sort(key=lambda route: [segment.startswith("{") for segment in route.segments])
    return routes
