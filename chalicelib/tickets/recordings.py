"""Recordings and transcripts in S3: where Amazon Connect leaves them, whether they are there, and links to them.

Amazon Connect names a recording prefix/yyyy/mm/dd/<contact id>_<time>_UTC.wav by when it began, that of the automated
part under prefix/ivr/. Contact Lens writes Analysis/Voice/yyyy/mm/dd/<contact id>_analysis_<time>.json, by when the
agent took the call (page "Output file locations for files analyzed by conversational analytics").
"""

from datetime import UTC, datetime, timedelta

from chalicelib.platform.clients import client
from chalicelib.platform.links import link
from chalicelib.platform.settings import required

_FOLDERS = ("recordings", "recordings/ivr")  # BucketPrefix of infra/connect.yaml


def kept(contact_id: str, started: datetime) -> list[str]:
    """What the bucket has of a contact that began at ``started``, or was recorded the day after: "bucket/key" each."""
    bucket = required("RECORDINGS_BUCKET")
    days = (started, started + timedelta(days=1))
    prefixes = [f"{folder}/{_day(day)}/{contact_id}_" for folder in _FOLDERS for day in days]
    return [f"{bucket}/{key}" for prefix in prefixes for key in _keys(bucket, prefix)]


def is_there(place: str) -> bool:
    """Whether there is such an object, "bucket/key"."""
    from botocore.exceptions import ClientError

    bucket, _, key = place.partition("/")
    try:
        client("s3").head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
            raise
        return False
    return True


def sound_link(place: str, minutes: int) -> str:
    """A link that plays a recording, "bucket/key"."""
    bucket, _, key = place.partition("/")
    return link(bucket, key, minutes, ResponseContentType="audio/wav", ResponseContentDisposition="inline")


def transcript_link(contact_id: str, connected_at: str, minutes: int) -> str | None:
    """A link to the transcript of a call that an agent took then, if Contact Lens has written one."""
    if not connected_at:
        return None
    bucket = required("RECORDINGS_BUCKET")
    prefix = f"Analysis/Voice/{_day(datetime.fromisoformat(connected_at))}/{contact_id}_analysis_"
    written = _keys(bucket, prefix)
    return link(bucket, written[-1], minutes, ResponseContentType="application/json") if written else None


def _keys(bucket: str, prefix: str) -> list[str]:
    found = client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)
    return sorted(each["Key"] for each in found.get("Contents", []))


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y/%m/%d}"
