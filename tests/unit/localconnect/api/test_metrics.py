"""Figures of this moment, and of the contacts that have ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localconnect.arns import resource_id
from localconnect.clock import TurnedClock
from localconnect.contacts import ContactRecord, Hold, Interaction
from localconnect.instance import Instance
from tests.unit.localconnect.api.conftest import eventually, set_status
from tests.unit.localconnect.api.people import CALLER, Panel
from tests.unit.localconnect.api.test_resources import flow_id, named

ALL = (
    "AGENTS_ONLINE",
    "AGENTS_AVAILABLE",
    "AGENTS_STAFFED",
    "AGENTS_ON_CONTACT",
    "AGENTS_AFTER_CONTACT_WORK",
    "AGENTS_NON_PRODUCTIVE",
    "CONTACTS_IN_QUEUE",
    "CONTACTS_SCHEDULED",
    "SLOTS_ACTIVE",
    "SLOTS_AVAILABLE",
)


def current(client: Any, instance: Instance, *names: str, **parameters: Any) -> Any:
    """Of the queue Service, unless others are filtered by."""
    given = {"Filters": {"Queues": [named(instance, "Service")]}, **parameters}
    metrics = [{"Name": name} for name in names]
    return client.get_current_metric_data(InstanceId=instance.arn, CurrentMetrics=metrics, **given)


def figures(result: Any) -> dict[str, float]:
    return {figure["Metric"]["Name"]: figure["Value"] for figure in result["Collections"]}


def start_task(client: Any, instance: Instance) -> str:
    started = client.start_task_contact(InstanceId=instance.arn, Name="task", **flow_id(instance, "tasks"))
    contact_id: str = started["ContactId"]
    assert eventually(lambda: instance.contacts.find(contact_id).enqueued_at)
    return contact_id


class TestCurrent:
    def test_a_queue_and_its_agents(self, client: Any, instance: Instance, panel: Panel) -> None:
        before = figures(current(client, instance, *ALL)["MetricResults"][0])
        assert before == dict.fromkeys(ALL, 0) | {
            "AGENTS_ONLINE": 1,
            "AGENTS_AVAILABLE": 1,
            "AGENTS_STAFFED": 1,
            "SLOTS_AVAILABLE": 1,
        }
        start_task(client, instance)
        task = panel.take()
        start_task(client, instance)
        data = current(client, instance, *ALL)
        assert abs(datetime.now(UTC) - data["DataSnapshotTime"]) < timedelta(minutes=5)
        [result] = data["MetricResults"]
        assert result["Dimensions"] == {}
        assert figures(result) == dict.fromkeys(ALL, 0) | {
            "AGENTS_ONLINE": 1,
            "AGENTS_STAFFED": 1,
            "AGENTS_ON_CONTACT": 1,
            "CONTACTS_IN_QUEUE": 1,
            "SLOTS_ACTIVE": 1,
        }
        panel.send(type="hangup", contact=task)
        panel.has("ENDED", task)
        assert figures(current(client, instance, "AGENTS_AFTER_CONTACT_WORK")["MetricResults"][0]) == {
            "AGENTS_AFTER_CONTACT_WORK": 1
        }

    def test_by_queue_and_channel(self, client: Any, instance: Instance) -> None:
        start_task(client, instance)
        queues = [named(instance, name) for name in ("Service", "Sales")]
        data = current(
            client,
            instance,
            "CONTACTS_IN_QUEUE",
            Filters={"Queues": queues, "Channels": ["VOICE", "TASK"]},
            Groupings=["QUEUE", "CHANNEL"],
        )
        found = {
            (result["Dimensions"]["Queue"]["Arn"], result["Dimensions"]["Channel"]): figures(result)
            for result in data["MetricResults"]
        }
        assert found == {
            (queue, channel): {"CONTACTS_IN_QUEUE": int((queue, channel) == (queues[0], "TASK"))}
            for queue in queues
            for channel in ("VOICE", "TASK")
        }
        assert data["ApproximateTotalCount"] == 4

    def test_by_routing_profile(self, client: Any, instance: Instance, panel: Panel) -> None:
        start_task(client, instance)
        profiles = [resource_id(named(instance, name)) for name in ("Back office", "Desk")]
        data = current(
            client,
            instance,
            "AGENTS_ONLINE",
            "CONTACTS_IN_QUEUE",
            Filters={"RoutingProfiles": profiles},
            Groupings=["ROUTING_PROFILE"],
        )
        found = [(result["Dimensions"]["RoutingProfile"]["Id"], figures(result)) for result in data["MetricResults"]]
        assert found == [  # most agents first
            (profiles[1], {"AGENTS_ONLINE": 1, "CONTACTS_IN_QUEUE": 1}),
            (profiles[0], {"AGENTS_ONLINE": 0, "CONTACTS_IN_QUEUE": 0}),
        ]

    def test_by_status(self, client: Any, instance: Instance, panel: Panel) -> None:
        set_status(client, instance, "mei", "Lunch")
        data = current(client, instance, "AGENTS_ONLINE", Groupings=["QUEUE", "AGENT_STATUS"])
        first = data["MetricResults"][0]
        assert first["Dimensions"]["AgentStatus"]["Arn"] == named(instance, "Lunch")
        assert figures(first) == {"AGENTS_ONLINE": 1}
        lunch = {"Queues": [named(instance, "Service")], "AgentStatuses": [named(instance, "Available")]}
        assert figures(current(client, instance, "AGENTS_ONLINE", Filters=lunch)["MetricResults"][0]) == {
            "AGENTS_ONLINE": 0
        }

    def test_several_channels_together(self, client: Any, instance: Instance, panel: Panel) -> None:
        some = {"Queues": [named(instance, "Service")], "Channels": ["VOICE", "TASK"]}
        data = current(client, instance, "AGENTS_AVAILABLE", "SLOTS_AVAILABLE", Filters=some)
        assert figures(data["MetricResults"][0]) == {"AGENTS_AVAILABLE": 1, "SLOTS_AVAILABLE": 2}

    def test_the_oldest_age_is_in_milliseconds_only_without_groupings(self, client: Any, instance: Instance) -> None:
        start_task(client, instance)
        ungrouped, grouped = (
            figures(current(client, instance, "OLDEST_CONTACT_AGE", **how)["MetricResults"][0])["OLDEST_CONTACT_AGE"]
            for how in ({}, {"Groupings": ["QUEUE"]})
        )
        assert 0 < ungrouped / 1000 < grouped

    def test_sorted_by_another_metric(self, client: Any, instance: Instance) -> None:
        start_task(client, instance)
        queues = [named(instance, name) for name in ("Service", "Sales")]
        for order, wanted in (("ASCENDING", queues[::-1]), ("DESCENDING", queues)):
            data = current(
                client,
                instance,
                "AGENTS_ONLINE",
                Filters={"Queues": queues},
                Groupings=["QUEUE"],
                SortCriteria=[{"SortByMetric": "CONTACTS_IN_QUEUE", "SortOrder": order}],
            )
            assert [result["Dimensions"]["Queue"]["Arn"] for result in data["MetricResults"]] == wanted

    @pytest.mark.parametrize(
        ("parameters", "said"),
        [
            ({"Filters": {}}, "by Queues or by RoutingProfiles"),
            ({"Filters": {"Queues": ["Service"], "RoutingProfiles": ["Desk"]}}, "not by both"),
            ({"Filters": {"RoutingProfiles": ["Desk"], "AgentStatuses": ["Lunch"]}}, "goes with one of Queues"),
            ({"Groupings": ["AGENT_STATUS"]}, "Group by QUEUE and AGENT_STATUS"),
            ({"Groupings": ["ROUTING_PROFILE"]}, "need a filter of RoutingProfiles"),
            ({"SortCriteria": [{"SortByMetric": "SLOTS_ACTIVE"}]}, "cannot be sorted by SLOTS_ACTIVE"),
            ({"CurrentMetrics": [{"Name": "AGENTS_ONLINE", "Unit": "SECONDS"}]}, "The Unit of AGENTS_ONLINE is COUNT"),
            ({"CurrentMetrics": [{"Unit": "COUNT"}]}, "has a Name"),
        ],
    )
    def test_what_does_not_go_together(
        self, client: Any, instance: Instance, parameters: dict[str, Any], said: str
    ) -> None:
        given = {
            "Filters": {"Queues": [named(instance, "Service")]},
            "CurrentMetrics": [{"Name": "CONTACTS_IN_QUEUE"}],
            **parameters,
        }
        with pytest.raises(client.exceptions.InvalidParameterException, match=said):
            client.get_current_metric_data(InstanceId=instance.arn, **given)

    @pytest.mark.parametrize(
        ("parameters", "named_so"),
        [
            ({"Groupings": ["SUBTYPE"]}, "GetCurrentMetricData grouped by SUBTYPE"),
            ({"Filters": {"Subtypes": ["connect:Chat"]}}, "GetCurrentMetricData with Subtypes"),
            ({"CurrentMetrics": [{"Name": "ESTIMATED_WAIT_TIME"}]}, "GetCurrentMetricData of ESTIMATED_WAIT_TIME"),
        ],
    )
    def test_what_does_not_run(
        self, client: Any, instance: Instance, parameters: dict[str, Any], named_so: str
    ) -> None:
        given = {"Filters": {"Queues": [named(instance, "Service")]}, "CurrentMetrics": [], **parameters}
        with pytest.raises(ClientError, match=f"does not run {named_so} yet"):
            client.get_current_metric_data(InstanceId=instance.arn, **given)


class TestUsers:
    def test_who_is_there_and_what_they_have(self, client: Any, instance: Instance, panel: Panel) -> None:
        service = named(instance, "Service")
        start_task(client, instance)
        task = panel.take()
        data = client.get_current_user_data(InstanceId=instance.arn, Filters={"Queues": [service]})
        [user] = data["UserDataList"]
        assert user["User"]["Arn"] == instance.agent("mei").arn
        assert user["RoutingProfile"]["Arn"] == named(instance, "Desk")
        assert user["Status"]["StatusName"] == "Available"
        assert user["MaxSlotsByChannel"] == {"VOICE": 1, "TASK": 1}
        assert user["AvailableSlotsByChannel"] == {"VOICE": 0, "TASK": 0}
        assert user["ActiveSlotsByChannel"] == {"VOICE": 0, "TASK": 1}
        [contact] = user["Contacts"]
        assert (contact["ContactId"], contact["AgentContactState"]) == (task, "CONNECTED")
        assert (contact["Channel"], contact["InitiationMethod"]) == ("TASK", "API")
        assert contact["Queue"]["Arn"] == service
        assert contact["ConnectedToAgentTimestamp"] >= user["Status"]["StatusStartTimestamp"]
        client.pause_contact(InstanceId=instance.arn, ContactId=task)
        panel.has("PAUSED")
        set_status(client, instance, "mei", "Lunch")
        held = {"ContactFilter": {"ContactStates": ["CONNECTED_ONHOLD"]}}
        [user] = client.get_current_user_data(InstanceId=instance.arn, Filters=held)["UserDataList"]
        assert user["NextStatus"] == "Lunch"
        assert user["Contacts"][0]["StateStartTimestamp"] == contact["ConnectedToAgentTimestamp"]

    @pytest.mark.parametrize(
        ("filters", "found"),
        [
            ({}, ["mei"]),
            ({"Agents": ["mei", "li"]}, ["mei"]),
            ({"RoutingProfiles": ["Back office"]}, []),
            ({"RoutingProfiles": ["Desk", "Back office"]}, ["mei"]),
            ({"ContactFilter": {"ContactStates": ["MISSED"]}}, []),
        ],
    )
    def test_filters(
        self, client: Any, instance: Instance, panel: Panel, filters: dict[str, Any], found: list[str]
    ) -> None:
        data = client.get_current_user_data(InstanceId=instance.arn, Filters=filters)
        assert [user["User"]["Arn"] for user in data["UserDataList"]] == [instance.agent(name).arn for name in found]
        assert data["ApproximateTotalCount"] == len(found)

    def test_one_filter_at_most(self, client: Any, instance: Instance) -> None:
        with pytest.raises(client.exceptions.InvalidParameterException, match="not by several"):
            client.get_current_user_data(InstanceId=instance.arn, Filters={"Agents": ["mei"], "Queues": ["q"]})
        with pytest.raises(ClientError, match="does not run GetCurrentUserData with UserHierarchyGroups yet"):
            client.get_current_user_data(InstanceId=instance.arn, Filters={"UserHierarchyGroups": ["g"]})


BEGIN = datetime.fromtimestamp(datetime.now(UTC).timestamp() // 300 * 300, UTC) - timedelta(hours=1)


def at(seconds: float | None) -> datetime | None:
    return None if seconds is None else BEGIN + timedelta(seconds=seconds)


def ended(
    instance: Instance,
    waits: float,
    talks: float | None = None,
    *,
    works: float = 0,
    hold: tuple[float, float] | None = None,
    method: str = "INBOUND",
    channel: str = "VOICE",
    queue: str = "Service",
    reason: str = "CUSTOMER_DISCONNECT",
    attempts: int = 1,
    transferred: bool = False,
) -> None:
    """A contact that came at BEGIN, waited and talked, after which the agent worked, so many seconds each. ``hold``:
    when it began and ended, in seconds of talk.
    """
    clock = TurnedClock(BEGIN)
    contact = instance.new_contact(customer_address=CALLER, clock=clock, channel=channel)
    contact.initiation_method, contact.queue_arn = method, named(instance, queue)
    record = ContactRecord(contact=contact, clock=clock, hang_up=lambda: None, show_attributes=lambda _: None)
    record.enqueued_at, record.dequeued_at = BEGIN, at(waits)
    record.ended_at, record.disconnect_reason, record.attempts = at(waits + (talks or 0)), reason, attempts
    record.transferred_at = record.ended_at if transferred else None
    if talks is not None:
        over = waits + talks
        record.interaction = Interaction(agent=instance.agent("mei"), accepted_at=BEGIN + timedelta(seconds=waits))
        record.interaction.connected_at, record.interaction.ended_at = at(waits), at(over)
        record.interaction.cleared_at = at(over + works)
        if hold:
            began, until = (BEGIN + timedelta(seconds=waits + second) for second in hold)
            record.interaction.holds.append(Hold(began, until))
    instance.contacts.begin(record)


def history(client: Any, instance: Instance, *metrics: Any, **parameters: Any) -> list[Any]:
    given = {
        "StartTime": BEGIN,
        "EndTime": BEGIN + timedelta(hours=1),
        "Filters": {"Queues": [named(instance, "Service")]},
        "HistoricalMetrics": [{"Name": metric} if isinstance(metric, str) else metric for metric in metrics],
        **parameters,
    }
    results: list[Any] = client.get_metric_data(InstanceId=instance.arn, **given)["MetricResults"]
    return results


def level(seconds: float) -> dict[str, Any]:
    return {"Name": "SERVICE_LEVEL", "Threshold": {"Comparison": "LT", "ThresholdValue": seconds}}


COUNTS = {
    "CONTACTS_QUEUED": 6,
    "CONTACTS_HANDLED": 4,
    "CONTACTS_HANDLED_INCOMING": 2,
    "CONTACTS_HANDLED_OUTBOUND": 0,
    "CALLBACK_CONTACTS_HANDLED": 1,
    "API_CONTACTS_HANDLED": 1,
    "CONTACTS_ABANDONED": 1,
    "CONTACTS_MISSED": 3,
    "CONTACTS_AGENT_HUNG_UP_FIRST": 1,
    "CONTACTS_HOLD_ABANDONS": 1,
    "CONTACTS_TRANSFERRED_IN": 1,
    "CONTACTS_TRANSFERRED_OUT": 1,
}
SECONDS = {
    "QUEUE_ANSWER_TIME": (10 + 20 + 30 + 40) / 4,
    "ABANDON_TIME": 50,
    "QUEUED_TIME": 60,
    "HANDLE_TIME": (130 + 200 + 320 + 400) / 4,
    "INTERACTION_AND_HOLD_TIME": (100 + 200 + 300 + 400) / 4,
    "INTERACTION_TIME": (80 + 140 + 300 + 390) / 4,
    "HOLD_TIME": (20 + 60) / 2,
    "AFTER_CONTACT_WORK_TIME": (30 + 0 + 20 + 0) / 4,
}


class TestHistory:
    @pytest.fixture(autouse=True)
    def a_few_contacts(self, instance: Instance) -> None:
        ended(instance, 10, 100, works=30, hold=(10, 30), attempts=3)
        ended(instance, 20, 200, hold=(140, 200), method="TRANSFER", reason="AGENT_DISCONNECT")
        ended(instance, 30, 300, works=20, method="CALLBACK", transferred=True, reason="AGENT_DISCONNECT")
        ended(instance, 40, 400, hold=(0, 10), method="API", channel="TASK", reason="OTHER")
        ended(instance, 50)
        ended(instance, 60, method="CALLBACK", attempts=0)
        ended(instance, 7000)  # after the hour that is asked for
        ended(instance, 5, queue="Sales", attempts=0)

    def test_counts(self, client: Any, instance: Instance) -> None:
        [result] = history(client, instance, *COUNTS)
        assert result["Dimensions"] == {}
        assert figures(result) == COUNTS
        assert {(each["Metric"]["Statistic"], each["Metric"]["Unit"]) for each in result["Collections"]} == {
            ("SUM", "COUNT")
        }

    def test_times(self, client: Any, instance: Instance) -> None:
        [result] = history(client, instance, *SECONDS)
        assert figures(result) == pytest.approx(SECONDS)

    def test_service_level(self, client: Any, instance: Instance) -> None:
        [result] = history(client, instance, level(30), level(100))
        assert [each["Value"] for each in result["Collections"]] == [50, 100]
        assert [each["Metric"]["Threshold"]["ThresholdValue"] for each in result["Collections"]] == [30, 100]

    def test_by_queue_and_channel(self, client: Any, instance: Instance) -> None:
        queues = {"Queues": [named(instance, name) for name in ("Service", "Sales")]}
        results = history(client, instance, "CONTACTS_QUEUED", Filters=queues, Groupings=["QUEUE", "CHANNEL"])
        found = {
            (instance.queue(result["Dimensions"]["Queue"]["Id"]).name, result["Dimensions"]["Channel"]): figures(result)
            for result in results
        }
        assert found == {
            ("Service", "VOICE"): {"CONTACTS_QUEUED": 5},
            ("Service", "TASK"): {"CONTACTS_QUEUED": 1},
            ("Sales", "VOICE"): {"CONTACTS_QUEUED": 1},
        }

    def test_a_metric_without_figures_and_no_contacts_at_all(self, client: Any, instance: Instance) -> None:
        sales = {"Queues": [named(instance, "Sales")]}
        [result] = history(client, instance, "HANDLE_TIME", Filters=sales)
        assert "Value" not in result["Collections"][0]
        assert history(client, instance, "CONTACTS_QUEUED", Filters={"Channels": ["CHAT"]}) == []

    @pytest.mark.parametrize(
        ("parameters", "said"),
        [
            ({"StartTime": BEGIN + timedelta(seconds=1)}, "multiples of 5 minutes"),
            ({"StartTime": BEGIN - timedelta(hours=25)}, "more than 24 hours ago"),
            ({"EndTime": BEGIN}, "must be later than StartTime"),
            ({"HistoricalMetrics": [{"Name": "SERVICE_LEVEL"}]}, "needs a Threshold"),
            ({"HistoricalMetrics": [level(0)]}, "from 1 to 604,800 seconds"),
            (
                {"HistoricalMetrics": [{"Name": "HANDLE_TIME", "Statistic": "SUM"}]},
                "HANDLE_TIME has the Statistic AVG and the Unit SECONDS",
            ),
        ],
    )
    def test_wrong_parameters(self, client: Any, instance: Instance, parameters: dict[str, Any], said: str) -> None:
        with pytest.raises(client.exceptions.InvalidParameterException, match=said):
            history(client, instance, **parameters)

    @pytest.mark.parametrize(
        ("parameters", "named_so"),
        [
            ({"HistoricalMetrics": [{"Name": "OCCUPANCY"}]}, "GetMetricData of OCCUPANCY"),
            ({"Groupings": ["ROUTING_PROFILE"]}, "GetMetricData grouped by ROUTING_PROFILE"),
            ({"Filters": {"RoutingProfiles": ["Desk"]}}, "GetMetricData with RoutingProfiles"),
        ],
    )
    def test_what_does_not_run(
        self, client: Any, instance: Instance, parameters: dict[str, Any], named_so: str
    ) -> None:
        with pytest.raises(ClientError, match=f"does not run {named_so} yet"):
            history(client, instance, **parameters)
