"""What may be asked of a ticket, by whom, and with which details. What becomes of it is the domain's to say."""

from datetime import datetime
from typing import Any, NamedTuple, get_args

from chalicelib import customers, tickets
from chalicelib.http.caller import Caller
from chalicelib.http.problem import Problem, bad_field, unknown
from chalicelib.http.wire import Reader, one_of, read_fields, reads, text, whole, words
from chalicelib.platform.clock import stamp
from chalicelib.platform.words import LANGUAGES
from chalicelib.tickets import Ticket, Unfit, survey
from chalicelib.tickets.categories import category_names, causes
from chalicelib.tickets.departments import department
from chalicelib.tickets.files import arrived
from chalicelib.tickets.rules import Kind, ReplyBy, Severity, possible

NAME = text(r"[A-Za-z0-9._-]{1,64}")
NUMBER = text(r"\d{10}")
KIND, SEVERITY, REPLY_BY = (one_of(get_args(literal)) for literal in (Kind, Severity, ReplyBy))
LANGUAGE = one_of(LANGUAGES)
MOBILE, EMAIL = text(r"\+\d{6,15}"), text(r"[^\s@]{1,64}@[^\s@]{1,190}")
WHY = words(4000)


@reads(type="string")
def category(value: Any) -> str:
    """Reads the name of a category."""
    if not isinstance(value, str) or not category_names(value):
        raise ValueError
    return value


@reads(type="string")
def cause(value: Any) -> str:
    """Reads the name of a cause."""
    if value not in [known["cause"] for known in causes()]:
        raise ValueError
    return str(value)


@reads(type="string", format="date-time")
def moment(value: Any) -> str:
    """Reads a moment with its offset from UTC, and gives it as the tables have it."""
    at = datetime.fromisoformat(text(r"[12]\d{3}-\d\d-\d\dT[0-9:.]{5,15}(Z|[+-]\d\d:\d\d)")(value))
    return stamp(at)


@reads(type="object")
def details(value: Any) -> dict[str, Any]:
    """Reads an object: what may be in it is the verb's."""
    if not isinstance(value, dict):
        raise ValueError
    return value


REACH = {
    "reply_by": REPLY_BY,
    "mobile": MOBILE,
    "email": EMAIL,
    "address": words(200),
    "language": LANGUAGE,
}
# The details that a verb takes. What it needs of them, the domain says.
DETAILS: dict[str, dict[str, Reader]] = {
    "accept": {},
    "refuse": {},
    "assign": {"assignee": NAME},
    "investigate": {},
    "ask_customer": {},
    "hear_customer": {},
    "resolve": {"cause": cause},
    "reply": {},
    "confirm": {},
    "close": {},
    "reopen": {},
    "note": {},
    "attach": {"object": text("[0-9a-f]{32}"), "name": words(100)},
    "relate": {"number": NUMBER},
    "watch": {"who": NAME},
    "unwatch": {"who": NAME},
    "tell": {"channel": REPLY_BY},
    "rate": {"rating": whole},
    "categorise": {"kind": KIND, "category": category, "severity": SEVERITY},
    "reach": REACH,
    "extend": {"days": whole},
    "transfer": {"department": NAME, "until": moment},
    "take_back": {},
    "answer": {},
    "merge": {"into": NUMBER},
}
_CUSTOMERS = ("hear_customer", "rate", "reopen", "attach")
_BRANCHS = ("attach",)
_AGENTS = tuple(verb for verb in DETAILS if verb != "rate")

ACT: dict[str, Reader] = {"verb": one_of(DETAILS), "why": WHY, "details": details}


def verbs_of(caller: Caller) -> tuple[str, ...]:
    """What they may ask of a ticket that they may see."""
    return _AGENTS if caller.agent else _BRANCHS if caller.branch else _CUSTOMERS


def possible_for(ticket: Ticket, verbs: tuple[str, ...]) -> list[str]:
    """Those of ``verbs`` that the ticket takes as it is."""
    return [verb for verb in possible(ticket) if verb in verbs]


def name_of(caller: Caller) -> str:
    """Whom an entry of theirs names."""
    return f"agent:{caller.name}" if caller.staff else "customer"


class Act(NamedTuple):
    """A thing to be done, to one ticket or to many, under a key for each."""

    key: str
    verb: str
    why: str
    details: dict[str, Any]


def read_act(caller: Caller, key: str, given: dict[str, Any]) -> Act:
    """What a body of :data:`ACT` asks for. Problem where it cannot be read, or is not theirs to ask."""
    verb = given["verb"]
    if verb not in verbs_of(caller):
        raise Problem(403, "not_allowed")
    return Act(f"{key}#rate" if verb == "rate" else key, verb, given["why"], _read(verb, given["details"]))


def do(act: Act, ticket: Ticket, caller: Caller, at: datetime, version: int | None) -> Ticket:
    """Do it to a ticket of which ``version`` was seen (None: whichever); what was done before under this key is not
    done again."""
    if act.key in ticket.keys:
        _same(act, ticket.number)
    else:
        _check(act, ticket, at)
    by = name_of(caller)
    try:
        if act.verb == "rate":
            rating = act.details.get("rating", 0)
            return survey.rate(ticket.number, rating, by, act.key.removesuffix("#rate"), at, act.why)
        return tickets.act(ticket.number, act.verb, by, act.key, at, act.why, act.details, version)
    except tickets.IllegalMove as error:
        theirs = tuple(verb for verb in error.possible if verb in verbs_of(caller))
        raise tickets.IllegalMove(error.verb, error.state, theirs) from None


def _same(act: Act, number: str) -> None:
    """Raise where the key was used for something else."""
    done = next(entry for entry in tickets.timeline(number) if entry.key == act.key)
    if (done.verb, done.why) != (act.verb, act.why) or not act.details.items() <= done.details.items():
        raise Problem(409, "key_reused")


def _read(verb: str, given: dict[str, Any]) -> dict[str, Any]:
    readers = DETAILS[verb]
    try:
        read = read_fields(given, readers, dict.fromkeys(readers))
    except KeyError as field:
        raise bad_field(f"details.{str(field.args[0])[:64]}") from None
    return {name: value for name, value in read.items() if value is not None}


def _check(act: Act, ticket: Ticket, at: datetime) -> None:
    """Raise Unfit for what is named and is not there."""
    given = act.details
    for field in ("into", "number"):
        if field in given and tickets.find(given[field]) is None:
            raise Unfit(field, "unknown")
    if "department" in given and department(given["department"]) is None:
        raise Unfit("department", "unknown")
    if "until" in given and given["until"] <= stamp(at):
        raise Unfit("until", "past")
    if act.verb == "attach" and not arrived(ticket.number, given.get("object", "")):
        raise Unfit("object", "not_arrived")


def theirs(caller: Caller, number: str) -> Ticket:
    """The ticket, if the caller may see it; Problem as for one that is not there if not."""
    ticket = tickets.find(number)
    if ticket is None or not (caller.staff or _is_own(caller, ticket)):
        raise unknown("ticket")
    return ticket


def _is_own(caller: Caller, ticket: Ticket) -> bool:
    """Whether it is of their account, or of them without one: registered by e-mail, for example."""
    if not caller.account_id:
        return False
    if ticket.account_id == caller.account_id:
        return True
    contact = customers.contact(caller.account_id)
    return contact is not None and bool(ticket.customer_id) and ticket.customer_id == contact.customer_id
