"""Functions that answer from a JSON file, so that a flow runs with nothing behind it::

    {
      "lookup-customer": {"name": "Wang", "tier": "GOLD"},
      "arn:aws:lambda:eu-west-2:111122223333:function:orders*": [{"count": "1"}, {"error": "the database is down"}],
      "*": {"delay": 2, "answer": {"error": "this is an answer, the one above is none"}}
    }

A key is a function's ARN or name, or a pattern of either in which * stands for any characters; the first that fits
counts. A value is what the function answers; in a list, what it answers in turn, the last one ever after. An object of
nothing but "answer", "error" and "delay" (seconds) says more: "error" is what the function fails with.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from localconnect.effects import Invocation
from localconnect.files import read_file

_INSTRUCTIONS = {"answer", "error", "delay"}


class InvalidStubs(ValueError):
    """A file of stubs that cannot be used as it is; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Stub:
    """One thing that a function does when it is called, after ``delay`` seconds."""

    invocation: Invocation
    delay: float = 0


Stubs = Mapping[str, tuple[Stub, ...]]
"""What the functions that fit a pattern do, in turn."""


def read_stubs(path: Path) -> Stubs:
    """Raises UnreadableFile or InvalidStubs."""
    text = read_file(path)
    try:
        written = json.loads(text)
    except ValueError as error:
        raise InvalidStubs(f"{path}: this is no JSON: {error}.") from error
    if not isinstance(written, dict):
        raise InvalidStubs(f'{path}: write an object, from functions to answers, such as {{"lookup": {{"a": "b"}}}}.')
    return {pattern: tuple(_read_entry(f"{path}: {pattern!r}", entry)) for pattern, entry in written.items()}


def _read_entry(place: str, entry: Any) -> Iterator[Stub]:
    if entry == []:
        raise InvalidStubs(f"{place} has no answers; write at least one into the list.")
    for answer in entry if isinstance(entry, list) else [entry]:
        yield _read_answer(place, answer)


def _read_answer(place: str, answer: Any) -> Stub:
    if not (isinstance(answer, dict) and answer and answer.keys() <= _INSTRUCTIONS):
        return Stub(Invocation(json.dumps(answer).encode()))
    delay, error = answer.get("delay", 0), answer.get("error")
    if isinstance(delay, bool) or not isinstance(delay, int | float) or delay < 0:
        raise InvalidStubs(f"{place} has the delay {delay!r}; write seconds, such as 2.")
    if error is not None:
        return Stub(Invocation(error=f"the function failed: {error}"), delay)
    return Stub(Invocation(json.dumps(answer.get("answer", {})).encode()), delay)


class StubFunctions:
    """``wait`` lets a delay go by; ``missing`` is told of each call for which there is no stub."""

    def __init__(
        self,
        stubs: Stubs,
        *,
        wait: Callable[[float], None] = time.sleep,
        missing: Callable[[str], None] = lambda arn: None,
    ) -> None:
        self._stubs = stubs
        self._wait = wait
        self._missing = missing
        self._calls: Counter[str] = Counter()

    def invoke(self, arn: str, event: dict[str, Any], seconds: float) -> Invocation:
        pattern = next((pattern for pattern in self._stubs if _fits(pattern, arn)), None)
        if pattern is None:
            self._missing(arn)
            return Invocation(error=f"no stub stands for the function {arn!r}")
        stubs = self._stubs[pattern]
        stub = stubs[min(self._calls[pattern], len(stubs) - 1)]
        self._calls[pattern] += 1
        self._wait(min(stub.delay, seconds))
        return Invocation(error=f"no answer within {seconds:g} s") if stub.delay > seconds else stub.invocation


def _fits(pattern: str, arn: str) -> bool:
    """An ARN ends in the function's name, or in that and a version or alias."""
    name = arn.partition(":function:")[2].partition(":")[0]
    return any(fnmatchcase(known, pattern) for known in (arn, name) if known)
