"""What an account has: money, holdings, today's trades."""

from chalicelib import trading
from chalicelib.http.answering import Asked, iso_day
from chalicelib.http.wire import Reply, pick, text
from chalicelib.platform.clock import business_day

HOLDINGS_A_PAGE = 100  # as many as DynamoDB reads of securities at once
PAGE = {"page": text(r"\d{1,4}")}
DAY = {"day": iso_day}


def funds(asked: Asked) -> Reply:
    """Money, and what the shares are worth."""
    return Reply(200, pick(trading.funds(asked.account_id), "available", "withdrawable", "market_value"))


def holdings(asked: Asked) -> Reply:
    """A page of the holdings, by code, with the last price of each."""
    page = int(asked.parameters(PAGE, page="1")["page"])
    found = trading.holdings(asked.account_id, page, HOLDINGS_A_PAGE)
    lines = [
        pick(holding, "code", "quantity", "sellable") | pick(quote, "names", "last_price")
        for holding, quote in found.lines
    ]
    return Reply(200, {"page": found.page, "pages": found.pages, "holdings": lines})


def trades(asked: Asked) -> Reply:
    """The trades of a trading day, the newest first; today's where none is named."""
    day = asked.parameters(DAY, day=business_day(asked.at))["day"]
    names = ("contract_number", "side", "code", "quantity", "price", "at")
    found = [pick(trade, *names) for trade in trading.trades_today(asked.account_id, day)]
    return Reply(200, {"day": day.isoformat(), "trades": found})
