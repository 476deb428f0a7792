"""Pure matching of open orders against a quote tape: who is filled how much at what price.

Ours are small orders in a large market, so they trade with the tape and not with each other. A row of the tape is what
an order may trade with: the volume done at the row's price and, where the row has them, the best prices on show of the
other side. Better prices go first; among our own orders the better price, then the earlier order (价格优先、时间优先;
trading rules of the exchanges, 3.5). Each side has the row's whole volume, for every share traded was bought and sold.
What happened before an order was placed is nothing to it. What becomes of market orders is described at
:data:`chalicelib.trading.market.Kind`.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from chalicelib.trading.ledger import Fill, OrderState, priority
from chalicelib.trading.market import Kind
from chalicelib.trading.rules import Side

_SHOWN = 5


class Level(NamedTuple):
    """Shares on offer, or wanted, at a price (CNY)."""

    price: Decimal
    quantity: int


class TapeRow(NamedTuple):
    """What the market did up to ``at`` (aware; one row a moment and code): the last price, the shares traded since the
    row before, and the best five prices on show, best first, where the tape has them."""

    code: str
    at: datetime
    price: Decimal
    volume: int
    bids: tuple[Level, ...] = ()
    asks: tuple[Level, ...] = ()


class Outcome(NamedTuple):
    """What a row does to one order: its fills, and then what becomes of the rest.

    ``rest``: "waits" as it is, is a "limit" order at ``price`` from then on, or is "cancelled".
    """

    account_id: str
    contract_number: str
    fills: tuple[Fill, ...]
    rest: Literal["waits", "limit", "cancelled"] = "waits"
    price: Decimal | None = None


def match(row: TapeRow, at: str, orders: Iterable[OrderState]) -> list[Outcome]:
    """What ``row`` brings about for the open ``orders`` of its code, of either side. ``at``: the row's time as text."""
    ranked = sorted(
        (order for order in orders if order.is_open and order.placed_at < at),
        key=lambda o: priority(o.side, o.price, o.placed_at, o.account_id, o.contract_number),
    )
    outcomes: list[Outcome] = []
    for side in ("buy", "sell"):
        offered = _offered(row, side)
        for order in ranked:
            if order.side == side and (outcome := _outcome(order, row, at, offered)):
                outcomes.append(outcome)
    return outcomes


def _offered(row: TapeRow, side: str) -> list[Level]:
    """What a side may take, best first; each price once."""
    shown = row.asks if side == "buy" else row.bids
    offered: dict[Decimal, int] = {}
    for level in (*shown[:_SHOWN], Level(row.price, row.volume)):
        offered[level.price] = offered.get(level.price, 0) + level.quantity
    return [Level(price, offered[price]) for price in sorted(offered, reverse=side == "sell") if offered[price] > 0]


def _outcome(order: OrderState, row: TapeRow, at: str, offered: list[Level]) -> Outcome | None:
    """Takes what the order trades with out of ``offered``. None where nothing becomes of the order."""
    who = (order.account_id, order.contract_number)
    bound = _bound(order, row, offered)
    if bound is None:
        return Outcome(*who, (), "cancelled")
    reach = [level for level in offered[: _depth(order.kind)] if _takes(order.side, bound, level.price)]
    if order.kind == "fill_or_kill" and sum(level.quantity for level in reach) < order.remaining:
        return Outcome(*who, (), "cancelled")
    fills = _take(order, at, reach, offered) if order.kind != "own_best" else ()
    if order.kind in ("best_five_cancel", "immediate_or_cancel", "fill_or_kill"):
        return Outcome(*who, fills, "cancelled")
    if order.kind == "best_five_limit":
        return Outcome(*who, fills, "limit", fills[-1].price) if fills else Outcome(*who, (), "cancelled")
    if order.kind in ("own_best", "counter_best"):
        return Outcome(*who, fills, "limit", bound)
    return Outcome(*who, fills) if fills else None


def _bound(order: OrderState, row: TapeRow, offered: list[Level]) -> Decimal | None:
    """The worst price the order may trade at; None for a market order that finds no price to take."""
    if order.kind == "own_best":
        own = row.bids if order.side == "buy" else row.asks
        best = own[0].price if own else None if row.bids or row.asks else row.price
    elif order.kind == "counter_best":
        best = offered[0].price if offered else None
    else:
        return order.price
    return best if best is not None and _takes(order.side, order.price, best) else None


def _depth(kind: Kind) -> int | None:
    return _SHOWN if kind.startswith("best_five") else None


def _takes(side: Side, bound: Decimal, price: Decimal) -> bool:
    return price <= bound if side == "buy" else price >= bound


def _take(order: OrderState, at: str, reach: list[Level], offered: list[Level]) -> tuple[Fill, ...]:
    fills: list[Fill] = []
    wanted = order.remaining
    for level in reach:
        if not (quantity := min(wanted, level.quantity)):
            break
        fill_id = f"{order.code}#{at}#{order.account_id}#{order.contract_number}#{len(fills)}"
        fills.append(Fill(fill_id, quantity, level.price, at))
        wanted -= quantity
        offered[offered.index(level)] = level._replace(quantity=level.quantity - quantity)
    offered[:] = [level for level in offered if level.quantity]
    return tuple(fills)
