"""The operations that change the phone password. All that is keyed in comes sealed, and none of it goes out again."""

from chalicelib import customers
from chalicelib.customers.rules import is_pin, unfit
from chalicelib.platform.clock import business_day, now
from chalicelib.voice.call import Answer, Call
from chalicelib.voice.keypad import decrypt, entry_id, not_an_entry


def check_old_pin(call: Call) -> Answer:
    """OldPin (sealed) -> Result ok | none | back | invalid | wrong | locked. Wrong counts as in ``identify``."""
    account_id, sealed = call.account_id(), call.parameter("OldPin")
    pin = decrypt(sealed)
    if not is_pin(pin):
        return {"Result": not_an_entry(pin)}
    attempt = entry_id(call.contact_id, sealed)
    caller = customers.confirm_pin(_key(call), account_id, pin, attempt=attempt, today=business_day(now()))
    return {"Result": caller if isinstance(caller, str) else "ok"}


def check_new_pin(call: Call) -> Answer:
    """OldPin, NewPin (sealed) -> Result ok | none | back | invalid | same | easy. Reads and changes nothing."""
    call.account_id()
    new = decrypt(call.parameter("NewPin"))
    if not is_pin(new):
        return {"Result": not_an_entry(new)}
    return {"Result": unfit(new, decrypt(call.parameter("OldPin"))) or "ok"}


def change_pin(call: Call) -> Answer:
    """OldPin, NewPin, NewPinAgain (sealed) -> Result changed | none | back | differ | wrong | locked | same | easy.

    The entry of NewPinAgain names the change: delivered again, the event changes nothing and is answered as before.
    """
    account_id = call.account_id()
    sealed_old, sealed_again = call.parameter("OldPin"), call.parameter("NewPinAgain")
    old, new, again = decrypt(sealed_old), decrypt(call.parameter("NewPin")), decrypt(sealed_again)
    if not_an_entry(again) != "invalid":
        return {"Result": not_an_entry(again)}
    if new != again:
        return {"Result": "differ"}
    changed = customers.change_pin(
        _key(call),
        account_id,
        old,
        new,
        attempt=entry_id(call.contact_id, sealed_old),
        change=entry_id(call.contact_id, sealed_again),
        today=business_day(now()),
    )
    return {"Result": changed}


def _key(call: Call) -> str:
    """Which account the flow means; that it is the caller's own is for the verbs to see."""
    key = call.attributes.get("AccountKey")
    if not key:
        raise PermissionError("The flow must keep the AccountKey that identify answered.")
    return key
