"""What all routes have in common: who asks, for which account, in what language; how an answer or a problem leaves.

A handler takes an :class:`Asked` and gives a :class:`Reply`, or raises. Whoever may not act on the account in the path
is told that there is none: nobody learns which accounts exist.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib.http.caller import Caller, may_act, read_claims
from chalicelib.http.problem import Problem, bad_field, problem_of, unknown
from chalicelib.http.wire import Reader, Reply, read_fields, read_object, reads, text
from chalicelib.http.words import language_of
from chalicelib.platform.clock import now
from chalicelib.platform.log import logger
from chalicelib.platform.settings import web_origin

# What a path may name: how it is written, and what there is none of where it is written otherwise.
PARTS = {
    "account_id": (r"[A-Za-z0-9-]{1,32}", "account"),
    "contract_number": (r"\d{8}", "order"),
    "transfer_number": (r"[A-Za-z0-9-]{1,32}", "transfer"),
    "code": (r"\d{6}", "security"),
    "number": (r"\d{10}", "ticket"),
    "recording": (r"[A-Za-z0-9-]{1,64}", "recording"),
    "object": (r"[0-9a-f]{32}", "attachment"),
}


class Asked(NamedTuple):
    """A request: ``path`` and ``query`` by name, ``headers`` in small letters; ``at`` is when it came."""

    caller: Caller
    at: datetime
    path: dict[str, str]
    query: dict[str, str]
    headers: dict[str, str]
    body: str | bytes

    @property
    def account_id(self) -> str:
        """The account of the path, on which the caller may act."""
        return self.path["account_id"]

    def key(self) -> str:
        """What makes a repetition of this request the same request: its Idempotency-Key, within this person's own."""
        key = self.headers.get("idempotency-key", "")
        if not re.fullmatch(r"[!-~]{1,64}", key):
            raise Problem(400, "key_missing", field="Idempotency-Key")
        return f"http#{self.caller.subject}#{key}"

    @property
    def language(self) -> str:
        """The language that whoever asks wants to be answered in."""
        return language_of(self.headers.get("accept-language", ""))

    def fields(self, readers: dict[str, Reader], **optional: Any) -> dict[str, Any]:
        """The fields of the JSON body; those in ``optional`` may be left out."""
        try:
            given = read_object(self.body)
        except ValueError:
            raise Problem(400, "bad_json") from None
        return _named(given, readers, optional)

    def parameters(self, readers: dict[str, Reader], **optional: Any) -> dict[str, Any]:
        """The parameters of the query; those in ``optional`` may be left out."""
        return _named(self.query, readers, optional)


Handler = Callable[[Asked], Reply]


@reads(type="string", format="date")
def iso_day(value: Any) -> date:
    """Reads a day, YYYY-MM-DD. Of the years 1 and 9999 not all moments have a time in UTC: those are no days here."""
    return date.fromisoformat(text(r"[12]\d{3}-\d\d-\d\d")(value))


def answer(request: Request, parts: dict[str, str], handler: Handler) -> Response:
    """What ``handler`` makes of a request whose path has these ``parts``, as API Gateway takes it. Never raises."""
    headers: dict[str, str | list[str]] = {}
    try:
        reply, code = handler(_asked(request, parts)), ""
        headers["Content-Type"] = "application/json"
    except Exception as error:
        problem = heard(error)
        reply, code = problem.reply(language_of(request.headers.get("accept-language", ""))), problem.code
    logger.info("answered", method=request.method, route=request.path, status=reply.status, code=code)
    if origin := web_origin():
        headers |= {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Expose-Headers": "ETag, Location, Retry-After",
        }
    return Response(reply.body if reply.status != 304 else "", {**headers, **reply.headers}, reply.status)


def heard(error: Exception) -> Problem:
    """The problem that an error is to the client; what is our own mistake is logged."""
    problem = problem_of(error)
    if problem.status >= 500:
        # What the error itself says may hold what was sent: its kind, and where it came from, hold nothing.
        logger.error("failed", kind=type(error).__name__, where=_where(error))
    return problem


def _asked(request: Request, parts: dict[str, str]) -> Asked:
    """The request as handlers have it. Problem where its caller may not ask, or its path names nothing."""
    caller = read_claims((request.context.get("authorizer") or {}).get("claims") or {})
    if caller is None:
        raise Problem(403, "id_token_required")
    for name, value in parts.items():
        pattern, what = PARTS[name]
        if not re.fullmatch(pattern, value, re.ASCII) or (name == "account_id" and not may_act(caller, value)):
            raise unknown(what)
    query = dict(request.query_params.items()) if request.query_params else {}
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Asked(caller, now(), parts, query, headers, request.raw_body)


def _named(given: dict[str, Any], readers: dict[str, Reader], optional: dict[str, Any]) -> dict[str, Any]:
    try:
        return read_fields(given, readers, optional)
    except KeyError as field:
        raise bad_field(str(field.args[0])[:64]) from None


def _where(error: Exception) -> list[str]:
    frames, at = [], error.__traceback__
    while at:
        frames.append(f"{at.tb_frame.f_code.co_filename}:{at.tb_lineno}")
        at = at.tb_next
    return frames
