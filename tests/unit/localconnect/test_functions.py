from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from mypy_boto3_lambda import LambdaClient

from localconnect import functions
from localconnect.effects import Invocation
from localconnect.functions import CloudFunctions


class FakeLambda:
    def __init__(self, *answers: Callable[[], dict[str, Any]]) -> None:
        self.calls: list[dict[str, Any]] = []
        self._answers = list(answers)

    def invoke(self, **request: Any) -> dict[str, Any]:
        self.calls.append(request)
        return self._answers.pop(0)()


def invoke(fake: FakeLambda, seconds: float = 5) -> Invocation:
    return CloudFunctions(cast("LambdaClient", fake)).invoke("arn:f", {"Name": "ContactFlowEvent"}, seconds)


def answers(payload: bytes, **more: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {"Payload": io.BytesIO(payload), **more}


def raises(error: Exception) -> Callable[[], dict[str, Any]]:
    def answer() -> dict[str, Any]:
        raise error

    return answer


def refusal(status: int) -> ClientError:
    return ClientError({"Error": {"Code": "X"}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Invoke")  # type: ignore[typeddict-item]


def test_the_event_goes_out_and_the_payload_comes_back() -> None:
    fake = FakeLambda(answers(b'{"a": "1"}'))
    assert invoke(fake) == Invocation(b'{"a": "1"}')
    [request] = fake.calls
    assert request["FunctionName"] == "arn:f"
    assert request["InvocationType"] == "RequestResponse"
    assert json.loads(request["Payload"]) == {"Name": "ContactFlowEvent"}


def test_a_function_that_raised_is_an_error() -> None:
    body = json.dumps({"errorType": "KeyError", "errorMessage": "'x'"}).encode()
    failed = invoke(FakeLambda(answers(body, FunctionError="Unhandled")))
    assert failed.error == "the function failed: KeyError: 'x'"


def test_a_failure_without_a_message_is_an_error_too() -> None:
    assert invoke(FakeLambda(answers(b"oops", FunctionError="Unhandled"))).error == "the function failed"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_is_tried_again(status: int) -> None:
    fake = FakeLambda(raises(refusal(status)), answers(b"{}"))
    assert invoke(fake) == Invocation(b"{}")
    assert len(fake.calls) == 2


def test_three_retries_are_the_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(functions.time, "sleep", lambda seconds: None)
    fake = FakeLambda(*[raises(refusal(500))] * 5)
    assert "refused" in (invoke(fake).error or "")
    assert len(fake.calls) == 4


def test_no_retry_begins_after_the_time_is_up() -> None:
    fake = FakeLambda(*[raises(refusal(500))] * 4)
    assert invoke(fake, seconds=0.15).error
    assert len(fake.calls) == 2


def test_a_refusal_is_not_tried_again() -> None:
    fake = FakeLambda(raises(refusal(404)))
    assert "refused" in (invoke(fake).error or "")
    assert len(fake.calls) == 1


def test_a_function_that_cannot_be_reached_is_an_error() -> None:
    error = EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
    assert "cannot be reached" in (invoke(FakeLambda(raises(error))).error or "")


def test_a_late_answer_does_not_count() -> None:
    release = threading.Event()

    def late() -> dict[str, Any]:
        release.wait(5)
        return answers(b"{}")()

    began = time.monotonic()
    assert invoke(FakeLambda(late), seconds=0.05) == Invocation(error="no answer within 0.05 s")
    assert time.monotonic() - began < 2
    release.set()
