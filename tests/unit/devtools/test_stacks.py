from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from devtools import stacks
from devtools.problem import Problem

ARN = "arn:aws:cloudformation:ap-southeast-1:123456789012:stack/brokerline-prod/1"
URL = "https://bucket.s3.ap-southeast-1.amazonaws.com/template.yaml"


class Script:
    """What CloudFormation answers, call by call."""

    def __init__(self) -> None:
        self.client = boto3.client("cloudformation", "ap-southeast-1", aws_access_key_id="a", aws_secret_access_key="b")
        self.stubber = Stubber(self.client)
        self.stubber.activate()

    def stack(self, status: str | None, outputs: dict[str, str] | None = None) -> None:
        if status is None:
            self.stubber.add_client_error("describe_stacks", "ValidationError", "Stack does not exist")
            return
        pairs = [{"OutputKey": key, "OutputValue": value} for key, value in (outputs or {}).items()]
        described = {"StackName": "brokerline-prod", "StackId": ARN, "CreationTime": datetime.now(UTC)}
        self.stubber.add_response(
            "describe_stacks", {"Stacks": [described | {"StackStatus": status, "Outputs": pairs}]}
        )

    def proposed(self, kind: str) -> None:
        expected = {
            "StackName": "brokerline-prod",
            "ChangeSetName": ANY,
            "ChangeSetType": kind,
            "TemplateURL": URL,
            "Parameters": [{"ParameterKey": "Stage", "ParameterValue": "prod"}],
            "Capabilities": stacks.CAPABILITIES,
        }
        self.stubber.add_response("create_change_set", {}, expected)

    def change_set(self, status: str, reason: str = "", changes: list[dict[str, Any]] | None = None) -> None:
        self.stubber.add_response(
            "describe_change_set",
            {"Status": status, "StatusReason": reason, "Changes": [{"ResourceChange": c} for c in changes or []]},
        )

    def events(self, *newest_first: tuple[str, str, str, str]) -> None:
        events = [
            {
                "StackId": ARN,
                "StackName": "brokerline-prod",
                "EventId": number,
                "Timestamp": datetime.now(UTC),
                "LogicalResourceId": name,
                "ResourceType": "AWS::DynamoDB::Table",
                "ResourceStatus": status,
                "ResourceStatusReason": reason,
            }
            for number, name, status, reason in newest_first
        ]
        self.stubber.add_response("describe_stack_events", {"StackEvents": events})

    def done(self, method: str) -> None:
        self.stubber.add_response(method, {})

    def apply(self, agree: Callable[[list[stacks.Change]], bool], on_event: Any = lambda event: None) -> dict[str, str]:
        result = stacks.apply(
            self.client,
            "brokerline-prod",
            URL,
            {"Stage": "prod"},
            agree=agree,
            on_event=on_event,
            seconds_between_looks=0,
        )
        self.stubber.assert_no_pending_responses()
        return result


@pytest.fixture
def script() -> Script:
    return Script()


def never(changes: list[stacks.Change]) -> bool:
    raise AssertionError("asked though nothing changes")


def test_an_update_shows_its_changes_and_follows_the_events(script: Script) -> None:
    row = {"Action": "Modify", "LogicalResourceId": "Orders", "ResourceType": "AWS::DynamoDB::Table"}
    script.stack("UPDATE_COMPLETE")
    script.proposed("UPDATE")
    script.change_set("CREATE_IN_PROGRESS")
    script.change_set("CREATE_COMPLETE")
    script.change_set("CREATE_COMPLETE", changes=[row | {"Replacement": "True"}])
    script.events(("1", "Old", "CREATE_COMPLETE", ""))
    script.stack("UPDATE_COMPLETE")
    script.done("execute_change_set")
    script.stack("UPDATE_IN_PROGRESS")
    script.events(("2", "Orders", "UPDATE_IN_PROGRESS", ""), ("1", "Old", "CREATE_COMPLETE", ""))
    script.stack("UPDATE_COMPLETE")
    script.events(("3", "Orders", "UPDATE_COMPLETE", ""), ("2", "Orders", "UPDATE_IN_PROGRESS", ""))
    script.stack("UPDATE_COMPLETE", {"Table": "orders"})

    shown: list[stacks.Change] = []
    followed: list[str] = []
    outputs = script.apply(lambda changes: bool(shown.extend(changes) or True), lambda e: followed.append(e.status))

    assert outputs == {"Table": "orders"}
    assert shown == [stacks.Change("Modify", "Orders", "AWS::DynamoDB::Table", "True")]
    assert followed == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]


@pytest.mark.parametrize("reason", ["The submission didn't contain changes.", "No updates are to be performed."])
def test_nothing_to_change_is_no_failure(script: Script, reason: str) -> None:
    script.stack("UPDATE_COMPLETE")
    script.proposed("UPDATE")
    script.change_set("FAILED", reason)
    script.done("delete_change_set")
    script.stack("UPDATE_COMPLETE", {"Table": "orders"})

    assert script.apply(never) == {"Table": "orders"}


def test_no_leaves_nothing_behind(script: Script) -> None:
    script.stack(None)
    script.proposed("CREATE")
    script.change_set("CREATE_COMPLETE")
    script.change_set("CREATE_COMPLETE")
    script.done("delete_change_set")
    script.done("delete_stack")

    with pytest.raises(Problem, match=r"^Nothing was changed\.$"):
        script.apply(lambda changes: False)
    script.stubber.assert_no_pending_responses()


def test_a_failure_is_told_by_the_first_resource_that_failed(script: Script) -> None:
    script.stack(None)
    script.proposed("CREATE")
    script.change_set("CREATE_COMPLETE")
    script.change_set("CREATE_COMPLETE")
    script.events()
    script.stack("REVIEW_IN_PROGRESS")
    script.done("execute_change_set")
    script.stack("ROLLBACK_COMPLETE")
    script.events(
        ("4", "brokerline-prod", "ROLLBACK_COMPLETE", ""),
        ("3", "Orders", "CREATE_FAILED", "Table already exists: orders"),
        ("2", "Customers", "CREATE_FAILED", "Resource creation cancelled"),
        ("1", "Customers", "CREATE_IN_PROGRESS", ""),
    )

    with pytest.raises(Problem, match=r"Orders \(AWS::DynamoDB::Table\): Table already exists: orders$"):
        script.apply(lambda changes: True)


def test_a_refused_template_is_told_in_cloudformations_words(script: Script) -> None:
    script.stack("UPDATE_COMPLETE")
    script.stubber.add_client_error("create_change_set", "ValidationError", "Unresolved resource dependencies [Orders]")

    with pytest.raises(Problem, match=r"brokerline-prod was refused: Unresolved resource dependencies \[Orders\]$"):
        script.apply(never)


def test_the_remains_of_a_failed_creation_are_removed_first(script: Script) -> None:
    script.stack("ROLLBACK_COMPLETE")
    script.done("delete_stack")
    script.stack("DELETE_IN_PROGRESS")
    script.stack(None)
    script.proposed("CREATE")
    script.change_set("FAILED", "Transform AWS::Serverless-2016-10-31 failed")
    script.done("delete_change_set")
    script.done("delete_stack")

    with pytest.raises(Problem, match="Transform"):
        script.apply(never)
    script.stubber.assert_no_pending_responses()


def test_a_stack_that_somebody_else_is_changing_is_left_alone(script: Script) -> None:
    script.stack("UPDATE_IN_PROGRESS")
    with pytest.raises(Problem, match="is being changed"):
        script.apply(never)


def test_outputs_of_a_stack_that_is_not_there(script: Script) -> None:
    script.stack(None)
    with pytest.raises(Problem, match="There is no stack brokerline-prod"):
        stacks.outputs(script.client, "brokerline-prod")
