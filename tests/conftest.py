"""What tests of several rooms share: the whole line, brought up once for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from devtools.line import Line


@pytest.fixture(scope="session")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A fresh local cloud on a free port with the stack and seed data in it, and the instance before it.

    Gives `.stage` (clients, endpoint, boto3 session), `.outputs`, `.instance` and `.functions`.
    """
    # Imported here: unit tests go without the cloud, and without waiting for what it needs.
    from devtools import cloud
    from devtools.line import brought_up

    with brought_up(tmp_path_factory.mktemp("line"), cloud.free_port()) as line:
        yield line
