"""Orders as they are read out, and why one was not taken."""

from collections.abc import Sequence

from chalicelib import trading
from chalicelib.trading import OrderState, Refusal, SpokenWarning
from chalicelib.voice.speech import digits, name, say


def read_out(language: str, orders: Sequence[OrderState]) -> list[str]:
    """A line an order; the names of their securities take one request."""
    names = security_names(language, {order.code for order in orders})
    return [_line(language, order, names[order.code]) for order in orders]


def security_names(language: str, codes: set[str]) -> dict[str, str]:
    """How each security is called; one that is not known any more by its code, digit by digit. One request."""
    quotes = trading.securities(codes)
    return {code: name(quotes[code].names, language) if code in quotes else digits(code) for code in codes}


def is_number(keys: str) -> bool:
    """Whether what was keyed in can be a contract number."""
    return keys.isascii() and keys.isdigit()


def not_taken(language: str, why: Refusal | SpokenWarning | None) -> str:
    """The sentence for an order that was refused; None is an unknown code."""
    if isinstance(why, SpokenWarning):
        return say(language, "amend.warning")
    return say(language, f"refused.{why.rule}", **why.facts) if why else say(language, "refused.unknown")


def _line(language: str, order: OrderState, security: str) -> str:
    said = say(
        language,
        f"order.{order.side}" if order.kind == "limit" else f"order.{order.side}.market",
        number=digits(order.contract_number),
        name=security,
        quantity=order.quantity,
        price=order.price,
        state=say(language, f"state.{order.state}"),
    )
    if not 0 < order.filled < order.quantity:
        return said
    return f"{said} {say(language, 'order.traded', filled=order.filled)}"
