"""What the API does with contacts under way, and changes of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from websockets.sync.client import connect

from localconnect.arns import resource_id
from localconnect.contacts import ContactRecord
from localconnect.events.sink import MemorySink
from localconnect.instance import Instance
from tests.unit.localconnect.api.conftest import eventually
from tests.unit.localconnect.api.people import Panel, Phone
from tests.unit.localconnect.api.test_contacts import describe, search
from tests.unit.localconnect.api.test_resources import flow_id, named

Start = Callable[..., str]
SOON = timedelta(hours=1)


@pytest.fixture
def task(client: Any, instance: Instance) -> Start:
    """Starts one that goes to the queue."""

    def start(**parameters: Any) -> str:
        given = {"InstanceId": instance.arn, "Name": "task", **flow_id(instance, "tasks"), **parameters}
        contact_id: str = client.start_task_contact(**given)["ContactId"]
        return contact_id

    return start


@pytest.fixture
def waiting(instance: Instance, task: Start) -> Start:
    """Starts one, and sees it into the queue."""

    def start(**parameters: Any) -> str:
        contact_id = task(**parameters)
        assert eventually(lambda: record(instance, contact_id).enqueued_at)
        return contact_id

    return start


@pytest.fixture
def chat(client: Any, instance: Instance) -> str:
    started = client.start_chat_contact(
        InstanceId=instance.arn, ParticipantDetails={"DisplayName": "Ms Wang"}, **flow_id(instance, "tasks")
    )
    contact_id: str = started["ContactId"]
    return contact_id


def record(instance: Instance, contact_id: str) -> ContactRecord:
    return instance.contacts.find(contact_id)


def the(instance: Instance, contact_id: str) -> dict[str, str]:
    """The parameters that name a contact."""
    return {"InstanceId": instance.arn, "ContactId": contact_id}


def updated(sink: MemorySink, contact_id: str) -> list[list[str]]:
    """The properties of which contact events have said that they are different."""
    details = [event["detail"] for event in sink.events]
    return [
        detail["updatedProperties"]
        for detail in details
        if (detail["contactId"], detail["eventType"]) == (contact_id, "CONTACT_DATA_UPDATED")
    ]


class TestStop:
    def test_a_task_in_the_queue_and_a_chat(self, client: Any, instance: Instance, waiting: Start, chat: str) -> None:
        for contact_id in (waiting(), chat):
            client.stop_contact(**the(instance, contact_id))
            assert eventually(lambda contact_id=contact_id: record(instance, contact_id).ended_at)
            client.stop_contact(**the(instance, contact_id))
        assert instance.router.size(named(instance, "Service")) == 0

    def test_a_task_that_waits_for_its_time(self, client: Any, instance: Instance, task: Start) -> None:
        contact_id = task(ScheduledTime=datetime.now(UTC) + SOON)
        client.stop_contact(**the(instance, contact_id))
        assert eventually(lambda: record(instance, contact_id).ended_at)
        assert record(instance, contact_id).connected_at is None

    def test_a_task_that_an_agent_has(self, client: Any, instance: Instance, task: Start, panel: Panel) -> None:
        contact_id = panel.take(task())
        client.stop_contact(**the(instance, contact_id))
        panel.has("ENDED", contact_id)

    def test_a_call_that_was_transferred_is_not_stopped(self, client: Any, instance: Instance, address: str) -> None:
        with connect(f"ws://{address}/phone/call") as socket:
            Phone(socket).hear("listen")
            [summary] = search(client, instance)["Contacts"]
            record(instance, summary["Id"]).contact.initiation_method = "TRANSFER"
            with pytest.raises(client.exceptions.InvalidRequestException, match="TRANSFER cannot be stopped"):
                client.stop_contact(**the(instance, summary["Id"]))

    def test_a_reason_is_for_campaigns(self, client: Any, instance: Instance, chat: str) -> None:
        with pytest.raises(ClientError, match="does not run StopContact with DisconnectReason yet"):
            client.stop_contact(**the(instance, chat), DisconnectReason={"Code": "DISCARDED"})


class TestSchedule:
    def test_a_task_begins_at_its_new_time(
        self, client: Any, instance: Instance, task: Start, sink: MemorySink
    ) -> None:
        contact_id = task(ScheduledTime=datetime.now(UTC) + SOON)
        client.update_contact_schedule(**the(instance, contact_id), ScheduledTime=datetime.now(UTC) + 2 * SOON)
        assert updated(sink, contact_id) == [["ScheduledTimestamp"]]
        assert record(instance, contact_id).connected_at is None
        sooner = datetime.now(UTC) + timedelta(seconds=2)
        client.update_contact_schedule(**the(instance, contact_id), ScheduledTime=sooner)
        assert eventually(lambda: record(instance, contact_id).enqueued_at) >= sooner - timedelta(milliseconds=1)

    def test_only_before_it_has_begun(self, client: Any, instance: Instance, waiting: Start) -> None:
        soon = datetime.now(UTC) + SOON
        with pytest.raises(client.exceptions.InvalidRequestException, match="does not wait for its time"):
            client.update_contact_schedule(**the(instance, waiting()), ScheduledTime=soon)

    def test_only_within_six_days(self, client: Any, instance: Instance, task: Start) -> None:
        contact_id = task(ScheduledTime=datetime.now(UTC) + SOON)
        with pytest.raises(client.exceptions.InvalidParameterException, match="within the next six days"):
            client.update_contact_schedule(**the(instance, contact_id), ScheduledTime=datetime.now(UTC) + 150 * SOON)


class TestPause:
    def test_and_resume(self, client: Any, instance: Instance, task: Start, panel: Panel) -> None:
        contact = the(instance, panel.take(task()))
        client.pause_contact(**contact)
        panel.has("PAUSED", contact["ContactId"])
        assert describe(client, instance, contact["ContactId"])["TotalPauseCount"] == 1
        with pytest.raises(client.exceptions.ConflictException, match="it is PAUSED"):
            client.pause_contact(**contact)
        client.resume_contact(**contact)
        panel.has("CONNECTED", contact["ContactId"])
        with pytest.raises(client.exceptions.ConflictException, match="it is CONNECTED"):
            client.resume_contact(**contact)
        described = describe(client, instance, contact["ContactId"])
        assert described["LastResumedTimestamp"] >= described["LastPausedTimestamp"]

    def test_another_task_takes_the_place(self, client: Any, instance: Instance, task: Start, panel: Panel) -> None:
        first = panel.take(task())
        client.pause_contact(**the(instance, first))
        second = panel.take(task())
        assert second != first
        with pytest.raises(client.exceptions.ConflictException, match="no place for another TASK"):
            client.resume_contact(**the(instance, first))

    def test_ten_times_at_most(self, client: Any, instance: Instance, task: Start, panel: Panel) -> None:
        contact = the(instance, panel.take(task()))
        for _ in range(10):
            client.pause_contact(**contact)
            client.resume_contact(**contact)
        with pytest.raises(client.exceptions.LimitExceededException, match="10 times"):
            client.pause_contact(**contact)

    def test_is_for_tasks_that_an_agent_has(self, client: Any, instance: Instance, waiting: Start, chat: str) -> None:
        with pytest.raises(client.exceptions.InvalidRequestException, match="the contact is a CHAT one"):
            client.pause_contact(**the(instance, chat))
        with pytest.raises(ClientError, match="does not run PauseContact of a task that no agent has yet"):
            client.pause_contact(**the(instance, waiting()))


class TestTransfer:
    def test_from_an_agent_to_a_queue(self, client: Any, instance: Instance, task: Start, panel: Panel) -> None:
        first = panel.take(task(Description="d", Attributes={"a": "b"}))
        queue, sales = flow_id(instance, "to queue"), resource_id(named(instance, "Sales"))
        transferred = client.transfer_contact(**the(instance, first), **queue, QueueId=sales, ClientToken="t")
        again = client.transfer_contact(**the(instance, first), **queue, ClientToken="t")
        assert again["ContactId"] == transferred["ContactId"]
        panel.has("ENDED", first)
        second = transferred["ContactId"]
        assert transferred["ContactArn"] == f"{instance.arn}/contact/{second}"
        assert eventually(lambda: record(instance, second).enqueued_at)
        described = describe(client, instance, second)
        assert described["QueueInfo"]["Id"] == sales
        assert (described["InitiationMethod"], described["PreviousContactId"]) == ("TRANSFER", first)
        assert (described["InitialContactId"], described["Name"]) == (first, "task")
        assert (described["Description"], described["Attributes"]) == ("d", {"a": "b"})
        assert describe(client, instance, first)["AgentInfo"]["Id"] == resource_id(instance.agent("mei").arn)

    def test_from_a_queue_to_an_agent(self, client: Any, instance: Instance, waiting: Start, panel: Panel) -> None:
        first = waiting()
        agent = {"UserId": resource_id(instance.agent("mei").arn), **flow_id(instance, "to agent")}
        second = client.transfer_contact(**the(instance, first), **agent)["ContactId"]
        assert eventually(lambda: record(instance, second).enqueued_at)
        assert record(instance, second).contact.queue_arn == instance.agent_queue("mei").arn
        assert eventually(lambda: record(instance, first).ended_at)
        [following] = describe(client, instance, first)["NextContacts"]
        data = following["NextContactMetadata"]["QuickConnectContactData"]
        assert (data["ContactId"], data["QuickConnectName"]) == (second, "Mei")

    def test_what_the_page_does_not_allow(
        self, client: Any, instance: Instance, waiting: Start, chat: str, task: Start
    ) -> None:
        first, invalid = waiting(), client.exceptions.InvalidRequestException
        to_queue = flow_id(instance, "to queue")
        both = {"QueueId": named(instance, "Sales"), "UserId": instance.agent("mei").arn}
        for contact_id, parameters, said in (
            (chat, to_queue, "is for tasks"),
            (first, flow_id(instance, "hold"), "is a CUSTOMER_QUEUE"),
            (first, to_queue | both, "not both"),
        ):
            with pytest.raises(invalid, match=said):
                client.transfer_contact(**the(instance, contact_id), **parameters)
        client.stop_contact(**the(instance, first))
        assert eventually(lambda: record(instance, first).ended_at)
        with pytest.raises(invalid, match="has ended already"):
            client.transfer_contact(**the(instance, first), **to_queue)
        with pytest.raises(ClientError, match="before its ScheduledTime yet"):
            client.transfer_contact(**the(instance, task(ScheduledTime=datetime.now(UTC) + SOON)), **to_queue)

    def test_eleven_times_at_most(self, client: Any, instance: Instance, waiting: Start) -> None:
        contact_id, to_queue = waiting(), flow_id(instance, "to queue")
        for _ in range(11):
            contact_id = client.transfer_contact(**the(instance, contact_id), **to_queue)["ContactId"]
            assert eventually(lambda contact_id=contact_id: _has_come(instance, contact_id))
        with pytest.raises(client.exceptions.ServiceQuotaExceededException, match="11 times"):
            client.transfer_contact(**the(instance, contact_id), **to_queue)


def _has_come(instance: Instance, contact_id: str) -> bool:
    return any(known.contact.contact_id == contact_id and known.enqueued_at for known in list(instance.contacts))


class TestUpdates:
    def test_name_description_and_references(self, client: Any, instance: Instance, chat: str) -> None:
        reference = {"site": {"Type": "URL", "Value": "https://example.com"}}
        client.update_contact(**the(instance, chat), Name="n", Description="d", References=reference)
        client.update_contact(**the(instance, chat), Description="e")
        described = describe(client, instance, chat)
        assert (described["Name"], described["Description"]) == ("n", "e")
        assert record(instance, chat).contact.references == {"site": "https://example.com"}
        with pytest.raises(client.exceptions.InvalidRequestException, match="nothing to update"):
            client.update_contact(**the(instance, chat))
        with pytest.raises(ClientError, match="does not run UpdateContact with UserInfo yet"):
            client.update_contact(**the(instance, chat), UserInfo={"UserId": "u"})

    def test_tags(self, client: Any, instance: Instance, chat: str, sink: MemorySink) -> None:
        client.tag_contact(**the(instance, chat), Tags={"a": "1", "b": "2"})
        client.untag_contact(**the(instance, chat), TagKeys=["a", "c"])
        assert describe(client, instance, chat)["Tags"] == {"b": "2"}
        assert updated(sink, chat) == [["Tags"], ["Tags"]]
        for tags, said in (({"aws:x": "1"}, "begins with aws:"), (dict.fromkeys("acdefg", "1"), "7 tags; 6 are")):
            with pytest.raises(client.exceptions.InvalidParameterException, match=said):
                client.tag_contact(**the(instance, chat), Tags=tags)

    def test_attributes_are_published(self, client: Any, instance: Instance, chat: str, sink: MemorySink) -> None:
        client.update_contact_attributes(InstanceId=instance.arn, InitialContactId=chat, Attributes={"a": "b"})
        assert updated(sink, chat) == [["UserDefinedAttributes"]]

    def test_a_place_in_the_queue(self, client: Any, instance: Instance, waiting: Start) -> None:
        def position(contact_id: str) -> float:
            metrics = client.get_contact_metrics(**the(instance, contact_id), Metrics=[{"Name": "POSITION_IN_QUEUE"}])
            assert (metrics["Id"], metrics["MetricResults"][0]["Name"]) == (contact_id, "POSITION_IN_QUEUE")
            number: float = metrics["MetricResults"][0]["Value"]["Number"]
            return number

        first, second, third = waiting(), waiting(), waiting()
        client.update_contact_routing_data(**the(instance, second), QueuePriority=1)
        client.update_contact_routing_data(**the(instance, third), QueueTimeAdjustmentSeconds=600)
        assert [position(each) for each in (second, third, first)] == [1, 2, 3]
        described = describe(client, instance, third)
        assert (described["QueuePriority"], described["QueueTimeAdjustmentSeconds"]) == (5, 600)

    def test_metrics_of_a_contact_that_does_not_wait(self, client: Any, instance: Instance, task: Start) -> None:
        contact = the(instance, task(ScheduledTime=datetime.now(UTC) + SOON))
        with pytest.raises(client.exceptions.InvalidRequestException, match="waits in no queue"):
            client.get_contact_metrics(**contact, Metrics=[{"Name": "POSITION_IN_QUEUE"}])
        with pytest.raises(ClientError, match="does not run GetContactMetrics of ESTIMATED_WAIT_TIME yet"):
            client.get_contact_metrics(**contact, Metrics=[{"Name": "ESTIMATED_WAIT_TIME"}])

    def test_routing_criteria(self, client: Any, instance: Instance, waiting: Start) -> None:
        contact = the(instance, waiting())
        wanted = {"Name": "language", "Value": "yue", "ComparisonOperator": "NumberGreaterOrEqualTo"}
        steps = [{"Expiry": {"DurationInSeconds": 600}, "Expression": {"AttributeCondition": wanted}}]
        with pytest.raises(client.exceptions.InvalidParameterException, match="needs ProficiencyLevel"):
            client.update_contact_routing_data(**contact, RoutingCriteria={"Steps": steps})
        wanted["ProficiencyLevel"] = 3.0  # type: ignore[assignment]
        client.update_contact_routing_data(**contact, RoutingCriteria={"Steps": steps})
        criteria = describe(client, instance, contact["ContactId"])["RoutingCriteria"]
        assert criteria["Steps"] == [{**steps[0], "Status": "ACTIVE"}]
        assert criteria["ActivationTimestamp"] <= datetime.now(UTC)

    def test_routing_that_cannot_be(self, client: Any, instance: Instance, waiting: Start) -> None:
        contact = the(instance, waiting())
        with pytest.raises(client.exceptions.InvalidParameterException, match="not both"):
            client.update_contact_routing_data(**contact, QueuePriority=1, QueueTimeAdjustmentSeconds=1)
        client.stop_contact(**contact)
        assert eventually(lambda: record(instance, contact["ContactId"]).ended_at)
        with pytest.raises(client.exceptions.ResourceConflictException, match="has ended already"):
            client.update_contact_routing_data(**contact, QueuePriority=1)
