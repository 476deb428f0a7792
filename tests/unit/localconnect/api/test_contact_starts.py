"""Tasks, chats and calls that the API begins."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from websockets.sync.client import connect

from localconnect.arns import resource_id
from localconnect.instance import Instance
from tests.unit.localconnect.api.conftest import eventually
from tests.unit.localconnect.api.people import CALLER
from tests.unit.localconnect.api.test_contacts import describe
from tests.unit.localconnect.api.test_resources import NOWHERE, flow_id, named

Start = Callable[..., str]
SOON = timedelta(hours=1)


@pytest.fixture
def task(client: Any, instance: Instance) -> Start:
    """Starts one, by default with the flow that goes to the queue."""

    def start(**parameters: Any) -> str:
        flow = {} if "QuickConnectId" in parameters else flow_id(instance, "tasks")
        given = {"InstanceId": instance.arn, "Name": "Call back", **flow, **parameters}
        contact_id: str = client.start_task_contact(**given)["ContactId"]
        return contact_id

    return start


@pytest.fixture
def call_out(client: Any, instance: Instance) -> Start:
    def start(**parameters: Any) -> str:
        source = {} if "QueueId" in parameters else {"SourcePhoneNumber": next(iter(numbers(instance)))}
        given = {"DestinationPhoneNumber": CALLER, **flow_id(instance, "main"), **source, **parameters}
        contact_id: str = client.start_outbound_voice_contact(InstanceId=instance.arn, **given)["ContactId"]
        return contact_id

    return start


def numbers(instance: Instance) -> list[str]:
    return [number.number for number in instance.phone_numbers.values()]


class TestTasks:
    def test_one_runs_its_flow_and_waits_in_the_queue(self, client: Any, instance: Instance, task: Start) -> None:
        references = {"form": {"Type": "URL", "Value": "https://example.com/1"}}
        contact_id = task(Description="Ms Wang", Attributes={"customer": "7"}, References=references)
        assert eventually(lambda: instance.contacts.find(contact_id).enqueued_at)
        described = describe(client, instance, contact_id)
        assert (described["Channel"], described["InitiationMethod"]) == ("TASK", "API")
        assert (described["Name"], described["Description"]) == ("Call back", "Ms Wang")
        assert described["ContactDetails"] == {"Name": "Call back", "Description": "Ms Wang"}
        assert described["Attributes"] == {"customer": "7"}
        assert described["QueueInfo"]["Id"] == resource_id(named(instance, "Service"))
        assert described["TotalPauseCount"] == 0
        assert not described.keys() & {"CustomerEndpoint", "SystemEndpoint", "ScheduledTimestamp"}
        assert instance.contacts.find(contact_id).contact.references == {"form": "https://example.com/1"}

    def test_the_same_token_begins_it_once(self, instance: Instance, task: Start) -> None:
        first, again, other = task(ClientToken="a"), task(ClientToken="a"), task(ClientToken="b")
        assert first == again != other
        assert len(list(instance.contacts)) == 2

    def test_by_quick_connect_it_finds_the_agent_or_the_queue(self, instance: Instance, task: Start) -> None:
        for name, queue in (("Mei", instance.agent_queue("mei").arn), ("Service desk", named(instance, "Service"))):
            record = instance.contacts.find(task(QuickConnectId=resource_id(named(instance, name))))
            assert eventually(lambda record=record: record.enqueued_at)
            assert record.contact.queue_arn == queue

    def test_linked_to_the_previous_it_shares_attributes(self, client: Any, instance: Instance, task: Start) -> None:
        first = task(Attributes={"a": "1", "b": "1"})
        second = task(PreviousContactId=first, Attributes={"b": "2"})
        described = describe(client, instance, second)
        assert (described["PreviousContactId"], described["InitialContactId"]) == (first, first)
        assert described["Attributes"] == {"a": "1", "b": "2"}
        client.update_contact_attributes(InstanceId=instance.arn, InitialContactId=second, Attributes={"a": "3"})
        assert describe(client, instance, first)["Attributes"] == {"a": "3", "b": "1"}

    def test_related_it_has_attributes_of_its_own(self, client: Any, instance: Instance, task: Start) -> None:
        first = task(Attributes={"a": "1"})
        second = task(RelatedContactId=first)
        client.update_contact_attributes(InstanceId=instance.arn, InitialContactId=second, Attributes={"a": "2"})
        described = describe(client, instance, second)
        assert (described["RelatedContactId"], described["InitialContactId"]) == (first, second)
        assert [describe(client, instance, each)["Attributes"]["a"] for each in (first, second)] == ["1", "2"]

    def test_twelve_share_a_previous_contact(self, client: Any, task: Start) -> None:
        first = task(ScheduledTime=datetime.now(UTC) + SOON)
        for _ in range(12):
            task(PreviousContactId=first, ScheduledTime=datetime.now(UTC) + SOON)
        with pytest.raises(client.exceptions.ServiceQuotaExceededException):
            task(PreviousContactId=first)

    def test_scheduled_it_waits_for_its_time(self, client: Any, instance: Instance, task: Start) -> None:
        contact_id = task(ScheduledTime=datetime.now(UTC) + SOON)
        described = describe(client, instance, contact_id)
        assert described["ScheduledTimestamp"] > described["InitiationTimestamp"] + SOON / 2
        assert "ConnectedToSystemTimestamp" not in described

    @pytest.mark.parametrize(
        ("parameters", "said"),
        [
            ({"ScheduledTime": datetime.now(UTC) - SOON}, "within the next six days"),
            ({"ScheduledTime": datetime.now(UTC) + timedelta(days=7)}, "within the next six days"),
            ({"Attributes": {"my name": "x"}}, "no name of an attribute"),
            ({"Attributes": {"a": "x" * 16_384, "b": "x" * 16_384}}, "32,770 bytes; 32,768 are allowed"),
            ({"References": {"a": {"Type": "ATTACHMENT", "Value": "x"}}}, "is a ATTACHMENT; use URL"),
            ({"References": {"a": {"Type": "URL", "Value": "x" * 4096}}}, "4,097 bytes; 4,096 are allowed"),
        ],
    )
    def test_wrong_parameters(self, client: Any, task: Start, parameters: dict[str, Any], said: str) -> None:
        with pytest.raises(client.exceptions.InvalidParameterException, match=said):
            task(**parameters)

    def test_exactly_one_flow(self, client: Any, instance: Instance, task: Start) -> None:
        quick = {"QuickConnectId": named(instance, "Mei")}
        for parameters in ({}, quick | flow_id(instance, "tasks")):
            with pytest.raises(client.exceptions.InvalidRequestException, match="one of ContactFlowId"):
                client.start_task_contact(InstanceId=instance.arn, Name="n", **parameters)
        with pytest.raises(client.exceptions.InvalidRequestException, match="'Bank' has no flow"):
            task(QuickConnectId=named(instance, "Bank"))


class TestChats:
    @pytest.fixture
    def chat(self, client: Any, instance: Instance) -> Callable[..., Any]:
        details = {"ParticipantDetails": {"DisplayName": "Ms Wang"}, **flow_id(instance, "tasks")}
        return lambda **parameters: client.start_chat_contact(InstanceId=instance.arn, **details, **parameters)

    def test_one_runs_its_flow(self, client: Any, instance: Instance, chat: Callable[..., Any]) -> None:
        message = {"ContentType": "text/plain", "Content": "Hello"}
        started = chat(InitialMessage=message, CustomerId="7", Attributes={"a": "b"}, ClientToken="t")
        assert chat(ClientToken="t")["ContactId"] == started["ContactId"]
        assert started["ParticipantId"] != started["ContactId"]
        assert started["ParticipantToken"]
        described = describe(client, instance, started["ContactId"])
        assert (described["Channel"], described["Name"], described["CustomerId"]) == ("CHAT", "Ms Wang", "7")
        contact = instance.contacts.find(started["ContactId"]).contact
        assert contact.loaded["Media"] == {"InitialMessage": "Hello"}

    def test_plain_text_must_be_possible(self, client: Any, chat: Callable[..., Any]) -> None:
        with pytest.raises(client.exceptions.InvalidParameterException, match="must contain text/plain"):
            chat(SupportedMessagingContentTypes=["application/json"])


class TestCallsOut:
    def test_who_answers_enters_the_flow(self, client: Any, instance: Instance, address: str, call_out: Start) -> None:
        with connect(f"ws://{address}/phone/call") as phone:
            phone.send(json.dumps({"type": "wait", "number": CALLER, "pace": 20}))
            assert json.loads(phone.recv(timeout=20))["type"] == "waiting"
            contact_id = call_out(Name="Offer", ClientToken="t", Attributes={"a": "b"})
            assert call_out(ClientToken="t") == contact_id
            assert json.loads(phone.recv(timeout=20))["type"] == "ring"
            phone.send('{"type": "answer"}')
            assert any("Choose." in str(message) for message in phone)
            described = describe(client, instance, contact_id)
            assert (described["InitiationMethod"], described["Channel"]) == ("API", "VOICE")
            assert described["SystemEndpoint"]["Address"] == numbers(instance)[0]
            assert described["CustomerEndpoint"]["Address"] == CALLER
            assert (described["Name"], described["Attributes"]) == ("Offer", {"a": "b"})

    def test_where_no_phone_waits_it_ends(self, client: Any, instance: Instance, call_out: Start) -> None:
        contact_id = call_out(QueueId=resource_id(named(instance, "Service")))
        reason = eventually(lambda: describe(client, instance, contact_id).get("DisconnectReason"))
        assert reason == "TELECOM_NUMBER_INVALID"
        contact = instance.contacts.find(contact_id).contact
        assert (contact.queue_name, contact.system_address) == ("Service", numbers(instance)[0])

    def test_wrong_numbers(self, client: Any, instance: Instance, call_out: Start) -> None:
        with pytest.raises(client.exceptions.InvalidParameterException, match=r"E\.164"):
            call_out(DestinationPhoneNumber="13800138000")
        with pytest.raises(client.exceptions.InvalidParameterException, match="none of the instance's numbers"):
            call_out(SourcePhoneNumber="+442079460000")
        with pytest.raises(client.exceptions.InvalidRequestException, match="QueueId or a SourcePhoneNumber"):
            client.start_outbound_voice_contact(
                InstanceId=instance.arn, DestinationPhoneNumber=CALLER, **flow_id(instance, "main")
            )
        with pytest.raises(client.exceptions.ResourceNotFoundException, match=NOWHERE):
            call_out(QueueId=NOWHERE)

    def test_an_instance_that_makes_no_calls(self, client: Any, instance: Instance, call_out: Start) -> None:
        instance.sources[instance.arn] = {"Attributes": {"InboundCalls": True, "OutboundCalls": False}}
        with pytest.raises(client.exceptions.OutboundContactNotPermittedException):
            call_out()


REFUSED = [
    ("start_task_contact", {"Name": "n", "TaskTemplateId": "t"}, "StartTaskContact with TaskTemplateId"),
    ("start_task_contact", {"Name": "n", "SegmentAttributes": {}}, "StartTaskContact with SegmentAttributes"),
    (
        "start_chat_contact",
        {"ContactFlowId": "f", "ParticipantDetails": {"DisplayName": "n"}, "ChatDurationInMinutes": 60},
        "StartChatContact with ChatDurationInMinutes",
    ),
    (
        "start_outbound_voice_contact",
        {
            "ContactFlowId": "f",
            "DestinationPhoneNumber": CALLER,
            "AnswerMachineDetectionConfig": {"EnableAnswerMachineDetection": True},
        },
        "StartOutboundVoiceContact with AnswerMachineDetectionConfig",
    ),
    (
        "start_outbound_voice_contact",
        {"ContactFlowId": "f", "DestinationPhoneNumber": CALLER, "TrafficType": "CAMPAIGN"},
        "StartOutboundVoiceContact with the TrafficType CAMPAIGN",
    ),
]


@pytest.mark.parametrize(("operation", "parameters", "named"), REFUSED)
def test_what_does_not_run_is_refused_by_name(
    client: Any, instance: Instance, operation: str, parameters: dict[str, Any], named: str
) -> None:
    with pytest.raises(ClientError, match=f"does not run {named} yet"):
        getattr(client, operation)(InstanceId=instance.arn, **parameters)
