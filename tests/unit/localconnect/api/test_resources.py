"""What the API tells and changes of an instance's resources."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from botocore.exceptions import ClientError
from websockets.sync.client import connect

from localconnect.arns import resource_id
from localconnect.instance import Instance
from tests.unit.localconnect.api.conftest import error_of, expecting
from tests.unit.localconnect.flows import action, document, say

NOWHERE = "00000000-0000-0000-0000-000000000000"
HELLO = document([say("hello", "Hello from the API.")])
MODULE = document([say("hi", "Hi.", "out"), action("out", "EndFlowModuleExecution")], ends=False).replace(
    '"error"', '"out"'
)


def named(instance: Instance, name: str) -> str:
    """The ARN of the resource with this name."""
    kinds: tuple[dict[str, Any], ...] = (
        instance.flows,
        instance.modules,
        instance.queues,
        instance.hours,
        instance.test_cases,
        instance.profiles,
        instance.quick_connects,
        instance.statuses,
    )
    return next(arn for resources in kinds for arn, resource in resources.items() if resource.name == name)


class TestInstance:
    @pytest.mark.parametrize("by", ["id", "ARN"])
    def test_is_described_by_id_and_by_arn(self, client: Any, instance: Instance, by: str) -> None:
        reference = instance.arn if by == "ARN" else resource_id(instance.arn)
        described = client.describe_instance(InstanceId=reference)["Instance"]
        assert described["Arn"] == instance.arn
        assert described["Id"] == resource_id(instance.arn)
        assert described["InstanceAlias"] == "line"
        assert described["InstanceStatus"] == "ACTIVE"
        assert (described["InboundCallsEnabled"], described["OutboundCallsEnabled"]) == (True, True)

    def test_is_the_only_one(self, client: Any, instance: Instance) -> None:
        [listed] = client.list_instances()["InstanceSummaryList"]
        assert listed["Arn"] == instance.arn

    def test_another_is_not_found(self, client: Any) -> None:
        with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
            client.describe_instance(InstanceId=NOWHERE)
        assert error_of(caught)[1] == 404
        assert NOWHERE in error_of(caught)[2]


# Every operation that finds a resource by its id, and in which parameter.
FINDERS = [
    ("describe_contact_flow", {"ContactFlowId": NOWHERE}),
    ("update_contact_flow_content", {"ContactFlowId": NOWHERE, "Content": HELLO}),
    ("describe_contact_flow_module", {"ContactFlowModuleId": NOWHERE}),
    ("update_contact_flow_module_content", {"ContactFlowModuleId": NOWHERE, "Content": MODULE}),
    ("describe_queue", {"QueueId": NOWHERE}),
    ("describe_hours_of_operation", {"HoursOfOperationId": NOWHERE}),
    ("get_contact_attributes", {"InitialContactId": NOWHERE}),
    ("update_contact_attributes", {"InitialContactId": NOWHERE, "Attributes": {}}),
    ("describe_contact", {"ContactId": NOWHERE}),
    ("get_contact_metrics", {"ContactId": NOWHERE, "Metrics": [{"Name": "POSITION_IN_QUEUE"}]}),
    ("update_contact", {"ContactId": NOWHERE, "Name": "n"}),
    ("update_contact_routing_data", {"ContactId": NOWHERE, "QueuePriority": 1}),
    ("update_contact_schedule", {"ContactId": NOWHERE, "ScheduledTime": 0}),
    ("tag_contact", {"ContactId": NOWHERE, "Tags": {"a": "b"}}),
    ("untag_contact", {"ContactId": NOWHERE, "TagKeys": ["a"]}),
    ("pause_contact", {"ContactId": NOWHERE}),
    ("resume_contact", {"ContactId": NOWHERE}),
    ("transfer_contact", {"ContactId": NOWHERE, "ContactFlowId": "main"}),
    ("start_task_contact", {"Name": "n", "ContactFlowId": NOWHERE}),
    ("start_chat_contact", {"ContactFlowId": NOWHERE, "ParticipantDetails": {"DisplayName": "n"}}),
    ("describe_user", {"UserId": NOWHERE}),
    ("update_user_routing_profile", {"UserId": NOWHERE, "RoutingProfileId": "Desk"}),
    ("update_user_routing_profile", {"UserId": "mei", "RoutingProfileId": NOWHERE}),
    ("update_user_phone_config", {"UserId": NOWHERE, "PhoneConfig": {"AutoAccept": True}}),
    ("put_user_status", {"UserId": NOWHERE, "AgentStatusId": "Available"}),
    ("put_user_status", {"UserId": "mei", "AgentStatusId": NOWHERE}),
    ("dismiss_user_contact", {"UserId": "mei", "ContactId": NOWHERE}),
    ("list_user_proficiencies", {"UserId": NOWHERE}),
    ("get_current_user_data", {"Filters": {"Agents": [NOWHERE]}}),
    ("get_current_metric_data", {"Filters": {"Queues": [NOWHERE]}, "CurrentMetrics": []}),
    ("describe_agent_status", {"AgentStatusId": NOWHERE}),
    ("describe_routing_profile", {"RoutingProfileId": NOWHERE}),
    ("list_routing_profile_queues", {"RoutingProfileId": NOWHERE}),
    ("describe_quick_connect", {"QuickConnectId": NOWHERE}),
    ("list_queue_quick_connects", {"QueueId": NOWHERE}),
    ("update_queue_max_contacts", {"QueueId": NOWHERE, "MaxContacts": 1}),
    ("update_queue_status", {"QueueId": NOWHERE, "Status": "DISABLED"}),
    ("list_hours_of_operation_overrides", {"HoursOfOperationId": NOWHERE}),
    (
        "describe_hours_of_operation_override",
        {"HoursOfOperationId": "{Office}", "HoursOfOperationOverrideId": NOWHERE},
    ),
    ("delete_contact_flow", {"ContactFlowId": NOWHERE}),
    ("update_contact_flow_metadata", {"ContactFlowId": NOWHERE, "Name": "n"}),
    ("describe_test_case", {"TestCaseId": NOWHERE}),
    ("update_test_case", {"TestCaseId": NOWHERE}),
    ("delete_test_case", {"TestCaseId": NOWHERE}),
    ("start_test_case_execution", {"TestCaseId": NOWHERE}),
    ("stop_test_case_execution", {"TestCaseId": NOWHERE, "TestCaseExecutionId": NOWHERE}),
    ("get_test_case_execution_summary", {"TestCaseId": NOWHERE, "TestCaseExecutionId": NOWHERE}),
    ("list_test_case_execution_records", {"TestCaseId": NOWHERE, "TestCaseExecutionId": NOWHERE}),
]
LISTS = [
    ("list_contact_flows", "ContactFlowSummaryList", ["tasks", "to agent", "to queue", "main", "hold"]),
    ("list_contact_flow_modules", "ContactFlowModulesSummaryList", ["module"]),
    ("list_queues", "QueueSummaryList", ["Service", "Sales"]),
    ("list_hours_of_operations", "HoursOfOperationSummaryList", ["Office"]),
    ("list_test_cases", "TestCaseSummaryList", ["asks"]),
    ("list_agent_statuses", "AgentStatusSummaryList", ["Available", "Offline", "Lunch"]),
    ("list_routing_profiles", "RoutingProfileSummaryList", ["Desk", "Back office"]),
    ("list_quick_connects", "QuickConnectSummaryList", ["Mei", "Service desk", "Bank"]),
]


def test_what_is_not_there_is_not_found(client: Any, instance: Instance) -> None:
    for operation, parameters in FINDERS:
        there = {
            name: named(instance, "Office") if value == "{Office}" else value for name, value in parameters.items()
        }
        with pytest.raises(client.exceptions.ResourceNotFoundException, match=NOWHERE) as caught:
            getattr(client, operation)(InstanceId=instance.arn, **there)
        assert error_of(caught)[1] == 404


def test_another_instance_is_not_found(client: Any) -> None:
    for operation, parameters in FINDERS:
        with pytest.raises(client.exceptions.ResourceNotFoundException, match="There is no instance"):
            getattr(client, operation)(InstanceId=NOWHERE, **parameters)


@pytest.mark.parametrize(("operation", "member", "names"), LISTS)
class TestLists:
    def test_names_them(self, client: Any, instance: Instance, operation: str, member: str, names: list[str]) -> None:
        listed = getattr(client, operation)(InstanceId=instance.arn)
        assert [summary["Name"] for summary in listed[member]] == names
        assert [summary["Arn"] for summary in listed[member]] == [named(instance, name) for name in names]
        assert "NextToken" not in listed

    def test_page_by_page(self, client: Any, instance: Instance, operation: str, member: str, names: list[str]) -> None:
        pages = (
            list(client.get_paginator(operation).paginate(InstanceId=instance.arn, MaxResults=1))
            if (client.can_paginate(operation))
            else walk(client, operation, instance)
        )
        assert [[summary["Name"] for summary in page[member]] for page in pages] == [[name] for name in names]

    def test_refuses_what_is_no_token_and_no_size(
        self, client: Any, instance: Instance, operation: str, member: str, names: list[str]
    ) -> None:
        invalid = client.exceptions.InvalidParameterException
        for token in ("5", "LTE=", "not a token"):
            with pytest.raises(invalid, match="NextToken"):
                getattr(client, operation)(InstanceId=instance.arn, NextToken=token)
        with pytest.raises(invalid, match=r"MaxResults is too great: 5,000; (1,000|100) are allowed\."):
            getattr(client, operation)(InstanceId=instance.arn, MaxResults=5000)


def walk(client: Any, operation: str, instance: Instance) -> list[dict[str, Any]]:
    pages = [getattr(client, operation)(InstanceId=instance.arn, MaxResults=1)]
    while "NextToken" in pages[-1]:
        token = pages[-1]["NextToken"]
        pages.append(getattr(client, operation)(InstanceId=instance.arn, MaxResults=1, NextToken=token))
    return pages


class TestFlows:
    def test_of_a_type(self, client: Any, instance: Instance) -> None:
        listed = client.list_contact_flows(InstanceId=instance.arn, ContactFlowTypes=["CUSTOMER_QUEUE", "AGENT_HOLD"])
        [summary] = listed["ContactFlowSummaryList"]
        assert (summary["Name"], summary["ContactFlowType"]) == ("hold", "CUSTOMER_QUEUE")

    def test_another_type_is_refused(self, client: Any, instance: Instance) -> None:
        with pytest.raises(client.exceptions.InvalidParameterException, match=r"ContactFlowTypes\[0\] is 'CHAT'"):
            client.list_contact_flows(InstanceId=instance.arn, ContactFlowTypes=["CHAT"])

    def test_is_described_with_the_placeholders_filled_in(self, client: Any, instance: Instance) -> None:
        arn = named(instance, "main")
        described = client.describe_contact_flow(InstanceId=instance.arn, ContactFlowId=arn)["ContactFlow"]
        assert (described["Arn"], described["Name"], described["Type"]) == (arn, "main", "CONTACT_FLOW")
        assert named(instance, "Service") in described["Content"]
        assert described["FlowContentSha256"] == hashlib.sha256(described["Content"].encode()).hexdigest()

    def test_created(self, client: Any, instance: Instance) -> None:
        created = client.create_contact_flow(
            InstanceId=instance.arn,
            Name="hello",
            Type="CONTACT_FLOW",
            Content=HELLO,
            Description="Says hello",
            Tags={"a": "b"},
        )
        described = client.describe_contact_flow(InstanceId=instance.arn, ContactFlowId=created["ContactFlowId"])
        assert described["ContactFlow"]["Arn"] == created["ContactFlowArn"]
        assert described["ContactFlow"]["Content"] == HELLO
        assert described["ContactFlow"]["Description"] == "Says hello"
        assert described["ContactFlow"]["Tags"] == {"a": "b"}
        assert instance.flow(created["ContactFlowId"]).name == "hello"

    def test_a_name_twice_is_refused(self, client: Any, instance: Instance) -> None:
        with pytest.raises(client.exceptions.DuplicateResourceException) as caught:
            client.create_contact_flow(InstanceId=instance.arn, Name="main", Type="CONTACT_FLOW", Content=HELLO)
        assert error_of(caught)[1] == 409

    def test_a_draft_is_not_checked_and_entered_by_nobody_until_it_is_published(
        self, client: Any, instance: Instance
    ) -> None:
        draft = {"InstanceId": instance.arn, "Name": "draft", "Type": "CONTACT_FLOW", "Content": "{}"}
        flow_id = client.create_contact_flow(**draft, Status="SAVED")["ContactFlowId"]
        flow = {"InstanceId": instance.arn, "ContactFlowId": flow_id}
        listed = client.list_contact_flows(InstanceId=instance.arn)["ContactFlowSummaryList"][-1]
        assert (listed["Id"], listed["Name"], listed["ContactFlowStatus"]) == (flow_id, "draft", "SAVED")
        with pytest.raises(client.exceptions.ContactFlowNotPublishedException):
            client.describe_contact_flow(**flow)
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.start_task_contact(**flow, Name="task")
        with pytest.raises(client.exceptions.DuplicateResourceException):
            client.create_contact_flow(**draft)
        client.update_contact_flow_content(**flow, Content=HELLO)
        described = client.describe_contact_flow(**flow)["ContactFlow"]
        assert (described["Status"], described["Content"], described["Name"]) == ("PUBLISHED", HELLO, "draft")

    def test_a_draft_of_a_published_flow(self, client: Any, instance: Instance) -> None:
        flow = {"InstanceId": instance.arn, "ContactFlowId": named(instance, "main")}
        saved = {**flow, "ContactFlowId": f"{flow['ContactFlowId']}:$SAVED"}
        client.update_contact_flow_content(**saved, Content=HELLO)
        described = client.describe_contact_flow(**saved)["ContactFlow"]
        assert (described["Status"], described["Content"]) == ("SAVED", HELLO)
        described = client.describe_contact_flow(**flow)["ContactFlow"]
        assert described["Status"] == "PUBLISHED"
        assert described["Content"] != HELLO

    def test_renamed_archived_and_deleted(self, client: Any, instance: Instance) -> None:
        flow = {"InstanceId": instance.arn, "ContactFlowId": resource_id(named(instance, "hold"))}
        client.update_contact_flow_metadata(**flow, Name="music", Description="Waits", ContactFlowState="ARCHIVED")
        described = client.describe_contact_flow(**flow)["ContactFlow"]
        assert (described["Name"], described["Description"], described["State"]) == ("music", "Waits", "ARCHIVED")
        assert instance.flow(flow["ContactFlowId"]).name == "music"
        with pytest.raises(client.exceptions.DuplicateResourceException):
            client.update_contact_flow_name(**flow, Name="main")
        client.delete_contact_flow(**flow)
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.describe_contact_flow(**flow)

    def test_the_flow_that_phone_calls_enter_is_not_deleted(self, client: Any, instance: Instance) -> None:
        with pytest.raises(client.exceptions.InvalidRequestException, match="Phone calls enter this flow"):
            client.delete_contact_flow(InstanceId=instance.arn, ContactFlowId=named(instance, "main"))
        assert instance.flow(named(instance, "main"))

    @pytest.mark.parametrize(
        ("criteria", "names"),
        [
            ({}, ["tasks", "to agent", "to queue", "main", "hold"]),
            (
                {"StringCondition": {"FieldName": "name", "Value": "TO ", "ComparisonType": "STARTS_WITH"}},
                ["to agent", "to queue"],
            ),
            ({"TypeCondition": "CUSTOMER_QUEUE"}, ["hold"]),
            (
                {
                    "OrConditions": [
                        {"StringCondition": {"FieldName": "name", "Value": "main", "ComparisonType": "EXACT"}},
                        {"AndConditions": [{"StateCondition": "ACTIVE"}, {"TypeCondition": "AGENT_TRANSFER"}]},
                    ]
                },
                ["to agent", "main"],
            ),
            ({"StatusCondition": "SAVED"}, []),
        ],
    )
    def test_searched_for(self, client: Any, instance: Instance, criteria: dict[str, Any], names: list[str]) -> None:
        found = client.search_contact_flows(InstanceId=instance.arn, SearchCriteria=criteria)
        assert [flow["Name"] for flow in found["ContactFlows"]] == names
        assert found["ApproximateTotalCount"] == len(names)

    def test_searched_for_by_what_there_is_not(self, client: Any, instance: Instance) -> None:
        unknown = {"StringCondition": {"FieldName": "colour", "Value": "red"}}
        with pytest.raises(client.exceptions.InvalidParameterException, match="description, name, resourceid"):
            client.search_contact_flows(InstanceId=instance.arn, SearchCriteria=unknown)
        with pytest.raises(ClientError, match="does not run SearchContactFlows with SearchFilter yet"):
            client.search_contact_flows(InstanceId=instance.arn, SearchFilter={"TagFilter": {}})

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            ("{}", "Actions"),
            (document([say("hello", "Hello.", "nowhere")]), "nowhere"),
            (document([action("go", "UpdateContactTargetQueue", {"QueueId": NOWHERE}, "end")]), NOWHERE),
        ],
    )
    def test_what_is_no_flow_is_refused_with_its_problems(
        self, client: Any, instance: Instance, content: str, problem: str
    ) -> None:
        before = dict(instance.flows)
        changes = (
            lambda: client.create_contact_flow(
                InstanceId=instance.arn, Name="bad", Type="CONTACT_FLOW", Content=content
            ),
            lambda: client.update_contact_flow_content(
                InstanceId=instance.arn, ContactFlowId=named(instance, "main"), Content=content
            ),
        )
        for change in changes:
            with pytest.raises(client.exceptions.InvalidContactFlowException) as caught:
                change()
            assert error_of(caught)[1] == 400
            assert problem in error_of(caught)[2]
            assert any(problem in told["message"] for told in caught.value.response["problems"])
        assert instance.flows == before

    def test_the_next_call_takes_the_new_content(self, client: Any, instance: Instance, address: str) -> None:
        client.update_contact_flow_content(
            InstanceId=instance.arn, ContactFlowId=resource_id(named(instance, "main")), Content=HELLO
        )
        described = client.describe_contact_flow(InstanceId=instance.arn, ContactFlowId=named(instance, "main"))
        assert described["ContactFlow"]["Content"] == HELLO
        assert described["ContactFlow"]["Name"] == "main"
        with connect(f"ws://{address}/phone/call") as phone:
            phone.send('{"type": "dial", "from": "+8613800138000", "pace": 20}')
            assert any("Hello from the API." in str(message) for message in phone)


class TestModules:
    def test_is_described(self, client: Any, instance: Instance) -> None:
        arn = named(instance, "module")
        described = client.describe_contact_flow_module(InstanceId=instance.arn, ContactFlowModuleId=arn)
        assert described["ContactFlowModule"]["Arn"] == arn
        assert "EndFlowModuleExecution" in described["ContactFlowModule"]["Content"]

    def test_none_is_archived(self, client: Any, instance: Instance) -> None:
        listed = client.list_contact_flow_modules(InstanceId=instance.arn, ContactFlowModuleState="ARCHIVED")
        assert listed["ContactFlowModulesSummaryList"] == []

    def test_created_and_changed(self, client: Any, instance: Instance) -> None:
        created = client.create_contact_flow_module(InstanceId=instance.arn, Name="new", Content=MODULE)
        assert instance.module(created["Id"]).name == "new"
        changed = MODULE.replace("Hi.", "Good day.")
        client.update_contact_flow_module_content(
            InstanceId=instance.arn, ContactFlowModuleId=created["Arn"], Content=changed
        )
        described = client.describe_contact_flow_module(InstanceId=instance.arn, ContactFlowModuleId=created["Id"])
        assert described["ContactFlowModule"]["Content"] == changed
        assert described["ContactFlowModule"]["FlowModuleContentSha256"]

    def test_a_name_twice_is_refused(self, client: Any, instance: Instance) -> None:
        with pytest.raises(client.exceptions.DuplicateResourceException):
            client.create_contact_flow_module(InstanceId=instance.arn, Name="module", Content=MODULE)

    def test_what_is_no_module_is_refused_with_its_problems(self, client: Any, instance: Instance) -> None:
        for change in (
            lambda: client.create_contact_flow_module(InstanceId=instance.arn, Name="bad", Content="{}"),
            lambda: client.update_contact_flow_module_content(
                InstanceId=instance.arn, ContactFlowModuleId=named(instance, "module"), Content="{}"
            ),
        ):
            with pytest.raises(client.exceptions.InvalidContactFlowModuleException) as caught:
                change()
            assert "Actions" in caught.value.response["Problems"][0]["message"]


class TestQueuesAndHours:
    def test_queue(self, client: Any, instance: Instance) -> None:
        described = client.describe_queue(InstanceId=instance.arn, QueueId=resource_id(named(instance, "Service")))
        assert described["Queue"] == {
            "Name": "Service",
            "QueueArn": named(instance, "Service"),
            "QueueId": resource_id(named(instance, "Service")),
            "HoursOfOperationId": resource_id(named(instance, "Office")),
            "Status": "ENABLED",
            "MaxContacts": 3,
            "OutboundCallerConfig": {
                "OutboundCallerIdName": "Line",
                "OutboundCallerIdNumberId": resource_id(next(iter(instance.phone_numbers))),
            },
            "Tags": {"team": "desk"},
        }

    def test_capacity_and_status_of_a_queue(self, client: Any, instance: Instance) -> None:
        queue = {"InstanceId": instance.arn, "QueueId": resource_id(named(instance, "Service"))}
        client.update_queue_max_contacts(**queue, MaxContacts=7)
        client.update_queue_status(**queue, Status="DISABLED")
        described = client.describe_queue(**queue)["Queue"]
        assert (described["MaxContacts"], described["Status"]) == (7, "DISABLED")
        client.update_queue_max_contacts(**queue)
        assert "MaxContacts" not in client.describe_queue(**queue)["Queue"]

    def test_queues_searched_for(self, client: Any, instance: Instance) -> None:
        starts = {"StringCondition": {"FieldName": "name", "Value": "Se", "ComparisonType": "STARTS_WITH"}}
        found = client.search_queues(InstanceId=instance.arn, SearchCriteria=starts)
        assert [queue["Name"] for queue in found["Queues"]] == ["Service"]
        assert len(client.search_queues(InstanceId=instance.arn)["Queues"]) == 2

    def test_an_agents_own(self, client: Any, instance: Instance) -> None:
        arn = instance.agent_queue("mei").arn
        [listed] = client.list_queues(InstanceId=instance.arn, QueueTypes=["AGENT"])["QueueSummaryList"]
        assert (listed["Arn"], listed["QueueType"]) == (arn, "AGENT")
        described = client.describe_queue(InstanceId=instance.arn, QueueId=arn)["Queue"]
        assert "HoursOfOperationId" not in described
        standard = client.list_queues(InstanceId=instance.arn, QueueTypes=["STANDARD"])["QueueSummaryList"]
        assert [queue["Name"] for queue in standard] == ["Service", "Sales"]

    def test_hours(self, client: Any, instance: Instance) -> None:
        described = client.describe_hours_of_operation(
            InstanceId=instance.arn, HoursOfOperationId=named(instance, "Office")
        )["HoursOfOperation"]
        assert described["TimeZone"] == "Asia/Shanghai"
        assert described["Description"] == "When the office is open"
        assert described["Config"] == [
            {"Day": "MONDAY", "StartTime": {"Hours": 9, "Minutes": 30}, "EndTime": {"Hours": 17, "Minutes": 0}}
        ]

    def test_overrides(self, client: Any, instance: Instance) -> None:
        hours = {"InstanceId": instance.arn, "HoursOfOperationId": resource_id(named(instance, "Office"))}
        [override] = client.list_hours_of_operation_overrides(**hours)["HoursOfOperationOverrideList"]
        assert (override["Name"], override["EffectiveFrom"], override["Config"]) == ("New Year", "2030-01-01", [])
        described = client.describe_hours_of_operation_override(
            **hours, HoursOfOperationOverrideId=override["HoursOfOperationOverrideId"]
        )
        assert described["HoursOfOperationOverride"] == override


class TestAgentsAndWhatTheyHave:
    def test_a_status(self, client: Any, instance: Instance) -> None:
        lunch = {"InstanceId": instance.arn, "AgentStatusId": resource_id(named(instance, "Lunch"))}
        described = client.describe_agent_status(**lunch)["AgentStatus"]
        assert (described["Name"], described["Type"], described["State"]) == ("Lunch", "CUSTOM", "ENABLED")
        assert (described["Description"], described["DisplayOrder"]) == ("Away", 3)
        listed = client.list_agent_statuses(InstanceId=instance.arn, AgentStatusTypes=["CUSTOM", "OFFLINE"])
        assert {status["Name"] for status in listed["AgentStatusSummaryList"]} == {"Lunch", "Offline"}

    def test_a_routing_profile(self, client: Any, instance: Instance) -> None:
        profile = {"InstanceId": instance.arn, "RoutingProfileId": resource_id(named(instance, "Desk"))}
        described = client.describe_routing_profile(**profile)["RoutingProfile"]
        assert (described["Name"], described["NumberOfAssociatedUsers"]) == ("Desk", 1)
        assert described["DefaultOutboundQueueId"] == resource_id(named(instance, "Service"))
        assert described["AssociatedQueueIds"] == [resource_id(named(instance, "Service"))]
        assert [(media["Channel"], media["Concurrency"]) for media in described["MediaConcurrencies"]] == [
            ("VOICE", 1),
            ("TASK", 1),
        ]
        queues = client.list_routing_profile_queues(**profile)["RoutingProfileQueueConfigSummaryList"]
        assert [(queue["QueueName"], queue["Channel"], queue["Priority"]) for queue in queues] == [
            ("Service", "VOICE", 1),
            ("Service", "TASK", 2),
        ]

    @pytest.mark.parametrize(("name", "kind"), [("Mei", "USER"), ("Service desk", "QUEUE"), ("Bank", "PHONE_NUMBER")])
    def test_a_quick_connect(self, client: Any, instance: Instance, name: str, kind: str) -> None:
        arn = named(instance, name)
        quick = client.describe_quick_connect(InstanceId=instance.arn, QuickConnectId=resource_id(arn))["QuickConnect"]
        configs = {
            "USER": ("UserConfig", {"UserId": resource_id(instance.agent("mei").arn), **flow_id(instance, "to agent")}),
            "QUEUE": (
                "QueueConfig",
                {"QueueId": resource_id(named(instance, "Service")), **flow_id(instance, "to queue")},
            ),
            "PHONE_NUMBER": ("PhoneConfig", {"PhoneNumber": "+85221234567"}),
        }
        assert quick["QuickConnectARN"] == arn
        assert quick["QuickConnectConfig"] == {"QuickConnectType": kind, **dict([configs[kind]])}
        listed = client.list_quick_connects(InstanceId=instance.arn, QuickConnectTypes=[kind])
        assert [summary["Arn"] for summary in listed["QuickConnectSummaryList"]] == [arn]

    def test_those_of_a_queue(self, client: Any, instance: Instance) -> None:
        listed = client.list_queue_quick_connects(InstanceId=instance.arn, QueueId=named(instance, "Service"))
        assert [quick["Name"] for quick in listed["QuickConnectSummaryList"]] == ["Mei", "Bank"]


def flow_id(instance: Instance, name: str) -> dict[str, str]:
    return {"ContactFlowId": resource_id(named(instance, name))}


class TestPhoneNumbersAndStorage:
    def test_a_number(self, client: Any, instance: Instance) -> None:
        [number] = instance.phone_numbers.values()
        unique = resource_id(number.arn)
        described = client.describe_phone_number(PhoneNumberId=unique)["ClaimedPhoneNumberSummary"]
        assert (described["PhoneNumber"], described["PhoneNumberArn"]) == (number.number, number.arn)
        assert (described["PhoneNumberType"], described["PhoneNumberCountryCode"]) == ("DID", "SG")
        assert (described["TargetArn"], described["PhoneNumberDescription"]) == (instance.arn, "The office")
        [summary] = client.list_phone_numbers(InstanceId=instance.arn)["PhoneNumberSummaryList"]
        assert (summary["Id"], summary["Arn"]) == (unique, f"{instance.arn}/phone-number/{unique}")
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.describe_phone_number(PhoneNumberId=NOWHERE)

    @pytest.mark.parametrize(
        ("parameters", "count"),
        [
            ({}, 1),
            ({"PhoneNumberTypes": ["TOLL_FREE"]}, 0),
            ({"PhoneNumberCountryCodes": ["SG", "HK"]}, 1),
            ({"PhoneNumberPrefix": "+65"}, 1),
            ({"PhoneNumberPrefix": "+852"}, 0),
        ],
    )
    def test_listed(self, client: Any, instance: Instance, parameters: dict[str, Any], count: int) -> None:
        listed = client.list_phone_numbers_v2(TargetArn=instance.arn, **parameters)
        assert len(listed["ListPhoneNumbersSummaryList"]) == count

    def test_of_another_instance(self, client: Any) -> None:
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.list_phone_numbers_v2(TargetArn=f"arn:aws:connect:ap-southeast-1:000000000000:instance/{NOWHERE}")

    def test_storage(self, client: Any, instance: Instance) -> None:
        def of(kind: str) -> list[dict[str, Any]]:
            listed = client.list_instance_storage_configs(InstanceId=instance.arn, ResourceType=kind)
            configs: list[dict[str, Any]] = listed["StorageConfigs"]
            return configs

        [stream] = of("CONTACT_TRACE_RECORDS")
        assert stream["KinesisStreamConfig"] == {
            "StreamArn": "arn:aws:kinesis:ap-southeast-1:000000000000:stream/records"
        }
        [bucket] = of("CALL_RECORDINGS")
        assert (bucket["StorageType"], bucket["S3Config"]) == (
            "S3",
            {"BucketName": "recordings", "BucketPrefix": "calls"},
        )
        assert bucket["AssociationId"]
        assert of("AGENT_EVENTS") == []


class TestTags:
    def test_are_set_and_removed(self, client: Any, instance: Instance) -> None:
        arn = named(instance, "Service")
        client.tag_resource(resourceArn=arn, tags={"floor": "2", "team": "night desk"})
        assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"floor": "2", "team": "night desk"}
        client.untag_resource(resourceArn=arn, tagKeys=["team", "other"])
        assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"floor": "2"}
        assert client.describe_queue(InstanceId=instance.arn, QueueId=arn)["Queue"]["Tags"] == {"floor": "2"}

    def test_of_nothing_are_not_found(self, client: Any, instance: Instance) -> None:
        arn = f"{instance.arn}/queue/{NOWHERE}"
        for ask in (
            lambda: client.list_tags_for_resource(resourceArn=arn),
            lambda: client.tag_resource(resourceArn=arn, tags={"a": "b"}),
            lambda: client.untag_resource(resourceArn=arn, tagKeys=["a"]),
        ):
            with pytest.raises(client.exceptions.ResourceNotFoundException):
                ask()


class TestCases:
    def test_is_described(self, client: Any, instance: Instance) -> None:
        described = client.describe_test_case(InstanceId=instance.arn, TestCaseId=named(instance, "asks"))["TestCase"]
        assert described["Content"] == expecting("Choose.")
        assert described["EntryPoint"]["Type"] == "VOICE_CALL"
        assert described["Status"] == "PUBLISHED"

    def test_created_changed_and_deleted(self, client: Any, instance: Instance) -> None:
        entry = {"Type": "VOICE_CALL", "VoiceCallEntryPointParameters": {"FlowId": named(instance, "main")}}
        created = client.create_test_case(
            InstanceId=instance.arn,
            Name="new",
            Content=expecting("Choose."),
            EntryPoint=entry,
            InitializationData='{"Attributes": {"name": "Wang"}}',
            Status="SAVED",
            TestCaseId="my-own-id",
        )
        assert created["TestCaseId"] == "my-own-id"
        client.update_test_case(InstanceId=instance.arn, TestCaseId="my-own-id", Name="newer", Status="PUBLISHED")
        described = client.describe_test_case(InstanceId=instance.arn, TestCaseId=created["TestCaseArn"])["TestCase"]
        assert (described["Name"], described["Status"]) == ("newer", "PUBLISHED")
        assert described["Content"] == expecting("Choose.")
        assert described["EntryPoint"] == entry
        assert described["InitializationData"] == '{"Attributes": {"name": "Wang"}}'
        client.delete_test_case(InstanceId=instance.arn, TestCaseId="my-own-id")
        listed = client.list_test_cases(InstanceId=instance.arn)["TestCaseSummaryList"]
        assert [summary["Name"] for summary in listed] == ["asks"]

    def test_a_name_or_an_id_twice_is_refused(self, client: Any, instance: Instance) -> None:
        taken = client.exceptions.DuplicateResourceException
        content = expecting("Choose.")
        with pytest.raises(taken):
            client.create_test_case(InstanceId=instance.arn, Name="asks", Content=content)
        client.create_test_case(InstanceId=instance.arn, Name="other", Content=content, TestCaseId="one")
        with pytest.raises(taken):
            client.create_test_case(InstanceId=instance.arn, Name="another", Content=content, TestCaseId="one")
        with pytest.raises(taken):
            client.update_test_case(InstanceId=instance.arn, TestCaseId="one", Name="asks")

    def test_what_is_no_case_is_refused_with_its_problems(self, client: Any, instance: Instance) -> None:
        for change in (
            lambda: client.create_test_case(InstanceId=instance.arn, Name="bad", Content="{}"),
            lambda: client.update_test_case(InstanceId=instance.arn, TestCaseId=named(instance, "asks"), Content="{}"),
        ):
            with pytest.raises(client.exceptions.InvalidTestCaseException) as caught:
                change()
            assert caught.value.response["Problems"][0]["message"]
        assert client.list_test_cases(InstanceId=instance.arn)["TestCaseSummaryList"][0]["Name"] == "asks"

    def test_a_flow_that_is_not_there_is_refused(self, client: Any, instance: Instance) -> None:
        entry = {"Type": "VOICE_CALL", "VoiceCallEntryPointParameters": {"FlowId": NOWHERE}}
        with pytest.raises(client.exceptions.ResourceNotFoundException, match=NOWHERE):
            client.create_test_case(InstanceId=instance.arn, Name="x", Content=expecting("a"), EntryPoint=entry)
