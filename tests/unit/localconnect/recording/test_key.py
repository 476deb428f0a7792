from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from localconnect.recording import recording_key

CONTACT = "15a5cf14-3212-45a1-9f86-a8e97db8afaf"
BEGUN = datetime(2022, 4, 8, 15, 0, 42, tzinfo=UTC)
NAME = f"2022/04/08/{CONTACT}_20220408T15:00_UTC.wav"


@pytest.mark.parametrize(
    ("prefix", "ivr", "key"),
    [
        ("connect/line/CallRecordings", False, f"connect/line/CallRecordings/{NAME}"),
        ("connect/line/CallRecordings", True, f"connect/line/CallRecordings/ivr/{NAME}"),
        ("/recordings/", False, f"recordings/{NAME}"),
        ("", True, f"ivr/{NAME}"),
    ],
)
def test_a_recording_lies_under_the_prefix_by_day(prefix: str, ivr: bool, key: str) -> None:
    assert recording_key(prefix, CONTACT, BEGUN, ivr=ivr) == key


def test_the_day_is_the_one_in_utc() -> None:
    begun = datetime(2022, 4, 9, 1, 30, tzinfo=timezone(timedelta(hours=8)))
    assert recording_key("", CONTACT, begun, ivr=False) == f"2022/04/08/{CONTACT}_20220408T17:30_UTC.wav"
