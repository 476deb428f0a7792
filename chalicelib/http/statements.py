"""Statements, sent by fax to any number and by e-mail to the address on file."""

from datetime import date
from typing import Any

from chalicelib import customers, statements
from chalicelib.http.answering import Asked, iso_day
from chalicelib.http.problem import Problem, bad_field, unknown
from chalicelib.http.wire import Reply, one_of, reads, text
from chalicelib.platform.words import LANGUAGES
from chalicelib.statements.rules import Channel


@reads(const=True)
def yes(value: Any) -> bool:
    """Reads true, and nothing else: who wants no e-mail leaves it out."""
    if value is not True:
        raise ValueError("It is true, or left out.")
    return True


STATEMENT = {
    "first": iso_day,
    "last": iso_day,
    "language": one_of(LANGUAGES),
    "fax": text(r"[+0-9]{3,20}"),
    "email": yes,
}
OPTIONAL = {"language": LANGUAGES[0], "fax": "", "email": False}


def request(asked: Asked) -> Reply:
    """Have a statement sent, once however often the request comes: 202 each time, with the number it goes under."""
    key, given = asked.key(), asked.fields(STATEMENT, **OPTIONAL)
    contact = customers.contact(asked.account_id)
    if contact is None:
        raise unknown("account")
    destinations: dict[Channel, str] = {}
    if given["fax"]:
        number = statements.fax_number(given["fax"])
        if number is None:
            raise bad_field("fax")
        destinations["fax"] = number
    if given["email"]:
        destinations["email"] = contact.email
    period = statements.Period(given["first"], given["last"])
    made = statements.request(
        asked.account_id, contact.customer_id, period, given["language"], destinations, key, asked.at
    )
    if isinstance(made, statements.Refusal):
        raise refused(made)
    return Reply(202, {"number": made.number})


def refused(refusal: statements.Refusal) -> Problem:
    """Why there will be no such statement."""
    facts = {name: fact.isoformat() if isinstance(fact, date) else fact for name, fact in refusal.facts.items()}
    return Problem(422, refusal.rule, f"statement_refused.{refusal.rule}", facts=facts)
