"""A link gives one object, for a few minutes, to whoever holds it."""

from urllib.parse import parse_qs, urlsplit

import pytest
from moto import mock_aws

from chalicelib.platform.clients import signing_client
from chalicelib.platform.links import link, upload_link


@pytest.fixture(autouse=True)
def afresh(stage: None) -> None:
    signing_client.cache_clear()


@pytest.mark.parametrize("region", ["ap-southeast-1", "us-east-1"])
def test_a_link_is_signed_in_the_new_way_for_its_minutes(region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    with mock_aws():
        address = urlsplit(link("keep", "recordings/a_b:00.wav", 5, ResponseContentType="audio/wav"))
    query = parse_qs(address.query)
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-Expires"] == ["300"]
    assert query["response-content-type"] == ["audio/wav"]
    assert query["response-cache-control"] == ["no-store"]
    assert address.path.endswith("recordings/a_b%3A00.wav")


def test_an_upload_has_the_type_and_length_it_was_given_for() -> None:
    with mock_aws():
        address = urlsplit(upload_link("files", "a.pdf", 5, ContentType="application/pdf", ContentLength=7))
    assert parse_qs(address.query)["X-Amz-SignedHeaders"] == ["content-length;content-type;host"]
