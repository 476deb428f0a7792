"""A morning at the service desk, seen through the API alone but for the agent's own clicks."""

from __future__ import annotations

from typing import Any

from websockets.sync.client import connect

from localconnect.arns import resource_id
from localconnect.instance import Instance
from tests.unit.localconnect.api.conftest import set_status
from tests.unit.localconnect.api.people import Panel, Phone
from tests.unit.localconnect.api.test_contacts import describe
from tests.unit.localconnect.api.test_metrics import current, figures
from tests.unit.localconnect.api.test_resources import flow_id, named


def test_a_call_and_a_task_are_handled(client: Any, instance: Instance, address: str) -> None:
    mei = {"InstanceId": instance.arn, "UserId": resource_id(instance.agent("mei").arn)}

    def queue() -> dict[str, float]:
        names = ("AGENTS_ONLINE", "AGENTS_AVAILABLE", "AGENTS_ON_CONTACT", "CONTACTS_IN_QUEUE")
        return figures(current(client, instance, *names)["MetricResults"][0])

    def desk() -> dict[str, str]:
        [user] = client.get_current_user_data(InstanceId=instance.arn, Filters={"Agents": [mei["UserId"]]})[
            "UserDataList"
        ]
        return {contact["Channel"]: contact["AgentContactState"] for contact in user["Contacts"]}

    assert queue() == {"AGENTS_ONLINE": 0, "AGENTS_AVAILABLE": 0, "AGENTS_ON_CONTACT": 0, "CONTACTS_IN_QUEUE": 0}
    with connect(f"ws://{address}/agent/panel") as desk_socket, connect(f"ws://{address}/phone/call") as phone_socket:
        panel, phone = Panel(desk_socket, "mei"), Phone(phone_socket)
        phone.hear("listen")
        phone.send(type="key", key="2")
        phone.hear("queued")
        task = client.start_task_contact(InstanceId=instance.arn, Name="task", **flow_id(instance, "tasks"))[
            "ContactId"
        ]
        assert queue()["CONTACTS_IN_QUEUE"] >= 1

        set_status(client, instance, "mei", "Available")
        call = panel.has("CONNECTED")  # the call comes first by priority, and is accepted by itself
        phone.hear("joined")
        assert queue() == {"AGENTS_ONLINE": 1, "AGENTS_AVAILABLE": 0, "AGENTS_ON_CONTACT": 1, "CONTACTS_IN_QUEUE": 1}
        assert desk() == {"VOICE": "CONNECTED"}

        client.stop_contact(InstanceId=instance.arn, ContactId=call)
        panel.has("ENDED", call)
        assert desk() == {"VOICE": "ENDED"}
        client.dismiss_user_contact(**mei, ContactId=call)
        panel.take(task)
        assert desk() == {"TASK": "CONNECTED"}
        described = describe(client, instance, task)
        assert described["AgentInfo"]["Id"] == mei["UserId"]
        assert described["AgentInfo"]["ConnectedToAgentTimestamp"] >= described["QueueInfo"]["EnqueueTimestamp"]

        panel.send(type="hangup", contact=task)
        panel.has("ENDED", task)
        client.dismiss_user_contact(**mei, ContactId=task)
        assert desk() == {}
        assert queue() == {"AGENTS_ONLINE": 1, "AGENTS_AVAILABLE": 1, "AGENTS_ON_CONTACT": 0, "CONTACTS_IN_QUEUE": 0}
        found = client.search_contacts(
            InstanceId=instance.arn,
            TimeRange={
                "Type": "CONNECTED_TO_AGENT_TIMESTAMP",
                "StartTime": described["InitiationTimestamp"],
                "EndTime": described["InitiationTimestamp"].replace(year=2100),
            },
            SearchCriteria={"AgentIds": [mei["UserId"]], "QueueIds": [resource_id(named(instance, "Service"))]},
        )
        assert {contact["Id"] for contact in found["Contacts"]} == {call, task}
        assert describe(client, instance, task)["AgentInfo"]["AfterContactWorkDuration"] >= 0
