"""The day's end: open orders expire, bought shares and money from sales are free from the next trading day on.

Run it when trading and bank transfers are over (16:00 in Shanghai). It goes account by account, in any order, some at
the same time, and may be stopped anywhere: run again for the account, it finds what is left. What is due is read from
the entries of that very day, so that a run that comes late, when the next day trades already, frees nothing of that.
"""

from collections.abc import Iterator
from datetime import datetime

from chalicelib.trading import books, ledger
from chalicelib.trading.ledger import Booking, OrderState

_ATTEMPTS = 4


def accounts_to_settle(day: str, at: datetime) -> Iterator[str]:
    """The accounts that have orders for the trading day, each once. ValueError as :func:`settle`."""
    _refuse_too_early(day, at)
    return books.accounts_of_day(day)


def settle(account_id: str, day: str, at: datetime) -> None:
    """Settle one account's trading day (YYYY-MM-DD).

    ValueError while orders for that day are still taken; TimeoutError where the account is changed all the time.
    """
    _refuse_too_early(day, at)
    for order in books.orders_of_day(account_id, day):
        if order.is_open:
            books.change(account_id, order.contract_number, lambda found: _expire(found, day, at))
    for _ in range(_ATTEMPTS):
        due = ledger.settle(account_id, day, books.entries_between(account_id, day, day), books.stamp(at))
        if not due:
            return
        for booking in due:
            books.settle(booking)
    raise TimeoutError(f"The account {account_id} changes while it is settled: settle {day} again.")


def _refuse_too_early(day: str, at: datetime) -> None:
    from chalicelib.trading.sessions import trading_day_of

    if trading_day_of(at).isoformat() <= day:
        raise ValueError(f"{day} is not over: settle it after the close.")


def _expire(order: OrderState, day: str, at: datetime) -> Booking | None:
    return ledger.end(order, "expired", "day_over", f"expired#{day}", books.stamp(at))
