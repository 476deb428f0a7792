"""A line with one of everything, served to a real boto3 client."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.validate import ParamValidator
from websockets.sync.client import connect

from localconnect.arns import resource_id
from localconnect.cli import serve
from localconnect.clock import SystemClock
from localconnect.events.sink import MemorySink
from localconnect.instance import Instance
from localconnect.server import create_app
from tests.small_line import FakeFunctions
from tests.unit.localconnect.api.people import Panel
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
      Attributes: {InboundCalls: true, OutboundCalls: true}
  Office:
    Type: AWS::Connect::HoursOfOperation
    Properties:
      InstanceArn: !GetAtt Line.Arn
      Name: Office
      Description: When the office is open
      TimeZone: Asia/Shanghai
      Config: [{Day: MONDAY, StartTime: {Hours: 9, Minutes: 30}, EndTime: {Hours: 17, Minutes: 0}}]
      HoursOfOperationOverrides:
        - OverrideName: New Year
          EffectiveFrom: "2030-01-01"
          EffectiveTill: "2030-01-01"
          OverrideConfig: []
  Service:
    Type: AWS::Connect::Queue
    Properties:
      InstanceArn: !GetAtt Line.Arn
      Name: Service
      HoursOfOperationArn: !Ref Office
      MaxContacts: 3
      QuickConnectArns: [!Ref ToMei, !Ref ToBank]
      OutboundCallerConfig: {OutboundCallerIdNumberArn: !Ref Number, OutboundCallerIdName: Line}
      Tags: [{Key: team, Value: desk}]
  Sales:
    Type: AWS::Connect::Queue
    Properties: {InstanceArn: !GetAtt Line.Arn, Name: Sales, HoursOfOperationArn: !Ref Office}
  Number:
    Type: AWS::Connect::PhoneNumber
    Properties: {TargetArn: !GetAtt Line.Arn, Type: DID, CountryCode: SG, Description: The office}
  Lunch:
    Type: AWS::Connect::AgentStatus
    Properties: {InstanceArn: !GetAtt Line.Arn, Name: Lunch, State: ENABLED, Description: Away, DisplayOrder: 3}
  Desk:
    Type: AWS::Connect::RoutingProfile
    Properties:
      InstanceArn: !GetAtt Line.Arn
      Name: Desk
      Description: The service desk
      DefaultOutboundQueueArn: !GetAtt Service.QueueArn
      MediaConcurrencies: [{Channel: VOICE, Concurrency: 1}, {Channel: TASK, Concurrency: 1}]
      QueueConfigs:
        - {Priority: 1, Delay: 0, QueueReference: {Channel: VOICE, QueueArn: !GetAtt Service.QueueArn}}
        - {Priority: 2, Delay: 0, QueueReference: {Channel: TASK, QueueArn: !GetAtt Service.QueueArn}}
  Back:
    Type: AWS::Connect::RoutingProfile
    Properties:
      InstanceArn: !GetAtt Line.Arn
      Name: Back office
      Description: Sales
      DefaultOutboundQueueArn: !GetAtt Sales.QueueArn
      MediaConcurrencies: [{Channel: TASK, Concurrency: 2}]
      QueueConfigs: [{Priority: 1, Delay: 0, QueueReference: {Channel: TASK, QueueArn: !GetAtt Sales.QueueArn}}]
  Mei:
    Type: AWS::Connect::User
    Properties:
      InstanceArn: !GetAtt Line.Arn
      Username: mei
      IdentityInfo: {FirstName: Mei, LastName: Wang, Email: mei@example.com}
      PhoneConfig: {PhoneType: SOFT_PHONE, AutoAccept: true, AfterContactWorkTimeLimit: 0}
      RoutingProfileArn: !Ref Desk
      SecurityProfileArns: [!Sub "${Line.Arn}/security-profile/agent"]
      UserProficiencies: [{AttributeName: language, AttributeValue: yue, Level: 4}]
  Li:
    Type: AWS::Connect::User
    Properties:
      InstanceArn: !GetAtt Line.Arn
      Username: li
      PhoneConfig: {PhoneType: SOFT_PHONE}
      RoutingProfileArn: !Ref Back
      SecurityProfileArns: []
  ToMei:
    Type: AWS::Connect::QuickConnect
    Properties:
      InstanceArn: !GetAtt Line.Arn
      Name: Mei
      QuickConnectConfig: {QuickConnectType: USER, UserConfig: {UserArn: !Ref Mei, ContactFlowArn: !Ref ToAgent}}
  ToService:
    Type: AWS::Connect::QuickConnect
    Properties:
      InstanceArn: !GetAtt Line.Arn
      Name: Service desk
      Description: Whoever is there
      QuickConnectConfig:
        QuickConnectType: QUEUE
        QueueConfig: {QueueArn: !GetAtt Service.QueueArn, ContactFlowArn: !Ref ToQueue}
  ToBank:
    Type: AWS::Connect::QuickConnect
    Properties:
      InstanceArn: !GetAtt Line.Arn
      Name: Bank
      QuickConnectConfig: {QuickConnectType: PHONE_NUMBER, PhoneConfig: {PhoneNumber: "+85221234567"}}
  Records:
    Type: AWS::Connect::InstanceStorageConfig
    Properties:
      InstanceArn: !GetAtt Line.Arn
      ResourceType: CONTACT_TRACE_RECORDS
      StorageType: KINESIS_STREAM
      KinesisStreamConfig: {StreamArn: "arn:aws:kinesis:ap-southeast-1:000000000000:stream/records"}
  Recordings:
    Type: AWS::Connect::InstanceStorageConfig
    Properties:
      InstanceArn: !GetAtt Line.Arn
      ResourceType: CALL_RECORDINGS
      StorageType: S3
      S3Config: {BucketName: recordings, BucketPrefix: calls}
  TaskFlow:
    Type: AWS::Connect::ContactFlow
    Properties: {InstanceArn: !GetAtt Line.Arn, Name: tasks, Type: CONTACT_FLOW, Content: tasks.json}
  ToAgent:
    Type: AWS::Connect::ContactFlow
    Properties: {InstanceArn: !GetAtt Line.Arn, Name: to agent, Type: AGENT_TRANSFER, Content: to_agent.json}
  ToQueue:
    Type: AWS::Connect::ContactFlow
    Properties: {InstanceArn: !GetAtt Line.Arn, Name: to queue, Type: QUEUE_TRANSFER, Content: to_queue.json}
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

TASKS = [
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
        "tasks.json": document(TASKS),
        "to_agent.json": document([action("agent", "TransferContactToAgent")], ends=False),
        "to_queue.json": document([action("queue", "TransferContactToQueue", {}, "end")]),
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
def sink() -> MemorySink:
    return MemorySink()


@pytest.fixture
def address(instance: Instance, functions: FakeFunctions, sink: MemorySink) -> Iterator[str]:
    with serve.served(create_app(instance, functions, SystemClock(), sink)) as address:
        yield address


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    return boto3.Session(aws_access_key_id="local", aws_secret_access_key="local", region_name="ap-southeast-1")


@pytest.fixture
def client(session: boto3.Session, address: str) -> Any:
    return client_of(session, address)


@pytest.fixture
def panel(address: str, client: Any, instance: Instance) -> Iterator[Panel]:
    """Of mei, who is available."""
    with connect(f"ws://{address}/agent/panel", max_queue=None) as socket:
        panel = Panel(socket, "mei")
        set_status(client, instance, "mei", "Available")
        panel.hear("agent", lambda message: message["status"] == "Available")
        yield panel


def set_status(client: Any, instance: Instance, agent: str, status: str) -> None:
    client.put_user_status(
        InstanceId=instance.arn,
        UserId=resource_id(instance.agent(agent).arn),
        AgentStatusId=resource_id(instance.status(status).arn),
    )


def eventually(look: Callable[[], Any], seconds: float = 20) -> Any:
    """What ``look`` finds, as soon as it finds something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.01)
    raise AssertionError("it did not come to pass")


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
