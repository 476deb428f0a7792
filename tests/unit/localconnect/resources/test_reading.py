"""Agents and what belongs to them, telephone numbers, linked hours, storage: as a template has them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import phonenumbers
import pytest

from localconnect.call import UnknownResource
from localconnect.clock import TurnedClock
from localconnect.instance import Instance, QuickConnect, StorageConfig
from localconnect.language.document import compile_flow
from localconnect.routing.agents import MediaConcurrency, QueueConfig
from localconnect.template import TemplateError
from tests.unit.localconnect.flows import CALLER, document, say

TEMPLATE = """
Resources:
  Line: {Type: AWS::Connect::Instance, Properties: {IdentityManagementType: CONNECT_MANAGED, Attributes: {}}}
  Mei:  # before what she refers to
    Type: AWS::Connect::User
    Properties:
      Username: mei
      IdentityInfo: {FirstName: Mei, LastName: Chen}
      PhoneConfig: {AutoAccept: true, AfterContactWorkTimeLimit: 30}
      RoutingProfileArn: !Ref Profile
      SecurityProfileArns: [!GetAtt Security.SecurityProfileArn]
      UserProficiencies:
        - {AttributeName: Language, AttributeValue: Cantonese, Level: 4}
        - {AttributeName: "connect:Subtype", AttributeValue: any, Level: 1}
  Jun:
    Type: AWS::Connect::User
    Properties:
      Username: jun
      AutoAcceptConfigs: [{Channel: VOICE, AutoAccept: "true"}, {Channel: TASK, AutoAccept: false}]
      AfterContactWorkConfigs: [{Channel: VOICE, AfterContactWorkConfig: {AfterContactWorkTimeLimit: "45"}}]
      RoutingProfileArn: !GetAtt Profile.RoutingProfileArn
      SecurityProfileArns: [!Ref Security]
  Security: {Type: AWS::Connect::SecurityProfile, Properties: {SecurityProfileName: agents}}
  Language:
    Type: AWS::Connect::PredefinedAttribute
    Properties: {Name: Language, Values: {StringList: [Mandarin, Cantonese]}}
  Lunch: {Type: AWS::Connect::AgentStatus, Properties: {Name: Lunch, State: ENABLED}}
  Old: {Type: AWS::Connect::AgentStatus, Properties: {Name: Old, State: DISABLED}}
  Profile:
    Type: AWS::Connect::RoutingProfile
    Properties:
      Name: desk
      DefaultOutboundQueueArn: !Ref Desk
      AgentAvailabilityTimer: TIME_SINCE_LAST_INBOUND
      MediaConcurrencies:
        - {Channel: VOICE, Concurrency: 1, CrossChannelBehavior: {BehaviorType: ROUTE_ANY_CHANNEL}}
        - {Channel: TASK, Concurrency: 3, CrossChannelBehavior: {BehaviorType: ROUTE_CURRENT_CHANNEL_ONLY}}
      QueueConfigs: [{Delay: 20, Priority: 2, QueueReference: {Channel: VOICE, QueueArn: !Ref Desk}}]
  Desk:
    Type: AWS::Connect::Queue
    Properties:
      Name: Desk
      HoursOfOperationArn: !Ref Child
      Status: DISABLED
      OutboundCallerConfig: {OutboundCallerIdNumberArn: !Ref Second, OutboundFlowArn: !Ref Whisper}
      QuickConnectArns: [!Ref ToMei, !GetAtt ToDesk.QuickConnectArn]
  Plain: {Type: AWS::Connect::Queue, Properties: {Name: Plain, HoursOfOperationArn: !Ref Child}}
  Whisper: {Type: AWS::Connect::ContactFlow, Properties: {Name: w, Type: OUTBOUND_WHISPER, Content: w.json}}
  ToMei:
    Type: AWS::Connect::QuickConnect
    Properties:
      Name: Mei
      QuickConnectConfig:
        {QuickConnectType: USER, UserConfig: {UserArn: !Ref Mei, ContactFlowArn: !Ref Whisper}}
  ToDesk:
    Type: AWS::Connect::QuickConnect
    Properties:
      Name: Desk
      QuickConnectConfig:
        {QuickConnectType: QUEUE, QueueConfig: {QueueArn: !Ref Desk, ContactFlowArn: !Ref Whisper}}
  ToTaxi:
    Type: AWS::Connect::QuickConnect
    Properties:
      Name: Taxi
      QuickConnectConfig: {QuickConnectType: PHONE_NUMBER, PhoneConfig: {PhoneNumber: "+6565521111"}}
  ToFlow:
    Type: AWS::Connect::QuickConnect
    Properties:
      Name: Flow
      QuickConnectConfig: {QuickConnectType: FLOW, FlowConfig: {ContactFlowArn: !Ref Whisper}}
  First: {Type: AWS::Connect::PhoneNumber, Properties: {TargetArn: !GetAtt Line.Arn, Type: DID, CountryCode: SG}}
  Second: {Type: AWS::Connect::PhoneNumber, Properties: {TargetArn: !GetAtt Line.Arn, Type: DID, CountryCode: SG}}
  Free: {Type: AWS::Connect::PhoneNumber, Properties: {TargetArn: x, Type: TOLL_FREE, CountryCode: US}}
  Seattle: {Type: AWS::Connect::PhoneNumber, Properties: {TargetArn: x, Type: DID, CountryCode: US, Prefix: "+1206"}}
  Holidays:
    Type: AWS::Connect::HoursOfOperation
    Properties:
      Name: holidays
      TimeZone: UTC
      Config: []
      HoursOfOperationOverrides:
        - {OverrideName: h, EffectiveFrom: 2026-12-25, EffectiveTill: 2026-12-25, OverrideConfig: []}
  Closures:
    Type: AWS::Connect::HoursOfOperation
    Properties:
      Name: closures
      TimeZone: UTC
      Config: []
      ChildHoursOfOperations: [{Id: !Ref Child}]
      HoursOfOperationOverrides:
        - {OverrideName: c, EffectiveFrom: 2026-12-26, EffectiveTill: 2026-12-26, OverrideConfig: []}
  Child:
    Type: AWS::Connect::HoursOfOperation
    Properties:
      Name: child
      TimeZone: UTC
      Config: [{Day: FRIDAY, StartTime: {Hours: 0, Minutes: 0}, EndTime: {Hours: 0, Minutes: 0}}]
      ParentHoursOfOperations: [{Id: !GetAtt Holidays.HoursOfOperationArn}, {Id: !Ref Closures}]
  Recordings:
    Type: AWS::Connect::InstanceStorageConfig
    Properties:
      ResourceType: CALL_RECORDINGS
      StorageType: S3
      S3Config: {BucketName: tapes, BucketPrefix: calls}
  Records:
    Type: AWS::Connect::InstanceStorageConfig
    Properties:
      ResourceType: CONTACT_TRACE_RECORDS
      StorageType: KINESIS_STREAM
      KinesisStreamConfig: {StreamArn: "arn:stream"}
  Firehose:
    Type: AWS::Connect::InstanceStorageConfig
    Properties: {ResourceType: AGENT_EVENTS, StorageType: KINESIS_FIREHOSE, KinesisFirehoseConfig: {FirehoseArn: f}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "w.json").write_text(document([say("hi", "Hello.")], kind="OUTBOUND_WHISPER"), encoding="utf-8")
    return tmp_path


def load(folder: Path, *changes: tuple[str, str]) -> Instance:
    """The instance, with some of its template written otherwise."""
    template = TEMPLATE
    for old, new in changes:
        assert old in template
        template = template.replace(old, new)
    (folder / "connect.yaml").write_text(template, encoding="utf-8")
    return Instance.from_template(folder / "connect.yaml", {}, region="ap-southeast-1", account="000000000000")


@pytest.fixture
def line(folder: Path) -> Instance:
    return load(folder)


def test_agents(line: Instance) -> None:
    mei, jun = line.agent("mei"), line.agent("jun")
    assert (mei.first_name, mei.last_name, mei.auto_accept, mei.after_contact_work) == ("Mei", "Chen", True, 30)
    assert mei.proficiencies == {("Language", "Cantonese"): 4.0, ("connect:Subtype", "any"): 1.0}
    assert (jun.first_name, jun.auto_accept, jun.after_contact_work) == ("", True, 45)
    assert [agent.status.kind for agent in (mei, jun)] == ["OFFLINE", "OFFLINE"]
    assert mei.arn.startswith(f"{line.arn}/agent/")
    assert line.agents == line.router.agents == {mei.arn: mei, jun.arn: jun}


def test_routing_profile(line: Instance) -> None:
    profile, desk = line.profile("desk"), line.queue(line.profile("desk").outbound_queue_arn)
    assert line.agent("mei").profile is profile
    assert profile.queues == (QueueConfig(desk.arn, "VOICE", priority=2, delay=20),)
    assert profile.concurrency == {
        "VOICE": MediaConcurrency("VOICE", 1, cross_channel=True),
        "TASK": MediaConcurrency("TASK", 3),
    }
    assert profile.ignores_outbound


def test_statuses(line: Instance) -> None:
    assert {(status.name, status.kind) for status in line.statuses.values()} == {
        ("Available", "ROUTABLE"),
        ("Offline", "OFFLINE"),
        ("Lunch", "CUSTOM"),
    }
    assert all(arn == status.arn for arn, status in line.statuses.items())


def test_queues(line: Instance) -> None:
    desk, plain = (next(queue for queue in line.queues.values() if queue.name == name) for name in ("Desk", "Plain"))
    assert [line.quick_connect(arn).name for arn in desk.quick_connects] == ["Mei", "Desk"]
    assert desk.outbound_number == "+6561234568"
    assert desk.outbound_flow_arn in line.flows
    assert (desk.enabled, plain.enabled) == (False, True)
    assert (plain.quick_connects, plain.outbound_number, plain.outbound_flow_arn) == ((), None, None)


def test_quick_connects(line: Instance) -> None:
    [flow], desk = line.flows, line.profile("desk").outbound_queue_arn
    arns = {quick_connect.name: quick_connect.arn for quick_connect in line.quick_connects.values()}
    assert list(line.quick_connects.values()) == [
        QuickConnect(arns["Mei"], "Mei", "USER", agent_arn=line.agent("mei").arn, flow_arn=flow),
        QuickConnect(arns["Desk"], "Desk", "QUEUE", queue_arn=desk, flow_arn=flow),
        QuickConnect(arns["Taxi"], "Taxi", "PHONE_NUMBER", phone_number="+6565521111"),
        QuickConnect(arns["Flow"], "Flow", "FLOW", flow_arn=flow),
    ]
    assert all(arn.startswith(f"{line.arn}/transfer-destination/") for arn in line.quick_connects)


def test_storage(line: Instance) -> None:
    assert line.storage == {
        "CALL_RECORDINGS": StorageConfig("tapes", "calls"),
        "CONTACT_TRACE_RECORDS": StorageConfig(stream_arn="arn:stream"),
        "AGENT_EVENTS": StorageConfig(),
    }


def test_hours_inherit_the_overrides_of_those_they_are_linked_to_from_either_side(line: Instance) -> None:
    hours = {hours.name: hours for hours in line.hours.values()}
    assert sorted(override.name for override in hours["child"].inherited) == ["c", "h"]
    assert [hours[name].inherited for name in ("holidays", "closures")] == [(), ()]
    fridays = [datetime(2026, 12, day, tzinfo=UTC) for day in (18, 25)]
    assert [hours["child"].are_open(friday) for friday in fridays] == [True, False]


class TestPhoneNumbers:
    def test_are_examples_of_their_country_and_all_different(self, line: Instance) -> None:
        numbers = [claimed.number for claimed in line.phone_numbers.values()]
        assert numbers == ["+6561234567", "+6561234568", "+18002345678", "+12065550123"]
        assert all(phonenumbers.is_valid_number(phonenumbers.parse(number)) for number in numbers)

    def test_who_calls_has_dialled_the_first(self, line: Instance) -> None:
        [flow] = line.flows.values()
        contact = line.new_contact(customer_address=CALLER, flow=flow, clock=TurnedClock())
        assert contact.system_address == "+6561234567"

    def test_each_may_have_a_flow_of_its_own(self, line: Instance) -> None:
        [whisper] = line.flows.values()
        line.phone_flow = compile_flow(document([say("hi", "Main.")]), arn="main", kind="CONTACT_FLOW", name="main")
        second = next(number for number in line.phone_numbers.values() if number.number == "+6561234568")
        second.flow = whisper

        def entered(to: str | None) -> tuple[str | None, str]:
            contact = line.new_contact(customer_address=CALLER, clock=TurnedClock(), to=to)
            return contact.system_address, contact.flow.name

        assert entered("+6561234568") == entered(second.arn) == ("+6561234568", "w")
        assert entered("+12065550123") == ("+12065550123", "main")
        assert entered(None) == ("+6561234567", "main")

    def test_that_are_not_the_instances_cannot_be_dialled(self, line: Instance) -> None:
        with pytest.raises(UnknownResource, match=r"the instance has no phone number '\+85221234567'"):
            line.new_contact(customer_address=CALLER, clock=TurnedClock(), to="+85221234567")


class TestLookingUp:
    @pytest.mark.parametrize("kind", ["agent", "status", "profile", "quick_connect"])
    def test_by_arn_id_or_name(self, line: Instance, kind: str) -> None:
        name = {"agent": "mei", "status": "Lunch", "profile": "desk", "quick_connect": "Taxi"}[kind]
        find = getattr(line, kind)
        found = find(name)
        assert find(found.arn) is found
        assert find(found.arn.rsplit("/", 1)[1]) is found
        with pytest.raises(UnknownResource, match=f"the instance has no .*{kind.rsplit('_', 1)[-1]} 'nobody'"):
            find("nobody")

    def test_an_agents_queue_is_one_however_they_are_named(self, line: Instance) -> None:
        mei = line.agent("mei")
        queue = line.agent_queue("mei")
        assert (queue.arn, queue.name) == (mei.arn.replace("/agent/", "/queue/agent/"), "mei")
        assert line.agent_queue(mei.arn) is queue
        with pytest.raises(UnknownResource, match="the instance has no agent 'nobody'"):
            line.agent_queue("nobody")


class TestRefusals:
    def test_a_user_without_a_routing_profile_of_the_template(self, folder: Path) -> None:
        with pytest.raises(
            TemplateError, match=r"Mei: the instance has no routing profile 'p'; name one of the templat"
        ):
            load(folder, ("RoutingProfileArn: !Ref Profile", "RoutingProfileArn: p"))

    def test_a_proficiency_of_an_attribute_that_is_not_there(self, folder: Path) -> None:
        with pytest.raises(
            TemplateError, match=r"Mei: the proficiency 'Skill' is no predefined attribute; name one of L"
        ):
            load(folder, ("AttributeName: Language", "AttributeName: Skill"))

    def test_a_proficiency_with_a_value_that_is_not_there(self, folder: Path) -> None:
        with pytest.raises(
            TemplateError, match=r"the proficiency 'Language' has no value 'Dutch'; name one of Mandarin, C"
        ):
            load(folder, ("AttributeValue: Cantonese", "AttributeValue: Dutch"))

    def test_no_proficiency_where_the_template_has_no_attributes(self, folder: Path) -> None:
        line = load(
            folder,
            ("AWS::Connect::PredefinedAttribute", "AWS::Connect::Prompt"),
            ("AttributeName: Language", "AttributeName: Skill"),
        )
        assert ("Skill", "Cantonese") in line.agent("mei").proficiencies

    def test_a_country_that_is_none(self, folder: Path) -> None:
        with pytest.raises(
            TemplateError, match=r"Seattle: 'XX' is no country with telephone numbers; write one such as"
        ):
            load(folder, ("CountryCode: US, Prefix", "CountryCode: XX, Prefix"))

    def test_hours_linked_to_none(self, folder: Path) -> None:
        with pytest.raises(
            TemplateError, match=r"Child: the instance has no hours of operation 'nowhere'; name one of"
        ):
            load(folder, ("!GetAtt Holidays.HoursOfOperationArn", "nowhere"))
