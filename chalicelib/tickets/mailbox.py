"""The bucket into which SES puts e-mails. What has come and is not done with is under incoming/; what is done with is
moved to the folder that says what it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from chalicelib.platform.clients import client
from chalicelib.platform.settings import required

INCOMING = "incoming/"


class Received(NamedTuple):
    """An e-mail that came at ``at``; ``raw`` is None where it is longer than it may be."""

    raw: bytes | None
    at: datetime


def fetch(key: str, most: int) -> Received | None:
    """The e-mail of that object; None where it is not there any more: it is done with."""
    s3 = client("s3")
    try:
        found = s3.get_object(Bucket=_bucket(), Key=key)
    except s3.exceptions.NoSuchKey:
        return None
    raw = found["Body"].read() if found["ContentLength"] <= most else None
    return Received(raw, found["LastModified"])


def move(key: str, folder: str) -> None:
    """Move an e-mail out of incoming/. Whoever does it a second time finds it done."""
    s3, bucket = client("s3"), _bucket()
    moved = f"{folder}/{key.removeprefix(INCOMING)}"
    try:
        s3.copy_object(Bucket=bucket, Key=moved, CopySource={"Bucket": bucket, "Key": key})
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
            raise
        return
    s3.delete_object(Bucket=bucket, Key=key)


def waiting(before: datetime) -> Iterator[str]:
    """The e-mails that came before then and are not done with. One request where there is nothing."""
    pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=_bucket(), Prefix=INCOMING)
    for page in pages:
        yield from (found["Key"] for found in page.get("Contents", ()) if found["LastModified"] < before)


def _bucket() -> str:
    return required("INCOMING_MAIL_BUCKET")
