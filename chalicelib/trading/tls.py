"""HTTP over mutual TLS, with connections that stay open between calls."""

import os
import ssl
import tempfile
import time
from typing import Any
from urllib.parse import urlsplit

from chalicelib.trading.link import NotSent, Transport

_LARGEST = 4_000_000  # bytes of an answer


def over_tls(url: str, certificate: str, private_key: str, authority: str) -> Transport:
    """A transport to the host of ``url``. PEM texts: our certificate and its key, and who vouches for the gateway's."""
    import urllib3

    where = urlsplit(url)
    if where.scheme != "https" or not where.hostname:
        raise ValueError("The counter's address must begin with https://.")
    context = ssl.create_default_context(cadata=authority)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _load(context, certificate, private_key)
    pool = urllib3.HTTPSConnectionPool(
        where.hostname, where.port or 443, ssl_context=context, maxsize=2, retries=False, block=False
    )

    def transport(method: str, target: str, headers: dict[str, str], body: bytes, seconds: float) -> tuple[int, bytes]:
        until = time.monotonic() + seconds
        try:
            answer = pool.request(
                method,
                target,
                body=body or None,
                headers=headers,
                timeout=urllib3.Timeout(total=seconds),
                redirect=False,
                preload_content=False,
            )
            return answer.status, _whole(answer, until)
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as error:
            raise NotSent("The counter takes no connection.") from error
        except urllib3.exceptions.HTTPError as error:
            raise OSError("The counter's answer broke off.") from error

    return transport


def _whole(answer: Any, until: float) -> bytes:
    """The body, as it comes in: time limits of a socket begin anew with every piece."""
    raw = b""
    try:
        while piece := answer.read1(65536):
            raw += piece
            if len(raw) > _LARGEST or time.monotonic() > until:
                raise OSError("The counter's answer is too long, or takes too long.")
    except BaseException:
        answer.close()  # a connection with something left in it must not be used again
        raise
    answer.release_conn()
    return raw


def _load(context: ssl.SSLContext, certificate: str, private_key: str) -> None:
    """The ssl module reads keys from files only: one that nobody else can read, gone before this returns."""
    handle, path = tempfile.mkstemp()
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{private_key.strip()}\n{certificate.strip()}\n")
        context.load_cert_chain(path)
    finally:
        os.unlink(path)
