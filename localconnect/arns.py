"""Names of an instance's resources: made from account, region and logical id, so they are the same at each start."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5


def stable_id(account: str, region: str, logical_id: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"localconnect/{account}/{region}/{logical_id}"))


def resource_id(reference: str) -> str:
    """The id in a reference, which may be a bare id or an ARN, with or without a version (``<id>:$LATEST``)."""
    return reference.rsplit("/", 1)[-1].split(":$", 1)[0]
