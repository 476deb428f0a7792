"""What an entry of the timeline is news of to the customer, and by which channels it is told. Pure.

The customer is told by the channel that was chosen; where nothing is known to reach it by, by SMS or e-mail, whichever
can be. Only the result goes by call or letter: what comes before it is no matter for either.
"""

from typing import Literal, NamedTuple

from chalicelib.tickets import clocks
from chalicelib.tickets.rules import Ticket
from chalicelib.tickets.timeline import Entry
from chalicelib.tickets.words import by_when, catalogue, grouped

Way = Literal["sms", "email", "letter", "call", ""]

_NEWS = {
    "register": "registered",
    "accept": "accepted",
    "refuse": "refused",
    "ask_customer": "asked",
    "extend": "extended",
    "reply": "replied",
    "close": "closed",
    "reopen": "reopened",
    "merge": "merged",
}


class Reach(NamedTuple):
    """Where the customer can be told: ``mobile`` in E.164; "" for what is not known."""

    mobile: str
    email: str


class Message(NamedTuple):
    """One message to one place. ``name`` tells it from the others of its entry; ``what`` is its text's name."""

    name: str
    channel: Literal["sms", "email", "letter"]
    to: str
    what: str
    text: str
    subject: str = ""


def way_of_reply(ticket: Ticket, reach: Reach) -> Way:
    """How the result reaches the customer; "" where nothing can."""
    can: dict[Way, str] = {"sms": reach.mobile, "email": reach.email, "letter": ticket.address, "call": reach.mobile}
    wanted: tuple[Way, ...] = (ticket.reply_by, "sms", "email")
    return next((way for way in wanted if can[way]), "")


def to_customer(done: Entry, ticket: Ticket, reach: Reach, link: str, longest: int) -> list[Message]:
    """The messages that follow from ``done``, after which the ticket is ``ticket``.

    ``link`` is the survey's; ``longest``: so many characters of a result go into an SMS.
    """
    if done.verb == "reply":
        return _replied(ticket, reach, link, longest)
    what = _NEWS.get(done.verb)
    if what is None:
        return []
    due = next((clock.due for clock in clocks.running(ticket) if clock.name == "resolution"), None)
    if what == "accepted" and due is None:
        what = "accepted.open"
    return _short(ticket, reach, what, _say(ticket, what, done.why, by_when(due) if due else "", done.details))


def _replied(ticket: Ticket, reach: Reach, link: str, longest: int) -> list[Message]:
    way = way_of_reply(ticket, reach)
    survey = "\n" + catalogue(ticket.language)["survey"].format(link=link)
    whole = _say(ticket, "replied") + survey
    if way == "call":  # and asked at the end of the call how it was
        return _short(ticket, reach, "replied.call", _say(ticket, "replied.call"))
    if way == "letter":
        letter = Message("letter", "letter", ticket.address, "replied", ticket.result)
        return [letter, *_short(ticket, reach, "replied.letter", _say(ticket, "replied.letter") + survey)]
    if way == "email":
        return [_mail(ticket, reach, "replied", whole)]
    if way == "sms" and len(ticket.result) <= longest:
        return [Message("sms", "sms", reach.mobile, "replied", whole)]
    if way == "sms":
        what = "replied.mailed" if reach.email else "replied.cut"
        cut = _say(ticket._replace(result=ticket.result[: longest - 1] + "…"), what) + survey
        mailed = [_mail(ticket, reach, "replied", whole)] if reach.email else []
        return [Message("sms", "sms", reach.mobile, what, cut), *mailed]
    return []


def _short(ticket: Ticket, reach: Reach, what: str, text: str) -> list[Message]:
    """What is no result: by e-mail to who wants e-mail, else by SMS, or by whichever of them can be."""
    if reach.email and (ticket.reply_by == "email" or not reach.mobile):
        return [_mail(ticket, reach, what, text)]
    return [Message("sms", "sms", reach.mobile, what, text)] if reach.mobile else []


def _mail(ticket: Ticket, reach: Reach, what: str, text: str) -> Message:
    words = catalogue(ticket.language)
    subject = words["subject"].format(number=grouped(ticket.number))
    return Message("email", "email", reach.email, what, f"{text}\n\n{words['footer']}\n", subject)


def _say(ticket: Ticket, what: str, why: str = "", by: str = "", details: dict[str, str] | None = None) -> str:
    words = catalogue(ticket.language)
    return words[what].format(
        number=grouped(ticket.number),
        kind=words[f"kind.{ticket.kind}"],
        why=why,
        by=by,
        result=ticket.result,
        into=grouped((details or {}).get("into", "")),
    )
