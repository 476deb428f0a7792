"""The audit: what callers were told beside what the books say, and the books beside themselves.

It reads whole accounts, without faults, and finds: an order that a caller was told of and that is not there (lost); a
confirmation with two orders (doubled); one of which nobody can say what became of it (unknown); and everything in the
books that does not add up.
"""

from collections import Counter as Tally
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from chalicelib import trading
from chalicelib.trading import books
from chalicelib.trading.ledger import CASH, Movement, OrderState, movements
from chalicelib.trading.models import EntryRecord, OrderRecord, Position
from chalicelib.trading.rules import contract_numbers

FINDINGS = (
    "lost", "doubled", "unknown", "refused and there all the same", "cancelled and open all the same",
    "position that is not the sum of its entries", "negative balance", "frozen for no order",
    "shares or money made or lost", "open after the day's end", "unsettled after the day's end", "fill booked twice",
)  # fmt: skip


class Claim(NamedTuple):
    """What the caller heard of one confirmation: ``heard`` is "placed", "unknown" or "cancelled" with the ``number`` of
    the order, "refused", or "nothing"."""

    account_id: str
    key: str
    verb: str
    heard: str
    number: str


class Opening(NamedTuple):
    cash: Decimal
    shares: int


def read(account_ids: Iterable[str]) -> dict[str, list[OrderState]]:
    """All orders of each account."""
    return {
        account_id: [books.order_of(record) for record in OrderRecord.query(account_id, consistent_read=True)]
        for account_id in account_ids
    }


def audit(claims: Iterable[Claim], opened: dict[str, Opening], orders: dict[str, list[OrderState]]) -> Tally[str]:
    """How many of each finding; all 0 in a house that is in order."""
    found: Tally[str] = Tally(dict.fromkeys(FINDINGS, 0))
    for claim in claims:
        found.update(_of_claim(claim, orders[claim.account_id]))
    for account_id, had in opened.items():
        found.update(_of_account(account_id, had, orders[account_id]))
    return found


def _of_claim(claim: Claim, orders: list[OrderState]) -> Iterable[str]:
    if claim.verb == "cancel":
        [order] = [order for order in orders if order.contract_number == claim.number]
        cancelled = order.state == "cancelled" and order.happened(claim.key)
        if claim.heard == "cancelled" and not cancelled:
            yield "cancelled and open all the same"
        if claim.heard == "refused" and cancelled:
            yield "refused and there all the same"
        return
    mine = [order for order in orders if order.idempotency_key == claim.key]
    if len(mine) > 1:
        yield "doubled"
    if claim.heard == "placed" and [order.contract_number for order in mine] != [claim.number]:
        yield "lost"
    if claim.heard == "refused" and mine:
        yield "refused and there all the same"
    if claim.heard == "unknown" and _is_unknown(claim):
        yield "unknown"
    if claim.heard == "nothing" and [order.contract_number for order in mine] != _by_number(claim):
        yield "unknown"


def _is_unknown(claim: Claim) -> bool:
    """Whether a caller who was told that it is not known yet, and asks by the number, still does not hear."""
    order = trading.order(claim.account_id, claim.number)
    return order is None or order.idempotency_key != claim.key or order.state == "unknown"


def _by_number(claim: Claim) -> list[str]:
    """What the caller finds who asks for the order by the number that the confirmation yields."""
    for number in contract_numbers(claim.account_id, claim.key):
        order = books.read(claim.account_id, number)
        if order is None:
            return []
        if order.idempotency_key == claim.key:
            return [number]
    raise AssertionError("contract numbers never run out")


def _of_account(account_id: str, had: Opening, orders: list[OrderState]) -> Iterable[str]:
    held = {
        position.asset: Movement(position.available, position.frozen, position.unsettled)
        for position in Position.query(account_id, consistent_read=True)
    }
    explained = movements(EntryRecord.query(account_id, consistent_read=True))  # type: ignore[arg-type]
    for asset in held | explained:
        if held.get(asset) != explained.get(asset):
            yield "position that is not the sum of its entries"
    for asset, position in held.items():
        if min(position) < 0:
            yield "negative balance"
        if position.frozen != sum(order.frozen for order in orders if order.frozen_asset == asset):
            yield "frozen for no order"
        if _whole(asset, position) != _expected(asset, had, orders):
            yield "shares or money made or lost"
        if position.unsettled:
            yield "unsettled after the day's end"
    for order in orders:
        if order.is_open:
            yield "open after the day's end"
        fills = [change.reference for change in order.changes if change.reason == "filled"]
        if len(fills) != len(set(fills)):
            yield "fill booked twice"


def _whole(asset: str, position: Movement) -> Decimal:
    """Unsettled money is a part of what is available; unsettled shares are not."""
    return position.available + position.frozen + (0 if asset == CASH else position.unsettled)


def _expected(asset: str, had: Opening, orders: list[OrderState]) -> Decimal:
    if asset == CASH:
        return had.cash - sum(
            ((1 if order.side == "buy" else -1) * order.traded + order.charges.total for order in orders), Decimal(0)
        )
    mine = (order for order in orders if order.code == asset)
    return Decimal(had.shares) + sum((1 if order.side == "buy" else -1) * order.filled for order in mine)
