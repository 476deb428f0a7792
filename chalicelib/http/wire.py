"""Values as JSON has them, and JSON bodies as values. Money is text ("785.00"): a JSON number is a float to many."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple


class Reader(NamedTuple):
    """Reads a value as JSON has it, or raises ValueError; ``schema`` (JSON Schema) tells clients what it takes."""

    read: Callable[[Any], Any]
    schema: dict[str, Any]

    def __call__(self, value: Any) -> Any:
        return self.read(value)


def reads(**schema: Any) -> Callable[[Callable[[Any], Any]], Reader]:
    """Makes a :class:`Reader` of a function."""
    return lambda read: Reader(read, schema)


class Reply(NamedTuple):
    """An answer: ``body`` is JSON already."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = {}  # noqa: RUF012  a named tuple's default, never changed


def plain(value: Any) -> Any:
    """For JSON: decimals as text to the fen, finer only where they are."""
    match value:
        case Decimal():
            exact = value if int(value.as_tuple().exponent) < -2 else value.quantize(Decimal("0.01"))
            return format(exact, "f")
        case dict():
            return {name: plain(part) for name, part in value.items()}
        case list() | tuple():
            return [plain(part) for part in value]
    return value


def pick(item: Any, *names: str) -> dict[str, Any]:
    """These fields of a named tuple, for JSON."""
    return {name: plain(getattr(item, name)) for name in names}


def read_object(text: str | bytes) -> dict[str, Any]:
    """A JSON object. ValueError for anything else."""
    try:
        read = json.loads(text)
    except RecursionError:
        raise ValueError("The JSON is nested too deeply.") from None
    if not isinstance(read, dict):
        raise ValueError("The body must be a JSON object.")
    return read


def read_fields(given: Mapping[str, Any], readers: Mapping[str, Reader], optional: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of ``readers``, each read, or as in ``optional`` where it is not given.

    KeyError names a field that is missing, that nobody reads, or that its reader refused.
    """
    if strange := given.keys() - readers.keys():
        raise KeyError(min(strange))
    read = {}
    for name, reader in readers.items():
        if name not in given and name not in optional:
            raise KeyError(name)
        try:
            read[name] = reader(given[name]) if name in given else optional[name]
        except ValueError:
            raise KeyError(name) from None
    return read


def text(pattern: str) -> Reader:
    """Reads text that is all of ``pattern`` (a regular expression)."""

    @reads(type="string", pattern=f"^(?:{pattern})$")
    def read(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
            raise ValueError
        return value

    return read


def one_of(words: Iterable[str]) -> Reader:
    """Reads one of these words."""
    known = tuple(words)

    @reads(enum=list(known))
    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in known:
            raise ValueError
        return value

    return read


def words(most: int) -> Reader:
    """Reads what people write: up to ``most`` characters, new lines among them, and no other control characters."""
    return text(rf"[^\x00-\x08\x0b-\x1f\x7f]{{1,{most}}}")


@reads(type="integer", minimum=0, maximum=10**9)
def whole(value: Any) -> int:
    """Reads a whole number, not below 0 and not beyond a thousand million."""
    if type(value) is not int or not 0 <= value <= 10**9:
        raise ValueError
    return value


@reads(type="string", pattern=r"^\d{1,12}(\.\d{1,4})?$")
def yuan(value: Any) -> Decimal:
    """Reads an amount or a price: text, not a JSON number."""
    return Decimal(text(r"\d{1,12}(\.\d{1,4})?")(value))


@reads(type="array", items={"type": "string", "pattern": "^[a-z_]{1,32}$"}, maxItems=10)
def rules(value: Any) -> tuple[str, ...]:
    """Reads a list of names of rules."""
    if not isinstance(value, list) or len(value) > 10:
        raise ValueError
    name = text(r"[a-z_]{1,32}")
    return tuple(name(each) for each in value)
