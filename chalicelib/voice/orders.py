"""The operations that check an order and place it, a limit order or one of the exchanges' market orders."""

from typing import cast

from chalicelib import trading
from chalicelib.platform.clock import now
from chalicelib.trading import NumberTaken, Order, Placed, Quote, Refusal, SpokenWarning
from chalicelib.trading.market import Kind
from chalicelib.trading.suitability import WARNED
from chalicelib.voice.call import Answer, Call
from chalicelib.voice.confirmation import confirmation_id, confirmed_key, key_of
from chalicelib.voice.keypad import decimal_number, whole_number
from chalicelib.voice.speech import digits, name, say

# The keys with which a flow lets the caller choose a kind; no board has more of them.
KIND_KEYS = ("1", "2", "3", "4", "5")


def market_kinds(call: Call) -> Answer:
    """Code -> Result ok, Protection yes | no, Speech that offers the kinds by key, and Kind1 to Kind5: those kinds.

    A key without a kind has "none". Or Result refused: Speech says why no market order is taken for it now. Protection:
    whether a protection price must be given with the order.
    """
    offer = trading.market_kinds(call.parameter("Code"), now())
    if offer is None or isinstance(offer, Refusal):
        return _refused(call, offer)
    of_key = dict(zip(KIND_KEYS, offer.kinds, strict=False))
    said = [
        say(call.language, "market_kind", kind=say(call.language, f"kind.{kind}"), press=key)
        for key, kind in of_key.items()
    ]
    kinds = {f"Kind{key}": of_key.get(key, "none") for key in KIND_KEYS}
    return {"Result": "ok", "Protection": "yes" if offer.protection else "no", "Speech": " ".join(said), **kinds}


def preview_order(call: Call) -> Answer:
    """Side, Code, Quantity, Price, and, if they are sent, Kind (limit without it) and Confirmed -> Result.

    ok: Speech is the read-back; ConfirmationId, under which the order may be placed, the ContractNumber it will have,
    and Unheard, the sentence for a caller who is never told what became of it.
    warn: Speech is the warning of the rule Warning, and Confirmed what to send once the caller has confirmed it.
    refused: Speech says why, and Field what to enter again.
    """
    order = _order(call)
    confirmation, checked = _checked(call, order)
    if not isinstance(checked, Quote):
        return _warned(call, order, checked) if isinstance(checked, SpokenWarning) else _refused(call, checked)
    number = trading.first_number(call.account_id(), key_of(call, confirmation))
    return {
        "Result": "ok",
        "ConfirmationId": confirmation,
        "ContractNumber": number,
        "Speech": _read_back(call.language, order, checked),
        "Unheard": say(call.language, "unheard", number=digits(number)),
    }


def place_order(call: Call) -> Answer:
    """Side, Code, Quantity, Price, ConfirmationId, and Kind and Confirmed as for preview_order -> Result.

    placed: with ContractNumber. unknown: the counter has not answered whether it has the order of that ContractNumber.
    refused, warn: nothing was placed; as preview_order has them.
    The contact and the confirmation name the order: delivered again, the event yields the same contract number.
    """
    order = _order(call)
    placed = trading.place_order(call.account_id(), order, confirmed_key(call), now())
    if isinstance(placed, SpokenWarning):
        return _warned(call, order, placed)
    if placed is None or isinstance(placed, Refusal):
        return _refused(call, placed)
    result, sentence = ("placed", "placed") if isinstance(placed, Placed) else ("unknown", "unheard")
    number = placed.contract_number
    return {"Result": result, "ContractNumber": number, "Speech": say(call.language, sentence, number=digits(number))}


def _checked(call: Call, order: Order) -> tuple[str, Quote | Refusal | SpokenWarning | None]:
    """What the counter says of the order, and a confirmation under which its first contract number is free."""
    account_id = call.account_id()
    while True:
        confirmation = confirmation_id()
        number = trading.first_number(account_id, key_of(call, confirmation))
        checked = trading.preview_order(account_id, order, now(), number)
        if not isinstance(checked, NumberTaken):
            return confirmation, checked


def _order(call: Call) -> Order:
    side = call.parameter("Side")
    if side not in ("buy", "sell"):
        raise ValueError("The flow must send buy or sell as the parameter Side.")
    return Order(
        "buy" if side == "buy" else "sell",
        call.parameter("Code"),
        whole_number(call.parameter("Quantity")),
        decimal_number(call.parameter("Price")),
        cast(Kind, call.parameters.get("Kind", "limit")),
        tuple(rule for rule in call.parameters.get("Confirmed", "").split("+") if rule in WARNED),
    )


def _read_back(language: str, order: Order, quote: Quote) -> str:
    """A market order is read back by its kind, and with the price it is done at in the worst case."""
    facts: dict[str, object] = {
        "name": name(quote.names, language),
        "code": digits(order.code),
        "quantity": order.quantity,
    }
    if order.kind == "limit":
        return say(language, f"read_back.{order.side}", price=order.price, amount=order.amount, **facts)
    said = say(language, f"read_back_market.{order.side}", kind=say(language, f"kind.{order.kind}"), **facts)
    worst = trading.worst_price(order, quote, now())
    if worst is None:
        return said
    amount = order._replace(price=worst).amount
    return f"{said} {say(language, f'read_back_worst.{order.side}', price=worst, amount=amount)}"


def _warned(call: Call, order: Order, warning: SpokenWarning) -> Answer:
    return {
        "Result": "warn",
        "Warning": warning.rule,
        "Confirmed": "+".join([*order.confirmed, warning.rule]),
        "Speech": say(call.language, f"warning.{warning.rule}", **warning.facts),
    }


def _refused(call: Call, refusal: Refusal | None) -> Answer:
    """A refusal says which rule, and what would be accepted."""
    if refusal is None:
        return {"Result": "refused", "Field": "code", "Speech": say(call.language, "refused.unknown")}
    said = say(call.language, f"refused.{refusal.rule}", **refusal.facts)
    return {"Result": "refused", "Field": refusal.field, "Speech": said}
