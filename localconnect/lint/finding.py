"""What the linter finds, and what its rules are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from localconnect.graph import Graph

Severity = Literal["error", "warning", "note"]

SECRET_WORDS = (
    "account",
    "card",
    "cvv",
    "iban",
    "passcode",
    "password",
    "pin",
    "ssn",
    "密码",
    "密碼",
    "账号",
    "帳號",
    "卡号",
    "卡號",
)
"""Names of what is not to be read by whoever reads a flow's log: see rule LC005."""


@dataclass(frozen=True, slots=True)
class Context:
    """``graphs``: all that is linted; ``whole``: they are all the flows there are, as those of a template."""

    graphs: Sequence[Graph]
    whole: bool
    secret_words: tuple[str, ...] = SECRET_WORDS


Problem = tuple[str, str]
"""An action's identifier, empty for the flow, and a sentence about it."""

Check = Callable[[Graph, Context], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """``code`` and ``name`` stay as they are for good; ``summary`` says what is wrong and why it matters."""

    code: str
    name: str
    severity: Severity
    summary: str
    check: Check


@dataclass(frozen=True, slots=True)
class Finding:
    rule: Rule
    file: str
    action: str
    sentence: str

    def __str__(self) -> str:
        action = f'action "{self.action}": ' if self.action else ""
        return f"{self.file}: {action}{self.rule.code} {self.sentence}"
