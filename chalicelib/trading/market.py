"""The exchanges' rules as dated data (market_rules.json): every row holds from a date until a newer one replaces it."""

import json
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple


class Board(NamedTuple):
    """What a board takes: buys of ``minimum`` shares and multiples of ``step``, ``maximum`` an order; prices in whole
    ``tick`` (CNY) within ``limit`` (a fraction) of the previous close. Shanghai and Shenzhen exchange trading rules."""

    board: str
    prefixes: tuple[str, ...]
    minimum: int
    step: int
    maximum: int
    tick: Decimal
    limit: Decimal


class Fees(NamedTuple):
    """Fractions of the amount traded, and the least commission an order costs (CNY)."""

    stamp_duty: Decimal
    transfer_fee: Decimal
    minimum_commission: Decimal


@cache
def _rows(kind: str) -> list[dict[str, Any]]:
    rows: dict[str, list[dict[str, Any]]] = json.loads(Path(__file__).with_name("market_rules.json").read_text("utf-8"))
    return sorted(rows[kind], key=lambda row: str(row["from"]), reverse=True)


def board_of(code: str, day: date) -> Board | None:
    """The board on which ``code`` trades on ``day``; None for a code no board has."""
    for row in _rows("boards"):
        if row["from"] <= day.isoformat() and code.startswith(tuple(row["prefixes"])):
            return Board(
                row["board"],
                tuple(row["prefixes"]),
                row["minimum"],
                row["step"],
                row["maximum"],
                Decimal(row["tick"]),
                Decimal(row["limit"]),
            )
    return None


def fees_on(day: date) -> Fees:
    """The fees in force on ``day``. LookupError before the first row."""
    for row in _rows("fees"):
        if row["from"] <= day.isoformat():
            return Fees(Decimal(row["stamp_duty"]), Decimal(row["transfer_fee"]), Decimal(row["minimum_commission"]))
    raise LookupError(f"market_rules.json has no fees for {day}: add a row that holds from that day or earlier.")
