"""What the person at the keyboard is told when something can't be done: one sentence, no traceback."""

from localconnect.call import UnknownResource
from localconnect.files import UnreadableFile
from localconnect.language.document import InvalidFlow
from localconnect.stubs import InvalidStubs
from localconnect.template import TemplateError
from localconnect.testing.document import InvalidCase


class Problem(Exception):
    """A sentence that says what is wrong and what to do. The command line prints it and exits with 1."""


def explain(error: Exception) -> str:
    """What to print for an error of localconnect's; any other error is raised again."""
    match error:
        case Problem() | TemplateError() | UnreadableFile():
            return " ".join(str(error).split())
        case InvalidFlow() | InvalidCase() | InvalidStubs():  # a line a problem
            return str(error)
        case UnknownResource():
            return f"{error}; name one that it has."
        case _:
            raise error
