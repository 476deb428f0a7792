"""MaxResults and NextToken, the same for every operation that lists something."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from localconnect.api.errors import InvalidInput

PAGE_SIZE = 100
"""Without MaxResults (the operations' pages: "The default MaxResult size is 100")."""


def page(member: str, items: Sequence[Mapping[str, Any]], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """``{member: a page of items, "NextToken": where there are more}``. Raises InvalidInput."""
    start = _read_token(parameters["NextToken"]) if "NextToken" in parameters else 0
    end = start + parameters.get("MaxResults", PAGE_SIZE)
    answer: dict[str, Any] = {member: list(items[start:end])}
    if end < len(items):
        answer["NextToken"] = urlsafe_b64encode(str(end).encode()).decode()
    return answer


def _read_token(token: str) -> int:
    try:
        start = int(urlsafe_b64decode(token))
    except ValueError:
        start = -1
    if start < 0:
        raise InvalidInput("This NextToken is none of localconnect's; pass on the one of the page before.")
    return start
