"""Calling functions for a flow, as Amazon Connect calls AWS Lambda."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from localconnect.effects import Invocation

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

MOST_RETRIES = 3
"""Of a call that the service throttled or failed, inside the time limit (page "Invoke AWS Lambda functions")."""


class Functions(Protocol):
    def invoke(self, arn: str, event: dict[str, Any], seconds: float) -> Invocation:
        """What the function answers to ``event`` within ``seconds``, or why there is no answer. Does not raise."""


class CloudFunctions:
    """Functions in AWS, or in a local cloud.

    Give it a client that does not retry by itself, ``Config(retries={"total_max_attempts": 1})``: retries are counted
    here. A function that is late runs on, as it would in Connect; its answer no longer counts.
    """

    def __init__(self, client: LambdaClient) -> None:
        self._client = client
        self._threads = ThreadPoolExecutor(thread_name_prefix="invoke")

    def invoke(self, arn: str, event: dict[str, Any], seconds: float) -> Invocation:
        deadline = time.monotonic() + seconds
        answer = self._threads.submit(self._invoke, arn, json.dumps(event), deadline)
        try:
            return answer.result(timeout=seconds)
        except TimeoutError:
            return Invocation(error=f"no answer within {seconds:g} s")

    def _invoke(self, arn: str, payload: str, deadline: float) -> Invocation:
        for attempt in range(1 + MOST_RETRIES):
            try:
                response = self._client.invoke(FunctionName=arn, InvocationType="RequestResponse", Payload=payload)
            except ClientError as error:
                wait = 0.1 * 2**attempt
                if not _is_passing(error) or attempt == MOST_RETRIES or time.monotonic() + wait > deadline:
                    return Invocation(error=f"the service refused the call: {error}")
                time.sleep(wait)
            except BotoCoreError as error:
                return Invocation(error=f"the function cannot be reached: {error}")
            else:
                body = response["Payload"].read()
                return Invocation(error=_failure(body)) if "FunctionError" in response else Invocation(body)
        raise AssertionError("the last attempt returns")


def _is_passing(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status == 429 or status >= 500


def _failure(body: bytes) -> str:
    try:
        failure = json.loads(body)
        return f"the function failed: {failure['errorType']}: {failure['errorMessage']}"
    except (ValueError, KeyError, TypeError):
        return "the function failed"
