"""Asks the API of the local cloud: API Gateway, tokens of its Cognito, and the packed function under its own role."""

import http.client
import json
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from devtools.line import Line
from devtools.sign_in import address

ZHOU = "zhou"


class Answered(NamedTuple):
    status: int
    body: Any
    headers: dict[str, str]


class Api:
    """Asks the API as this person."""

    def __init__(self, line: Line, token: str | None) -> None:
        self._url, self._token = urlsplit(address(line.stage, line.outputs)), token

    def __call__(
        self, method: str, path: str, body: Any = None, key: str = "", more: dict[str, str] | None = None
    ) -> Answered:
        headers = {"Accept-Language": "en", **(more or {})} | (
            {"Authorization": f"Bearer {self._token}"} if self._token else {}
        )
        connection = http.client.HTTPConnection(str(self._url.hostname), self._url.port, timeout=60)
        sent = None if body is None else json.dumps(body)
        connection.request(method, self._url.path + path, sent, headers | ({"Idempotency-Key": key} if key else {}))
        answer = connection.getresponse()
        read = answer.read()
        connection.close()
        return Answered(
            answer.status, json.loads(read) if read else None, {k.lower(): v for k, v in answer.getheaders()}
        )
