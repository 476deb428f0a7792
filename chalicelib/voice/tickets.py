"""The operations about tickets: a complaint, where a ticket stands, and what the caller thinks of it.

The domain is imported where it is used: few calls need it, and every cold start would pay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.platform.clock import business_day, now
from chalicelib.voice.call import Answer, Call
from chalicelib.voice.caller import contact_of
from chalicelib.voice.confirmation import confirmation_id, confirmed_key
from chalicelib.voice.keypad import BACK, SILENCE, whole_number
from chalicelib.voice.speech import digits, name, say
from chalicelib.voice.ticket_speech import where_it_stands

if TYPE_CHECKING:
    from chalicelib.customers import Contact
    from chalicelib.tickets import Ticket

# What may be keyed in place of a category. Only the pound key: the entry is over, and empty.
_OTHER_KEYS = {SILENCE: "none", "": "again", BACK: "back", "9": "back"}
_RATINGS = {"satisfied": 5, "not_satisfied": 1}


def offer_categories(call: Call) -> Answer:
    """-> Result ok; Speech offers the categories by key; ConfirmationId: under it one complaint may be registered."""
    from chalicelib.tickets.categories import categories

    offered = [
        say(call.language, "category", category=name(category["names"], call.language), press=key)
        for key, category in enumerate(categories(), 1)
    ]
    return {"Result": "ok", "ConfirmationId": confirmation_id(), "Speech": " ".join(offered)}


def choose_category(call: Call) -> Answer:
    """Key -> Result ok | none | again | back | invalid; with ok Category, and Speech: the ways of the answer, by key.

    Or refused, and Speech: no answer would reach this caller.
    """
    from chalicelib.tickets.categories import categories

    key = call.parameter("Key")
    if key in _OTHER_KEYS:
        return {"Result": _OTHER_KEYS[key]}
    chosen = dict(enumerate(categories(), 1)).get(whole_number(key))
    if chosen is None:
        return {"Result": "invalid"}
    ways = _ways(call, _known(call))
    if not ways:
        return {"Result": "refused", "Speech": say(call.language, "complaint_refused.no_way")}
    offered = " ".join(say(call.language, f"reply_by.{way}") for way in ways)
    return {"Result": "ok", "Category": chosen["category"], "Speech": offered}


def register_complaint(call: Call) -> Answer:
    """Category, ReplyBy sms | call | email, ConfirmationId -> Result registered, TicketNumber, and Speech, which says
    it twice; or invalid: that way was not offered.

    The contact and the confirmation name the complaint: delivered again, the event yields the same number.
    """
    from chalicelib import tickets

    contact, at, key, way = _known(call), now(), confirmed_key(call), call.parameter("ReplyBy")
    if way not in _ways(call, contact):
        return {"Result": "invalid"}
    ticket = tickets.register(_complaint(call, contact), "customer", key, at)
    linked = {"contact_id": call.contact_id}
    tickets.act(ticket.number, "link_contact", "system:phone", f"{key}#contact", at, details=linked)
    said = say(call.language, f"complaint.registered.{way}", number=digits(ticket.number))
    return {"Result": "registered", "TicketNumber": ticket.number, "Speech": said}


def ticket_status(call: Call) -> Answer:
    """TicketNumber, as keyed in -> Result told, or replied, which can be rated; TicketNumber, and Speech.

    Or refused, and Speech: that is no number, or no ticket of this caller's; which of the others there are is not said.
    """
    from chalicelib import tickets

    number = call.parameter("TicketNumber")
    if not tickets.is_ticket_number(number):
        return {"Result": "refused", "Speech": say(call.language, "ticket_refused.number")}
    ticket = _own(call, number)
    if ticket is None:
        return {"Result": "refused", "Speech": say(call.language, "ticket_refused.unknown")}
    said = where_it_stands(call.language, ticket, tickets.timeline(number), business_day(now()))
    return {
        "Result": "replied" if ticket.state == "replied" else "told",
        "TicketNumber": number,
        "Speech": " ".join(said),
    }


def rate_ticket(call: Call) -> Answer:
    """TicketNumber, Rating satisfied | not_satisfied -> Result satisfied | not_satisfied, which opens it again.

    Or refused: meanwhile it cannot be rated any more. Speech says which. Delivered again, the event rates once.
    """
    from chalicelib.tickets import IllegalMove
    from chalicelib.tickets.survey import rate

    number, rating = call.parameter("TicketNumber"), call.parameter("Rating")
    if _own(call, number) is None:
        raise PermissionError("That is no ticket of this caller's: the flow must send the number that was told.")
    try:
        rate(number, _RATINGS[rating], "customer", f"{call.contact_id}#rated", now())
    except IllegalMove:
        return {"Result": "refused", "Speech": say(call.language, "ticket_refused.not_rated")}
    return {"Result": rating, "Speech": say(call.language, f"rated.{rating}")}


def rate_call(call: Call) -> Answer:
    """Key, TicketNumber -> Result rated | none | invalid. The number is what the flow kept: nothing is told of it."""
    from chalicelib.tickets.survey import rate_contact

    key, number = call.parameter("Key"), call.parameter("TicketNumber")
    if key not in ("1", "2", "3", "4", "5"):
        return {"Result": "none" if key == SILENCE else "invalid"}
    rate_contact(number, call.contact_id, int(key), now())
    return {"Result": "rated"}


def _known(call: Call) -> Contact | None:
    """How to reach the caller, if they proved who they are; they need not, to complain."""
    return contact_of(call) if call.attributes.get("Identified") == "yes" else None


def _ways(call: Call, contact: Contact | None) -> dict[str, str]:
    """The ways in which an answer can reach the caller, and where to."""
    number = call.calls_from or (contact.mobile if contact else "")
    email = contact.email if contact else ""
    return {way: where for way, where in (("sms", number), ("call", number), ("email", email)) if where}


def _complaint(call: Call, contact: Contact | None) -> dict[str, Any]:
    """The fields of the ticket."""
    from chalicelib.tickets.categories import category_names

    category, ways = call.parameter("Category"), _ways(call, contact)
    names = category_names(category)
    if names is None:
        raise ValueError("There is no such category: the flow must send the one that choose_category answered.")
    details = {
        "kind": "complaint",
        "channel": "phone",
        "language": call.language,
        "subject": say(call.language, "complaint.subject", category=name(names, call.language)),
        "category": category,
        "reply_by": call.parameter("ReplyBy"),
        "mobile": ways.get("sms", ""),
        "email": ways.get("email", ""),
    }
    if contact:
        details |= {
            "customer_id": contact.customer_id,
            "account_id": call.account_id(),
            "segment": call.attributes.get("CustomerLevel", "ordinary"),
            "name": contact.name,
        }
    return details


def _own(call: Call, number: str) -> Ticket | None:
    """The ticket of that number, if it is the caller's: the customer's, or left from the number that calls."""
    from chalicelib import tickets

    contact, ticket = _known(call), tickets.find(number)
    if ticket is None:
        return None
    of_customer = contact is not None and contact.customer_id == ticket.customer_id
    return ticket if of_customer or (call.calls_from and call.calls_from == ticket.mobile) else None
