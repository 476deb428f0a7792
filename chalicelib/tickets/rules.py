"""What may become of a ticket. Pure: no clock, no network, no environment.

A ticket is what its timeline makes of it: :func:`apply` adds one entry, and :func:`fold` begins with none.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from chalicelib.tickets.timeline import Entry

Kind = Literal["complaint", "suggestion", "consultation", "request"]
Channel = Literal["phone", "voicemail", "web", "email", "branch", "12386"]
Severity = Literal["low", "normal", "high"]
ReplyBy = Literal["sms", "email", "call", "letter"]
State = Literal[
    "registered",
    "accepted",
    "refused",
    "assigned",
    "investigating",
    "waiting",
    "resolved",
    "replied",
    "confirmed",
    "closed",
    "reopened",
]

# What leads from where to where; every other pair is illegal.
MOVES: dict[str, dict[State, State]] = {
    "accept": {"registered": "accepted"},
    "refuse": {"registered": "refused"},
    "assign": {
        "accepted": "assigned",
        "assigned": "assigned",
        "investigating": "assigned",
        "reopened": "assigned",
    },
    "investigate": {"assigned": "investigating"},
    "ask_customer": {"investigating": "waiting"},
    "hear_customer": {"waiting": "investigating"},
    "resolve": {"investigating": "resolved"},
    "reply": {"resolved": "replied", "refused": "replied"},
    "confirm": {"replied": "confirmed"},
    "close": {"confirmed": "closed", "replied": "closed"},
    "reopen": {"replied": "reopened", "confirmed": "reopened", "closed": "reopened"},
}
WORKED_ON: tuple[State, ...] = ("registered", "accepted", "assigned", "investigating", "waiting", "reopened")
OPEN: tuple[State, ...] = (*WORKED_ON, "refused", "resolved", "replied", "confirmed")
ANY: tuple[State, ...] = (*OPEN, "closed")

# What leaves the state as it is, and in which states that may be done.
ACTS: dict[str, tuple[State, ...]] = {
    "note": ANY,
    "attach": ANY,
    "link_contact": ANY,
    "link_recording": ANY,
    "listen": ANY,  # somebody of the staff was given a recording to listen to
    "relate": ANY,
    "watch": ANY,
    "unwatch": ANY,
    "tell": ANY,  # the customer was told something
    "rate": ("replied", "confirmed", "closed"),  # what the customer thinks of the handling
    "categorise": OPEN,
    "reach": OPEN,  # how the customer wants to hear of it
    "extend": ("accepted", "assigned", "investigating", "waiting", "reopened"),
    "transfer": ("accepted", "assigned", "investigating", "waiting", "reopened"),
    "take_back": ("accepted", "assigned", "investigating", "waiting", "reopened"),
    "answer": ("accepted", "assigned", "investigating", "waiting", "reopened"),
    "merge": WORKED_ON,
    "ring": OPEN,  # a clock warned, or was breached
}

# Acts whose entries the customer does not see.
INTERNAL = ("note", "watch", "unwatch", "ring", "relate", "categorise", "answer", "transfer", "take_back", "listen")

# A request repeated later than this many others is not recognised any more.
KEYS_KEPT = 20
_WORDS_NEEDED = ("refuse", "extend", "reopen", "merge", "ask_customer", "hear_customer", "resolve", "answer", "note")


class IllegalMove(Exception):
    """``verb`` cannot be done to a ticket in ``state``; ``possible`` are the verbs that can."""

    def __init__(self, verb: str, state: str, possible: tuple[str, ...]) -> None:
        super().__init__(f"A ticket that is {state} takes no {verb}: it takes {', '.join(possible)}.")
        self.verb, self.state, self.possible = verb, state, possible


class Unfit(Exception):
    """``field`` of what was asked is missing, or is not what it may be: ``rule`` names the sentence."""

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(f"{field}: {rule}")
        self.field, self.rule = field, rule


class Ticket(NamedTuple):
    """A ticket as it now stands; times are UTC, ISO 8601, "" for not yet.

    ``customer_id`` and ``account_id`` are "" for somebody unknown; ``mobile`` (E.164) and ``email`` are what was left
    for this ticket. ``referral``: the regulator's own number of what 12386 handed on. ``result`` is what the customer
    is told. ``pauses``: from when to when the customer was awaited, the last of them open while the state is waiting.
    ``asked_at`` and ``asked_until``: when the department was asked, and when it must have answered ("" where it need
    not). ``counts_from``: when the handling began that its clock counts from. ``rung``: what clocks have said since.
    ``contacts``: contact ids; ``recordings``: the object of each. ``keys``: what the last requests were known by.
    ``version`` counts the entries; ``edited`` is the version that the last of them made which was more than the house's
    own bookkeeping: what a clock said, or the customer was told, makes nobody's view of the ticket an old one.
    """

    number: str
    kind: Kind
    channel: Channel
    language: str
    subject: str
    text: str
    registered_at: str
    state: State = "registered"
    customer_id: str = ""
    account_id: str = ""
    segment: str = "ordinary"
    name: str = ""
    mobile: str = ""
    email: str = ""
    address: str = ""
    reply_by: ReplyBy = "sms"
    severity: Severity = "normal"
    category: str = ""
    referral: str = ""
    assignee: str = ""
    department: str = ""
    asked_at: str = ""
    asked_until: str = ""
    counts_from: str = ""
    responded_at: str = ""
    resolved_at: str = ""
    replied_at: str = ""
    closed_at: str = ""
    reason: str = ""
    result: str = ""
    cause: str = ""
    extended_days: int = 0
    pauses: tuple[tuple[str, str], ...] = ()
    rung: tuple[str, ...] = ()
    reopened: int = 0
    rating: int = 0
    duplicate_of: str = ""
    related: tuple[str, ...] = ()
    watchers: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    recordings: dict[str, str] = {}  # noqa: RUF012  a named tuple's default, never changed
    attachments: dict[str, str] = {}  # noqa: RUF012  a named tuple's default, never changed
    keys: tuple[str, ...] = ()
    changed_at: str = ""
    version: int = 0
    edited: int = 0
    head: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to do something with it."""
        return self.state != "closed"


REGISTERED_WITH = (
    "kind", "channel", "language", "subject", "text", "customer_id", "account_id", "segment", "name", "mobile", "email",
    "address", "reply_by", "severity", "category", "referral",
)  # fmt: skip


def fold(entries: Iterable[Entry]) -> Ticket:
    """The ticket of a whole timeline. ValueError for an empty one."""
    ticket: Ticket | None = None
    for found in entries:
        ticket = apply(ticket, found)
    if ticket is None:
        raise ValueError("A ticket begins with the entry that registers it.")
    return ticket


def unrecorded(ticket: Ticket) -> tuple[str, ...]:
    """The contacts of a ticket of which it has no recording, or not yet."""
    recorded = {contact_of(ticket, name) for name in ticket.recordings}
    return tuple(one for one in ticket.contacts if one not in recorded)


def contact_of(ticket: Ticket, recording: str) -> str:
    """The contact of a recording, whose name begins with its id; the name itself where no such contact is linked."""
    return next((one for one in ticket.contacts if recording.startswith(one)), recording)


def possible(ticket: Ticket) -> tuple[str, ...]:
    """The verbs that the ticket takes as it is."""
    moves = [verb for verb, ways in MOVES.items() if ticket.state in ways]
    return (*moves, *(verb for verb, states in ACTS.items() if ticket.state in states))


def apply(ticket: Ticket | None, done: Entry) -> Ticket:
    """The ticket after ``done``. Raises :class:`IllegalMove` where its state takes no such verb, :class:`Unfit` where
    what the verb needs is missing."""
    if ticket is None or done.verb == "register":
        return _registered(ticket, done)
    verbs = possible(ticket)
    if done.verb not in verbs:
        raise IllegalMove(done.verb, ticket.state, verbs)
    if done.verb in _WORDS_NEEDED and not done.why.strip():
        raise Unfit("why", "missing")
    changed: dict[str, Any] = _CHANGES[done.verb](ticket, done) if done.verb in _CHANGES else {}
    if done.verb in MOVES:
        changed["state"] = MOVES[done.verb][ticket.state]
    keys = (*ticket.keys, done.key)[-KEYS_KEPT:]
    if done.verb in MOVES or not (done.by.startswith("system:") or done.verb == "listen"):
        changed["edited"] = done.sequence
    return ticket._replace(**changed, keys=keys, version=done.sequence, head=done.hash, changed_at=done.at)


def _registered(ticket: Ticket | None, done: Entry) -> Ticket:
    if ticket is not None or done.verb != "register":
        raise IllegalMove(
            done.verb, ticket.state if ticket else "not there", possible(ticket) if ticket else ("register",)
        )
    given = {name: done.details[name] for name in REGISTERED_WITH if name in done.details}
    for name in ("kind", "channel", "language", "subject"):
        if not given.get(name):
            raise Unfit(name, "missing")
    if given["channel"] == "12386" and not given.get("referral"):
        raise Unfit("referral", "missing")
    return Ticket(
        number=done.number,
        text=given.pop("text", ""),
        registered_at=done.at,
        keys=(done.key,),
        changed_at=done.at,
        version=done.sequence,
        edited=done.sequence,
        head=done.hash,
        **given,
    )


def _accept(ticket: Ticket, done: Entry) -> dict[str, Any]:
    return {"counts_from": done.at}


def _refuse(ticket: Ticket, done: Entry) -> dict[str, Any]:
    return {"reason": done.why, "result": done.why}


def _assign(ticket: Ticket, done: Entry) -> dict[str, Any]:
    return {"assignee": _needed(done, "assignee")}


def _ask_customer(ticket: Ticket, done: Entry) -> dict[str, Any]:
    rung = tuple(said for said in ticket.rung if not said.startswith("waiting#"))
    return {"pauses": (*ticket.pauses, (done.at, "")), "responded_at": ticket.responded_at or done.at, "rung": rung}


def _hear_customer(ticket: Ticket, done: Entry) -> dict[str, Any]:
    return {"pauses": (*ticket.pauses[:-1], (ticket.pauses[-1][0], done.at))}


def _resolve(ticket: Ticket, done: Entry) -> dict[str, Any]:
    return {"resolved_at": done.at, "result": done.why, "cause": done.details.get("cause", "")}


def _reply(ticket: Ticket, done: Entry) -> dict[str, Any]:
    return {"replied_at": done.at, "responded_at": ticket.responded_at or done.at}


def _close(ticket: Ticket, done: Entry) -> dict[str, Any]:
    return {"closed_at": done.at}


def _reopen(ticket: Ticket, done: Entry) -> dict[str, Any]:
    return {
        "closed_at": "",
        "replied_at": "",
        "resolved_at": "",
        "counts_from": done.at,
        "extended_days": 0,
        "pauses": (),
        "rung": (),
        "reopened": ticket.reopened + 1,
        "rating": 0,
    }


def _tell(ticket: Ticket, done: Entry) -> dict[str, Any]:
    """A machine's acknowledgement is no response; what a person tells is."""
    by_person = not done.by.startswith("system")
    return {"responded_at": ticket.responded_at or done.at} if by_person else {}


def _rate(ticket: Ticket, done: Entry) -> dict[str, Any]:
    rating = done.details.get("rating")
    if type(rating) is not int or not 1 <= rating <= 5:
        raise Unfit("rating", "one_to_five")
    return {"rating": rating}


def _categorise(ticket: Ticket, done: Entry) -> dict[str, Any]:
    return {name: done.details[name] for name in ("kind", "category", "severity") if name in done.details}


def _reach(ticket: Ticket, done: Entry) -> dict[str, Any]:
    names = ("reply_by", "mobile", "email", "address", "language")
    return {name: done.details[name] for name in names if name in done.details}


def _extend(ticket: Ticket, done: Entry) -> dict[str, Any]:
    days, most = done.details.get("days"), done.details.get("most")
    if type(days) is not int or type(most) is not int or not 1 <= days <= most - ticket.extended_days:
        raise Unfit("days", "more_than_may_be")
    rung = tuple(said for said in ticket.rung if not said.startswith("resolution#"))
    return {"extended_days": ticket.extended_days + days, "rung": rung}


def _transfer(ticket: Ticket, done: Entry) -> dict[str, Any]:
    rung = tuple(said for said in ticket.rung if not said.startswith("department#"))
    asked = {"asked_at": done.at, "asked_until": done.details.get("until", "")}
    return {"department": _needed(done, "department"), "rung": rung, **asked}


def _answer(ticket: Ticket, done: Entry) -> dict[str, Any]:
    if not ticket.department:
        raise Unfit("department", "none_asked")
    return {"asked_at": "", "asked_until": ""}


def _take_back(ticket: Ticket, done: Entry) -> dict[str, Any]:
    return {"department": "", "asked_at": "", "asked_until": ""}


def _merge(ticket: Ticket, done: Entry) -> dict[str, Any]:
    into = _needed(done, "into")
    if into == ticket.number:
        raise Unfit("into", "itself")
    return {"state": "closed", "duplicate_of": into, "closed_at": done.at, "related": _with(ticket.related, into)}


def _relate(ticket: Ticket, done: Entry) -> dict[str, Any]:
    other = _needed(done, "number")
    if other == ticket.number:
        raise Unfit("number", "itself")
    return {"related": _with(ticket.related, other)}


def _watch(ticket: Ticket, done: Entry) -> dict[str, Any]:
    return {"watchers": _with(ticket.watchers, _needed(done, "who"))}


def _unwatch(ticket: Ticket, done: Entry) -> dict[str, Any]:
    return {"watchers": tuple(who for who in ticket.watchers if who != _needed(done, "who"))}


def _link_contact(ticket: Ticket, done: Entry) -> dict[str, Any]:
    return {"contacts": _with(ticket.contacts, _needed(done, "contact_id"))}


def _link_recording(ticket: Ticket, done: Entry) -> dict[str, Any]:
    return {"recordings": ticket.recordings | {_needed(done, "contact_id"): _needed(done, "object")}}


def _attach(ticket: Ticket, done: Entry) -> dict[str, Any]:
    return {"attachments": ticket.attachments | {_needed(done, "object"): _needed(done, "name")}}


def _ring(ticket: Ticket, done: Entry) -> dict[str, Any]:
    return {"rung": _with(ticket.rung, f"{_needed(done, 'clock')}#{_needed(done, 'stage')}")}


_CHANGES = {
    "accept": _accept,
    "refuse": _refuse,
    "assign": _assign,
    "ask_customer": _ask_customer,
    "hear_customer": _hear_customer,
    "resolve": _resolve,
    "reply": _reply,
    "close": _close,
    "reopen": _reopen,
    "tell": _tell,
    "rate": _rate,
    "categorise": _categorise,
    "reach": _reach,
    "extend": _extend,
    "transfer": _transfer,
    "answer": _answer,
    "take_back": _take_back,
    "merge": _merge,
    "relate": _relate,
    "watch": _watch,
    "unwatch": _unwatch,
    "link_contact": _link_contact,
    "link_recording": _link_recording,
    "attach": _attach,
    "ring": _ring,
}


def _needed(done: Entry, name: str) -> str:
    value = done.details.get(name)
    if not isinstance(value, str) or not value:
        raise Unfit(name, "missing")
    return value


def _with(these: tuple[str, ...], one: str) -> tuple[str, ...]:
    return these if one in these else (*these, one)


def ticket_numbers(year: int, key: str) -> Iterator[str]:
    """The numbers to try for a ticket of ``year``, in turn: always the same ones for the same key.

    Ten digits: the year's last two, seven, and a check digit. The next one is needed only where another ticket has it.
    """
    attempt = 0
    while True:
        digest = hashlib.sha256(f"ticket|{key}|{attempt}".encode()).digest()
        bare = f"{year % 100:02d}{int.from_bytes(digest[:8]) % 10**7:07d}"
        yield bare + _check_digit(bare)
        attempt += 1


def is_ticket_number(keys: str) -> bool:
    """Whether these keys can be a ticket's number: most slips of a finger are found by the check digit."""
    return len(keys) == 10 and keys.isascii() and keys.isdigit() and _check_digit(keys[:-1]) == keys[-1]


def _check_digit(digits: str) -> str:
    """Of ISO/IEC 7812-1, annex B (the Luhn formula)."""
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * 2 if place % 2 == 0 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)
