"""Messages on their way out: handed over once each, and written into the timeline when they were.

SMS and e-mail know no keys: of a hand-over after which the process died before it could write so, a second copy goes
out. Nothing of what is told, and no destination of a customer's, is logged or stands in an entry.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib import customers, notifications, tickets
from chalicelib.notifications import tasks
from chalicelib.platform.clients import client, parameter
from chalicelib.platform.log import logger
from chalicelib.platform.settings import reply_sms_characters, required, staff_language, survey_days
from chalicelib.tickets import survey
from chalicelib.tickets.departments import department
from chalicelib.tickets.news import Message, Reach, to_customer, way_of_reply
from chalicelib.tickets.notices import House, to_staff

if TYPE_CHECKING:
    from chalicelib.tickets.rules import Ticket
    from chalicelib.tickets.timeline import Entry

_BY = "system:telling"


def tell(done: Entry, ticket: Ticket, told: set[str], at: datetime) -> None:
    """Tell the customer and the staff what ``done`` is news of; ``ticket`` is as it was after it.

    ``told``: the keys of the entries that there are. OSError, after all others were told, where somebody could not be.
    """
    failed: OSError | None = None
    for message in _messages(done, ticket):
        key = f"tell#{done.sequence}#{message.name}"
        if key in told:
            continue
        try:
            taken = _hand_over(message, done, ticket)
        except OSError as error:
            logger.exception("somebody could not be told", number=ticket.number, what=message.what)
            failed = error
            continue
        _record(message, taken, ticket.number, key, at)
    if failed:
        raise failed


def _messages(done: Entry, ticket: Ticket) -> list[Message]:
    reach = reach_of(ticket)
    link = _survey_link(done) if done.verb == "reply" else ""
    way, letter = way_of_reply(ticket, reach), _letter_name(done)
    customer = to_customer(done, ticket, reach, link, reply_sms_characters())
    return [*customer, *to_staff(done, ticket, way, _house(done, ticket), letter)]


def reach_of(ticket: Ticket) -> Reach:
    """What is on file of a known customer comes before what somebody left with the ticket."""
    known = customers.contact(ticket.account_id) if ticket.account_id else None
    if known is None or known.customer_id != ticket.customer_id:
        return Reach(ticket.mobile, ticket.email)
    return Reach(known.mobile or ticket.mobile, known.email or ticket.email)


def _house(done: Entry, ticket: Ticket) -> House:
    asked = department(ticket.department) if ticket.department and done.verb in ("ring", "transfer") else None
    supervisor, domain = required("SUPERVISOR_EMAIL"), required("STAFF_DOMAIN")
    tasks_too = done.verb == "reply" and tasks.can_be_made()
    return House(supervisor, domain, required("LETTERS_EMAIL"), staff_language(), asked, tasks_too)


def _survey_link(done: Entry) -> str:
    secret = parameter(required("SURVEY_SECRET_PARAMETER")).split()[0]
    expires = datetime.fromisoformat(done.at) + timedelta(days=survey_days())
    return f"{required('SURVEY_URL')}/{survey.sign(done.number, expires, secret.encode())}"


def _letter_name(done: Entry) -> str:
    return f"letters/{done.number}-{done.sequence}.pdf"


def _hand_over(message: Message, done: Entry, ticket: Ticket) -> bool:
    """Whether it was taken: an address that is none will never be. OSError: try again."""
    if message.channel == "sms":
        notifications.sms(message.to, message.text)
    elif message.channel == "letter":
        _print(message, done, ticket)
    elif message.channel == "task":
        key = f"{done.number}#{done.sequence}"
        tasks.start(message.subject, message.text, {"TicketNumber": done.number}, key)
    else:
        return _mail(message, ticket.number)
    return True


def _mail(message: Message, number: str) -> bool:
    from email.message import EmailMessage

    try:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = required("MAIL_SENDER"), message.to, message.subject
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: machines do not answer it
        mail.set_content(message.text)
        notifications.mail(mail)
    except ValueError:
        logger.exception("an e-mail was refused", number=number, what=message.what)
        return False
    return True


def _print(message: Message, done: Entry, ticket: Ticket) -> None:
    """Leave the letter where the branch finds it; the same letter twice is the same object."""
    from chalicelib.tickets.letter import letter

    made = letter(ticket, message.text, datetime.fromisoformat(done.at))
    client("s3").put_object(
        Bucket=required("LETTERS_BUCKET"), Key=_letter_name(done), Body=made, ContentType="application/pdf"
    )


def _record(message: Message, taken: bool, number: str, key: str, at: datetime) -> None:
    """What a customer was told, the customer sees in the timeline; the rest is the house's."""
    details = {"channel": message.channel, "what": message.what}
    if taken and not message.what.startswith("staff."):
        tickets.act(number, "tell", _BY, key, at, details=details)
    else:
        why = f"Told by {message.channel}." if taken else "The address was refused: nobody was told."
        tickets.act(number, "note", _BY, key, at, why, details)
