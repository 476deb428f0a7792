"""A statement made of the trading ledger's entries. :func:`statement` is pure; :func:`read` asks the other domains.

A fill's entries (money, shares, each fee) become one line. A bank transfer is a line. Freezing, releasing and settling
move nothing in or out and are no lines; what an account began with belongs to the opening balance. Whatever else moved
money or shares is an adjustment: no fen goes unexplained because it is of a kind not known here.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from chalicelib import customers, trading
from chalicelib.statements.statement import (
    FEN,
    NOTHING,
    Entry,
    Fees,
    Holding,
    Kind,
    Period,
    Statement,
    Unreconciled,
    totals,
)
from chalicelib.trading.counter import Movements
from chalicelib.trading.ledger import CASH
from chalicelib.trading.ledger import Entry as Booked
from chalicelib.trading.past import moved

_OF_A_FILL = ("buy", "sell", *Fees._fields)
_PAGE = 100


class Traded(NamedTuple):
    """Which order a fill is of, and its price."""

    contract_number: str
    price: Decimal


class Facts(NamedTuple):
    """What the entries do not say: fills by reference, names and closing prices (CNY) of securities by code."""

    fills: dict[str, Traded]
    names: dict[str, dict[str, str]]
    prices: dict[str, Decimal]


def read(account_id: str, customer_id: str, period: Period, at: datetime) -> Statement:
    """The account's statement of ``period``, made ``at``, not yet checked.

    LookupError for no such account of the customer; TimeoutError where it changes all the time; Unreconciled where
    something is missing. Requests: the entries twice, the positions, the orders of the period, and a closing price a
    security.
    """
    owner = customers.contact(account_id)
    if owner is None or owner.customer_id != customer_id:
        raise LookupError("There is no such account of this customer.")
    found = trading.movements(account_id, *period)
    codes = ({entry.asset for entry in found.entries} | found.opening.keys()) - {CASH}
    quotes = trading.securities(codes)
    facts = Facts(
        _fills(account_id, period, found.entries),
        {code: quote.names for code, quote in quotes.items()},
        trading.closing_prices(codes, period.last),
    )
    return statement(owner.name, owner.account_tail, period, found, facts, at)


def statement(
    name: str, account_tail: str, period: Period, found: Movements, facts: Facts, made_at: datetime
) -> Statement:
    """The statement that ``found`` comes to. Unreconciled where ``facts`` lack a fill, or the price of shares held."""
    began, booked = _parted(found)
    lines = sorted(_lines(booked, facts.fills), key=lambda line: line.at)
    opening = began.pop(CASH, NOTHING)
    entries, balance = [], opening
    for line in lines:
        balance += line.net
        entries.append(line._replace(balance=balance))
    fees, money_in, money_out = totals(entries) if entries else (Fees(), NOTHING, NOTHING)
    holdings = _holdings(began, entries, facts)
    return Statement(
        account_tail, name, period, opening, entries, holdings, balance, fees, money_in, money_out, made_at
    )


def _parted(found: Movements) -> tuple[dict[str, Decimal], list[Booked]]:
    """What the account had or began with, by asset, and the entries that moved something after that."""
    began, booked = dict(found.opening), []
    for entry in found.entries:
        if entry.reason == "opening":
            began[entry.asset] = began.get(entry.asset, NOTHING) + moved(entry)
        elif moved(entry):
            booked.append(entry)
    return began, booked


def _lines(booked: Iterable[Booked], fills: dict[str, Traded]) -> Iterable[Entry]:
    """The statement's lines, their balances still to be reckoned."""
    parts: dict[str, list[Booked]] = {}
    for entry in booked:
        if entry.reason in _OF_A_FILL:
            parts.setdefault(entry.reference, []).append(entry)
        else:
            yield _line(entry)
    for reference, entries in parts.items():
        if reference not in fills:
            raise Unreconciled(f"The fill {reference} is of no order of the period.")
        yield _trade(entries, fills[reference])


def _line(entry: Booked) -> Entry:
    kind: Kind = "adjustment"
    amount = moved(entry)
    if entry.reason == "transfer":
        kind = "deposit" if amount > 0 else "withdrawal"
    if entry.asset == CASH:
        return Entry(datetime.fromisoformat(entry.at), kind, entry.reference, amount, NOTHING)
    return Entry(datetime.fromisoformat(entry.at), kind, entry.reference, NOTHING, NOTHING, entry.asset, int(amount))


def _trade(entries: list[Booked], traded: Traded) -> Entry:
    money: dict[str, Decimal] = {entry.reason: moved(entry) for entry in entries if entry.asset == CASH}
    [shares] = [entry for entry in entries if entry.asset != CASH]
    kind: Kind = "buy" if shares.reason == "buy" else "sell"
    return Entry(
        datetime.fromisoformat(shares.at),
        kind,
        traded.contract_number,
        money[kind],
        NOTHING,
        shares.asset,
        int(moved(shares)),
        traded.price,
        Fees(*(-money.get(fee, NOTHING) for fee in Fees._fields)),
    )


def _holdings(began: dict[str, Decimal], entries: list[Entry], facts: Facts) -> list[Holding]:
    quantities = {code: int(quantity) for code, quantity in began.items()}
    opening = dict(quantities)
    for entry in entries:
        if entry.code:
            quantities[entry.code] = quantities.get(entry.code, 0) + entry.quantity
    return [_holding(code, opening.get(code, 0), quantity, facts) for code, quantity in sorted(quantities.items())]


def _holding(code: str, opening: int, closing: int, facts: Facts) -> Holding:
    price = facts.prices.get(code, NOTHING)
    if closing and not price:
        raise Unreconciled(f"There is no closing price of {code} for the period's end.")
    value = (price * closing).quantize(FEN, ROUND_HALF_UP)
    return Holding(code, facts.names.get(code, {"zh-CN": code}), opening, closing, price, value)


def _fills(account_id: str, period: Period, entries: list[Booked]) -> dict[str, Traded]:
    """The fills of the period's orders by their reference. No request where nothing was traded."""
    if not any(entry.reason in _OF_A_FILL for entry in entries):
        return {}
    fills: dict[str, Traded] = {}
    page = None
    while True:
        orders, page = trading.history(account_id, period.first, period.last, page, _PAGE)
        for order in orders:
            for change in order.changes:
                if change.reason == "filled" and change.price is not None:
                    fills[change.reference] = Traded(order.contract_number, change.price)
        if page is None:
            return fills
