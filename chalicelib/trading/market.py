"""The exchanges' rules as dated data (market_rules.json): every row holds from a date until a newer one replaces it.

Sources: the trading rules (交易规则) of the Shanghai and Shenzhen exchanges, revisions of 2023 (from 2023-04-10) and
2026 (from 2026-07-06), and of the Beijing exchange, 2021 and 2026. Clauses are named beside the figures below.
"""

import json
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

Phase = Literal[
    "closed",
    "opening_auction",
    "opening_auction_locked",
    "opening_pause",
    "continuous",
    "lunch",
    "closing_auction",
]

# A limit order, or the exchanges' market orders by what they meet and what becomes of the rest:
#   best_five_cancel     最优五档即时成交剩余撤销  the five best opposite prices; the rest is cancelled
#   best_five_limit      最优五档即时成交剩余转限价  the same; the rest waits at the last price done
#   own_best             本方最优价格  waits at the best price of its own side; cancelled where there is none
#   counter_best         对手方最优价格  priced at the best opposite price; the rest waits there
#   immediate_or_cancel  即时成交剩余撤销  every opposite price; the rest is cancelled
#   fill_or_kill         全额成交或撤销  every opposite price, all of it or nothing
Kind = Literal[
    "limit",
    "best_five_cancel",
    "best_five_limit",
    "own_best",
    "counter_best",
    "immediate_or_cancel",
    "fill_or_kill",
]


class MarketOrders(NamedTuple):
    """The market orders of a board: ``kinds``, at most ``maximum`` shares, in these ``phases`` of the day.

    ``unlimited``: also where a security has no price limit; then a protection price must be given. Rules 3.3.
    """

    kinds: tuple[Kind, ...]
    maximum: int
    phases: tuple[Phase, ...]
    unlimited: bool


class Cage(NamedTuple):
    """The valid price range of limit orders (有效申报价格范围) in ``phases``: away from the base price by ``fraction``
    of it, or by ``ticks`` ticks where that is more. Shanghai 3.3.14, Shenzhen 3.3, Beijing 3.3."""

    fraction: Decimal
    ticks: int
    phases: tuple[Phase, ...]


class Special(NamedTuple):
    """What differs for risk-warning shares, or in the delisting period: the daily ``limit`` (a fraction), whether only
    limit orders are taken (Shanghai 4.4.9), the most shares of one security a customer buys a day (0: no maximum;
    Shanghai 4.4.10, Shenzhen 4.5.4, Beijing 4.5.4), the permission ("" for none) and risk level (1 to 5) to buy."""

    limit: Decimal
    limit_orders_only: bool
    daily_buys: int
    permission: str
    risk: int


class Board(NamedTuple):
    """What a board takes: buys of ``minimum`` shares and multiples of ``step``, ``maximum`` a limit order; prices in
    whole ``tick`` (CNY) within ``limit`` (a fraction) of the previous close, from the day after ``free_days`` trading
    days of listing (Shanghai 3.3.13, Shenzhen 3.3.15, Beijing 3.3.12). ``permission`` ("" for none) and ``risk`` (1 to
    5) are what a customer needs to buy here."""

    board: str
    prefixes: tuple[str, ...]
    minimum: int
    step: int
    maximum: int
    tick: Decimal
    limit: Decimal
    exchange: str
    free_days: int
    permission: str
    risk: int
    market: MarketOrders
    cage: Cage
    risk_warning: Special
    delisting: Special


class Fees(NamedTuple):
    """Fractions of the amount traded, and the least commission an order costs (CNY)."""

    stamp_duty: Decimal
    transfer_fee: Decimal
    minimum_commission: Decimal


class TransferTerms(NamedTuple):
    """Bank transfers: from ``opens`` until before ``closes`` (HH:MM in Shanghai) on trading days.

    In CNY: the least of one transfer, and the most of one and of a day, into ("in") and out of ("out") the account.
    """

    opens: str
    closes: str
    minimum: Decimal
    maximum: dict[str, Decimal]
    daily: dict[str, Decimal]


class Turn(NamedTuple):
    """A turn of the trading day: ``at`` (HH:MM in Shanghai) ``phase`` begins; ``cancel``: orders may be cancelled."""

    at: str
    phase: Phase
    cancel: bool


@cache
def _rows(kind: str) -> list[dict[str, Any]]:
    rows: dict[str, list[dict[str, Any]]] = json.loads(Path(__file__).with_name("market_rules.json").read_text("utf-8"))
    return sorted(rows[kind], key=lambda row: str(row["from"]), reverse=True)


def _row(kind: str, day: date, of: str | None = None) -> dict[str, Any]:
    """The row in force on ``day`` (of that exchange and board). LookupError where there is none."""
    for row in _rows(kind):
        if row["from"] <= day.isoformat() and (of is None or of in row["of"]):
            return row
    what = f"{kind} of {of}" if of else kind
    raise LookupError(f"market_rules.json has no {what} for {day}: add a row that holds from that day or earlier.")


def board_of(code: str, day: date) -> Board | None:
    """The board on which ``code`` trades on ``day``, with all its rules; None for a code no board has."""
    for row in _rows("boards"):
        if row["from"] <= day.isoformat() and code.startswith(tuple(row["prefixes"])):
            return _board(row, day)
    return None


def _board(row: dict[str, Any], day: date) -> Board:
    of = f"{row['exchange']} {row['board']}"
    market, cage = _row("market_orders", day, of), _row("cages", day, of)
    return Board(
        row["board"],
        tuple(row["prefixes"]),
        row["minimum"],
        row["step"],
        row["maximum"],
        Decimal(row["tick"]),
        Decimal(row["limit"]),
        row["exchange"],
        row["free_days"],
        row["permission"],
        row["risk"],
        MarketOrders(tuple(market["kinds"]), market["maximum"], tuple(market["phases"]), market["unlimited"]),
        Cage(Decimal(cage["fraction"]), cage["ticks"], tuple(cage["phases"])),
        _special(_row("risk_warning", day, of)),
        _special(_row("delisting", day, of)),
    )


def _special(row: dict[str, Any]) -> Special:
    return Special(Decimal(row["limit"]), row["limit_orders_only"], row["daily_buys"], row["permission"], row["risk"])


def fees_on(day: date) -> Fees:
    """The fees in force on ``day``. LookupError before the first row."""
    row = _row("fees", day)
    return Fees(Decimal(row["stamp_duty"]), Decimal(row["transfer_fee"]), Decimal(row["minimum_commission"]))


def turns_on(day: date) -> list[Turn]:
    """How a trading day runs from midnight on, in order of time. LookupError before the first row."""
    return [Turn(turn["at"], turn["phase"], turn["cancel"]) for turn in _row("sessions", day)["phases"]]


def transfer_terms_on(day: date) -> TransferTerms:
    """The terms of bank transfers in force on ``day``. LookupError before the first row."""
    row = _row("transfers", day)
    maximum, daily = (
        {direction: Decimal(amount) for direction, amount in row[limit].items()} for limit in ("maximum", "daily")
    )
    return TransferTerms(row["opens"], row["closes"], Decimal(row["minimum"]), maximum, daily)
