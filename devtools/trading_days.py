"""`python -m devtools.trading_days` writes the weekdays without trading, by year, from the calendar XSHG of
exchange-calendars.

To be run each December, when the exchanges have announced the next year and exchange-calendars has it
(pip install --upgrade exchange-calendars). Shanghai, Shenzhen and Beijing rest on the same days.
"""

import json
from collections.abc import Collection
from datetime import date, timedelta

from devtools.paths import ROOT

FILE = ROOT / "chalicelib" / "trading" / "trading_days.json"
FIRST_YEAR = 2023
_SATURDAY = 5


def holidays(year: int, sessions: Collection[date]) -> list[str]:
    """The weekdays of ``year`` that are not in ``sessions``, as MM-DD."""
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    return [f"{day:%m-%d}" for day in days if day.year == year and day.weekday() < _SATURDAY and day not in sessions]


def text(years: dict[int, list[str]]) -> str:
    """The file: JSON, a year a line."""
    return "{\n" + ",\n".join(f'"{year}": {json.dumps(days)}' for year, days in years.items()) + "\n}\n"


def calendar() -> dict[int, list[str]]:
    """The holidays of every year that exchange-calendars has, from FIRST_YEAR on."""
    from exchange_calendars import get_calendar  # type: ignore[import-not-found, import-untyped, unused-ignore]

    last = get_calendar("XSHG").bound_max().year
    sessions = get_calendar("XSHG", start=f"{FIRST_YEAR}-01-01", end=f"{last}-12-31").sessions
    days = {session.date() for session in sessions}
    return {year: holidays(year, days) for year in range(FIRST_YEAR, last + 1)}


def main() -> None:
    """Write the file, and say how far it reaches."""
    years = calendar()
    FILE.write_text(text(years), "utf-8")
    print(f"trading_days.json has the years {min(years)} to {max(years)}.")


if __name__ == "__main__":
    main()
