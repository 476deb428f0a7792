"""The operations that change an order: find it, read the change back, make it."""

from decimal import Decimal

from chalicelib import trading
from chalicelib.platform.clock import now
from chalicelib.trading import (
    Amendment,
    Cancelled,
    CancelledOnly,
    NotCancelled,
    NumberTaken,
    Placed,
    Refusal,
    SpokenWarning,
    Unknown,
)
from chalicelib.voice.call import Answer, Call
from chalicelib.voice.confirmation import confirmation_id, confirmed_key, key_of
from chalicelib.voice.keypad import decimal_number, whole_number
from chalicelib.voice.order_speech import is_number, not_taken, read_out
from chalicelib.voice.placed_orders import not_done
from chalicelib.voice.speech import digits, keys, name, say


def find_amendable(call: Call) -> Answer:
    """ContractNumber -> Result ok | invalid | no_order | not_open | market_order, and Speech: the order, or why not.

    With ok: Quantity and Price as they would be keyed in, for the caller who keeps one of them.
    """
    number = call.parameter("ContractNumber")
    if not is_number(number):
        return {"Result": "invalid", "Speech": say(call.language, "order.invalid")}
    order = trading.order(call.account_id(), number)
    if order is None:
        return not_done(call.language, "not_amended", NotCancelled("unknown"))
    if not order.is_open:
        return not_done(call.language, "not_amended", NotCancelled("not_open", order.state))
    if order.kind != "limit":
        return {"Result": "market_order", "Speech": say(call.language, "refused.market_order")}
    [said] = read_out(call.language, [order])
    return {"Result": "ok", "Speech": said, "Quantity": str(order.quantity), "Price": keys(order.price)}


def preview_amendment(call: Call) -> Answer:
    """ContractNumber, Quantity, Price -> Result.

    ok: Speech is the read-back of old and new; ConfirmationId, under which it may be changed, and Unheard, the sentence
    for a caller who is never told what became of it: it has the number of the new order.
    refused, with Field to re-enter, no_order, not_open or no_cancel_now: Speech says why.
    """
    confirmation, number, judged = _judged(call)
    if isinstance(judged, NotCancelled):
        return not_done(call.language, "not_amended", judged)
    if not isinstance(judged, Amendment):
        return _refused(call.language, judged)
    old = digits(judged.old.contract_number)
    return {
        "Result": "ok",
        "ConfirmationId": confirmation,
        "Speech": _read_back(call.language, judged),
        "Unheard": say(call.language, "amend.unheard", old=old, number=digits(number)),
    }


def amend_order(call: Call) -> Answer:
    """ContractNumber, Quantity, Price, ConfirmationId -> Result, and Speech.

    amended: the new order has ContractNumber. traded: all of Quantity had traded, the rest is cancelled.
    cancelled_only: the old order is cancelled, the new one was not taken. refused, no_order, not_open, no_cancel_now:
    nothing was changed. unknown: the counter has not answered. Delivered again, the event yields the same change.
    """
    account_id, (number, quantity, price) = call.account_id(), _change(call)
    done = trading.amend_order(account_id, number, quantity, price, confirmed_key(call), now())
    language, old = call.language, digits(number)
    match done:
        case Placed(new):
            said = say(language, "amended", old=old, number=digits(new))
            return {"Result": "amended", "ContractNumber": new, "Speech": said}
        case Cancelled():
            said = say(language, "amended.traded", old=old, filled=done.filled)
            return {"Result": "traded", "Speech": said}
        case CancelledOnly():
            said = f"{say(language, 'amended.cancelled_only', old=old)} {not_taken(language, done.why)}"
            return {"Result": "cancelled_only", "Speech": said}
        case Unknown(of):
            key = "amended.unknown_old" if of == number else "amended.unknown_new"
            return {"Result": "unknown", "Speech": say(language, key, old=old, number=digits(of))}
        case NotCancelled():
            return not_done(language, "not_amended", done)
        case Refusal() | SpokenWarning():
            refused = _refused(language, done)
            return refused | {"Speech": f"{say(language, 'not_amended')} {refused['Speech']}"}


def _judged(call: Call) -> tuple[str, str, Amendment | NotCancelled | Refusal | SpokenWarning]:
    """A confirmation, the number that the new order has under it, which is free, and what is said of the change."""
    account_id, change = call.account_id(), _change(call)
    while True:
        confirmation = confirmation_id()
        number = trading.first_number(account_id, key_of(call, confirmation))
        judged = trading.preview_amendment(account_id, *change, now(), number)
        if not isinstance(judged, NumberTaken):
            return confirmation, number, judged


def _change(call: Call) -> tuple[str, int, Decimal]:
    quantity, price = whole_number(call.parameter("Quantity")), decimal_number(call.parameter("Price"))
    return call.parameter("ContractNumber"), quantity, price


def _read_back(language: str, change: Amendment) -> str:
    old, new = change.old, change.new
    said = say(
        language,
        f"amend.read_back.{old.side}",
        number=digits(old.contract_number),
        name=name(change.quote.names, language),
        old_quantity=old.quantity,
        old_price=old.price,
        quantity=new.quantity + old.filled,
        price=new.price,
    )
    key = "amend.rest" if old.filled else "amend.whole"
    return f"{said} {say(language, key, filled=old.filled, quantity=new.quantity, amount=new.amount)}"


def _refused(language: str, why: Refusal | SpokenWarning) -> Answer:
    """A warning is of the security: there is nothing to enter again."""
    field = why.field if isinstance(why, Refusal) else "code"
    return {"Result": "refused", "Field": field, "Speech": not_taken(language, why)}
