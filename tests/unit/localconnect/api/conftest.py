"""A line with one of everything, served to a real boto3 client."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.validate import ParamValidator

from localconnect.instance import Instance
from tests.small_line import FakeFunctions, served
from tests.unit.localconnect.flows import action, document, menu, say

TEMPLATE = """
Metadata:
  localconnect: {EntryFlow: MainFlow}
Resources:
  Line:
    Type: AWS::Connect::Instance
    Properties:
      InstanceAlias: line
      IdentityManagementType: CONNECT_MANAGED
      Attributes: {InboundCalls: true, OutboundCalls: false}
  Office:
    Type: AWS::Connect::HoursOfOperation
    Properties:
      InstanceArn: !GetAtt Line.Arn
      Name: Office
      Description: When the office is open
      TimeZone: Asia/Shanghai
      Config: [{Day: MONDAY, StartTime: {Hours: 9, Minutes: 30}, EndTime: {Hours: 17, Minutes: 0}}]
  Service:
    Type: AWS::Connect::Queue
    Properties:
      InstanceArn: !GetAtt Line.Arn
      Name: Service
      HoursOfOperationArn: !Ref Office
      MaxContacts: 3
      Tags: [{Key: team, Value: desk}]
  Sales:
    Type: AWS::Connect::Queue
    Properties: {InstanceArn: !GetAtt Line.Arn, Name: Sales, HoursOfOperationArn: !Ref Office}
  MainFlow:
    Type: AWS::Connect::ContactFlow
    Properties: {InstanceArn: !GetAtt Line.Arn, Name: main, Type: CONTACT_FLOW, Content: main.json}
  Hold:
    Type: AWS::Connect::ContactFlow
    Properties: {InstanceArn: !GetAtt Line.Arn, Name: hold, Type: CUSTOMER_QUEUE, Content: hold.json}
  Module:
    Type: AWS::Connect::ContactFlowModule
    Properties: {InstanceArn: !GetAtt Line.Arn, Name: module, Content: module.json}
  Case:
    Type: AWS::Connect::TestCase
    Properties: {InstanceArn: !GetAtt Line.Arn, Name: asks, Content: asks.json}
"""

MAIN = [
    menu("ask", {"1": "greet", "2": "choose queue"}, "Choose."),
    say("greet", "Hello $.Attributes.name.", "ask"),
    action("choose queue", "UpdateContactTargetQueue", {"QueueId": "${Service}"}, "queue"),
    action("queue", "TransferContactToQueue", {}, "end"),
]


def expecting(*prompts: str) -> str:
    """The content of a test case that expects these prompts, one after the other."""
    observations = [
        {
            "Identifier": f"prompt {number}",
            "Event": {"Type": "MessageReceived", "Actor": "System", "Properties": {"Text": prompt}},
            "Actions": [],
            "Transitions": {"NextObservations": [f"prompt {number + 1}"] if number < len(prompts) else []},
        }
        for number, prompt in enumerate(prompts, 1)
    ]
    return json.dumps({"Version": "2025-06-21", "Observations": observations})


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    files = {
        "connect.yaml": TEMPLATE,
        "main.json": document(MAIN),
        "hold.json": document([say("hold", "Please hold.")]),
        "module.json": document([action("out", "EndFlowModuleExecution")], ends=False),
        "asks.json": expecting("Choose."),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return Instance.from_template(tmp_path / "connect.yaml", {}, region="ap-southeast-1", account="000000000000")


@pytest.fixture
def functions() -> FakeFunctions:
    return FakeFunctions()


@pytest.fixture
def address(instance: Instance, functions: FakeFunctions) -> Iterator[str]:
    with served(instance, functions) as address:
        yield address


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    return boto3.Session(aws_access_key_id="local", aws_secret_access_key="local", region_name="ap-southeast-1")


@pytest.fixture
def client(session: boto3.Session, address: str) -> Any:
    return client_of(session, address)


def client_of(session: boto3.Session, address: str, **options: Any) -> Any:
    """boto3's client, which further refuses an answer that is not of the form in the service's model."""
    client: Any = session.client(  # type: ignore[call-overload]
        "connect", endpoint_url=f"http://{address}", config=Config(retries={"total_max_attempts": 1}, **options)
    )
    client.meta.events.register("after-call.connect", _check_form)
    return client


def _check_form(http_response: Any, model: Any, **others: Any) -> None:
    if http_response.status_code == 200 and model.output_shape:
        report = ParamValidator().validate(json.loads(http_response.content), model.output_shape)
        assert not report.has_errors(), report.generate_report()


def error_of(caught: pytest.ExceptionInfo[Any]) -> tuple[str, int, str]:
    """The code, the status and the message that boto3 was answered."""
    response: Mapping[str, Any] = caught.value.response
    return (
        response["Error"]["Code"],
        response["ResponseMetadata"]["HTTPStatusCode"],
        response["Error"]["Message"],
    )
