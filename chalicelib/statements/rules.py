"""What may be asked for, and where a statement may go: pure rules of a request, and of how its delivery goes on.

A delivery is *queued* until it was handed over, then *sent*; it ends *delivered*, or *failed* for good. Between two
attempts it is *retrying*. What e-mail is handed to is not told of its end: there *sent* is the end.
"""

import hashlib
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from chalicelib.platform.clock import SHANGHAI, business_day
from chalicelib.statements.statement import Period, month_of

Channel = Literal["fax", "email"]
State = Literal["queued", "sent", "retrying", "delivered", "failed"]
Rule = Literal[
    "backwards", "future", "not_over", "too_long", "too_old", "no_destination", "fax_number", "email_address"
]

_IN_CHINA = re.compile(r"0(?:(?:10|2[0-9])[1-9][0-9]{7}|[3-9][0-9]{2}[1-9][0-9]{6,7})\Z")
_ABROAD = re.compile(r"00([1-9][0-9]{6,14})\Z")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}\Z")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+\Z")
# Busy, unanswered and broken lines may do better later; so may what the ledger could not state just now.
PASSING = frozenset({"busy", "no_answer", "line_error", "not_made"})
UNREACHABLE, NO_NEWS = "unreachable", "no_news"


class Limits(NamedTuple):
    """What the firm sets: the longest period and how far back one may begin, in months; from what time (HH:MM in
    Shanghai) the day that is over can be stated."""

    months: int
    months_back: int
    ready: str


class Refusal(NamedTuple):
    """Why a statement is not made: ``rule`` names the sentence, ``facts`` fill it.

    future, not_over: ``last``, the last day that can be stated; too_long: ``months``; too_old: ``first``, the first day
    that can be; the others have none.
    """

    rule: Rule
    facts: dict[str, date | int]


def last_day(at: datetime, limits: Limits) -> date:
    """The last trading day that is over, and settled, at ``at``: what "the day's statement" means."""
    from chalicelib.trading.sessions import is_trading_day

    day = last_over(at, limits)
    while not is_trading_day(day):
        day -= timedelta(days=1)
    return day


def last_month(at: datetime) -> Period:
    """The calendar month before the one of ``at``."""
    return month_of(business_day(at).replace(day=1) - timedelta(days=1))


def last_over(at: datetime, limits: Limits) -> date:
    """The last calendar day whose figures will not change any more."""
    today = business_day(at)
    return today if f"{at.astimezone(SHANGHAI):%H:%M}" >= limits.ready else today - timedelta(days=1)


def refuse_period(period: Period, at: datetime, limits: Limits) -> Refusal | None:
    """Why there can be no statement of ``period``, if so. Its days need not be trading days."""
    first, last = period
    over, today = last_over(at, limits), business_day(at)
    earliest = _months_before(today, limits.months_back)
    if last < first:
        return Refusal("backwards", {})
    if last > over:
        return Refusal("not_over" if last == today else "future", {"last": over})
    if first < earliest:
        return Refusal("too_old", {"first": earliest})
    if first <= _months_before(last, limits.months):
        return Refusal("too_long", {"months": limits.months})
    return None


def refuse_destinations(destinations: dict[Channel, str]) -> Refusal | None:
    """Why there is nowhere to send it, if so."""
    if not destinations:
        return Refusal("no_destination", {})
    if not _E164.match(destinations.get("fax", "+10000000")):
        return Refusal("fax_number", {})
    if not _EMAIL.match(destinations.get("email", "a@b.c")):
        return Refusal("email_address", {})
    return None


def fax_number(keys: str) -> str | None:
    """The E.164 number that somebody in mainland China means by ``keys``, None where it is none.

    An area code and a number (02161234567), or 00 and a country's (0085221234567); E.164 itself stays as it is.
    """
    if _IN_CHINA.match(keys):
        return f"+86{keys[1:]}"
    abroad = _ABROAD.match(keys)
    return f"+{abroad[1]}" if abroad else keys if _E164.match(keys) else None


def numbers(account_id: str, key: str) -> Iterator[str]:
    """The numbers (twelve digits) to try for a request, in turn: always the same ones for the same key.

    The next one is needed only where another request holds the first.
    """
    attempt = 0
    while True:
        digest = hashlib.sha256(f"statement|{account_id}|{key}|{attempt}".encode()).digest()
        yield f"{int.from_bytes(digest[:8]) % 10**12:012d}"
        attempt += 1


def is_over(channel: Channel, state: State) -> bool:
    """Whether nothing more will be heard of a delivery: the customer is to be told."""
    return state in ("delivered", "failed") or (channel, state) == ("email", "sent")


class Patience(NamedTuple):
    """What the firm sets: how many attempts, how long between two looks, and when to give up."""

    attempts: int
    between: timedelta
    at_most: timedelta


class Step(NamedTuple):
    """Where a delivery is next, and for what reason ("" for none)."""

    state: State
    reason: str


def after_sending(outcome: State, reason: str, attempt: int, since: datetime, at: datetime, patience: Patience) -> Step:
    """What becomes of a delivery whose attempt came to ``outcome`` (sent, delivered or failed) for ``reason``.

    ``since``: when it was asked for. UNREACHABLE is no failure of the attempt: nobody knows whether it was taken, so
    the same attempt is made again, under its own key.
    """
    if outcome == "failed":
        passing = reason == UNREACHABLE or (reason in PASSING and attempt < patience.attempts)
        if passing and at < since + patience.at_most:
            return Step("retrying", reason)
        return Step("failed", reason)
    return Step(outcome, "")


def after_waiting(attempt: int, reason: str) -> int:
    """The attempt that comes after one that ended for ``reason``: the same where nobody knows whether it was taken."""
    return attempt if reason == UNREACHABLE else attempt + 1


def fax_key(number: str, attempt: int) -> str:
    """What the carrier knows an attempt by."""
    return f"{number}-{attempt}"


def read_fax_key(key: str) -> tuple[str, int]:
    """The number and the attempt. LookupError for a key that is none of ours."""
    found = re.fullmatch(r"([0-9]{12})-([1-9][0-9]{0,5})", key)
    if found is None:
        raise LookupError(f"There is no fax with the key {key[:40]}.")
    return found[1], int(found[2])


def _months_before(day: date, months: int) -> date:
    """The same day so many months before, or that month's last."""
    months_since_0 = day.year * 12 + day.month - 1 - months
    first = date(months_since_0 // 12, months_since_0 % 12 + 1, 1)
    return min(month_of(first).last, first + timedelta(days=day.day - 1))
