"""Links to objects in S3 that are good for a few minutes, for whoever holds them."""

from typing import Any


def link(bucket: str, key: str, minutes: int, **parameters: str) -> str:
    """An address that gives the object for so long; ``parameters`` are more of GetObject's, as ResponseContentType.

    It is signed with the function's own role: what that may not read, the link does not give. Whether there is such an
    object is not looked at.
    """
    wanted = {"ResponseCacheControl": "no-store", **parameters, "Bucket": bucket, "Key": key}
    return str(_client().generate_presigned_url("get_object", Params=wanted, ExpiresIn=minutes * 60))


def upload_link(bucket: str, key: str, minutes: int, **parameters: Any) -> str:
    """An address that takes the object for so long; ``parameters`` are more of PutObject's, which the upload must have
    as its headers: ContentType, ContentLength."""
    wanted = {**parameters, "Bucket": bucket, "Key": key}
    return str(_client().generate_presigned_url("put_object", Params=wanted, ExpiresIn=minutes * 60))


def _client() -> Any:
    from chalicelib.platform.clients import signing_client

    return signing_client()
