"""A stage in moto's AWS: no network, no cloud."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from devtools.stage import Stage


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield Stage("prod")
