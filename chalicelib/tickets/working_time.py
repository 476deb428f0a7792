"""Working time: the house's hours on the exchange's trading days, in Shanghai. Pure.

A clock that counts it stands still at night, on days without trading, and while the customer is awaited.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta
from typing import NamedTuple

from chalicelib.platform.clock import SHANGHAI, business_day

Pause = tuple[datetime, datetime]  # from, until


class Hours(NamedTuple):
    """When the house works, HH:MM in Shanghai, on the days of which ``works`` is true."""

    opens: str
    closes: str
    works: Callable[..., bool]


def after_working(start: datetime, amount: timedelta, hours: Hours, pauses: Iterable[Pause] = ()) -> datetime:
    """When ``amount`` of working time has gone by since ``start``; ``pauses``, which do not overlap, do not count."""
    begun, stops = start, sorted(pauses)
    while True:
        begins, ends = _stretch(begun, hours)
        for since, until in stops:
            if since <= begins < until:
                begins, ends = min(until, ends), ends
            elif begins < since < ends:
                ends = since
                break
        worked = ends - begins
        if worked >= amount:
            return begins + amount
        amount -= worked
        begun = ends


def after_calendar(start: datetime, days: int, pauses: Iterable[Pause] = ()) -> datetime:
    """The end, in Shanghai, of the day that is ``days`` after that of ``start``, later by the pauses' whole length."""
    last = business_day(start) + timedelta(days=days + 1)
    waited = sum((until - since for since, until in pauses), timedelta())
    return datetime.combine(last, time(), SHANGHAI) + waited


def _stretch(at: datetime, hours: Hours) -> tuple[datetime, datetime]:
    """The working time from ``at`` to the end of that day, or of the next day that has some left."""
    day = business_day(at)
    while True:
        opens, closes = (datetime.combine(day, time.fromisoformat(text), SHANGHAI) for text in hours[:2])
        if hours.works(day) and at < closes:
            return max(at, opens), closes
        day += timedelta(days=1)
