from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from localconnect.clock import TurnedClock
from localconnect.instance import Instance
from localconnect.language.document import InvalidFlow
from localconnect.scripted import place_call
from localconnect.template import TemplateError
from localconnect.testing import InvalidCase, run_case
from tests.unit.localconnect.flows import CALLER, Functions, action, document, say

TEMPLATE = """
Metadata:
  localconnect: {EntryFlow: MainFlow}
Parameters:
  FunctionArn: {Type: String}
Resources:
  Line:
    Type: AWS::Connect::Instance
    Properties: {InstanceAlias: brokerline, IdentityManagementType: CONNECT_MANAGED, Attributes: {}}
  Hours:
    Type: AWS::Connect::HoursOfOperation
    Properties:
      InstanceArn: !GetAtt Line.Arn
      Name: Office
      TimeZone: Asia/Shanghai
      Config: [{Day: MONDAY, StartTime: {Hours: 9, Minutes: 0}, EndTime: {Hours: 17, Minutes: 0}}]
      HoursOfOperationOverrides:
        - {OverrideName: National Day, EffectiveFrom: 2026-10-05, EffectiveTill: 2026-10-05, OverrideConfig: []}
  ServiceQueue:
    Type: AWS::Connect::Queue
    Properties: {InstanceArn: !GetAtt Line.Arn, Name: Service, HoursOfOperationArn: !Ref Hours, MaxContacts: 3}
  Profile:
    Type: AWS::Connect::RoutingProfile
    Properties:
      InstanceArn: !GetAtt Line.Arn
      Name: p
      DefaultOutboundQueueArn: !Ref ServiceQueue
      MediaConcurrencies: [{Channel: VOICE, Concurrency: 1}]
  Key: {Type: AWS::Connect::SecurityKey, Properties: {InstanceId: !GetAtt Line.Arn, Key: x}}
  Association:
    Type: AWS::Connect::IntegrationAssociation
    Properties: {InstanceId: !GetAtt Line.Arn, IntegrationType: LAMBDA_FUNCTION, IntegrationArn: !Ref FunctionArn}
  Number: {Type: AWS::Connect::PhoneNumber, Properties: {TargetArn: !GetAtt Line.Arn, Type: DID, CountryCode: SG}}
  Other:
    Type: AWS::Connect::ContactFlow
    Properties: {InstanceArn: !GetAtt Line.Arn, Name: other, Type: CONTACT_FLOW, Content: other.json}
  MainFlow:
    Type: AWS::Connect::ContactFlow
    Properties: {InstanceArn: !GetAtt Line.Arn, Name: main, Type: CONTACT_FLOW, Content: main.json}
  Module:
    Type: AWS::Connect::ContactFlowModule
    Properties: {InstanceArn: !GetAtt Line.Arn, Name: module, Content: module.json}
  Case:
    Type: AWS::Connect::TestCase
    Properties:
      InstanceArn: !GetAtt Line.Arn
      Name: says hello
      Content: case.json
      EntryPoint:
        Type: VOICE_CALL
        VoiceCallEntryPointParameters: {FlowId: !Ref Other, SourcePhoneNumber: "+6561234567"}
      InitializationData: '{"Attributes": {"name": "Wang"}}'
"""
MAIN = [
    action("module", "InvokeFlowModule", {"FlowModuleId": "${Module}"}, "queue"),
    action("queue", "UpdateContactTargetQueue", {"QueueId": "${ServiceQueue}"}, "ask"),
    action(
        "ask",
        "InvokeLambdaFunction",
        {"LambdaFunctionARN": "${FunctionArn}", "InvocationTimeLimitSeconds": "8"},
        "transfer",
    ),
    action("transfer", "TransferContactToQueue"),
]
CASE = {
    "Version": "2025-06-21",
    "Observations": [
        {
            "Identifier": "hello",
            "Event": {"Type": "MessageReceived", "Actor": "System", "Properties": {"Text": "Hello Wang."}},
            "Actions": [],
        }
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "connect.yaml": TEMPLATE,
        "main.json": document(MAIN),
        "other.json": document([say("hi", "Hello $.Attributes.name.")]),
        "module.json": document([say("hi", "Module.", "out"), action("out", "EndFlowModuleExecution")]),
        "case.json": json.dumps(CASE),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def load(folder: Path, *changes: tuple[str, str]) -> Instance:
    """The instance, with some of its template written otherwise."""
    template = TEMPLATE
    for old, new in changes:
        assert old in template
        template = template.replace(old, new)
    (folder / "connect.yaml").write_text(template, encoding="utf-8")
    return Instance.from_template(
        folder / "connect.yaml", {"FunctionArn": "arn:f"}, region="ap-southeast-1", account="000000000000"
    )


def test_a_call_runs_through_everything_that_the_template_names(folder: Path) -> None:
    line = load(folder)
    functions = Functions()
    record = place_call(line, functions, customer_address=CALLER, keys="")
    assert [step.type for step in record.actions] == [
        "MessageParticipant",
        "EndFlowModuleExecution",
        "InvokeFlowModule",
        "UpdateContactTargetQueue",
        "InvokeLambdaFunction",
        "TransferContactToQueue",
    ]
    assert record.queue == "Service"
    [event] = functions.events
    [queue] = line.queues.values()
    assert event["Details"]["ContactData"]["Queue"] == {"ARN": queue.arn, "Name": "Service"}
    assert event["Details"]["ContactData"]["InstanceARN"] == line.arn


def test_what_it_is_made_of(folder: Path) -> None:
    line = load(folder)
    assert line.alias == "brokerline"
    [queue], [hours] = line.queues.values(), line.hours.values()
    assert (queue.max_contacts, queue.hours_arn) == (3, hours.arn)
    assert (hours.name, hours.zone.key, len(hours.overrides)) == ("Office", "Asia/Shanghai", 1)
    assert {flow.name for flow in line.flows.values()} == {"main", "other"}
    assert [module.kind for module in line.modules.values()] == ["MODULE"]
    assert all(arn.startswith(f"{line.arn}/contact-flow/") for arn in line.flows)


def test_names_are_the_same_at_each_start(folder: Path) -> None:
    assert load(folder).flows.keys() == load(folder).flows.keys()
    assert load(folder).arn == load(folder).arn


def test_test_cases_run_on_the_flow_and_with_the_data_they_name(folder: Path) -> None:
    line = load(folder)
    [case] = line.test_cases.values()
    assert (case.name, case.source_number) == ("says hello", "+6561234567")
    result = run_case(line, case, Functions())
    assert (result.status, result.failure) == ("PASSED", "")


class TestEntryFlow:
    def test_is_the_one_that_the_metadata_names(self, folder: Path) -> None:
        entry = load(folder, ("EntryFlow: MainFlow", "EntryFlow: Other")).phone_flow
        assert entry is not None
        assert entry.name == "other"

    def test_that_does_not_exist(self, folder: Path) -> None:
        with pytest.raises(TemplateError, match=r"connect.yaml: Metadata names the EntryFlow 'Module', which is no"):
            load(folder, ("EntryFlow: MainFlow", "EntryFlow: Module"))

    def test_is_the_only_one_without_metadata(self, folder: Path) -> None:
        line = load(
            folder,
            ("EntryFlow: MainFlow", ""),
            ("Name: other, Type: CONTACT_FLOW", "Name: other, Type: QUEUE_TRANSFER"),
        )
        assert line.phone_flow is not None
        assert line.phone_flow.name == "main"

    def test_is_asked_for_when_there_are_several(self, folder: Path) -> None:
        line = load(folder, ("EntryFlow: MainFlow", ""))
        with pytest.raises(TemplateError, match="Which flow does a phone call enter"):
            line.new_contact(customer_address=CALLER, clock=TurnedClock())


class TestRefusals:
    def test_an_unknown_type_by_name(self, folder: Path) -> None:
        with pytest.raises(
            TemplateError, match=r"connect.yaml: Number is a AWS::Connect::Telephone, a type that localconnect does not"
        ):
            load(folder, ("AWS::Connect::PhoneNumber", "AWS::Connect::Telephone"))

    def test_types_of_other_services_are_let_be(self, folder: Path) -> None:
        assert load(folder, ("AWS::Connect::PhoneNumber", "AWS::Lambda::Permission")).alias == "brokerline"

    def test_a_template_without_an_instance(self, folder: Path) -> None:
        with pytest.raises(TemplateError, match="there is no AWS::Connect::Instance, and no InstanceArn"):
            load(folder, ("Type: AWS::Connect::Instance", "Type: AWS::Lambda::Permission"))

    def test_an_instance_made_elsewhere_is_known_by_the_arn_that_resources_name(self, folder: Path) -> None:
        arn = "arn:aws:connect:ap-southeast-1:111122223333:instance/0a1b"
        line = load(
            folder,
            ("Type: AWS::Connect::Instance", "Type: AWS::Lambda::Permission"),
            ("!GetAtt Line.Arn", arn),
        )
        assert (line.arn, line.alias) == (arn, "0a1b")
        assert line.new_contact(customer_address=CALLER, clock=TurnedClock()).instance_arn == arn

    def test_a_property_that_is_missing(self, folder: Path) -> None:
        with pytest.raises(TemplateError, match=r"ServiceQueue: a AWS::Connect::Queue needs the property 'Name'"):
            load(folder, ("Name: Service, ", ""))

    def test_hours_by_what_is_wrong_with_them(self, folder: Path) -> None:
        with pytest.raises(
            TemplateError, match=r"connect.yaml: Hours: override 'National Day': 'SHUT' is none of STAND"
        ):
            load(folder, ("OverrideConfig: []", "OverrideConfig: [], OverrideType: SHUT"))

    def test_a_flow_by_its_file(self, folder: Path) -> None:
        (folder / "main.json").write_text(document([action("x", "Foo", {}, "end")]), encoding="utf-8")
        with pytest.raises(
            InvalidFlow, match=r'^main.json: action "x" has type "Foo", which localconnect does not run.$'
        ):
            load(folder)

    @pytest.mark.parametrize(
        ("wrong", "problem"),
        [
            (
                action("x", "InvokeFlowModule", {"FlowModuleId": "${Other}"}, "end"),
                r"the instance has no flow module '.*'",
            ),
            (action("x", "UpdateContactTargetQueue", {"QueueId": "q"}, "end"), "the instance has no queue 'q'"),
            (action("x", "TransferToFlow", {"ContactFlowId": "f"}, "end"), "the instance has no flow 'f'"),
            (
                action("x", "UpdateContactEventHooks", {"EventHooks": {"CustomerQueue": "f"}}, "end"),
                "the instance has no flow 'f'",
            ),
        ],
    )
    def test_a_flow_that_refers_to_what_is_not_there(self, folder: Path, wrong: dict[str, Any], problem: str) -> None:
        (folder / "main.json").write_text(document([wrong]), encoding="utf-8")
        expected = rf'^main.json: action "x" cannot run: {problem}; name one of the template\'s.$'
        with pytest.raises(InvalidFlow, match=expected):
            load(folder)

    def test_a_reference_is_known_only_in_a_call(self, folder: Path) -> None:
        go = action("x", "TransferToFlow", {"ContactFlowId": "$.Attributes.next"}, "end")
        (folder / "main.json").write_text(document([go]), encoding="utf-8")
        assert len(load(folder).flows) == 2

    def test_a_placeholder_that_stands_for_nothing(self, folder: Path) -> None:
        (folder / "main.json").write_text(document([say("x", "${Nothing}")]), encoding="utf-8")
        with pytest.raises(TemplateError, match=r"connect.yaml: MainFlow: 'Nothing' is neither a parameter nor"):
            load(folder)

    def test_a_test_case_by_its_file(self, folder: Path) -> None:
        (folder / "case.json").write_text(json.dumps(CASE | {"Version": "1"}), encoding="utf-8")
        with pytest.raises(InvalidCase, match=r"case.json: the Version is '1'; write \"2025-06-21\"."):
            load(folder)

    def test_a_test_case_of_a_task(self, folder: Path) -> None:
        with pytest.raises(InvalidCase, match=r"case.json: its entry point is of the type 'TASK'; write VOICE_CALL or"):
            load(folder, ("Type: VOICE_CALL", "Type: TASK"))

    def test_initialization_data_of_another_form(self, folder: Path) -> None:
        with pytest.raises(InvalidCase, match=r"case.json: its InitializationData is not of the form"):
            load(folder, ('{"Attributes": {"name": "Wang"}}', "name=Wang"))
