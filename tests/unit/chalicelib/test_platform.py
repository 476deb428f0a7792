"""What every domain stands on says clearly what is missing."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from chalicelib.platform.clock import business_day
from chalicelib.platform.secrets import secrets
from chalicelib.platform.settings import required
from chalicelib.platform.tables import DecimalAttribute, read_together
from chalicelib.trading.models import Position, Security

from .seed import position, security


def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PEPPER_PARAMETER", raising=False)
    with pytest.raises(RuntimeError, match="PEPPER_PARAMETER is not set: add it"):
        required("PEPPER_PARAMETER")


@pytest.mark.usefixtures("cloud")
def test_a_missing_secret_is_named_and_what_makes_it() -> None:
    with pytest.raises(RuntimeError, match="SSM has no /brokerline/test/pepper: run the deploy command"):
        secrets.__wrapped__()


def test_who_is_not_told_of_the_key_reads_none(stage: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INPUT_KEY_PARAMETER")
    with mock_aws():
        boto3.client("ssm").put_parameter(Name="/brokerline/test/pepper", Value="cGVwcGVy", Type="SecureString")
        read = secrets.__wrapped__()
    assert (read.pepper, read.input_private_key) == (b"pepper", b"")


def test_secrets_are_not_shown(stage: None) -> None:
    assert repr(secrets()) == "Secrets()"


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 24, 15, 59, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2026, 11, 24, 16, 0, tzinfo=UTC), date(2026, 11, 25)),
    ],
)
def test_the_day_changes_at_midnight_in_shanghai(moment: datetime, day: date) -> None:
    assert business_day(moment) == day


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**15), max_value=10**15))
def test_decimals_are_read_back_exactly(value: Decimal) -> None:
    attribute = DecimalAttribute()
    assert attribute.deserialize(attribute.serialize(value)) == value


@pytest.mark.usefixtures("cloud")
class TestReadTogether:
    def test_finds_what_is_there_in_the_order_asked(self) -> None:
        security("600519"), position("600519", "5")
        shares, nothing, quote = read_together(
            (Position, {"account_id": "A-1", "asset": "600519"}),
            (Position, {"account_id": "A-1", "asset": "CNY"}),
            (Security, {"code": "600519"}),
        )
        assert (shares.available, nothing, quote.code) == (5, None, "600519")

    def test_keys_left_out_are_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def throttled(**request: Any) -> dict[str, Any]:
            return {"Responses": {}, "UnprocessedKeys": request["RequestItems"]}

        monkeypatch.setattr(Security.client().client, "batch_get_item", throttled)
        with pytest.raises(TimeoutError, match="throttled"):
            read_together((Security, {"code": "600519"}))
