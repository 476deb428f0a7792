"""The kinds of parameters that the tables of the flow language and of the testing language are made of.

Each yields what is wrong with a value, as sentences that name its path and say what to write. A value in which a
template's ``${Placeholder}`` stands is checked once it has been filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from localconnect.language.references import ROOTS, find_references, is_reference, root_of

_WHOLE_NUMBER = re.compile(r"-?\d+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Text:
    """A string. ``dynamic``: where references may stand. ``least``/``most``: it is a whole number between them, which
    may stand without quotes, as the documentation's own examples have it.
    """

    required: bool = False
    dynamic: Literal["never", "whole", "anywhere"] = "never"
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    longest: int | None = None
    characters: str | None = None

    def problems(self, path: str, value: Any) -> Iterator[str]:
        if self.least is not None and isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            yield f'{path} is {value!r}; write it as a string, as in "5" or "True".'
        elif not value:
            yield f"{path} is empty; leave it out or write something."
        elif find_references(value):
            yield from self._reference_problems(path, value)
        elif "${" not in value:
            yield from self._constant_problems(path, value)

    def _reference_problems(self, path: str, value: str) -> Iterator[str]:
        if self.dynamic == "never":
            yield f"{path} is {value!r}; no reference may stand there, write a fixed value."
        elif self.dynamic == "whole" and not is_reference(value):
            yield f"{path} is {value!r}; write one reference and nothing else, or a fixed value."
        for reference in find_references(value):
            if root_of(reference) not in ROOTS:
                yield f"{path} refers to {reference!r}, but Amazon Connect has no $.{root_of(reference)}."

    def _constant_problems(self, path: str, value: str) -> Iterator[str]:
        if self.choices and value not in self.choices:
            yield f"{path} is {value!r}; write one of {', '.join(self.choices)}."
        if self.least is not None and not (_WHOLE_NUMBER.fullmatch(value) and self._in_range(int(value))):
            upper = f" to {self.most}" if self.most is not None else " up"
            yield f"{path} is {value!r}; write a whole number from {self.least}{upper}."
        if self.longest is not None and len(value) > self.longest:
            yield f"{path} has {len(value):,} characters; {self.longest:,} are allowed."
        if self.characters is not None and not set(value) <= set(self.characters):
            yield f"{path} is {value!r}; only the characters {self.characters} are allowed."

    def _in_range(self, number: int) -> bool:
        return self.least is not None and self.least <= number and (self.most is None or number <= self.most)


@dataclass(frozen=True, slots=True)
class Reference:
    """A string that is one reference, to something inside a namespace."""

    required: bool = True

    def problems(self, path: str, value: Any) -> Iterator[str]:
        if not isinstance(value, str) or not is_reference(value):
            yield f"{path} is {value!r}; write one reference, as in $.Attributes.name."
        elif value in ("$.Attributes", "$.External", "$.FlowAttributes", "$.Modules", "$.Queue"):
            yield f"{path} is {value!r}; name what is in it, as in {value}.name."
        else:
            yield from Text(dynamic="whole").problems(path, value)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of fixed strings."""

    choices: tuple[str, ...]
    required: bool = False

    def problems(self, path: str, value: Any) -> Iterator[str]:
        if not isinstance(value, list) or any(item not in self.choices for item in value):
            yield f"{path} is {value!r}; write a list of {', '.join(self.choices)}."


@dataclass(frozen=True, slots=True)
class Items:
    """A list whose items are all of one kind; ``least`` to ``most`` of them."""

    item: Field
    required: bool = False
    least: int = 0
    most: int | None = None

    def problems(self, path: str, value: Any) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{path} is {value!r}; write a list."
            return
        if len(value) < self.least or (self.most is not None and len(value) > self.most):
            upper = f" to {self.most}" if self.most is not None else " or more"
            yield f"{path} has {len(value)} items; write {self.least}{upper}."
        for number, item in enumerate(value, 1):
            yield from self.item.problems(f"{path}[{number}]", item)


@dataclass(frozen=True, slots=True)
class Names:
    """An object whose keys the author chooses, ``most`` of them if that is given."""

    values: Field
    required: bool = False
    forbidden: str = ""
    most: int | None = None

    def problems(self, path: str, value: Any) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{path} is {value!r}; write an object."
            return
        if self.most is not None and len(value) > self.most:
            yield f"{path} has {len(value)} names; {self.most} are allowed."
        for name, entry in value.items():
            if not name or set(name) & set(self.forbidden):
                yield f"{path} has the name {name!r}; a name has letters in it and none of {self.forbidden or '-'}."
            yield from self.values.problems(f"{path}.{name}", entry)


@dataclass(frozen=True, slots=True)
class Anything:
    """Any JSON; the strings in it may hold references. ``empty``: strings without a character may stand in it."""

    required: bool = False
    empty: bool = False

    def problems(self, path: str, value: Any) -> Iterator[str]:
        if isinstance(value, dict | list):
            for name, entry in value.items() if isinstance(value, dict) else enumerate(value, 1):
                yield from self.problems(f"{path}.{name}", entry)
        elif isinstance(value, str) and not (self.empty and not value):
            yield from Text(dynamic="anywhere").problems(path, value)


@dataclass(frozen=True, slots=True)
class Fields:
    """An object with known keys. Of ``choose`` there must be ``least`` to ``most``, of ``conflict`` at most one."""

    fields: Mapping[str, Field]
    required: bool = False
    choose: tuple[str, ...] = ()
    least: int = 1
    most: int = 1
    conflict: tuple[str, ...] = ()

    def problems(self, path: str, value: Any) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{path} is {value!r}; write an object."
            return
        for name, entry in value.items():
            if name in self.fields:
                yield from self.fields[name].problems(f"{path}.{name}", entry)
            else:
                known = ", ".join(self.fields) or "nothing"
                yield f"{path} has {name!r}, which localconnect does not run there; it runs {known}."
        for name, entry_field in self.fields.items():
            if entry_field.required and name not in value:
                yield f"{path} lacks {name!r}; add it."
        if self.choose and not self.least <= len(value.keys() & set(self.choose)) <= self.most:
            count = "exactly one" if self.least == self.most else "at least one" if self.least else "at most one"
            yield f"{path} must have {count} of {', '.join(self.choose)}."
        if len(value.keys() & set(self.conflict)) > 1:
            yield f"{path} must have at most one of {', '.join(self.conflict)}."


@dataclass(frozen=True, slots=True)
class ReferenceOr:
    """A reference to the whole of it, or ``other`` as it is."""

    other: Fields

    @property
    def required(self) -> bool:
        return self.other.required

    def problems(self, path: str, value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield from Reference().problems(path, value)
        else:
            yield from self.other.problems(path, value)


Field = Text | Reference | Listing | Items | Names | Anything | Fields | ReferenceOr
