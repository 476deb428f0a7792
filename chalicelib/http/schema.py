"""JSON Schema (2020-12, as OpenAPI 3.1 has it) of what answers hold, from the types of the domains' tuples. Pure."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from chalicelib.http.wire import Reader

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
BY_LANGUAGE: Schema = {"type": "object", "additionalProperties": TEXT}
_PLAIN: dict[Any, Schema] = {
    str: TEXT,
    int: WHOLE,
    bool: {"type": "boolean"},
    Decimal: {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
    type(None): {"type": "null"},
    Any: {},
}


def obj(**properties: Schema) -> Schema:
    """An object that has these fields, all of them and no others."""
    return {
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "additionalProperties": False,
    }


def items(schema: Schema) -> Schema:
    """A list of these."""
    return {"type": "array", "items": schema}


def picked(kind: Any, *names: str) -> Schema:
    """What :func:`chalicelib.http.wire.pick` makes of these fields of a named tuple."""
    hints = get_type_hints(kind)
    return obj(**{name: of(hints[name]) for name in names})


def of(hint: Any) -> Schema:
    """The schema of a type."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, UnionType):
        return {"anyOf": [of(argument) for argument in arguments]}
    if origin in (list, tuple):
        return items(of(arguments[0]))
    if origin is dict:
        return {"type": "object", "additionalProperties": of(arguments[1])}
    return picked(hint, *hint._fields)


def body_of(readers: Mapping[str, Reader], optional: Iterable[str] = ()) -> Schema:
    """What a body holds that is read by these readers."""
    schema = obj(**{name: reader.schema for name, reader in readers.items()})
    left_out = set(optional)
    return {**schema, "required": [name for name in readers if name not in left_out]}
