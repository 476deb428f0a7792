"""Signatures of requests between this house and a company outside, either way. Pure: the time is an argument.

HMAC-SHA-256, in hexadecimal, over these lines joined by a newline: Unix time in seconds, method, path (with its query,
where there is one), SHA-256 of the body in hexadecimal. The time and the signature travel in two headers, whose names
begin as each contract says. A request older or newer than the window is a replay.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

WINDOW = 300  # seconds, unless the caller says otherwise


class Unsigned(PermissionError):
    """A request that is not what its signature was made for, or too old: answer 401 and do nothing."""


def signed(secret: bytes, method: str, path: str, body: bytes, at: datetime, *, prefix: str) -> dict[str, str]:
    """The headers ``<prefix>-Timestamp`` and ``<prefix>-Signature`` of a request made ``at``."""
    timestamp = str(int(at.timestamp()))
    return {
        f"{prefix}-Timestamp": timestamp,
        f"{prefix}-Signature": _signature(secret, timestamp, method, path, body),
    }


def verify(
    secrets: Sequence[bytes],
    method: str,
    path: str,
    body: bytes,
    headers: Mapping[str, str],
    at: datetime,
    window: int = WINDOW,
    *,
    prefix: str,
) -> None:
    """Raise Unsigned unless one of ``secrets`` (the new one and, for a while, the old) signed this within ``window``.

    The names of ``headers`` may be in any case.
    """
    given = {name.lower(): value for name, value in headers.items()}
    timestamp, signature = (given.get(f"{prefix}-{name}".lower(), "") for name in ("Timestamp", "Signature"))
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
