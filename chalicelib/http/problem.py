"""Problems as clients get them: application/problem+json (RFC 9457) with a stable ``code``.

The table of codes is in docs/api.md. 400: the request cannot be read. 403: it is not for whoever asks to do. 404: there
is no such thing, or not for whoever asks. 409: the account, the ticket or the hour stands in the way; the same request
may be taken later. 412: somebody else has changed it meanwhile. 422: the request itself breaks a rule. 503: it is not
known whether it was done; repeat it with the same key.
"""

from typing import Any

from chalicelib.http.wire import Reply, plain
from chalicelib.http.words import message
from chalicelib.tickets import IllegalMove, Outdated, Unfit
from chalicelib.trading import NotCancelled, Refusal, SpokenWarning
from chalicelib.trading.counter import KeyReused

# What DynamoDB says when it is too busy, and when the same rows are being changed by somebody else.
BUSY = {
    "InternalServerError",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
    "TransactionCanceledException",
    "TransactionConflictException",
    "TransactionInProgressException",
}


class Problem(Exception):
    """``sentence`` names what is said (the code itself where none is given); ``more`` stands beside it in the body."""

    def __init__(
        self,
        status: int,
        code: str,
        sentence: str = "",
        *,
        field: str = "",
        facts: dict[str, Any] | None = None,
        more: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.sentence = status, code, sentence or code
        self.field, self.facts, self.more = field, facts or {}, more or {}

    def reply(self, language: str) -> Reply:
        """The problem as an answer, its message in ``language``."""
        said = message(language, self.sentence, {"field": self.field, **self.facts})
        body = {"status": self.status, "code": self.code, "message": said, "facts": plain(self.facts), **self.more}
        if self.field:
            body["field"] = self.field
        headers = {"Content-Type": "application/problem+json"}
        return Reply(self.status, body, headers | ({"Retry-After": "1"} if self.status == 503 else {}))


def bad_field(name: str) -> Problem:
    """A field, header or parameter that is missing, unknown or malformed."""
    return Problem(400, "bad_field", field=name)


def unknown(what: str) -> Problem:
    """There is no such account, order, transfer or security, or whoever asks may not know that there is."""
    return Problem(404, f"unknown_{what}")


def refused(answer: Refusal | SpokenWarning | None) -> Problem:
    """Why a domain did not do it; None is its word for an unknown security."""
    match answer:
        case None:
            return Problem(422, "unknown_security", field="code")
        case SpokenWarning(rule, facts):
            return Problem(409, f"warning.{rule}", field="confirmed", facts=dict(facts))
        case Refusal(rule, field, facts):
            status = 409 if field in ("funds", "time") else 422
            return Problem(status, rule, f"refused.{rule}", field=field, facts=dict(facts))


def not_cancelled(answer: NotCancelled) -> Problem:
    """Why an order was not cancelled."""
    if answer.rule == "unknown":
        return unknown("order")
    return Problem(409, answer.rule, f"not_cancelled.{answer.rule}", facts={"state": answer.state})


def not_done(error: IllegalMove | Unfit | Outdated) -> Problem:
    """Why nothing was done to a ticket."""
    match error:
        case IllegalMove():
            facts = {"verb": error.verb, "state": error.state}
            return Problem(409, "illegal_move", facts=facts, more={"possible": list(error.possible)})
        case Unfit():
            return Problem(422, error.rule, f"unfit.{error.rule}", field=error.field)
        case Outdated():
            return Problem(412, "outdated", facts={"version": error.ticket.version})


def problem_of(error: Exception) -> Problem:
    """The problem that any error is to the client: what it says itself goes no further than here."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, (IllegalMove, Unfit, Outdated)):
        return not_done(error)
    if isinstance(error, KeyReused):
        return Problem(409, "key_reused")
    if type(error) is LookupError:  # a KeyError or an IndexError is a mistake of ours
        return unknown("account")
    return Problem(503, "busy") if _is_busy(error) else Problem(500, "error")


def _is_busy(error: Exception) -> bool:
    """Whether the tables, or a counter or a bank, did not answer, or were too busy to."""
    from botocore.exceptions import ConnectionError, HTTPClientError

    cause = getattr(error, "cause", error)
    if isinstance(cause, (OSError, ConnectionError, HTTPClientError)):
        return True
    response = getattr(cause, "response", None) or {}
    return response.get("Error", {}).get("Code") in BUSY
