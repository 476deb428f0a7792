"""What the customer thinks of the handling: a signed link to the question, and what becomes of the answer.

Verbs: :func:`sign`, :func:`verify`, :func:`rate`, :func:`rate_contact`. A token is good for one ticket until its time
is over, for whoever holds it: it lets nobody read anything.
"""

import base64
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime

from chalicelib.tickets import Ticket, act, find
from chalicelib.tickets.rules import ACTS, MOVES

NOT_SATISFIED = (1, 2)
_SIGNATURE_BYTES = 16  # enough that nobody guesses it, and short enough for an SMS


class Void(PermissionError):
    """A link that is none of ours, or whose time is over (``expired``): show nothing, take nothing."""

    def __init__(self, expired: bool) -> None:
        super().__init__("The link is too old: ask for a new one." if expired else "The link is none of ours.")
        self.expired = expired


def sign(number: str, expires: datetime, secret: bytes) -> str:
    """A token for the survey of a ticket: number, Unix time in seconds, and their HMAC-SHA-256, for a URL."""
    told = f"{number}.{int(expires.timestamp())}"
    return f"{told}.{_signature(told, secret)}"


def verify(token: str, secrets: Sequence[bytes], at: datetime) -> str:
    """The number of the ticket that ``token`` is for, by any of ``secrets``: the new one and, for a while, the old.

    :class:`Void` for one that was not signed so, or is too old.
    """
    told, _, signature = token.rpartition(".")
    if not any(hmac.compare_digest(_signature(told, secret).encode(), signature.encode()) for secret in secrets):
        raise Void(expired=False)
    number, _, expires = told.partition(".")
    if at >= datetime.fromtimestamp(int(expires), UTC):
        raise Void(expired=True)
    return number


def rate(number: str, rating: int, by: str, key: str, at: datetime, why: str = "") -> Ticket:
    """Take down a rating from 1 to 5, once for a ``key``: who is not satisfied has the ticket reopened, who is has
    confirmed the reply. Errors as those of :func:`chalicelib.tickets.act`.
    """
    ticket = act(number, "rate", by, f"{key}#rate", at, why, {"rating": rating})
    verb = "reopen" if rating in NOT_SATISFIED else "confirm"
    if ticket.state not in MOVES[verb]:
        return ticket  # somebody has done it already
    return act(number, verb, by, f"{key}#{verb}", at, why or f"Rated {rating} of 5.")


def rate_contact(number: str, contact_id: str, rating: int, at: datetime) -> Ticket:
    """Take down what the customer thought of a call about a ticket, once for the call: a rating of the handling where
    the reply is out, and before that a note. LookupError for no such ticket."""
    ticket, key = find(number), f"{contact_id}#survey"
    if ticket is None:
        raise LookupError(f"There is no ticket {number}.")
    if ticket.state in ACTS["rate"]:
        return rate(number, rating, "customer", key, at)
    details = {"rating": rating, "contact_id": contact_id}
    return act(number, "note", "customer", key, at, f"Call rated {rating} of 5.", details)


def _signature(told: str, secret: bytes) -> str:
    if not secret:
        raise ValueError("The secret that signs is empty: set one.")
    digest = hmac.digest(secret, b"survey|" + told.encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:_SIGNATURE_BYTES]).rstrip(b"=").decode()
