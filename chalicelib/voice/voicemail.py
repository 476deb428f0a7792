"""The operations of a voice message: the caller may speak, has spoken, throws it away.

The domain is imported where it is used: few calls need it, and every cold start would pay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib import customers
from chalicelib.platform.clock import now
from chalicelib.voice.call import Answer, Call

if TYPE_CHECKING:
    from chalicelib.voicemail import Sender

_NEW = "new"


def voicemail_begin(call: Call) -> Answer:
    """Contact (this contact's id, which its recording is kept under), Queue, Message new | the number of the one that
    is to be said again -> Result ok, and Message: its number."""
    from chalicelib import voicemail

    given = call.parameter("Message")
    message = voicemail.begin(_sender(call), None if given == _NEW else int(given), now())
    return {"Result": "ok", "Message": str(message)}


def voicemail_end(call: Call) -> Answer:
    """Contact, Message -> Result ok | short, for who has said nothing."""
    from chalicelib import voicemail

    return {"Result": voicemail.end(call.parameter("Contact"), int(call.parameter("Message")), now())}


def voicemail_drop(call: Call) -> Answer:
    """Contact, Message -> Result ok: nobody will hear it."""
    from chalicelib import voicemail

    voicemail.drop(call.parameter("Contact"), int(call.parameter("Message")))
    return {"Result": "ok"}


def _sender(call: Call) -> Sender:
    """Who speaks: somebody identified is known as the account has it, whatever attributes say."""
    from chalicelib.voicemail import Sender

    account_id = call.account_id() if call.attributes.get("AccountId") else ""
    contact = customers.contact(account_id) if account_id else None
    return Sender(
        contact_id=call.parameter("Contact"),
        queue=call.parameter("Queue"),
        language=call.language,
        calls_from=call.calls_from,
        customer_id=contact.customer_id if contact else "",
        account_id=account_id,
        segment=call.attributes.get("CustomerLevel", "") if account_id else "",
        ticket=call.attributes.get("TicketNumber", ""),
    )
