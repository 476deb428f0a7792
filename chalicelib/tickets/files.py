"""Attachments: files beside a ticket, in a bucket of their own, under the ticket's number.

They come and go by links of a few minutes between the browser and S3; a file is there once and is never replaced.

Verbs: :func:`object_of`, :func:`upload`, :func:`keep`, :func:`arrived`, :func:`link_to`.
"""

import hashlib
from typing import NamedTuple
from urllib.parse import quote

from chalicelib.platform.links import link, upload_link
from chalicelib.platform.settings import attachment_link_minutes, required


class Upload(NamedTuple):
    """Where a file may be PUT, and the ``headers`` that the request must have, as they are."""

    url: str
    headers: dict[str, str]


def object_of(key: str) -> str:
    """What a file is called that is asked for under this key: always the same."""
    return hashlib.sha256(f"attachment|{key}".encode()).hexdigest()[:32]


def upload(number: str, name: str, media: str, size: int) -> Upload:
    """A link that takes the file ``name`` (:func:`object_of`) of this type and length in bytes, once."""
    url = upload_link(
        _bucket(),
        f"{number}/{name}",
        attachment_link_minutes(),
        ContentType=media,
        ContentLength=size,
        IfNoneMatch="*",
    )
    return Upload(url, {"Content-Type": media, "Content-Length": str(size), "If-None-Match": "*"})


def keep(number: str, name: str, media: str, body: bytes) -> None:
    """Put a file there that came by another way; one that is there stays as it is."""
    from botocore.exceptions import ClientError

    from chalicelib.platform.clients import client

    try:
        client("s3").put_object(Bucket=_bucket(), Key=f"{number}/{name}", Body=body, ContentType=media, IfNoneMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise


def arrived(number: str, name: str) -> bool:
    """Whether the file has been put there."""
    from botocore.exceptions import ClientError

    from chalicelib.platform.clients import client

    if not name:
        return False
    try:
        client("s3").head_object(Bucket=_bucket(), Key=f"{number}/{name}")
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
            return False
        raise
    return True


def link_to(number: str, name: str, called: str) -> str:
    """A link of a few minutes that gives the file under the name that people know it by; browsers do not open it."""
    disposition = f"attachment; filename*=UTF-8''{quote(called, safe='')}"
    return link(_bucket(), f"{number}/{name}", attachment_link_minutes(), ResponseContentDisposition=disposition)


def _bucket() -> str:
    return required("TICKET_FILES_BUCKET")
