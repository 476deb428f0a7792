"""ClientToken: what has been done for a token is not done again; the answer is the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from localconnect.api.service import Service

MOST_TOKENS = 10_000
"""Beyond so many the oldest is forgotten. (Amazon Connect knows a token for seven days.)"""

_Operation = Callable[[Service, Mapping[str, Any]], dict[str, Any]]


def idempotent(operation: _Operation) -> _Operation:
    """boto3 makes up a token where none is given, so that a request that is sent again does no harm."""

    @wraps(operation)
    def answer(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
        if "ClientToken" not in parameters:
            return operation(service, parameters)
        known, key = service.answers, (operation.__name__, parameters["ClientToken"])
        if key not in known:
            known[key] = operation(service, parameters)
            if len(known) > MOST_TOKENS:
                del known[next(iter(known))]
        return known[key]

    return answer
