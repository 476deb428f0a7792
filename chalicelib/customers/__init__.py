"""Who is calling: customers, and the phone password that proves it.

Verbs: :func:`account_key`, :func:`identify`, :func:`confirm_pin`, :func:`change_pin`, :func:`register`,
:func:`contact`.
"""

import hashlib
import hmac
import secrets as random
from datetime import date
from typing import Literal, NamedTuple

from chalicelib.customers.models import Customer
from chalicelib.customers.rules import PASSWORD_COST, Unfit, decoy, matches, password_hash, unfit
from chalicelib.platform.secrets import secrets
from chalicelib.platform.settings import pin_attempts_a_day

Refused = Literal["wrong", "locked"]


class Identified(NamedTuple):
    """A caller who proved who they are. ``account_tail``: the last four digits, for people to recognise."""

    customer_id: str
    account_id: str
    name: str
    level: str
    account_tail: str


class Contact(NamedTuple):
    """Whose an account is, and how to reach them: ``mobile`` in E.164, ``email``; "" for what is not known."""

    customer_id: str
    name: str
    account_tail: str
    mobile: str
    email: str


def account_key(account_number: str) -> str:
    """The key under which an account is stored: account numbers are few enough to try, so the hash takes the pepper."""
    return hmac.new(secrets().pepper, b"account:" + account_number.encode(), hashlib.sha256).hexdigest()


def register(
    *,
    account_number: str,
    pin: str,
    customer_id: str,
    account_id: str,
    name: str,
    level: str,
    pin_cost: str | None = None,
    mobile: str = "",
    email: str = "",
) -> bool:
    """Take a customer's phone password and account. False where the account is there already, which stays as it is.

    ``mobile`` (E.164) and ``email`` are where they want to be told, if they want to.
    ``pin_cost`` (scrypt's N, r and p) is the house's own where none is given.
    """
    cost = pin_cost or PASSWORD_COST
    salt = random.token_bytes(16)
    customer = Customer(
        account_key(account_number),
        customer_id=customer_id,
        account_id=account_id,
        name=name,
        level=level,
        account_tail=account_number[-4:],
        pin_salt=salt,
        pin_cost=cost,
        pin_hash=password_hash(pin, salt, secrets().pepper, cost),
        failure_day="",
        failures=0,
        last_attempt="",
        mobile=mobile or None,
        email=email or None,
    )
    return customer.put_new()


def contact(account_id: str) -> Contact | None:
    """Who has this account and how to reach them; None for no such account. May be a moment old."""
    for found in Customer.by_account.query(account_id):
        return Contact(found.customer_id, found.name, found.account_tail, found.mobile or "", found.email or "")
    return None


def identify(key: str, pin: str, *, attempt: str, today: date) -> Identified | Refused:
    """Check a phone password; ``attempt`` names this one entry, so that a repeated delivery counts once.

    The attempt is counted before the password is looked at: guesses made at the same moment cannot outrun the lock.
    Five failures in a day at the exchange lock the account until the next. An unknown account answers as a wrong
    password does, after the same work.
    """
    limit, day = pin_attempts_a_day(), today.isoformat()
    customer = _count_attempt(key, attempt, day, limit)
    if customer is None:
        decoy(pin, secrets().pepper)
        return "wrong"
    if customer.locked_for(attempt, day, limit):
        return "locked"
    if not matches(pin, customer.pin_hash, customer.pin_salt, secrets().pepper, customer.pin_cost):
        return "locked" if customer.failures >= limit else "wrong"
    customer.forget_failures(attempt)
    return Identified(customer.customer_id, customer.account_id, customer.name, customer.level, customer.account_tail)


def confirm_pin(key: str, account_id: str, pin: str, *, attempt: str, today: date) -> Identified | Refused:
    """Have a caller who is identified as ``account_id`` give the phone password once more, as :func:`identify` does.

    PermissionError where the account under ``key`` is another: no attempt is counted then.
    """
    _owned(key, account_id)
    return identify(key, pin, attempt=attempt, today=today)


def change_pin(
    key: str, account_id: str, old: str, new: str, *, attempt: str, change: str, today: date
) -> Literal["changed"] | Refused | Unfit:
    """Put ``new`` in the place of the phone password ``old``, once however often this is called for one ``change``.

    ``attempt`` names the entry of the old one: wrong, it counts as in :func:`identify`, and towards the same lock.
    PermissionError where the account under ``key`` is not ``account_id``: no attempt is counted then.
    """
    refusal = unfit(new, old)
    if refusal:
        return refusal
    customer = _owned(key, account_id)
    if customer.pin_change == change:
        return "changed"
    caller = identify(key, old, attempt=attempt, today=today)
    if isinstance(caller, Identified) and _replace_pin(customer, new, change):
        return "changed"
    # Perhaps the same event, delivered at the same moment, was quicker.
    if _owned(key, account_id).pin_change == change:
        return "changed"
    return caller if isinstance(caller, str) else "wrong"


def _replace_pin(customer: Customer, new: str, change: str) -> bool:
    salt = random.token_bytes(16)
    return customer.replace_pin(salt, password_hash(new, salt, secrets().pepper, customer.pin_cost), change)


def _owned(key: str, account_id: str) -> Customer:
    """The customer under ``key``, who is the one identified as ``account_id``: the flow's attributes may be forged."""
    customer = Customer.find(key)
    if customer is None or customer.account_id != account_id:
        raise PermissionError(
            "That is not the account of this caller: the flow must send the AccountKey it identified."
        )
    return customer


def _count_attempt(key: str, attempt: str, today: str, limit: int) -> Customer | None:
    """Count ``attempt`` in one conditional write and return the customer as it then stands; None for no such account.

    The first attempt of a day, which for most callers is the only one, succeeds with the first write. A customer
    already locked, or this very attempt delivered again, comes back uncounted.
    """
    customer = Customer(key)
    if customer.open_day(attempt, today) or customer.count_attempt(attempt, today, limit):
        return customer
    return Customer.find(key)
