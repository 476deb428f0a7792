"""The operations that check an order and place it."""

from chalicelib import trading
from chalicelib.platform.clock import now
from chalicelib.trading import Order, Refusal
from chalicelib.voice.call import Answer, Call
from chalicelib.voice.confirmation import confirmation_id, confirmed_key
from chalicelib.voice.keypad import decimal_number, whole_number
from chalicelib.voice.speech import digits, name, say


def preview_order(call: Call) -> Answer:
    """Side, Code, Quantity, Price -> Result ok, ConfirmationId, the read-back; or refused, with Field to re-enter."""
    order = _order(call)
    quote = trading.preview_order(call.account_id(), order, now())
    if quote is None or isinstance(quote, Refusal):
        return _refused(call, quote)
    said = say(
        call.language,
        f"read_back.{order.side}",
        name=name(quote.names, call.language),
        code=digits(order.code),
        quantity=order.quantity,
        price=order.price,
        amount=order.amount,
    )
    return {"Result": "ok", "ConfirmationId": confirmation_id(), "Speech": said}


def place_order(call: Call) -> Answer:
    """Side, Code, Quantity, Price, ConfirmationId -> Result placed with ContractNumber; or refused, with Field.

    The contact and the confirmation name the order: delivered again, the event yields the same contract number.
    """
    placed = trading.place_order(call.account_id(), _order(call), confirmed_key(call), now())
    if placed is None or isinstance(placed, Refusal):
        return _refused(call, placed)
    number = placed.contract_number
    return {"Result": "placed", "ContractNumber": number, "Speech": say(call.language, "placed", number=digits(number))}


def _order(call: Call) -> Order:
    side = call.parameter("Side")
    if side not in ("buy", "sell"):
        raise ValueError("The flow must send buy or sell as the parameter Side.")
    return Order(
        "buy" if side == "buy" else "sell",
        call.parameter("Code"),
        whole_number(call.parameter("Quantity")),
        decimal_number(call.parameter("Price")),
    )


def _refused(call: Call, refusal: Refusal | None) -> Answer:
    """A refusal says which rule, and what would be accepted."""
    if refusal is None:
        return {"Result": "refused", "Field": "code", "Speech": say(call.language, "refused.unknown")}
    said = say(call.language, f"refused.{refusal.rule}", **refusal.facts)
    return {"Result": "refused", "Field": refusal.field, "Speech": said}
