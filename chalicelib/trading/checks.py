"""What the embedded counter asks of the rules before an order leaves: one request, and all of them in their order."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from chalicelib.platform import settings
from chalicelib.platform.clock import business_day
from chalicelib.platform.tables import Table, read_together
from chalicelib.trading import books
from chalicelib.trading.ledger import CASH, OrderState
from chalicelib.trading.market import Board, board_of, fees_on
from chalicelib.trading.models import OrderRecord, Position, Security
from chalicelib.trading.rules import Book, Order, Quote, Refusal, Status, at_worst, cost_of_buying, in_lots, refuse
from chalicelib.trading.suitability import (
    Mismatch,
    RiskLevel,
    SpokenWarning,
    counts_buys,
    refuse_daily_buys,
    refuse_unsuited,
)

if TYPE_CHECKING:
    from chalicelib.trading.sessions import AfterHours


class Checked(NamedTuple):
    """An order that may leave, a market order at its worst price: what to freeze for it, the customer's commission and,
    where a rule counted on it, what the position's ``available`` must still be when the order is written.
    ``number_free``: no order of the account has the number that was asked about."""

    quote: Quote
    order: Order
    rate: Decimal
    freeze: Decimal
    exactly: Decimal | None
    number_free: bool


def check(
    account_id: str,
    order: Order,
    at: datetime,
    contract_number: str | None = None,
    instead_of: OrderState | None = None,
) -> Checked | Refusal | SpokenWarning | None:
    """All that the rules need to know, in one request, and what they say; None for an unknown code.

    A buy of shares that have a daily maximum takes one request more. Refusals come before warnings: nobody confirms the
    risk of an order that is not taken. What ``instead_of``, an open order of the same side and code, holds counts as
    free.
    """
    from chalicelib.trading.sessions import phase, refuse_hours

    day = business_day(at)
    board, fees = board_of(order.code, day), fees_on(day)
    if board is None:
        return None
    if refusal := refuse_hours(at, cast("AfterHours", settings.after_hours())):
        return refusal
    security, cash, shares, namesake = _read(account_id, order.code, contract_number)
    if security is None:
        return None
    if cash is None:
        raise LookupError("There is no such trading account.")
    quote, rate, sellable = quote_of(security), cash.commission_rate, int(shares.available) if shares else 0
    money = cash.available
    if instead_of and instead_of.side == "buy":
        money += instead_of.frozen
    elif instead_of:
        sellable += int(instead_of.frozen)
    unsuited = _unsuited(order, quote, board, cash)
    if isinstance(unsuited, Refusal):
        return unsuited
    today, book = _prices_of(security, quote, day)
    answer = (
        refuse(order, today, board, fees, cash=money, rate=rate, sellable=sellable, phase=phase(at), book=book)
        or _refuse_daily_buys(account_id, order, quote, board, at, instead_of)
        or unsuited
    )
    if answer:
        return answer
    order, free = at_worst(order, quote, board), namesake is None
    if order.side == "buy":
        # Whoever buys at the same moment moves the money too: one of the two has to count again.
        exactly = cash.available if counts_buys(order, quote, board) else None
        return Checked(quote, order, rate, cost_of_buying(order, rate, fees), exactly, free)
    exactly = None if in_lots(order.quantity, board) else Decimal(sellable)
    return Checked(quote, order, rate, Decimal(order.quantity), exactly, free)


def _read(account_id: str, code: str, contract_number: str | None) -> list[Any]:
    """The security, the money, the holding, and the order that has the number; None for each there is not."""
    wanted: list[tuple[type[Table], dict[str, str]]] = [
        (Security, {"code": code}),
        (Position, {"account_id": account_id, "asset": CASH}),
        (Position, {"account_id": account_id, "asset": code}),
    ]
    if contract_number is None:
        return [*read_together(*wanted), None]
    return read_together(*wanted, (OrderRecord, {"account_id": account_id, "contract_number": contract_number}))


def _unsuited(order: Order, quote: Quote, board: Board, cash: Position) -> Refusal | SpokenWarning | None:
    """Who has not been assessed is of the lowest level, which buys nothing."""
    return refuse_unsuited(
        order,
        quote,
        board,
        permissions=cash.permissions or (),
        risk_level=cast(RiskLevel, cash.risk_level or "C1"),
        confirmed=order.confirmed,
        mismatch=cast(Mismatch, settings.mismatch()),
    )


def _prices_of(security: Security, quote: Quote, day: date) -> tuple[Quote, Book]:
    """The quote and the best prices as the exchange reckons with them: those of an earlier day are nothing to today,
    and until the first trade the last price is the previous close."""
    if security.last_at and business_day(datetime.fromisoformat(security.last_at)) == day:
        return quote, Book(security.bid, security.ask)
    return quote._replace(last_price=quote.previous_close), Book(None, None)


def _refuse_daily_buys(
    account_id: str, order: Order, quote: Quote, board: Board, at: datetime, instead_of: OrderState | None
) -> Refusal | None:
    from chalicelib.trading.sessions import trading_day_of

    if not counts_buys(order, quote, board):
        return None
    orders = books.orders_of_day(account_id, trading_day_of(at).isoformat())
    given_up = instead_of.contract_number if instead_of else None
    bought = sum(
        o.quantity if o.is_open and o.contract_number != given_up else o.filled
        for o in orders
        if (o.side, o.code) == ("buy", order.code)
    )
    return refuse_daily_buys(order, quote, board, bought=bought)


def quote_of(security: Security) -> Quote:
    """A security as the rules have it."""
    return Quote(
        security.code,
        security.names,
        security.previous_close,
        security.last_price,
        security.suspended,
        security.price_limited,
        security.price_limit,
        cast(Status, security.status),
    )
