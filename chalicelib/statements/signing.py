"""Signatures of requests to a fax carrier and of its webhooks. Pure: the time is an argument.

HMAC-SHA-256, in hexadecimal, over these lines joined by a newline: Unix time in seconds, method, path, SHA-256 of the
body in hexadecimal. Headers: X-Fax-Timestamp, X-Fax-Signature. A request older or newer than the window is a replay.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

TIMESTAMP, SIGNATURE = "X-Fax-Timestamp", "X-Fax-Signature"
WINDOW = 300  # seconds, unless the caller says otherwise


class Unsigned(PermissionError):
    """A request that is not what its signature was made for, or too old: answer 401 and do nothing."""


def signed(secret: bytes, method: str, path: str, body: bytes, at: datetime) -> dict[str, str]:
    """The two headers that sign a request made ``at``."""
    timestamp = str(int(at.timestamp()))
    return {TIMESTAMP: timestamp, SIGNATURE: _signature(secret, timestamp, method, path, body)}


def verify(
    secrets: Sequence[bytes],
    method: str,
    path: str,
    body: bytes,
    headers: Mapping[str, str],
    at: datetime,
    window: int = WINDOW,
) -> None:
    """Raise Unsigned unless one of ``secrets`` (the new one and, for a while, the old) signed this within ``window``.

    The names of ``headers`` may be in any case.
    """
    given = {name.lower(): value for name, value in headers.items()}
    timestamp, signature = given.get(TIMESTAMP.lower(), ""), given.get(SIGNATURE.lower(), "")
    if not (timestamp.isascii() and timestamp.isdigit()) or abs(int(timestamp[:12]) - at.timestamp()) > window:
        raise Unsigned("The request has no time, or one outside the window: sign it anew.")
    expected = [_signature(secret, timestamp, method, path, body) for secret in secrets]
    if not any(hmac.compare_digest(one.encode(), signature.encode()) for one in expected):
        raise Unsigned("The signature does not fit the request: check the secret.")


def _signature(secret: bytes, timestamp: str, method: str, path: str, body: bytes) -> str:
    if not secret:
        raise ValueError("The secret that signs is empty: set one.")
    lines = "\n".join((timestamp, method.upper(), path, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()
