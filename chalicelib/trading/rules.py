"""Pure rules of trading: what an order must meet before it leaves. No clock, no network, no environment.

Source of every figure: market_rules.json, whose rows carry the date from which they hold (:mod:`.market` names the
exchanges' clauses). When the exchanges trade is in :mod:`.sessions`, who may buy what in :mod:`.suitability`.
"""

import hashlib
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

from chalicelib.trading.market import Board, Fees, Kind, Phase, Special

Side = Literal["buy", "sell"]
Status = Literal["normal", "risk_warning", "delisting"]
FEN = Decimal("0.01")


class Quote(NamedTuple):
    """A security as the counter knows it today; prices in CNY. ``names`` by language tag.

    ``price_limit``: this security's own daily limit as a fraction where the exchange's daily file has one, else None:
    then its board's holds for its ``status``. ``price_limited`` is False on the first days after listing and on the
    first of the delisting period.
    """

    code: str
    names: dict[str, str]
    previous_close: Decimal
    last_price: Decimal
    suspended: bool = False
    price_limited: bool = True
    price_limit: Decimal | None = None
    status: Status = "normal"


class Book(NamedTuple):
    """The best prices on show (CNY), None where that side is empty."""

    bid: Decimal | None
    ask: Decimal | None


class Order(NamedTuple):
    """An order for ``quantity`` shares of ``code``: a limit order at ``price`` CNY a share, or a market order.

    A market order's ``price`` is its protection price (保护限价), the most a buy pays, the least a sale takes; 0 for
    none. ``confirmed``: rules of the spoken warnings that the customer has confirmed (:mod:`.suitability`).
    """

    side: Side
    code: str
    quantity: int
    price: Decimal
    kind: Kind = "limit"
    confirmed: tuple[str, ...] = ()

    @property
    def amount(self) -> Decimal:
        """Price times quantity, in CNY."""
        return (self.price * self.quantity).quantize(FEN)


class Refusal(NamedTuple):
    """Why an order may not leave: ``rule`` names the message, ``facts`` fill it, ``field`` is what to enter again."""

    rule: str
    field: Literal["code", "quantity", "price", "funds", "kind", "time", "amount", "bank_password"]
    facts: dict[str, Decimal | int | str]


def special_of(quote: Quote, board: Board) -> Special | None:
    """What differs for this security because of its status; None for an ordinary one."""
    return {"normal": None, "risk_warning": board.risk_warning, "delisting": board.delisting}[quote.status]


def price_band(quote: Quote, board: Board) -> tuple[Decimal, Decimal] | None:
    """Lowest and highest price of the day: the previous close plus and minus the limit, rounded half up to the tick."""
    if not quote.price_limited:
        return None
    limit = (special_of(quote, board) or board).limit if quote.price_limit is None else quote.price_limit
    low, high = (quote.previous_close * (1 + sign * limit) for sign in (-1, 1))
    return low.quantize(board.tick, ROUND_HALF_UP), high.quantize(board.tick, ROUND_HALF_UP)


class Standing(NamedTuple):
    """How a security stands today: its price (the previous close until the first trade), how far that is from the
    previous close in CNY and in per cent (both signed), and the day's limits (None: there are none)."""

    quote: Quote
    price: Decimal
    change: Decimal
    percent: Decimal
    band: tuple[Decimal, Decimal] | None


def standing(quote: Quote, board: Board) -> Standing:
    """``quote`` beside the previous close; per cent to two places, rounded half up."""
    price = quote.last_price or quote.previous_close
    change = price - quote.previous_close
    percent = (change * 100 / quote.previous_close).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Standing(quote, price, change, percent, price_band(quote, board))


def cage_bound(side: Side, quote: Quote, board: Board, book: Book) -> Decimal:
    """The most a limit order to buy may ask in continuous trading, or the least one to sell (价格笼子), in CNY.

    The base is the best opposite price, else the best own price, else the last price (the previous close until the
    first trade). The result is rounded half up to the tick.
    """
    opposite, own = (book.ask, book.bid) if side == "buy" else (book.bid, book.ask)
    base = opposite or own or quote.last_price or quote.previous_close
    room = max(base * board.cage.fraction, board.tick * board.cage.ticks)
    return (base + room if side == "buy" else base - room).quantize(board.tick, ROUND_HALF_UP)


def at_worst(order: Order, quote: Quote, board: Board) -> Order:
    """A market order at the worst price it can be done at: its protection price, within the day's limits.

    That price is what a buy freezes and what goes to the exchanges that ask for protection (Shanghai, Beijing). A limit
    order is itself.
    """
    band = price_band(quote, board)
    if order.kind == "limit" or band is None:
        return order
    low, high = band
    if order.side == "buy":
        return order._replace(price=min(order.price or high, high))
    return order._replace(price=max(order.price, low))


class MarketKinds(NamedTuple):
    """The market orders that a security may have now; ``protection``: a protection price must be given with them."""

    kinds: tuple[Kind, ...]
    protection: bool


def market_kinds_of(quote: Quote, board: Board, phase: Phase) -> MarketKinds | Refusal:
    """What may be chosen from, or why nothing may: of what :func:`refuse` asks, all that an order's kind decides."""
    some = Order("buy", quote.code, board.minimum, Decimal(0), board.market.kinds[0])
    refusal = _refuse_kind(some, quote, board, phase)
    return refusal or MarketKinds(board.market.kinds, price_band(quote, board) is None)


def commission(amount: Decimal, rate: Decimal, fees: Fees) -> Decimal:
    """The broker's commission on ``amount``, never below the minimum."""
    return max((amount * rate).quantize(FEN, ROUND_HALF_UP), fees.minimum_commission)


def cost_of_buying(order: Order, rate: Decimal, fees: Fees) -> Decimal:
    """What a buy can cost at most, and so what is frozen for it: amount, commission, transfer fee.

    A market order is first put :func:`at_worst`.
    """
    transfer_fee = (order.amount * fees.transfer_fee).quantize(FEN, ROUND_HALF_UP)
    return order.amount + commission(order.amount, rate, fees) + transfer_fee


def refuse(
    order: Order,
    quote: Quote,
    board: Board,
    fees: Fees,
    *,
    cash: Decimal,
    rate: Decimal,
    sellable: int,
    phase: Phase | None = None,
    book: Book | None = None,
) -> Refusal | None:
    """The first rule that ``order`` breaks, or None.

    ``cash``: CNY that may be spent; ``rate``: the customer's commission; ``sellable``: shares that may be sold today.
    Without the ``phase`` of the day no rule of the hours is asked; without the ``book`` none of the valid price range.
    """
    if quote.suspended:
        return Refusal("suspended", "code", {})
    shape = (
        _refuse_kind(order, quote, board, phase)
        or _refuse_quantity(order, board, sellable)
        or _refuse_price(order, quote, board)
        or _refuse_cage(order, quote, board, phase, book)
    )
    if shape or order.side == "sell":
        return shape
    cost = cost_of_buying(at_worst(order, quote, board), rate, fees)
    return Refusal("money", "funds", {"cost": cost, "cash": cash}) if cost > cash else None


def _refuse_kind(order: Order, quote: Quote, board: Board, phase: Phase | None) -> Refusal | None:
    """Market orders: those the board has (``board.market``), not for every security, and only while it trades."""
    if order.kind == "limit":
        return None
    if order.kind not in board.market.kinds:
        return Refusal("kind", "kind", {})
    special = special_of(quote, board)
    if (special and special.limit_orders_only) or not (quote.price_limited or board.market.unlimited):
        return Refusal("limit_only", "kind", {})
    if phase is not None and phase not in board.market.phases:
        return Refusal("kind_now", "kind", {})
    return None


def _refuse_quantity(order: Order, board: Board, sellable: int) -> Refusal | None:
    quantity, maximum = order.quantity, board.maximum if order.kind == "limit" else board.market.maximum
    if quantity <= 0 or quantity > maximum:
        return Refusal("maximum", "quantity", {"maximum": maximum})
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
    """Ticks and the day's limits. A protection price may lie beyond the far limit, which then protects better; without
    any limit it must be given."""
    band = price_band(quote, board)
    market = order.kind != "limit"
    if market and order.price == 0:
        return None if band else Refusal("protection", "price", {"tick": board.tick})
    if order.price <= 0 or order.price % board.tick != 0:
        return Refusal("tick", "price", {"tick": board.tick})
    price = at_worst(order, quote, board).price
    if band and not band[0] <= price <= band[1]:
        return Refusal("limit", "price", {"low": band[0], "high": band[1]})
    return None


def _refuse_cage(order: Order, quote: Quote, board: Board, phase: Phase | None, book: Book | None) -> Refusal | None:
    """The valid price range (有效申报价格范围): only limit orders, and only while trading is continuous."""
    if order.kind != "limit" or book is None or phase not in board.cage.phases:
        return None
    bound = cage_bound(order.side, quote, board, book)
    if order.side == "buy":
        return Refusal("cage_buy", "price", {"high": bound}) if order.price > bound else None
    return Refusal("cage_sell", "price", {"low": bound}) if order.price < bound else None


def contract_numbers(account_id: str, idempotency_key: str) -> Iterator[str]:
    """The contract numbers (eight digits) to try for an order, in turn: always the same ones for the same key.

    Numbers are the account's own. The next one is needed only where an older order of the account holds the first.
    """
    attempt = 0
    while True:
        digest = hashlib.sha256(f"{account_id}|{idempotency_key}|{attempt}".encode()).digest()
        yield f"{int.from_bytes(digest[:8]) % 10**8:08d}"
        attempt += 1
