"""Who asks the API of the local cloud."""

import pytest

from devtools.line import Line
from devtools.sign_in import token

from .api import ZHOU, Api


@pytest.fixture(scope="module")
def zhou(line: Line) -> Api:
    """A customer."""
    return Api(line, token(line.stage, line.outputs, ZHOU))


@pytest.fixture(scope="module")
def agent(line: Line) -> Api:
    return Api(line, token(line.stage, line.outputs, "agent"))


@pytest.fixture(scope="module")
def branch(line: Line) -> Api:
    return Api(line, token(line.stage, line.outputs, "branch"))
