"""Pure rules of trading: what an order must meet before it leaves. No clock, no network, no environment.

Source of every figure: market_rules.json, whose rows carry the date from which they hold.
"""

import hashlib
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

from chalicelib.trading.market import Board, Fees

Side = Literal["buy", "sell"]
FEN = Decimal("0.01")


class Quote(NamedTuple):
    """A security as the counter knows it today; prices in CNY. ``names`` by language tag.

    ``price_limit``: this security's own daily limit as a fraction where the exchange's table has one (risk warning),
    else None. ``price_limited`` is False on the first five days after listing.
    """

    code: str
    names: dict[str, str]
    previous_close: Decimal
    last_price: Decimal
    suspended: bool = False
    price_limited: bool = True
    price_limit: Decimal | None = None


class Order(NamedTuple):
    """A limit order: ``quantity`` shares of ``code`` at ``price`` CNY a share."""

    side: Side
    code: str
    quantity: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        """Price times quantity, in CNY."""
        return (self.price * self.quantity).quantize(FEN)


class Refusal(NamedTuple):
    """Why an order may not leave: ``rule`` names the message, ``facts`` fill it, ``field`` is what to enter again."""

    rule: str
    field: Literal["code", "quantity", "price", "funds"]
    facts: dict[str, Decimal | int]


def price_band(quote: Quote, board: Board) -> tuple[Decimal, Decimal] | None:
    """Lowest and highest price of the day: the previous close plus and minus the limit, rounded half up to the tick."""
    if not quote.price_limited:
        return None
    limit = board.limit if quote.price_limit is None else quote.price_limit
    low, high = (quote.previous_close * (1 + sign * limit) for sign in (-1, 1))
    return low.quantize(board.tick, ROUND_HALF_UP), high.quantize(board.tick, ROUND_HALF_UP)


def commission(amount: Decimal, rate: Decimal, fees: Fees) -> Decimal:
    """The broker's commission on ``amount``, never below the minimum."""
    return max((amount * rate).quantize(FEN, ROUND_HALF_UP), fees.minimum_commission)


def cost_of_buying(order: Order, rate: Decimal, fees: Fees) -> Decimal:
    """What a buy can cost at most, and so what is frozen for it: amount, commission, transfer fee."""
    transfer_fee = (order.amount * fees.transfer_fee).quantize(FEN, ROUND_HALF_UP)
    return order.amount + commission(order.amount, rate, fees) + transfer_fee


def refuse(
    order: Order, quote: Quote, board: Board, fees: Fees, *, cash: Decimal, rate: Decimal, sellable: int
) -> Refusal | None:
    """The first rule that ``order`` breaks, or None.

    ``cash``: CNY that may be spent; ``rate``: the customer's commission; ``sellable``: shares that may be sold today.
    """
    if quote.suspended:
        return Refusal("suspended", "code", {})
    shape = _refuse_quantity(order, board, sellable) or _refuse_price(order, quote, board)
    if shape or order.side == "sell":
        return shape
    cost = cost_of_buying(order, rate, fees)
    return Refusal("money", "funds", {"cost": cost, "cash": cash}) if cost > cash else None


def _refuse_quantity(order: Order, board: Board, sellable: int) -> Refusal | None:
    quantity = order.quantity
    if quantity <= 0 or quantity > board.maximum:
        return Refusal("maximum", "quantity", {"maximum": board.maximum})
    if order.side == "sell" and quantity > sellable:
        return Refusal("shares", "quantity", {"sellable": sellable})
    if in_lots(quantity, board) or (order.side == "sell" and _is_odd_lot_sale(quantity, board, sellable)):
        return None
    rule = "odd_lot" if order.side == "sell" else "lot"
    return Refusal(rule, "quantity", {"minimum": board.minimum, "step": board.step, "sellable": sellable})


def in_lots(quantity: int, board: Board) -> bool:
    """Whether ``quantity`` is what the board takes from anybody; any other sale depends on what the account holds."""
    return quantity >= board.minimum and (quantity - board.minimum) % board.step == 0


def _is_odd_lot_sale(quantity: int, board: Board, sellable: int) -> bool:
    """Odd lots may only be sold, and all of them at once: what is left behind must hold no odd lot."""
    rest = sellable - quantity
    if board.step == 1:
        return rest == 0
    return rest >= 0 and rest % board.step == 0


def _refuse_price(order: Order, quote: Quote, board: Board) -> Refusal | None:
    if order.price <= 0 or order.price % board.tick != 0:
        return Refusal("tick", "price", {"tick": board.tick})
    band = price_band(quote, board)
    if band and not band[0] <= order.price <= band[1]:
        return Refusal("limit", "price", {"low": band[0], "high": band[1]})
    return None


def contract_numbers(account_id: str, idempotency_key: str) -> Iterator[str]:
    """The contract numbers (eight digits) to try for an order, in turn: always the same ones for the same key.

    Numbers are the account's own. The next one is needed only where an older order of the account holds the first.
    """
    attempt = 0
    while True:
        digest = hashlib.sha256(f"{account_id}|{idempotency_key}|{attempt}".encode()).digest()
        yield f"{int.from_bytes(digest[:8]) % 10**8:08d}"
        attempt += 1
