"""An e-mail that came in becomes a ticket, or the customer's word in one. Once, however often it is looked at.

Who may speak in a ticket: the address that the ticket has, or that is on file of its customer, where the e-mail is
proven to come from there. Everything else opens a ticket of nobody known: an address in an e-mail is no customer.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Literal, NamedTuple

from chalicelib import tickets
from chalicelib.platform.log import logger
from chalicelib.platform.settings import attachment_limits, mail_limits, required, staff_language
from chalicelib.tickets import files, mail, mailbox
from chalicelib.tickets.mail import Contents, Envelope, File
from chalicelib.tickets.rules import Ticket
from chalicelib.tickets.telling import reach_of
from chalicelib.tickets.words import catalogue

# Where an e-mail goes: refused are spam and viruses, which are not opened.
Outcome = Literal["read", "automatic", "refused", "unreadable"]

_BY = "system:mail"
_SUBJECT, _NAME = 100, 60  # as http/tickets.py takes them
# What SES itself puts there when a rule is made (page "Deliver to S3 bucket action").
_SETUP = "AMAZON_SES_SETUP_NOTIFICATION"


class Letter(NamedTuple):
    """An e-mail that is to be read; ``key``: what it is known by."""

    envelope: Envelope
    contents: Contents
    key: str


def receive(place: str) -> Outcome | None:
    """Do what follows from the e-mail in the object ``place``, and move it; None where that was done before."""
    received = mailbox.fetch(place, mail_limits().most)
    if received is None:
        return None
    outcome = "automatic" if place.endswith(_SETUP) else _take(received.raw, place, received.at)
    mailbox.move(place, outcome)
    logger.info("e-mail received", outcome=outcome, object=place)
    return outcome


def receive_forgotten(at: datetime) -> int:
    """Look at the e-mails that have waited too long, as one does whose event was lost; how many.

    One that cannot be taken keeps no other waiting. RuntimeError at the end, if there were any.
    """
    done, failed = 0, 0
    for place in mailbox.waiting(at - mail_limits().patience):
        try:
            receive(place)
            done += 1
        except Exception:
            logger.exception("an e-mail could not be taken", object=place)
            failed += 1
    if failed:
        raise RuntimeError(f"{failed} e-mails could not be taken: see the log; they are tried again.")
    return done


def _take(raw: bytes | None, place: str, at: datetime) -> Outcome:
    if raw is None:
        return "unreadable"
    try:
        envelope = mail.envelope(raw)
        if envelope.fate:
            return envelope.fate
        if envelope.sender == required("MAIL_SENDER").lower():  # our own, come back
            return "automatic"
        letter = Letter(envelope, mail.contents(raw), _key(envelope, place))
    except mail.Unreadable:
        return "unreadable"
    ticket = _spoken_of(letter)
    ticket = _hear(letter, ticket, at) if ticket else _register(letter, at)
    _attach(letter, ticket, at)
    return "read"


def _key(envelope: Envelope, place: str) -> str:
    """The same for the same e-mail, by whichever object it comes; no other sender can use it up."""
    known = f"{envelope.message_id}|{envelope.sender}" if envelope.message_id else place
    return f"mail#{hashlib.sha256(known.encode()).hexdigest()[:32]}"


def _spoken_of(letter: Letter) -> Ticket | None:
    """The ticket of the subject, where the sender may speak in it."""
    if not letter.envelope.proven:
        return None
    named = (tickets.find(number) for number in letter.envelope.numbers)
    return next((ticket for ticket in named if ticket and _is_theirs(ticket, letter.envelope.sender)), None)


def _is_theirs(ticket: Ticket, sender: str) -> bool:
    return sender in (ticket.email.lower(), reach_of(ticket).email.lower())


def _hear(letter: Letter, ticket: Ticket, at: datetime) -> Ticket:
    """A ticket that waits for the customer waits no longer; in any other it is a note, of which its handler is told."""
    verb = "hear_customer" if ticket.state == "waiting" else "note"
    said = _cut(letter.contents.text) or letter.envelope.subject
    return tickets.act(ticket.number, verb, "customer", letter.key, at, said, {"channel": "email"})


def _register(letter: Letter, at: datetime) -> Ticket:
    envelope, text = letter.envelope, letter.contents.text
    language = mail.language_of(envelope.subject + text)
    details = {
        "kind": "consultation",
        "channel": "email",
        "language": language,
        "subject": envelope.subject[:_SUBJECT] or catalogue(language)["mail.no_subject"],
        "text": _cut(text),
        "name": envelope.name[:_NAME],
        "email": envelope.sender if envelope.proven else "",
        "reply_by": "email",
    }
    ticket = tickets.register(details, "customer", letter.key, at)
    if not envelope.proven:
        _note(letter, ticket, "unproven", at, sender=envelope.sender)
    for other in envelope.numbers:
        if other != ticket.number and tickets.find(other):
            tickets.act(ticket.number, "relate", _BY, f"{letter.key}#{other}", at, details={"number": other})
    return ticket


def _attach(letter: Letter, ticket: Ticket, at: datetime) -> None:
    """Put the files beside the ticket, and the whole text where it is longer than the ticket's."""
    limits, text = mail_limits(), letter.contents.text
    whole = File(catalogue(ticket.language)["mail.text"], "text/plain", text.encode())
    given = [*([whole] if len(text) > limits.text else ()), *letter.contents.files]
    left_out = []
    for place, file in enumerate(given):
        media = _media(file)
        if place >= limits.files or not media:
            left_out.append(file.name)
            continue
        key = f"{letter.key}#file{place}"
        name = files.object_of(f"{key}#{ticket.number}")
        files.keep(ticket.number, name, media, file.body)
        tickets.act(ticket.number, "attach", "customer", key, at, details={"object": name, "name": file.name})
    if left_out:
        _note(letter, ticket, "left_out", at, files=", ".join(left_out)[: limits.text])


def _media(file: File) -> str:
    """The type under which a file is kept: what it is said to be, or else what its name says; "" to leave it out."""
    from mimetypes import guess_type

    most, types = attachment_limits()
    if not 0 < len(file.body) <= most:
        return ""
    return next((media for media in (file.media, guess_type(file.name)[0]) if media in types), None) or ""


def _note(letter: Letter, ticket: Ticket, what: str, at: datetime, **facts: str) -> None:
    why = catalogue(staff_language())[f"mail.{what}"].format(**facts)
    tickets.act(ticket.number, "note", _BY, f"{letter.key}#{what}", at, why)


def _cut(text: str) -> str:
    most = mail_limits().text
    return text if len(text) <= most else f"{text[: most - 1]}…"
