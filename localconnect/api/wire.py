"""REST-JSON as botocore speaks it: a request as an operation's parameters, an answer or an error as HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.utils import parse_to_aware_datetime
from botocore.validate import ParamValidator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from localconnect.api import operations
from localconnect.api.errors import ApiError, InvalidInput
from localconnect.api.model import find_operation, service_model
from localconnect.api.service import Service

# Of the errors that the service's model does not have.
_STATUSES = {"NotImplementedException": 501, "UnknownOperationException": 404}


async def respond(service: Service, request: Request) -> Response:
    """Answer a request of the ``connect`` service."""
    path = request.scope["raw_path"].decode("ascii", "replace").partition("?")[0]
    found = find_operation(request.method, path)
    if found is None:
        return _error(ApiError("UnknownOperationException", f"No operation of Connect is {request.method} {path}."))
    operation, labels = found
    try:
        run = operations.find(operation.name)
        parameters = read_parameters(operation, labels, request, await request.body())
        answer = await operations.answer(service, run, parameters)
        return Response(_as_json(answer), media_type="application/json")
    except InvalidInput as invalid:
        has = {shape.name for shape in operation.error_shapes}
        name = "Parameter" if "InvalidParameterException" in has else "Request"
        return _error(ApiError(f"Invalid{name}Exception", str(invalid)))
    except ApiError as error:
        return _error(error)


def read_parameters(
    operation: OperationModel, labels: Mapping[str, str], request: Request, body: bytes
) -> dict[str, Any]:
    """The operation's parameters, from the path's labels, the query, the headers and the body; timestamps are aware
    datetimes. Raises InvalidInput.
    """
    shape = operation.input_shape
    if not isinstance(shape, StructureShape):
        return {}
    written = _read_body(body)
    parameters: dict[str, Any] = {}
    for name, member in shape.members.items():
        wire_name = member.serialization.get("name", name)
        match member.serialization.get("location"):
            case "uri":
                parameters[name] = labels[wire_name]
            case "querystring" if texts := request.query_params.getlist(wire_name):
                parameters[name] = texts if isinstance(member, ListShape) else _from_text(member, texts[-1])
            case "header" if wire_name in request.headers:
                parameters[name] = _from_text(member, request.headers[wire_name])
            case None if written.get(name) is not None:
                parameters[name] = _from_json(member, written[name])
    problems = _problems(shape, parameters)
    if problems:
        raise InvalidInput("\n".join(problems))
    return parameters


def _read_body(body: bytes) -> dict[str, Any]:
    try:
        written = json.loads(body or b"{}")
        json.dumps(written, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"The body is no JSON: {error}.") from error
    if not isinstance(written, dict):
        raise InvalidInput("The body is no JSON object; write the parameters as one.")
    return written


def _from_text(shape: Shape, text: str) -> Any:
    """What is no number and neither true nor false stays text, which the validation then refuses."""
    match shape.type_name:
        case "integer" | "long":
            return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else text
        case "boolean":
            return {"true": True, "false": False}.get(text, text)
        case "timestamp":
            return _read_time(text)
    return text


def _read_time(text: str) -> datetime:
    try:
        return parse_to_aware_datetime(text)
    except (ValueError, RuntimeError) as error:
        raise InvalidInput(f"{text!r} is no time; write seconds since 1970, or ISO 8601.") from error


def _from_json(shape: Shape, value: Any) -> Any:
    match shape, value:
        case StructureShape(), dict():
            members = shape.members
            return {name: _from_json(members[name], value[name]) for name in members if value.get(name) is not None}
        case ListShape(), list():
            return [_from_json(shape.member, item) for item in value]
        case MapShape(), dict():
            return {key: _from_json(shape.value, item) for key, item in value.items()}
        case _, int() | float() | str() if shape.type_name == "timestamp":
            return _read_time(str(value))
    return value


def _problems(shape: StructureShape, parameters: Mapping[str, Any]) -> list[str]:
    report = ParamValidator().validate(parameters, shape)
    if report.has_errors():
        return [report.generate_report()]
    return list(_beyond_limits("", shape, parameters))


def _beyond_limits(name: str, shape: Shape, value: Any) -> Iterator[str]:
    """What botocore's validation leaves to the service: greatest values, and the words that a parameter may be."""
    most = shape.metadata.get("max")
    size = value if isinstance(value, int | float) else len(value) if isinstance(value, str | list | dict) else 0
    if most is not None and size > most:
        yield f"{name} is too {'great' if size is value else 'long'}: {size:,}; {most:,} are allowed."
    match shape:
        case StructureShape():
            for member, part in value.items():
                yield from _beyond_limits(f"{name}.{member}".lstrip("."), shape.members[member], part)
        case ListShape():
            for number, item in enumerate(value):
                yield from _beyond_limits(f"{name}[{number}]", shape.member, item)
        case MapShape():
            for key, item in value.items():
                yield from _beyond_limits(f"{name}.{key}", shape.value, item)
        case _:
            words = shape.metadata.get("enum")
            if words and value not in words:
                yield f"{name} is {value!r}; write one of {', '.join(words)}."


def _as_json(answer: Mapping[str, Any]) -> str:
    return json.dumps(answer, ensure_ascii=False, default=_seconds)


def _seconds(value: object) -> float:
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(f"{value!r} is no value of an answer")


def _error(error: ApiError) -> Response:
    body: dict[str, Any] = {"message": str(error)}
    status = _STATUSES.get(error.code, 400)
    shape = service_model().shape_for(error.code) if error.code not in _STATUSES else None
    if isinstance(shape, StructureShape):
        status = shape.metadata["error"]["httpStatusCode"]
        of_model = {name.lower(): name for name in shape.members}
        # The model writes these names now with a capital, now without.
        body = {of_model.get("message", "message"): str(error)}
        if error.problems:
            body[of_model["problems"]] = [{"message": problem} for problem in error.problems]
    return JSONResponse(body, status, headers={"x-amzn-errortype": error.code})
