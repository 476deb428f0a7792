"""The function that finds out what became of unknown orders, and which counter a stage has."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from chalicelib import trading
from chalicelib.events import reconcile
from chalicelib.platform.settings import counter_kind, counter_settings
from chalicelib.trading import Unknown
from chalicelib.trading.http_counter import HttpCounter
from chalicelib.trading.way import link_of, sealing_key

from .gateways import SETTINGS, Line, counter_over, keys, lost_before
from .seed import ACCOUNT, security
from .test_http_counter import BUY, NUMBER, VOID
from .trading_seed import DAY, opened


@pytest.fixture(autouse=True)
def namespace(cloud: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRICS_NAMESPACE", "brokerline/test")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "reconcile")


def metric(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    [written] = [line for line in map(json.loads, capsys.readouterr().out.splitlines()) if "_aws" in line]
    return dict(written)


def test_of_the_embedded_counter_nothing_is_ever_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    assert reconcile({}, None) == {"found": 0, "never_arrived": 0, "waiting": 0, "oldest_seconds": 0}
    assert metric(capsys)["OldestUnknownSeconds"] == [0]


def test_what_is_unknown_is_settled_and_its_age_is_a_metric(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    security(), opened()
    line = Line()
    counter = counter_over(line, line.clock)
    monkeypatch.setattr(trading, "counter", counter)
    line.faults = [lost_before] * 3
    assert trading.place_order(ACCOUNT, BUY, "call#1", line.clock()) == Unknown(NUMBER)

    assert reconcile({"time": line.clock().isoformat()}, None)["waiting"] == 1
    measured = metric(capsys)
    assert measured["OldestUnknownSeconds"] == [pytest.approx(SETTINGS.seconds, abs=1)]
    declared = measured["_aws"]["CloudWatchMetrics"][0]
    assert (declared["Namespace"], declared["Dimensions"]) == ("brokerline/test", [["service"]])

    line.clock.pass_(VOID)
    assert reconcile({"time": line.clock().isoformat()}, None)["never_arrived"] == 1
    assert metric(capsys)["OldestUnknownSeconds"] == [0]
    assert [order.state for order in trading.counter.orders(ACCOUNT, DAY)] == ["rejected"]


def test_only_the_counter_of_the_stage_is_imported() -> None:
    """Each would cost a cold start of the other."""
    program = "import sys, chalicelib.trading as t; print(type(t.counter).__name__, *sorted(sys.modules))"
    for kind, name, other in (("embedded", "EmbeddedCounter", "http_counter"), ("http", "HttpCounter", "embedded")):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={"COUNTER": kind, "AWS_DEFAULT_REGION": "ap-southeast-1"},
            capture_output=True,
            text=True,
            check=True,
        )
        chosen, *modules = done.stdout.split()
        assert chosen == name
        assert f"chalicelib.trading.{other}" not in modules


def test_a_counter_that_is_neither_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTER", "abacus")
    with pytest.raises(RuntimeError, match="embedded or http"):
        counter_kind()


def test_the_address_of_the_counter_is_https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTER_URL", "http://gateway.example/v1")
    with pytest.raises(RuntimeError, match="https://"):
        counter_settings()
    monkeypatch.setenv("COUNTER_URL", "https://gateway.example/v1/")
    settings = counter_settings()
    assert settings.url == "https://gateway.example/v1"
    # A whole operation, and what DynamoDB may still take after it, end before Connect's eight seconds.
    assert settings.attempt_seconds < settings.seconds <= 6


def test_the_keys_come_from_ssm(monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3

    values = {
        "CERTIFICATE": keys().client,
        "KEY": keys().client_private,
        "AUTHORITY": keys().authority,
        "SIGNING": keys().signing,
        "SEALING": keys().sealing,
    }
    for name, value in values.items():
        parameter = f"/brokerline/test/counter/{name.lower()}"
        monkeypatch.setenv(f"COUNTER_{name}_PARAMETER", parameter)
        if name == "SIGNING":
            with pytest.raises(RuntimeError, match=r"SSM has no .*/signing: put it there as docs/counter.md says"):
                link_of(SETTINGS)
        boto3.client("ssm").put_parameter(Name=parameter, Value=value, Type="SecureString")
    link = link_of(SETTINGS._replace(url="https://127.0.0.1:1/v1"))
    assert (link.root, link.secret.decode()) == ("/v1", keys().signing)
    assert sealing_key() == keys().sealing


def test_a_counter_without_keys_says_so_when_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COUNTER_URL", raising=False)
    with pytest.raises(RuntimeError, match="COUNTER_URL is not set"):
        HttpCounter().account(ACCOUNT)
