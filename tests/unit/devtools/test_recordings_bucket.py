"""The bucket of recordings as the template has it: what is written there stays until its time is over (on moto)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from devtools.paths import ROOT
from localconnect.template import load

TEMPLATE = load(ROOT / "infra" / "app.yaml")
BUCKET = TEMPLATE["Resources"]["Recordings"]["Properties"]
DAYS = TEMPLATE["Parameters"]["RetentionDays"]["Default"]
KEY = "recordings/2026/11/25/a.wav"


def filled(value: Any, mode: str) -> Any:
    """A part of the template, its parameters filled in."""
    match value:
        case {"Ref": str(name)}:
            return {"RetentionDays": DAYS, "RetentionMode": mode}[name]
        case dict():
            return {name: filled(part, mode) for name, part in value.items()}
    return value


@pytest.fixture(params=["GOVERNANCE", "COMPLIANCE"])
def bucket(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A bucket with the template's lock, and a recording in it."""
    with mock_aws():
        s3 = boto3.client("s3", "us-east-1")
        s3.create_bucket(Bucket="kept", ObjectLockEnabledForBucket=BUCKET["ObjectLockEnabled"])
        lock = filled(BUCKET["ObjectLockConfiguration"], request.param)
        s3.put_object_lock_configuration(Bucket="kept", ObjectLockConfiguration=lock)
        s3.put_object(Bucket="kept", Key=KEY, Body=b"RIFF")
        yield s3


def test_a_recording_is_locked_for_twenty_years_as_it_is_written(bucket: Any) -> None:
    head = bucket.head_object(Bucket="kept", Key=KEY)
    kept = head["ObjectLockRetainUntilDate"] - datetime.now(UTC)
    assert timedelta(days=DAYS - 1) < kept <= timedelta(days=DAYS)
    assert DAYS >= 20 * 365.25


def test_a_version_cannot_be_deleted(bucket: Any) -> None:
    version = bucket.head_object(Bucket="kept", Key=KEY)["VersionId"]
    with pytest.raises(ClientError, match="AccessDenied"):
        bucket.delete_object(Bucket="kept", Key=KEY, VersionId=version)
    assert bucket.get_object(Bucket="kept", Key=KEY)["Body"].read() == b"RIFF"


def test_what_overwrites_a_recording_leaves_it(bucket: Any) -> None:
    version = bucket.head_object(Bucket="kept", Key=KEY)["VersionId"]
    bucket.put_object(Bucket="kept", Key=KEY, Body=b"forged")
    assert bucket.get_object(Bucket="kept", Key=KEY, VersionId=version)["Body"].read() == b"RIFF"


def test_the_lifecycle_ends_no_sooner_than_the_lock() -> None:
    rule, _ = BUCKET["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == {"Ref": "RetentionDays"}
    assert BUCKET["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]["Days"] == {"Ref": "RetentionDays"}


def test_no_function_may_delete_and_the_bucket_refuses_whoever_tries() -> None:
    policies = [json.loads(path.read_text("utf-8")) for path in (ROOT / ".chalice").glob("policy-*.json")]
    about_recordings = [str(it) for policy in policies for it in policy["Statement"] if "Recordings" in str(it)]
    assert about_recordings
    assert "s3:Delete" not in "".join(about_recordings)
    assert "Bypass" not in str(policies)
    *_, statement = TEMPLATE["Resources"]["RecordingsPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Principal"] == "*"
    assert set(statement["Action"]) == {"s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"}
    assert statement["Condition"] == {"StringNotEquals": {"aws:PrincipalArn": {"Ref": "BreakGlassRoleArn"}}}
