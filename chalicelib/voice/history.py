"""The operations about earlier orders: those of some days, and one with all that became of it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

from chalicelib import trading
from chalicelib.platform.clock import business_day, now
from chalicelib.platform.settings import orders_a_page, recent_days
from chalicelib.trading import OrderState
from chalicelib.trading.ledger import Change
from chalicelib.voice.call import Answer, Call
from chalicelib.voice.keypad import day_keyed
from chalicelib.voice.order_speech import is_number, read_out
from chalicelib.voice.speech import day, say, time

FIRST_PAGE = "first"


def orders_history(call: Call) -> Answer:
    """Days, Page -> Result more | last | empty | invalid, Speech, and NextPage ("first" after the last).

    Days is "recent", or a day as it was keyed in: YYYYMMDD, or MMDD for the last such day. Page is "first", or the
    NextPage of the page before. An order of the evening is one of the next trading day.
    """
    from chalicelib.trading.sessions import trading_day_of

    at = now()
    today, latest = business_day(at), trading_day_of(at)
    keyed, page = call.parameter("Days"), call.parameter("Page")
    only = None if keyed == "recent" else day_keyed(keyed, latest)
    if keyed != "recent" and only is None:
        return {"Result": "invalid", "Speech": say(call.language, "history.invalid")}
    first, last = (only, only) if only else (today - timedelta(days=recent_days() - 1), latest)
    token = None if page == FIRST_PAGE else page
    found = trading.history(call.account_id(), first, last, token, orders_a_page())
    days = _days(call.language, first, last, today)
    if not found.orders and token is None:
        return {"Result": "empty", "NextPage": FIRST_PAGE, "Speech": say(call.language, "history.none", days=days)}
    # The page after a last one that was full is empty: only the counter knew that there was no more.
    opening = "history.page" if token is None else "history.further" if found.orders else "history.end"
    lines = _by_day(call.language, found.orders, today, only)
    return {
        "Result": "more" if found.next_page else "last",
        "NextPage": found.next_page or FIRST_PAGE,
        "Speech": " ".join([say(call.language, opening, days=days), *lines]),
    }


def order_story(call: Call) -> Answer:
    """ContractNumber -> Result ok | unknown | invalid, and Speech: the order and all that became of it, in order."""
    number = call.parameter("ContractNumber")
    if not is_number(number):
        return {"Result": "invalid", "Speech": say(call.language, "order.invalid")}
    order = trading.order(call.account_id(), number)
    if order is None:
        return {"Result": "unknown", "Speech": say(call.language, "order.unknown")}
    lines = [*read_out(call.language, [order]), *_story(call.language, order.changes, business_day(now()))]
    return {"Result": "ok", "Speech": " ".join(lines)}


def _days(language: str, first: date, last: date, today: date) -> str:
    if first == last:
        return day(language, first, today)
    return say(language, "days", first=day(language, first, today), last=day(language, last, today))


def _by_day(language: str, orders: list[OrderState], today: date, only: date | None) -> Iterator[str]:
    """The lines of the orders; where they may be of several days, each day is said before its first one."""
    lines = zip(orders, read_out(language, orders), strict=True)
    for of, group in groupby(lines, key=lambda line: line[0].day):
        if only is None:
            yield say(language, "history.day", day=day(language, date.fromisoformat(of), today))
        yield from (line for _, line in group)


def _story(language: str, changes: tuple[Change, ...], today: date) -> Iterator[str]:
    said_day = None
    for filled, group in groupby(changes, key=lambda change: change.reason == "filled"):
        together = list(group)
        # More fills in a row than one listens to at once are told together.
        parts = [together] if filled and len(together) > orders_a_page() else [[change] for change in together]
        for part in parts:
            of = business_day(datetime.fromisoformat(part[0].at))
            if of != said_day:
                said_day = of
                yield say(language, "history.day", day=day(language, of, today))
            yield _told(language, part)


def _told(language: str, part: list[Change]) -> str:
    """What happened, or the fills that are told together."""
    first, last = part[0], part[-1]
    if len(part) > 1:
        quantity = sum(fill.quantity for fill in part)
        amount = sum((fill.quantity * fill.price for fill in part if fill.price is not None), Decimal(0))
        return say(
            language,
            "change.fills",
            first=time(language, first.at),
            last=time(language, last.at),
            quantity=quantity,
            count=len(part),
            price=amount / quantity,
        )
    key = first.reason if first.reason in ("filled", "now_limit") else first.state
    price = first.price if first.price is not None else Decimal(0)
    return say(language, f"change.{key}", time=time(language, first.at), quantity=first.quantity, price=price)
