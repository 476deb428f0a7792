"""The embedded exchange: matches open orders against a quote tape and books what comes of it.

A row is decided once and the decision is stored before anything is booked: a row that is delivered again, or taken up
again after a crash, books what is missing of the same decision. Each fill is one transaction, known by its id.
"""

from decimal import Decimal

from pynamodb.expressions.update import Action

from chalicelib.platform.clock import business_day
from chalicelib.trading import books, ledger
from chalicelib.trading.ledger import Booking, Fill, OrderState
from chalicelib.trading.market import Fees, fees_on
from chalicelib.trading.matching import Outcome, TapeRow, match
from chalicelib.trading.models import ClosingPrice, Security, TapeMatch


def trade(row: TapeRow) -> list[Outcome]:
    """Do what ``row`` brings about, once however often it is called; returns what was decided for the row.

    An order that was cancelled after the decision and before its fill stays cancelled. Raises TransactWriteError where
    an order cannot be changed for long: call again.
    """
    at = books.stamp(row.at)
    outcomes = _decided(row, at)
    fees = fees_on(business_day(row.at))
    for outcome in outcomes:
        for fill in outcome.fills:
            _book(outcome, fill, fees)
        if outcome.rest != "waits":
            _book_rest(outcome, f"{row.code}#{at}#rest", at, fees)
    return outcomes


def mark(row: TapeRow) -> bool:
    """Make the row's price, and the best it shows, those of the security, unless a later row has; whether it did. Its
    price is the day's last one too, the closing price when the day is over: nobody goes through all securities then."""
    at = books.stamp(row.at)
    today = ClosingPrice(row.code, business_day(row.at).isoformat())
    new = ClosingPrice.at.does_not_exist() | (ClosingPrice.at < at)
    today.update_if(new, [ClosingPrice.price.set(row.price), ClosingPrice.at.set(at)])
    older = Security.last_at.does_not_exist() | (Security.last_at < at)
    best: list[Action] = [
        side.set(levels[0].price) if levels else side.remove()
        for side, levels in ((Security.bid, row.bids), (Security.ask, row.asks))
    ]
    actions = [Security.last_price.set(row.price), Security.last_at.set(at), *best]
    return Security(row.code).update_if(Security.code.exists() & older, actions)


def _decided(row: TapeRow, at: str) -> list[Outcome]:
    try:
        return [_outcome(*fields) for fields in TapeMatch.get(row.code, at, consistent_read=True).outcomes]
    except TapeMatch.DoesNotExist:
        pass
    outcomes = match(row, at, books.open_orders(business_day(row.at).isoformat(), row.code))
    # Without outcomes there is nothing to remember: only what was placed before the row can ever match it.
    if outcomes and not TapeMatch(row.code, at, outcomes=_plain(outcomes)).save_if(TapeMatch.code.does_not_exist()):
        return _decided(row, at)
    return outcomes


def _book(outcome: Outcome, fill: Fill, fees: Fees) -> None:
    books.change(outcome.account_id, outcome.contract_number, lambda order: ledger.fill(order, fill, fees))


def _book_rest(outcome: Outcome, reference: str, at: str, fees: Fees) -> None:
    def reckon(order: OrderState) -> Booking | None:
        if order.kind == "limit":
            return None  # an earlier row has done it: the index of open orders lagged behind
        if outcome.price is None:
            return ledger.end(order, "cancelled", "not_filled", reference, at)
        return ledger.reprice(order, outcome.price, fees, ledger.NOW_LIMIT, reference, at)

    books.change(outcome.account_id, outcome.contract_number, reckon)


def _plain(outcomes: list[Outcome]) -> list[list[object]]:
    """For JSON: decimals as text."""
    return [
        [
            outcome.account_id,
            outcome.contract_number,
            [[fill.fill_id, fill.quantity, str(fill.price), fill.at] for fill in outcome.fills],
            outcome.rest,
            None if outcome.price is None else str(outcome.price),
        ]
        for outcome in outcomes
    ]


def _outcome(account_id: str, number: str, fills: list[list[object]], rest: str, price: str | None) -> Outcome:
    done = tuple(Fill(str(i), int(str(quantity)), Decimal(str(p)), str(at)) for i, quantity, p, at in fills)
    return Outcome(account_id, number, done, rest, None if price is None else Decimal(price))  # type: ignore[arg-type]
