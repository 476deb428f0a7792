"""Signatures of requests to a fax carrier and of its webhooks: :mod:`chalicelib.platform.signing` with the headers
X-Fax-Timestamp and X-Fax-Signature."""

from functools import partial

from chalicelib.platform import signing
from chalicelib.platform.signing import WINDOW, Unsigned

__all__ = ["WINDOW", "Unsigned", "signed", "verify"]

signed = partial(signing.signed, prefix="X-Fax")
verify = partial(signing.verify, prefix="X-Fax")
