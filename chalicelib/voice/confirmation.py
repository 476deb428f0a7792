"""What a caller confirms, by name: the name makes what follows happen once, however often the event is delivered."""

import secrets

from chalicelib.voice.call import Call


def confirmation_id() -> str:
    """What the caller confirms, by a name that no other confirmation has."""
    return secrets.token_hex(16)


def key_of(call: Call, confirmation: str) -> str:
    """The idempotency key of what the caller confirms in this call under that name."""
    return f"{call.contact_id}#{confirmation}"


def confirmed_key(call: Call) -> str:
    return key_of(call, call.parameter("ConfirmationId"))
