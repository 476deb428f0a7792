"""What an operation can say instead of answering."""

from __future__ import annotations

from collections.abc import Sequence


class ApiError(Exception):
    """An error by the name that the operation's page gives it; ``problems`` where the error lists some."""

    def __init__(self, code: str, message: str, problems: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.problems = tuple(problems)


class InvalidInput(ValueError):
    """A parameter is not as it should be: InvalidParameterException, or InvalidRequestException for an operation that
    has no such error.
    """


def not_run(what: str) -> ApiError:
    """``what`` is part of Amazon Connect, and not of localconnect."""
    return ApiError("NotImplementedException", f"localconnect does not run {what} yet.")
