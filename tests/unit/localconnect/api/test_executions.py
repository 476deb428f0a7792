"""Test cases run through the API."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from localconnect.arns import resource_id
from localconnect.instance import Instance
from tests.small_line import FUNCTION_ARN, FakeFunctions
from tests.unit.localconnect.api.conftest import expecting
from tests.unit.localconnect.api.test_resources import named
from tests.unit.localconnect.flows import action, document, say


def start(client: Any, instance: Instance, case: str) -> dict[str, str]:
    """What names the execution just begun."""
    begun = client.start_test_case_execution(InstanceId=instance.arn, TestCaseId=named(instance, case))
    assert begun["Status"] == "INITIATED"
    assert begun["TestCaseId"] == resource_id(named(instance, case))
    return {
        "InstanceId": instance.arn,
        "TestCaseId": begun["TestCaseId"],
        "TestCaseExecutionId": begun["TestCaseExecutionId"],
    }


def wait(client: Any, execution: dict[str, str]) -> Any:
    """The summary of the execution when it is over."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        summary = client.get_test_case_execution_summary(**execution)
        if summary["Status"] != "IN_PROGRESS":
            return summary
        time.sleep(0.02)
    raise AssertionError("the execution is not over")


def add_case(client: Any, instance: Instance, name: str, content: str, flow: str | None = None, **more: Any) -> None:
    entry = {"Type": "VOICE_CALL", "VoiceCallEntryPointParameters": {"FlowId": flow or named(instance, "main")}}
    client.create_test_case(InstanceId=instance.arn, Name=name, Content=content, EntryPoint=entry, **more)


def slow_flow(client: Any, instance: Instance) -> str:
    """A flow that asks a function, and says something afterwards."""
    parameters = {
        "LambdaFunctionARN": FUNCTION_ARN,
        "InvocationTimeLimitSeconds": "8",
        "ResponseValidation": {"ResponseType": "JSON"},
    }
    content = document([action("ask", "InvokeLambdaFunction", parameters, "say"), say("say", "Asked.")])
    created = client.create_contact_flow(
        InstanceId=instance.arn, Name="slow flow", Type="CONTACT_FLOW", Content=content
    )
    arn: str = created["ContactFlowArn"]
    return arn


def test_a_case_that_passes(client: Any, instance: Instance) -> None:
    execution = start(client, instance, "asks")
    summary = wait(client, execution)
    assert summary["Status"] == "PASSED"
    assert summary["EndTime"] >= summary["StartTime"]
    assert summary["ObservationSummary"] == {"TotalObservations": 1, "ObservationsPassed": 1, "ObservationsFailed": 0}
    [record] = client.list_test_case_execution_records(**execution)["ExecutionRecords"]
    assert (record["ObservationId"], record["Status"]) == ("prompt 1", "PASSED")
    assert json.loads(record["Record"]) == {"State": "matched"}


def test_a_case_that_fails_says_why(client: Any, instance: Instance) -> None:
    add_case(client, instance, "wrong", expecting("Choose.", "Goodbye.", "Really."))
    execution = start(client, instance, "wrong")
    summary = wait(client, execution)
    assert summary["Status"] == "FAILED"
    assert summary["ObservationSummary"] == {"TotalObservations": 3, "ObservationsPassed": 1, "ObservationsFailed": 2}
    failed = client.list_test_case_execution_records(**execution, Status="FAILED")["ExecutionRecords"]
    assert [record["ObservationId"] for record in failed] == ["prompt 2", "prompt 3"]
    told = json.loads(failed[0]["Record"])
    assert told["State"] == "waiting"
    assert "Goodbye." in told["Failure"]
    assert told["Transcript"][0]["text"] == "Choose."


def test_a_case_of_a_flow_that_is_gone_fails(client: Any, instance: Instance) -> None:
    content = document([say("hi", "Hi.")])
    flow = client.create_contact_flow(InstanceId=instance.arn, Name="gone", Type="CONTACT_FLOW", Content=content)
    add_case(client, instance, "of the gone", expecting("Hi."), flow["ContactFlowArn"])
    instance.flows = {arn: known for arn, known in instance.flows.items() if known.name != "gone"}
    execution = start(client, instance, "of the gone")
    assert wait(client, execution)["Status"] == "FAILED"
    [record] = client.list_test_case_execution_records(**execution)["ExecutionRecords"]
    assert "could not run" in json.loads(record["Record"])["Failure"]


def test_an_execution_is_stopped(client: Any, instance: Instance, functions: FakeFunctions) -> None:
    functions.may_answer.clear()
    add_case(client, instance, "slow", expecting("Asked."), slow_flow(client, instance))
    execution = start(client, instance, "slow")
    running = client.get_test_case_execution_summary(**execution)
    assert (running["Status"], "EndTime" in running) == ("IN_PROGRESS", False)
    client.stop_test_case_execution(**execution)
    functions.may_answer.set()
    stopped = wait(client, execution)
    assert (stopped["Status"], "EndTime" in stopped) == ("STOPPED", True)
    client.stop_test_case_execution(**execution)
    [record] = client.list_test_case_execution_records(**execution)["ExecutionRecords"]
    assert record["Status"] == "STOPPED"


def test_one_that_is_over_is_not_stopped(client: Any, instance: Instance) -> None:
    execution = start(client, instance, "asks")
    wait(client, execution)
    client.stop_test_case_execution(**execution)
    assert client.get_test_case_execution_summary(**execution)["Status"] == "PASSED"


def test_a_client_token_begins_one_execution(client: Any, instance: Instance) -> None:
    ids = [
        client.start_test_case_execution(
            InstanceId=instance.arn, TestCaseId=named(instance, "asks"), ClientToken=token
        )["TestCaseExecutionId"]
        for token in ("one", "one", "two")
    ]
    assert ids[0] == ids[1] != ids[2]


def test_a_draft_is_not_run(client: Any, instance: Instance) -> None:
    add_case(client, instance, "draft", expecting("Choose."), Status="SAVED")
    with pytest.raises(client.exceptions.InvalidRequestException, match="is a draft"):
        start(client, instance, "draft")


def test_executions_are_listed_the_last_first_and_by_what_they_are(client: Any, instance: Instance) -> None:
    add_case(client, instance, "wrong", expecting("Goodbye."))
    begun = [start(client, instance, case) for case in ("asks", "wrong", "asks")]
    for execution in begun:
        wait(client, execution)
    asks, wrong, again = (execution["TestCaseExecutionId"] for execution in begun)

    def listed(**filters: Any) -> list[str]:
        found = client.list_test_case_executions(InstanceId=instance.arn, **filters)["TestCaseExecutions"]
        return [execution["TestCaseExecutionId"] for execution in found]

    assert listed() == [again, wrong, asks]
    assert listed(TestCaseId=named(instance, "asks")) == [again, asks]
    assert listed(TestCaseName="wrong") == listed(Status="FAILED") == [wrong]
    assert listed(StartTime=0) == listed(EndTime=4_000_000_000) == [again, wrong, asks]
    assert listed(EndTime=0) == []
    tomorrow = int(datetime.now(UTC).timestamp()) + 86_400
    assert listed(StartTime=tomorrow) == []


def test_lists_page_by_page(client: Any, instance: Instance) -> None:
    add_case(client, instance, "two", expecting("Choose.", "Error."))
    begun = [start(client, instance, "two") for _ in range(3)]
    wait(client, begun[-1])
    first = client.list_test_case_executions(InstanceId=instance.arn, MaxResults=2)
    rest = client.list_test_case_executions(InstanceId=instance.arn, MaxResults=2, NextToken=first["NextToken"])
    found = [execution["TestCaseExecutionId"] for execution in first["TestCaseExecutions"] + rest["TestCaseExecutions"]]
    assert found == [execution["TestCaseExecutionId"] for execution in reversed(begun)]
    assert "NextToken" not in rest
    records = client.list_test_case_execution_records(**begun[-1], MaxResults=1)
    more = client.list_test_case_execution_records(**begun[-1], MaxResults=1, NextToken=records["NextToken"])
    assert [page["ExecutionRecords"][0]["ObservationId"] for page in (records, more)] == ["prompt 1", "prompt 2"]


def test_bad_parameters(client: Any, instance: Instance) -> None:
    execution = start(client, instance, "asks")
    invalid = client.exceptions.InvalidParameterException
    with pytest.raises(invalid, match="Status is 'GOOD'"):
        client.list_test_case_executions(InstanceId=instance.arn, Status="GOOD")
    with pytest.raises(invalid, match="Status is 'GOOD'"):
        client.list_test_case_execution_records(**execution, Status="GOOD")
    with pytest.raises(invalid, match="NextToken"):
        client.list_test_case_executions(InstanceId=instance.arn, NextToken="x")
