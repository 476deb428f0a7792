"""The timeline of a ticket: entries that are only ever added, each bound to the one before it by its hash. Pure.

Who changes, drops or inserts an entry breaks the chain from there on, and :func:`broken_at` says where. The ticket's
own row keeps the hash of the last entry, so that the end cannot be cut off either.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, NamedTuple


class Entry(NamedTuple):
    """One thing that was done to a ticket. ``sequence`` counts from 1; ``at`` is UTC, ISO 8601.

    ``by``: customer, agent:<name>, or system:<part>. ``why`` is said in words; ``details`` are what the verb needs, as
    JSON has it. ``key`` makes a repetition of the request the same request. ``before`` is the hash of the entry before,
    "" for the first.
    """

    number: str
    sequence: int
    at: str
    by: str
    verb: str
    why: str
    details: dict[str, Any]
    key: str
    before: str
    hash: str


def entry(
    number: str, sequence: int, at: str, by: str, verb: str, why: str, details: dict[str, Any], key: str, before: str
) -> Entry:
    """An entry with its hash: SHA-256 of everything else in it."""
    bare = Entry(number, sequence, at, by, verb, why, details, key, before, "")
    return bare._replace(hash=_hash(bare))


def broken_at(entries: Iterable[Entry], head: str) -> int | None:
    """The sequence of the first entry that is not as it was written; None for a whole chain that ends in ``head``."""
    before, expected = "", 1
    for found in entries:
        if (found.sequence, found.before, found.hash) != (expected, before, _hash(found)):
            return expected
        before, expected = found.hash, expected + 1
    return None if before == head else expected


def _hash(found: Entry) -> str:
    told = json.dumps(found[:-1], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()
