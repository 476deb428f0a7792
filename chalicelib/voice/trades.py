"""The operation that reads out the trades of the day."""

from collections.abc import Sequence
from decimal import Decimal

from chalicelib import trading
from chalicelib.platform.clock import business_day, now
from chalicelib.platform.settings import orders_a_page
from chalicelib.trading import Trade
from chalicelib.trading.rules import Side
from chalicelib.voice.call import Answer, Call
from chalicelib.voice.keypad import whole_number
from chalicelib.voice.order_speech import security_names
from chalicelib.voice.paging import page_of, read_page
from chalicelib.voice.speech import say, time


def trades_today(call: Call) -> Answer:
    """Page (from 1; past the last comes the first) -> Speech, Result more | last | empty, and NextPage.

    Where there are several, the first page begins with how many, and what was bought and sold in all. After the close
    the trades are those of the day that is over.
    """
    trades = trading.trades_today(call.account_id(), business_day(now()))
    page, shown = page_of(trades, whole_number(call.parameter("Page")), orders_a_page())
    names = security_names(call.language, {trade.code for trade in shown})
    lines = [_line(call.language, trade, names[trade.code]) for trade in shown]
    if len(trades) > 1 and page.page == 1:
        lines.insert(0, _sums(call.language, trades))
    return read_page(call.language, "trades", *page, lines)


def _line(language: str, trade: Trade, security: str) -> str:
    return say(
        language,
        f"trade.{trade.side}",
        time=time(language, trade.at),
        name=security,
        quantity=trade.quantity,
        price=trade.price,
    )


def _sums(language: str, trades: Sequence[Trade]) -> str:
    def amount(side: Side) -> Decimal:
        return sum((trade.price * trade.quantity for trade in trades if trade.side == side), Decimal(0))

    bought, sold = amount("buy"), amount("sell")
    key = "both" if bought and sold else "buy" if bought else "sell"
    return say(language, f"trades.sum.{key}", count=len(trades), bought=bought, sold=sold)
