"""The trading domain's named tuples as JSON and back, strictly: what docs/counter.openapi.yaml describes as schemas.

A named tuple is an object with its fields; a Decimal is a text with a decimal point ("7.85", "100.0"), so that a text
that is no number is never taken for one. What does not fit the type is a ValueError, never a guess.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
_DECIMAL = r"-?\d{1,30}\.\d{1,10}"


def dump(value: Any) -> Any:
    """``value`` as JSON has it."""
    if isinstance(value, Decimal):
        return text if "." in (text := f"{value:f}") else f"{text}.0"
    if hasattr(value, "_asdict"):
        return {name: dump(part) for name, part in value._asdict().items()}
    if isinstance(value, dict):
        return {name: dump(part) for name, part in value.items()}
    return [dump(part) for part in value] if isinstance(value, (list, tuple)) else value


def load(kind: type[T], value: Any) -> T:
    """The ``kind`` that ``value`` (parsed JSON) is. ValueError where it is none."""
    hashable: Any = kind
    loaded: T = _loader(hashable)(value)
    return loaded


@cache
def _loader(kind: Any) -> Callable[[Any], Any]:
    origin, args = get_origin(kind), get_args(kind)
    if origin is Literal:
        return lambda value: value if value in args and isinstance(value, str) else _no(kind, value)
    if origin in (Union, UnionType):
        return lambda value: _first(args, value)
    if origin in (list, tuple):
        return lambda value: origin(map(_loader(args[0]), _expect(list, value)))
    if origin is dict:
        return lambda value: {name: _loader(args[1])(part) for name, part in _expect(dict, value).items()}
    if kind is Decimal:
        return _decimal
    return _named_tuple(kind) if hasattr(kind, "_fields") else lambda value: _expect(kind, value)


def _named_tuple(kind: Any) -> Callable[[Any], Any]:
    loaders = {name: _loader(hint) for name, hint in get_type_hints(kind).items()}
    needed = loaders.keys() - kind._field_defaults.keys()

    def loader(value: Any) -> Any:
        given = _expect(dict, value)
        if missing := sorted(needed - given.keys()):
            raise ValueError(f"A {kind.__name__} lacks {', '.join(missing)}.")
        return kind(**{name: load(given[name]) for name, load in loaders.items() if name in given})

    return loader


def _first(kinds: tuple[Any, ...], value: Any) -> Any:
    """The first of the kinds that takes the value; Decimal comes before str where both may."""
    for kind in sorted(kinds, key=lambda kind: kind is not Decimal):
        try:
            return _loader(kind)(value)
        except ValueError:
            continue
    return _no(kinds, value)


def _decimal(value: Any) -> Decimal:
    import re

    return Decimal(value) if isinstance(value, str) and re.fullmatch(_DECIMAL, value, re.ASCII) else _no(Decimal, value)


def _expect(kind: type, value: Any) -> Any:
    """Exactly this type: a bool is no int."""
    return value if type(value) is kind or (kind is NoneType and value is None) else _no(kind, value)


def _no(kind: Any, value: Any) -> Any:
    # Its type and not itself: an answer's content has no place in an error's text.
    raise ValueError(f"There is a {type(value).__name__} where {getattr(kind, '__name__', kind)} was to be.")
