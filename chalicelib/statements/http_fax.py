"""A fax carrier reached over HTTP, with signed requests and signed status webhooks (see signing.py).

    POST <base>/faxes         {"key", "number", "pages": base64 of the TIFF}, header Idempotency-Key: the key
                              -> 200, 201, 202 status; 409 key of another fax; 422 number refused
    GET  <base>/faxes/<key>   -> 200 status, 404 none
    webhook POST /fax/status  a status, signed with the webhook's own secret, with the header Authorization: Bearer and
                              the webhook's token; answered as chalicelib/http/fax_status.py says

A status is {"key", "state": queued|sent|delivered|failed, "reason": see carrier.py}.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from chalicelib.platform.clock import now
from chalicelib.statements.carrier import Status, dialable, read_status
from chalicelib.statements.signing import WINDOW, signed, verify

# method, URL, headers, body -> HTTP status and body; OSError where there is no answer
Exchange = Callable[[str, str, dict[str, str], bytes], tuple[int, bytes]]


class HttpFax:
    """Implements :class:`chalicelib.statements.carrier.FaxCarrier`. A time-out may be repeated: the key sends once."""

    def __init__(self, base: str, secret: bytes, exchange: Exchange, clock: Callable[[], datetime] = now) -> None:
        self.base, self.secret, self.exchange, self.clock = base.rstrip("/"), secret, exchange, clock

    def send(self, number: str, tiff: bytes, key: str) -> Status:
        fax = {"key": key, "number": dialable(number), "pages": base64.b64encode(tiff).decode()}
        code, answer = self._ask("POST", "/faxes", json.dumps(fax).encode(), {"Idempotency-Key": key})
        if code == 409:
            raise ValueError(f"The key {key} was used for another fax: take a new one.")
        if code == 422:
            return Status(key, "failed", "bad_number")
        return _status(code, answer, key)

    def status(self, key: str) -> Status:
        code, answer = self._ask("GET", f"/faxes/{quote(key, safe='')}", b"", {})
        if code == 404:
            raise LookupError(f"There is no fax with the key {key}.")
        return _status(code, answer, key)

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        url = self.base + path
        signature = signed(self.secret, method, urlsplit(url).path, body, self.clock())
        return self.exchange(method, url, {"Content-Type": "application/json", **headers, **signature}, body)


class Webhook(NamedTuple):
    """Where a carrier tells us what became of a fax. ``secrets``: those it may sign with; ``window`` in seconds."""

    path: str
    secrets: Sequence[bytes]
    window: int = WINDOW

    def hear(self, headers: Mapping[str, str], body: bytes, at: datetime) -> Status:
        """What the carrier says. Unsigned where it is not the carrier's word; ValueError where it is no status.

        The same news may come again within the window: :func:`chalicelib.statements.carrier.advance` takes it once.
        """
        verify(self.secrets, "POST", self.path, body, headers, at, self.window)
        return read_status(_parsed(body))


def over_urllib(seconds: float) -> Exchange:
    """An exchange that waits ``seconds`` at most for each step. Only https leaves the machine."""

    def exchange(method: str, url: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        from urllib.error import HTTPError
        from urllib.request import Request, urlopen

        if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in ("127.0.0.1", "localhost"):
            raise ValueError(f"{url} is not https: a fax holds a customer's figures.")
        request = Request(url, data=body or None, headers=headers, method=method)
        try:
            with urlopen(request, timeout=seconds) as answer:
                return answer.status, answer.read()
        except HTTPError as refused:
            return refused.code, refused.read()

    return exchange


def _status(code: int, answer: bytes, key: str) -> Status:
    if code not in (200, 201, 202):
        raise OSError(f"The fax carrier answered {code}: the fax {key} may be sent again under the same key.")
    try:
        status = read_status(_parsed(answer))
    except ValueError as error:
        raise OSError(f"The fax carrier's answer is no status: {error}") from error
    if status.key != key:
        raise OSError(f"The fax carrier answered for {status.key} when asked for {key}.")
    return status


def _parsed(body: bytes) -> object:
    parsed: object = json.loads(body)
    return parsed
