"""The operations that ask for a statement: of which days, where to, read back, and requested.

The domain is imported where it is used: few calls need it, and every cold start would pay.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from chalicelib.platform.clock import business_day, now
from chalicelib.voice.call import Answer, Call
from chalicelib.voice.caller import contact_of
from chalicelib.voice.confirmation import confirmation_id, confirmed_key
from chalicelib.voice.keypad import calendar_day
from chalicelib.voice.speech import day, digits, say

if TYPE_CHECKING:
    from chalicelib.statements import Channel, Period, Refusal

_CHANNELS: dict[str, tuple[Channel, ...]] = {"fax": ("fax",), "email": ("email",), "both": ("fax", "email")}
_DAY_DIGITS = 8


def choose_statement(call: Call) -> Answer:
    """Kind daily | monthly | period, the latter with First and Last (YYYYMMDD) -> Result ok, First, Last (ISO), Speech.

    Or refused, Speech, and Field: which of the two days to enter again. Daily is the last trading day that can be
    stated, monthly the calendar month before this one.
    """
    from chalicelib import statements

    at, kind = now(), call.parameter("Kind")
    if kind == "daily":
        first = last = statements.day_of_statement(at)
    elif kind == "monthly":
        first, last = statements.last_month(at)
    else:
        days = [_day_keyed(call.parameter(name)) for name in ("First", "Last")]
        if days[0] is None or days[1] is None:
            field = "first" if days[0] is None else "last"
            return _refused(call, field, field=field)
        first, last = days[0], days[1]
    period = statements.Period(first, last)
    refusal = statements.refuse_period(period, at)
    if refusal:
        return _refused_by(call, refusal, at)
    said = say(call.language, "statement.chosen", what=_named(call.language, period, at))
    return {"Result": "ok", "First": first.isoformat(), "Last": last.isoformat(), "Speech": said}


def choose_email(call: Call) -> Answer:
    """-> Result ok; or refused, and Speech: there is no e-mail address of the caller on file that could be used."""
    from chalicelib import statements

    refusal = statements.refuse_destinations({"email": contact_of(call).email})
    return _refused(call, refusal.rule) if refusal else {"Result": "ok"}


def choose_fax(call: Call) -> Answer:
    """FaxNumber, as keyed in -> Result ok, and Speech: the number digit by digit; or refused, and Speech."""
    from chalicelib import statements

    keys = call.parameter("FaxNumber")
    if statements.fax_number(keys) is None:
        return _refused(call, "fax_number")
    return {"Result": "ok", "Speech": say(call.language, "statement.fax_number", number=digits(keys))}


def preview_statement(call: Call) -> Answer:
    """First, Last (ISO), Channel fax | email | both, FaxNumber -> Result ok, ConfirmationId and the read-back."""
    channel = call.parameter("Channel")
    what = _named(call.language, _period(call), now())
    said = say(call.language, f"statement.read_back.{channel}", what=what, number=digits(call.parameter("FaxNumber")))
    return {"Result": "ok", "ConfirmationId": confirmation_id(), "Speech": said}


def request_statement(call: Call) -> Answer:
    """First, Last, Channel, FaxNumber, ConfirmationId -> Result requested with Number; or refused; and Speech.

    The e-mail goes to the address on file. The contact and the confirmation name the request: delivered again, the
    event yields the same number and sends nothing twice.
    """
    from chalicelib import statements

    at, contact = now(), contact_of(call)
    where = {"fax": statements.fax_number(call.parameter("FaxNumber")) or "", "email": contact.email}
    requested = statements.request(
        call.account_id(),
        call.attributes["CustomerId"],
        _period(call),
        call.language,
        {channel: where[channel] for channel in _CHANNELS[call.parameter("Channel")]},
        confirmed_key(call),
        at,
    )
    if isinstance(requested, statements.Refusal):
        return _refused_by(call, requested, at)
    key = "statement.requested" if contact.mobile else "statement.requested.untold"
    said = say(call.language, key, number=digits(requested.number))
    return {"Result": "requested", "Number": requested.number, "Speech": said}


def _period(call: Call) -> Period:
    from chalicelib.statements import Period

    return Period(date.fromisoformat(call.parameter("First")), date.fromisoformat(call.parameter("Last")))


def _day_keyed(keys: str) -> date | None:
    """A day keyed in as YYYYMMDD; None for anything else."""
    whole = keys.isascii() and keys.isdigit() and len(keys) == _DAY_DIGITS
    return calendar_day(int(keys[:4]), keys[4:]) if whole else None


def _named(language: str, period: Period, at: datetime) -> str:
    """A statement as people call it: of a day, of a month, or from when to when."""
    today = business_day(at)
    first, last = (day(language, one, today) for one in period)
    month = say(language, f"month.{period.first.month}")
    year = period.first.year
    return say(language, f"statement.{period.kind}", day=first, first=first, last=last, month=month, year=year)


def _refused_by(call: Call, refusal: Refusal, at: datetime) -> Answer:
    today = business_day(at)
    facts = {
        name: day(call.language, fact, today) if isinstance(fact, date) else str(fact)
        for name, fact in refusal.facts.items()
    }
    return _refused(call, refusal.rule, facts, "last" if "last" in facts else "first")


def _refused(call: Call, rule: str, facts: Mapping[str, str] | None = None, field: str = "first") -> Answer:
    """``field``: which day to enter again, where it is the days that are wrong."""
    return {
        "Result": "refused",
        "Field": field,
        "Speech": say(call.language, f"statement_refused.{rule}", **facts or {}),
    }
