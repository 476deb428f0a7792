"""Tickets: register one, look at it and its timeline, do something to it or to many. The rules are the domain's."""

import re
from typing import Any, get_args

from chalicelib import customers, tickets
from chalicelib.http.answering import Asked, heard
from chalicelib.http.problem import Problem, bad_field, unknown
from chalicelib.http.ticket_acts import (
    ACT,
    EMAIL,
    KIND,
    LANGUAGE,
    MOBILE,
    NUMBER,
    REPLY_BY,
    SEVERITY,
    Act,
    category,
    do,
    name_of,
    read_act,
    theirs,
    verbs_of,
)
from chalicelib.http.ticket_views import entry_shown, ticket_shown
from chalicelib.http.wire import Reader, Reply, one_of, read_fields, reads, text, whole, words
from chalicelib.tickets import Ticket, Unfit
from chalicelib.tickets.rules import Channel

OPENED: dict[str, Reader] = {
    "kind": KIND,
    "subject": words(100),
    "text": words(4000),
    "language": LANGUAGE,
    "category": category,
    "reply_by": REPLY_BY,
    "mobile": MOBILE,
    "email": EMAIL,
    "address": words(200),
}
OPENED_BY_STAFF = OPENED | {
    "channel": one_of(get_args(Channel)),
    "account_id": text(r"[A-Za-z0-9-]{1,32}"),
    "name": words(60),
    "segment": one_of(("ordinary", "vip", "special")),
    "severity": SEVERITY,
    "referral": text(r"[!-~]{1,40}"),
}
MANDATORY = ("kind", "subject")
MOST_AT_ONCE = 25


@reads(
    type="array",
    minItems=1,
    maxItems=MOST_AT_ONCE,
    items={
        "type": "object",
        "required": ["number", "version"],
        "properties": {"number": NUMBER.schema, "version": whole.schema},
        "additionalProperties": False,
    },
)
def many(value: Any) -> list[dict[str, Any]]:
    """Reads tickets, and the version in which each was seen."""
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_AT_ONCE:
        raise ValueError
    try:
        return [read_fields(dict(one), {"number": NUMBER, "version": whole}, {}) for one in value]
    except (KeyError, TypeError):
        raise ValueError from None


ACTS = ACT | {"tickets": many}


def register(asked: Asked) -> Reply:
    """Open a ticket, once however often the request comes: 201 each time. Customers open their own."""
    key, caller = asked.key(), asked.caller
    readers = OPENED_BY_STAFF if caller.staff else OPENED
    given = asked.fields(readers, **dict.fromkeys(readers.keys() - set(MANDATORY)))
    details = {"channel": "branch" if caller.branch else "phone" if caller.agent else "web", "language": asked.language}
    details |= {name: value for name, value in given.items() if value is not None}
    details |= _owner(asked, details.get("account_id", ""))
    ticket = tickets.register(details, name_of(caller), key, asked.at)
    if any(getattr(ticket, name) != details.get(name, "") for name in ("subject", "text", "channel", "customer_id")):
        raise Problem(409, "key_reused")
    return _reply(asked, ticket, 201, {"Location": f"tickets/{ticket.number}"})


def _owner(asked: Asked, account_id: str) -> dict[str, str]:
    """Whose ticket it is: of the account that staff name, if they name one; else of the caller's own."""
    own = not asked.caller.staff
    account_id = asked.caller.account_id if own else account_id
    contact = customers.contact(account_id) if account_id else None
    if contact:
        return {"account_id": account_id, "customer_id": contact.customer_id, "name": contact.name}
    if own:
        raise unknown("account")
    if account_id:
        raise Unfit("account_id", "unknown")
    return {}


def find(asked: Asked) -> Reply:
    """A ticket as it now stands; 304 where it is as it was."""
    ticket = theirs(asked.caller, asked.path["number"])
    if str(ticket.version) in re.findall(r'"(\d+)"', asked.headers.get("if-none-match", "")):
        return Reply(304, {}, {"ETag": _tag(ticket)})
    return _reply(asked, ticket)


def timeline(asked: Asked) -> Reply:
    """All that was done to a ticket; ``whole``: whether it is as it was written, by its chain of hashes."""
    ticket = theirs(asked.caller, asked.path["number"])
    entries = tickets.timeline(ticket.number)
    seen = [shown for entry in entries if (shown := entry_shown(entry, asked.caller.staff))]
    # What was added since the ticket was read is no break.
    whole = tickets.broken_at(entries[: ticket.version], ticket.head) is None
    return Reply(200, {"number": ticket.number, "whole": whole, "entries": seen})


def act(asked: Asked) -> Reply:
    """Do something to a ticket, once however often the request comes."""
    key, given = asked.key(), asked.fields(ACT, why="", details={})
    version, ticket = _version(asked), theirs(asked.caller, asked.path["number"])
    return _reply(asked, do(read_act(asked.caller, key, given), ticket, asked.caller, asked.at, version))


def act_on_many(asked: Asked) -> Reply:
    """Do the same to several tickets: each is answered for itself."""
    key, given = asked.key(), asked.fields(ACTS, why="", details={})
    if not asked.caller.agent:
        raise Problem(403, "not_allowed")
    wanted = read_act(asked.caller, key, given)
    return Reply(200, {"results": [_one_of_many(asked, wanted, **one) for one in given["tickets"]]})


def _one_of_many(asked: Asked, wanted: Act, number: str, version: int) -> dict[str, Any]:
    try:
        ticket = do(wanted, theirs(asked.caller, number), asked.caller, asked.at, version)
    except Exception as error:
        problem = heard(error)
        return {"number": number, "status": problem.status, "problem": problem.reply(asked.language).body}
    return {"number": number, "status": 200, "version": ticket.version, "state": ticket.state}


def _version(asked: Asked) -> int | None:
    """The version that the caller has seen, by If-Match: staff must say. "*" is any that there is."""
    given = asked.headers.get("if-match", "").strip()
    if not given and asked.caller.staff:
        raise Problem(428, "version_missing", field="If-Match")
    if given in ("", "*"):
        return None
    found = re.fullmatch(r'"(\d{1,9})"', given, re.ASCII)
    if not found:
        raise bad_field("If-Match")
    return int(found[1])


def _reply(asked: Asked, ticket: Ticket, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    shown = ticket_shown(ticket, asked.caller.staff, verbs_of(asked.caller))
    return Reply(status, shown, {"ETag": _tag(ticket), **(headers or {})})


def _tag(ticket: Ticket) -> str:
    return f'"{ticket.version}"'
