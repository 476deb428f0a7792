"""Applies a template to a CloudFormation stack through a change set, and follows it to the end."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from devtools.problem import Problem

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
# A resource that was given up because another one failed is not why a stack failed.
CANCELLED = "cancelled"


@dataclass(frozen=True)
class Change:
    """One row of a change set. `replacement`: is the resource made anew ("True", "Conditional", "False", "")."""

    action: str
    logical_id: str
    type: str
    replacement: str


@dataclass(frozen=True)
class Event:
    """One resource reaching a state, with CloudFormation's reason when it failed."""

    logical_id: str
    type: str
    status: str
    reason: str


def apply(
    cloudformation: CloudFormationClient,
    stack: str,
    template_url: str,
    parameters: Mapping[str, str],
    *,
    agree: Callable[[list[Change]], bool],
    on_event: Callable[[Event], None],
    seconds_between_looks: float = 2.0,
) -> dict[str, str]:
    """Bring `stack` to the template and return its outputs.

    `agree` is shown the changes and says whether to go on; it isn't asked when there are none.
    Raises Problem when the template is refused, the answer is no, or a resource fails.
    """
    run = _Run(cloudformation, stack, seconds_between_looks)
    exists = run.prepare()
    change_set = run.propose(template_url, parameters, exists)
    if change_set is None:
        return outputs(cloudformation, stack)
    if not agree(run.changes(change_set)):
        run.withdraw(change_set, exists)
        raise Problem("Nothing was changed.")
    run.execute(change_set, on_event)
    return outputs(cloudformation, stack)


def outputs(cloudformation: CloudFormationClient, stack: str) -> dict[str, str]:
    """The outputs of a stack by name. Raises Problem when there is no such stack."""
    described = describe(cloudformation, stack)
    if described is None:
        raise Problem(f"There is no stack {stack}: deploy it first.")
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def describe(cloudformation: CloudFormationClient, stack: str) -> Any | None:
    """CloudFormation's description of a stack, None when there is none."""
    try:
        return cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise


class _Run:
    """The steps of one application of a template."""

    def __init__(self, cloudformation: CloudFormationClient, stack: str, pause: float) -> None:
        self.cloudformation = cloudformation
        self.stack = stack
        self.pause = pause

    def prepare(self) -> bool:
        """Whether the stack is there to be updated; removes what a failed first creation left behind."""
        described = describe(self.cloudformation, self.stack)
        if described is None or described["StackStatus"] == "REVIEW_IN_PROGRESS":
            return False
        status = described["StackStatus"]
        if status.endswith("IN_PROGRESS"):
            raise Problem(f"The stack {self.stack} is being changed ({status}): wait until that is done.")
        if status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"):
            self._delete()
            return False
        return True

    def propose(self, template_url: str, parameters: Mapping[str, str], exists: bool) -> str | None:
        """Make a change set and return its name; None when the stack already is as the template says."""
        name = f"deploy-{uuid.uuid4().hex}"
        try:
            self.cloudformation.create_change_set(
                StackName=self.stack,
                ChangeSetName=name,
                ChangeSetType="UPDATE" if exists else "CREATE",
                TemplateURL=template_url,
                Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
                Capabilities=CAPABILITIES,  # type: ignore[arg-type]
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":
                raise
            raise Problem(f"The template of {self.stack} was refused: {error.response['Error']['Message']}") from error
        while True:
            described = self.cloudformation.describe_change_set(StackName=self.stack, ChangeSetName=name)
            reason = described.get("StatusReason", "")
            if described["Status"] == "CREATE_COMPLETE":
                return name
            if described["Status"] == "FAILED":
                self.withdraw(name, exists)
                if any(words in reason for words in NO_CHANGES):
                    return None
                raise Problem(f"The template of {self.stack} was refused: {reason}")
            time.sleep(self.pause)

    def changes(self, change_set: str) -> list[Change]:
        pages = self.cloudformation.get_paginator("describe_change_set")
        found = [
            change["ResourceChange"]
            for page in pages.paginate(StackName=self.stack, ChangeSetName=change_set)
            for change in page["Changes"]
        ]
        return [
            Change(
                change.get("Action", ""),
                change.get("LogicalResourceId", ""),
                change.get("ResourceType", ""),
                change.get("Replacement", ""),
            )
            for change in found
        ]

    def withdraw(self, change_set: str, exists: bool) -> None:
        """Remove a change set that is not carried out, and the empty stack that stands for it."""
        self.cloudformation.delete_change_set(StackName=self.stack, ChangeSetName=change_set)
        if not exists:
            self.cloudformation.delete_stack(StackName=self.stack)

    def execute(self, change_set: str, on_event: Callable[[Event], None]) -> None:
        """Carry out a change set. Raises Problem with the reason of the first resource that failed."""
        seen = {event["EventId"] for event in self._all_events()}
        # By its ARN a stack can be asked about even after it was deleted.
        arn = self.cloudformation.describe_stacks(StackName=self.stack)["Stacks"][0]["StackId"]
        self.cloudformation.execute_change_set(StackName=self.stack, ChangeSetName=change_set)
        failure: Event | None = None
        while True:
            # The status is asked before the events, so that the last events are never missed.
            status = self.cloudformation.describe_stacks(StackName=arn)["Stacks"][0]["StackStatus"]
            for event in self._new_events(seen):
                on_event(event)
                if event.status.endswith("FAILED") and CANCELLED not in event.reason.lower():
                    failure = failure or event
            if not status.endswith("IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
                break
            time.sleep(self.pause)
        if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            why = f"{failure.logical_id} ({failure.type}): {failure.reason}" if failure else status
            raise Problem(f"The stack {self.stack} could not be brought up: {why}")

    def _new_events(self, seen: set[str]) -> Iterator[Event]:
        fresh = [event for event in self._all_events() if event["EventId"] not in seen]
        for event in reversed(fresh):  # the newest comes first
            seen.add(event["EventId"])
            yield Event(
                event.get("LogicalResourceId", ""),
                event.get("ResourceType", ""),
                event.get("ResourceStatus", ""),
                event.get("ResourceStatusReason", ""),
            )

    def _all_events(self) -> list[Any]:
        try:
            return self.cloudformation.describe_stack_events(StackName=self.stack)["StackEvents"]
        except ClientError as error:
            if "does not exist" in str(error):
                return []
            raise

    def _delete(self) -> None:
        self.cloudformation.delete_stack(StackName=self.stack)
        while (described := describe(self.cloudformation, self.stack)) is not None:
            if described["StackStatus"] == "DELETE_FAILED":
                raise Problem(f"The remains of {self.stack} could not be deleted: delete the stack by hand.")
            time.sleep(self.pause)
