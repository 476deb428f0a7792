"""Pure rules of identification: what keys make an account number or a phone password, which passwords are too easy to
guess, and how a password is kept."""

import hashlib
import hmac
import re
from itertools import pairwise
from typing import Literal

# scrypt's N (as a power of two), r and p; kept with each hash, so that it can be raised without asking anybody for a
# new password. OWASP, Password Storage Cheat Sheet: N=2^14, r=8, p=5 (16 MiB).
PASSWORD_COST = "14:8:5"

# Why a new phone password is not taken: no six digits, the old one again, or easy to guess.
Unfit = Literal["invalid", "same", "easy"]

_ACCOUNT_NUMBER = re.compile(r"[0-9]{8}\Z")
_PIN = re.compile(r"[0-9]{6}\Z")


def is_account_number(keys: str) -> bool:
    """A capital account number has eight digits."""
    return bool(_ACCOUNT_NUMBER.match(keys))


def is_pin(keys: str) -> bool:
    """A phone password has six digits."""
    return bool(_PIN.match(keys))


def unfit(new: str, old: str) -> Unfit | None:
    """What is wrong with ``new`` as the next phone password after ``old``; None for nothing."""
    if not is_pin(new):
        return "invalid"
    if hmac.compare_digest(new, old):
        return "same"
    return "easy" if is_easy(new) else None


def is_easy(pin: str) -> bool:
    """Whether each digit is the last one again (888888), the next (456789) or the one before (321098): what somebody
    else tries first."""
    steps = {(int(digit) - int(before)) % 10 for before, digit in pairwise(pin)}
    return steps in ({0}, {1}, {9})


def password_hash(pin: str, salt: bytes, pepper: bytes, cost: str) -> bytes:
    """scrypt (RFC 7914) of the peppered password: without the pepper a stolen table cannot be searched."""
    power, block_size, parallelism = map(int, cost.split(":"))
    peppered = hmac.new(pepper, b"pin:" + pin.encode(), hashlib.sha256).digest()
    return hashlib.scrypt(peppered, salt=salt, n=2**power, r=block_size, p=parallelism, maxmem=2**27, dklen=32)


def matches(pin: str, expected: bytes, salt: bytes, pepper: bytes, cost: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(password_hash(pin, salt, pepper, cost), expected)


def decoy(pin: str, pepper: bytes) -> None:
    """Spend what a real check costs, so that an unknown account takes as long to refuse as a known one."""
    password_hash(pin, b"\0" * 16, pepper, PASSWORD_COST)
