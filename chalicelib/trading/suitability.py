"""Who may buy what (投资者适当性): permissions, risk levels, and the shares a customer is warned of first. Pure.

Sources: the CSRC's measures for the suitability of investors (证券期货投资者适当性管理办法), articles 19 and 22, and
the exchanges' rules for each board. A sale is never unsuitable: who holds shares may part with them. Which permission
and risk level a board or a status asks for are rows of market_rules.json.
"""

from collections.abc import Collection
from typing import Literal, NamedTuple, get_args

from chalicelib.trading.market import Board
from chalicelib.trading.rules import Order, Quote, Refusal, special_of

RiskLevel = Literal["C1", "C2", "C3", "C4", "C5"]
Mismatch = Literal["refuse", "warn"]
Warned = Literal["risk_level", "risk_warning", "delisting"]
WARNED: tuple[Warned, ...] = get_args(Warned)


class SpokenWarning(NamedTuple):
    """What the customer must be told and confirm before the order leaves: ``rule`` names the message and, once it is
    confirmed, the confirmation; ``facts`` fill it."""

    rule: Warned
    facts: dict[str, int | str]


def refuse_unsuited(
    order: Order,
    quote: Quote,
    board: Board,
    *,
    permissions: Collection[str],
    risk_level: RiskLevel,
    confirmed: Collection[str] = (),
    mismatch: Mismatch = "refuse",
) -> Refusal | SpokenWarning | None:
    """Why the customer may not buy this security, or the first warning that is still to be confirmed, or None.

    ``permissions``: what the customer has signed for: star, chinext, beijing, risk_warning, delisting. ``confirmed``:
    rules of the warnings confirmed for this order. ``mismatch``: whether a security above the customer's risk level is
    refused or only warned of, as the firm sets; the lowest level (C1) is always refused (article 22).
    """
    if order.side == "sell":
        return None
    special = special_of(quote, board)
    for needed in filter(None, (board.permission, special.permission if special else "")):
        if needed not in permissions:
            return Refusal(f"permission_{needed}", "code", {})
    level, risk = int(risk_level[1:]), max(board.risk, special.risk if special else 0)
    if risk > level and (mismatch == "refuse" or level == 1):
        return Refusal("risk_level", "code", {"level": risk_level, "risk": f"R{risk}"})
    warnings = []
    if risk > level:
        warnings.append(SpokenWarning("risk_level", {"level": risk_level, "risk": f"R{risk}"}))
    if quote.status != "normal":
        warnings.append(SpokenWarning(quote.status, {}))
    return next((warning for warning in warnings if warning.rule not in confirmed), None)


def counts_buys(order: Order, quote: Quote, board: Board) -> bool:
    """Whether what was bought of the security today decides if it may be bought: see :func:`refuse_daily_buys`."""
    special = special_of(quote, board)
    return order.side == "buy" and special is not None and special.daily_buys > 0


def refuse_daily_buys(order: Order, quote: Quote, board: Board, *, bought: int) -> Refusal | None:
    """The most risk-warning shares of one security that a customer may buy a day (500,000 in Shanghai and Shenzhen).

    ``bought``: shares of it bought today, with those of open buy orders. The refusal says how many are ``left``.
    """
    special = special_of(quote, board)
    if order.side == "sell" or not special or not special.daily_buys:
        return None
    left = max(0, special.daily_buys - bought)
    if order.quantity <= left:
        return None
    return Refusal("daily_buys", "quantity", {"maximum": special.daily_buys, "left": left})
