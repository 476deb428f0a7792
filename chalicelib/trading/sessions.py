"""When the exchanges trade: pure functions of a moment (aware) or a day at the exchange; nothing here reads the clock.

Hours are rows of market_rules.json, from chapters 2.4 and 3.3 of the exchanges' trading rules (交易规则).
The days are trading_days.json: Monday to Friday without the holidays that the exchanges announce each December
(休市安排); `python -m devtools.trading_days` writes it from the calendar XSHG of exchange-calendars.
"""

import json
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from chalicelib.platform.clock import SHANGHAI, business_day
from chalicelib.trading.market import Phase, Turn, turns_on
from chalicelib.trading.rules import Refusal

AfterHours = Literal["next_session", "refuse"]
_SATURDAY = 5


@cache
def _holidays() -> dict[str, list[str]]:
    """By year, the weekdays without trading, as MM-DD."""
    days: dict[str, list[str]] = json.loads(Path(__file__).with_name("trading_days.json").read_text("utf-8"))
    return days


def is_trading_day(day: date) -> bool:
    """Whether the exchanges trade on ``day``. LookupError for a year that trading_days.json doesn't have."""
    holidays = _holidays()
    if str(day.year) not in holidays:
        raise LookupError(
            f"trading_days.json has the years {min(holidays)} to {max(holidays)}, not {day.year}: "
            "bring it up to date with `python -m devtools.trading_days`."
        )
    return day.weekday() < _SATURDAY and f"{day:%m-%d}" not in holidays[str(day.year)]


def next_trading_day(day: date) -> date:
    """The first trading day after ``day``. LookupError past the last year of trading_days.json."""
    day += timedelta(days=1)
    while not is_trading_day(day):
        day += timedelta(days=1)
    return day


def is_free_of_limit(first: date, day: date, free_days: int) -> bool:
    """Whether ``day`` is one of the ``free_days`` trading days from ``first`` on: no price limit holds on them.

    ``first`` is the day of listing (``Board.free_days``), or the first of the delisting period (one day).
    """
    last = first
    for _ in range(free_days - 1):
        last = next_trading_day(last)
    return first <= day <= last


def phase(at: datetime) -> Phase:
    """What the exchanges do at ``at``; a day without trading is closed all day."""
    return _turn(at).phase


def may_cancel(at: datetime) -> bool:
    """Whether an open order may be cancelled at ``at``: not from 09:20 to 09:25, nor from 14:57 to 15:00.

    In the pauses and outside the hours the counter holds the cancellation until the exchange opens.
    """
    return _turn(at).cancel


def trading_day_of(at: datetime) -> date:
    """The day an order taken at ``at`` is for: today until the close, else the next trading day."""
    day = business_day(at)
    if is_trading_day(day) and _local_time(at) < turns_on(day)[-1].at:
        return day
    return next_trading_day(day)


def refuse_hours(at: datetime, after_hours: AfterHours) -> Refusal | None:
    """Outside the sessions an order is for the next one (:func:`trading_day_of`), or refused, as the firm sets."""
    if after_hours == "next_session" or phase(at) != "closed":
        return None
    return Refusal("hours", "time", {"opens": turns_on(trading_day_of(at))[1].at})


def _turn(at: datetime) -> Turn:
    day, now = business_day(at), _local_time(at)
    turns = turns_on(day)
    if not is_trading_day(day):
        return turns[0]
    return next(turn for turn in reversed(turns) if turn.at <= now)


def _local_time(at: datetime) -> str:
    """HH:MM in Shanghai: turns fall on whole minutes, and such texts sort as times do."""
    return f"{at.astimezone(SHANGHAI):%H:%M}"
