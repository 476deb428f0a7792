"""Deliveries on their way: each step is one conditional write, and what was done is found again when it is repeated.

Every delivery is in the index of what is due until it is over and told: whatever dies, or the stream gives up, is
found there. A fax has a key: a step that is repeated sends nothing twice. E-mail and SMS know no keys: of a hand-over
after which the process died before it could write so, a second copy goes out. Nothing of a statement or a destination
is logged.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, cast

from chalicelib import customers, notifications
from chalicelib.platform.clock import stamp
from chalicelib.platform.log import logger
from chalicelib.platform.settings import required
from chalicelib.statements import rules
from chalicelib.statements.carrier import Status
from chalicelib.statements.carriers import carrier
from chalicelib.statements.models import Delivery
from chalicelib.statements.requests import patience
from chalicelib.statements.rules import Channel, State
from chalicelib.statements.statement import Period, Statement, Unreconciled
from chalicelib.statements.words import catalogue, days

if TYPE_CHECKING:
    from email.message import EmailMessage


# What is news of a delivery in these states; in the others it has ended, or this attempt has.
_FURTHER = {"queued": ("sent", "delivered", "failed"), "sent": ("delivered", "failed")}


class _Outcome(NamedTuple):
    """What an attempt came to: sent, delivered or failed; ``pages`` of a fax."""

    state: State
    reason: str = ""
    pages: int = 0


def go_on(number: str, channel: Channel, at: datetime) -> None:
    """Do what a delivery's state asks for: send what is queued, tell the customer of what is over.

    May be called again at any time. OSError where the customer could not be told, TimeoutError where the account
    changes all the time: call again.
    """
    delivery = Delivery.find(number, channel)
    if delivery is None or delivery.told:
        return
    if delivery.state == "queued":
        _step(delivery, _send(delivery), at)
    elif rules.is_over(channel, cast(State, delivery.state)):
        _tell(delivery)


def hear(status: Status, at: datetime) -> None:
    """Take down what the carrier says of a fax: news may come late, twice and out of order.

    LookupError for a fax never sent.
    """
    number, attempt = rules.read_fax_key(status.key)
    delivery = Delivery.find(number, "fax")
    if delivery is None or attempt > delivery.attempt:
        raise LookupError(f"There is no fax with the key {status.key}.")
    unknown = delivery.state == "retrying" and delivery.reason == rules.UNREACHABLE
    further = _FURTHER.get("queued" if unknown else delivery.state, ())
    if attempt == delivery.attempt and status.state in further:
        _step(delivery, _Outcome(status.state, status.reason), at)


def look_at_due(at: datetime) -> int:
    """Take up every delivery that is due at ``at``; how many.

    What failed is queued again, after a fax that was sent is asked; what the stream has lost, it has once more. One
    that cannot be looked at keeps no other waiting: it is due still. RuntimeError at the end, if there were any.
    """
    done = failed = 0
    for found in Delivery.by_due.query("due", Delivery.due_at <= stamp(at)):
        try:
            _look(found.number, found.channel, at)
            done += 1
        except Exception:
            logger.exception("a delivery could not be looked at", number=found.number, channel=found.channel)
            failed += 1
    if failed:
        raise RuntimeError(f"{failed} deliveries could not be looked at: see the log; they are tried again.")
    return done


def _look(number: str, channel: str, at: datetime) -> None:
    delivery = Delivery.find(number, channel)
    if delivery is None or not delivery.due_at or delivery.due_at > stamp(at):
        return  # the index lags behind: somebody has been here
    if delivery.state == "retrying":
        attempt = rules.after_waiting(int(delivery.attempt), delivery.reason)
        delivery.move("queued", "", attempt, _next_look(at), stamp(at))
        return
    over = rules.is_over(cast(Channel, channel), cast(State, delivery.state))
    heard = None if over or channel != "fax" else _asked(rules.fax_key(number, int(delivery.attempt)))
    if heard and heard.state in ("delivered", "failed"):
        _step(delivery, _Outcome(heard.state, heard.reason), at)
    elif at < _since(delivery) + patience().at_most:
        delivery.look_later(_next_look(at))
    elif over:
        # Nobody could tell the customer: an alarm counts what the stream gave up, and who mends the cause redrives it.
        delivery.close(told=False)
    else:
        reason = rules.NO_NEWS if delivery.state == "sent" else "not_made"
        delivery.move("failed", reason, int(delivery.attempt), _next_look(at), stamp(at))


def _asked(key: str) -> Status | None:
    try:
        return carrier().status(key)
    except (LookupError, OSError):
        return None


def _send(delivery: Delivery) -> _Outcome:
    """Make an attempt. Never raises for what the carrier or SES may say; TimeoutError as the ledger does."""
    try:
        made = _statement(delivery)
    except (Unreconciled, LookupError):
        # It must not leave the house; an alarm counts these lines (infra/app.yaml, StatementNotMade).
        logger.exception("statement not made", number=delivery.number)
        return _Outcome("failed", "not_made")
    try:
        return _fax(delivery, made) if delivery.channel == "fax" else _email(delivery, made)
    except OSError:
        logger.exception("nobody took a statement", number=delivery.number, channel=delivery.channel)
        return _Outcome("failed", rules.UNREACHABLE)


def _statement(delivery: Delivery) -> Statement:
    """Made as of the moment at which the attempt was queued: repeated, it is the same statement."""
    from chalicelib.statements import of_ledger

    queued_at = datetime.fromisoformat(delivery.changes[-1][0])
    return of_ledger(delivery.account_id, delivery.customer_id, _period(delivery), queued_at)


def _fax(delivery: Delivery, made: Statement) -> _Outcome:
    from chalicelib.statements import statement_fax
    from chalicelib.statements.fax import page_count

    tiff, key = statement_fax(made, delivery.language), rules.fax_key(delivery.number, int(delivery.attempt))
    try:
        status = carrier().send(delivery.destination, tiff, key)
    except ValueError:
        # The key was used already, by this very attempt before it was stopped; else the number is none.
        status = _asked(key) or Status(key, "failed", "bad_number")
    state: State = "sent" if status.state == "queued" else status.state
    return _Outcome(state, status.reason, page_count(tiff))


def _email(delivery: Delivery, made: Statement) -> _Outcome:
    try:
        notifications.mail(_message(delivery, made))
    except ValueError:
        logger.exception("an e-mail was refused", number=delivery.number)
        return _Outcome("failed", "rejected")
    return _Outcome("sent")


def _message(delivery: Delivery, made: Statement) -> EmailMessage:
    from email.message import EmailMessage

    from chalicelib.statements import statement_pdf

    text = catalogue(delivery.language)
    facts = {"title": text[f"title.{made.period.kind}"], "period": days(delivery.language, *made.period)}
    mail = EmailMessage()
    mail["From"], mail["To"] = required("MAIL_SENDER"), delivery.destination
    mail["Subject"] = text["email.subject"].format(**facts)
    said = text["email.text"].format(**facts, tail=made.account_tail)
    mail.set_content(f"{said}\n\n{text['email.not_you']}\n")
    name = f"{delivery.first}--{delivery.last}.pdf"
    mail.add_attachment(statement_pdf(made, delivery.language), maintype="application", subtype="pdf", filename=name)
    return mail


def _step(delivery: Delivery, outcome: _Outcome, at: datetime) -> None:
    """Write down what an attempt came to; nothing where somebody has written since."""
    attempt = int(delivery.attempt)
    step = rules.after_sending(outcome.state, outcome.reason, attempt, _since(delivery), at, patience())
    if delivery.move(step.state, step.reason, attempt, _next_look(at), stamp(at), outcome.pages):
        logger.info("delivery", number=delivery.number, channel=delivery.channel, state=step.state, reason=step.reason)


def _tell(delivery: Delivery) -> None:
    """Tell the customer by SMS how it ended. Who left no mobile number is told nothing."""
    contact = customers.contact(delivery.account_id)
    if contact and contact.customer_id == delivery.customer_id and contact.mobile:
        notifications.sms(contact.mobile, _said(delivery))
    delivery.close(told=True)


def _said(delivery: Delivery) -> str:
    ending = "delivered" if delivery.state in ("delivered", "sent") else f"failed.{delivery.reason}"
    text = catalogue(delivery.language)[f"{delivery.channel}.{ending}"]
    return text.format(number=delivery.destination, pages=delivery.pages)


def _period(delivery: Delivery) -> Period:
    from datetime import date

    return Period(date.fromisoformat(delivery.first), date.fromisoformat(delivery.last))


def _since(delivery: Delivery) -> datetime:
    return datetime.fromisoformat(delivery.changes[0][0])


def _next_look(at: datetime) -> str:
    return stamp(at + patience().between)
