"""What a caller confirms, by name: the name makes what follows happen once, however often the event is delivered."""

import secrets

from chalicelib.voice.call import Call


def confirmation_id() -> str:
    """What the caller confirms, by a name that no other confirmation has."""
    return secrets.token_hex(16)


def confirmed_key(call: Call) -> str:
    return confirmation_key(call, call.parameter("ConfirmationId"))


def confirmation_key(call: Call, confirmation: str) -> str:
    """The key of what is done once this caller has confirmed it."""
    return f"{call.contact_id}#{confirmation}"
