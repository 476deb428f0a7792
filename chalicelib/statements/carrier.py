"""The fax carrier as this house sees it, whoever carries. Pure, but for the Protocol's implementers.

A fax is queued, then sent, and ends delivered or failed with a reason. To try a failed one again is to send it under a
new key. Texts for the customer: "fax.delivered" and "fax.failed.<reason>" in chalicelib/statements/messages.
"""

import re
from typing import Literal, NamedTuple, Protocol, get_args

State = Literal["queued", "sent", "delivered", "failed"]
Reason = Literal["", "busy", "no_answer", "not_a_fax", "bad_number", "line_error", "rejected"]
STATES: tuple[State, ...] = get_args(State)
REASONS: tuple[Reason, ...] = get_args(Reason)
_PROGRESS: dict[State, int] = {"queued": 0, "sent": 1, "delivered": 2, "failed": 2}


class Status(NamedTuple):
    """Where the fax with this ``key`` is. ``reason`` is empty unless it failed."""

    key: str
    state: State
    reason: Reason = ""


class FaxCarrier(Protocol):
    """What the house asks of a carrier. ``send`` may be repeated: a known key sends nothing, and answers its status."""

    def send(self, number: str, tiff: bytes, key: str) -> Status:
        """Take a fax for ``number`` (E.164). ValueError for no such number, or a key used for another fax; OSError
        where the carrier could not be reached or gave no answer: send it again under the same key."""
        ...

    def status(self, key: str) -> Status:
        """Where the fax is now. LookupError for a key never sent; OSError as above."""
        ...


def advance(known: Status, heard: Status) -> Status:
    """What is known after ``heard``: news may come late, twice and out of order, and an end stays as it was."""
    return heard if _PROGRESS[heard.state] > _PROGRESS[known.state] else known


def dialable(number: str) -> str:
    """``number`` itself. ValueError where it is not E.164: "+", country code, at most 15 digits in all."""
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", number):
        raise ValueError(f"{number} is no fax number: write it with + and country code, as in +862161234567.")
    return number


def read_status(record: object) -> Status:
    """The status that parsed JSON says: {"key", "state", "reason"}. ValueError for anything else.

    A failure for a reason not known here is "rejected".
    """
    if not isinstance(record, dict) or record.get("state") not in STATES or not isinstance(record.get("key"), str):
        raise ValueError("A fax status needs a key and one of the states " + ", ".join(STATES) + ".")
    if record["state"] != "failed":
        return Status(record["key"], record["state"])
    reason = record.get("reason")
    return Status(record["key"], "failed", reason if reason and reason in REASONS else "rejected")
