"""The way to the firm's gateway as the settings have it: addresses from the environment, keys from SSM."""

from urllib.parse import urlsplit

from chalicelib.platform.secrets import parameters
from chalicelib.platform.settings import CounterSettings
from chalicelib.trading.breaker import Limits
from chalicelib.trading.link import Link
from chalicelib.trading.tls import over_tls

_KEYS = (
    "COUNTER_CERTIFICATE_PARAMETER",
    "COUNTER_KEY_PARAMETER",
    "COUNTER_AUTHORITY_PARAMETER",
    "COUNTER_SIGNING_PARAMETER",
)
_PUT_BY = "put it there as docs/counter.md says"


def link_of(settings: CounterSettings) -> Link:
    """A link with this stage's keys. RuntimeError names what is missing."""
    certificate, private_key, authority, secret = parameters(*_KEYS, made_by=_PUT_BY)
    return Link(
        over_tls(settings.url, certificate, private_key, authority),
        secret.encode(),
        urlsplit(settings.url).path,
        settings.attempt_seconds,
        Limits(settings.failures, settings.rest_seconds),
    )


def sealing_key() -> str:
    """The gateway's public key, for bank passwords (PEM)."""
    return parameters("COUNTER_SEALING_PARAMETER", made_by=_PUT_BY)[0]
