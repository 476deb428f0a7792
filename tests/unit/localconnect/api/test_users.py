"""Agents as the API tells of them and changes them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localconnect.arns import resource_id
from localconnect.instance import Instance
from tests.unit.localconnect.api.conftest import set_status
from tests.unit.localconnect.api.people import Panel
from tests.unit.localconnect.api.test_resources import named

YUE = {"AttributeName": "language", "AttributeValue": "yue", "Level": 4.0}
CMN = {"AttributeName": "language", "AttributeValue": "cmn", "Level": 2.0}


@pytest.fixture
def mei(instance: Instance) -> dict[str, str]:
    """The parameters that name her."""
    return {"InstanceId": instance.arn, "UserId": resource_id(instance.agent("mei").arn)}


def proficiencies(client: Any, user: dict[str, str]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = client.list_user_proficiencies(**user)["UserProficiencyList"]
    return listed


def test_all_are_listed(client: Any, instance: Instance) -> None:
    listed = client.list_users(InstanceId=instance.arn)["UserSummaryList"]
    assert [(user["Username"], user["Arn"]) for user in listed] == [
        (name, instance.agent(name).arn) for name in ("mei", "li")
    ]


def test_one_is_described(client: Any, instance: Instance, mei: dict[str, str]) -> None:
    user = client.describe_user(**mei)["User"]
    assert (user["Username"], user["Arn"]) == ("mei", instance.agent("mei").arn)
    assert user["IdentityInfo"] == {"FirstName": "Mei", "LastName": "Wang", "Email": "mei@example.com"}
    assert user["PhoneConfig"] == {"PhoneType": "SOFT_PHONE", "AutoAccept": True, "AfterContactWorkTimeLimit": 0}
    assert user["RoutingProfileId"] == resource_id(named(instance, "Desk"))
    assert user["SecurityProfileIds"] == ["agent"]


@pytest.mark.parametrize(
    ("field", "comparison", "value", "found"),
    [
        ("Username", "EXACT", "MEI", ["mei"]),
        ("username", "CONTAINS", "i", ["mei", "li"]),
        ("LastName", "STARTS_WITH", "Wa", ["mei"]),
        ("SecurityProfileId", "EXACT", "agent", ["mei"]),
        ("Username", "EXACT", "nobody", []),
    ],
)
def test_search(client: Any, instance: Instance, field: str, comparison: str, value: str, found: list[str]) -> None:
    condition = {"FieldName": field, "Value": value, "ComparisonType": comparison}
    users = client.search_users(InstanceId=instance.arn, SearchCriteria={"StringCondition": condition})
    assert [user["Username"] for user in users["Users"]] == found
    assert users["ApproximateTotalCount"] == len(found)


def test_a_search_that_does_not_run(client: Any, instance: Instance) -> None:
    criteria = {"HierarchyGroupCondition": {"Value": "x", "HierarchyGroupMatchType": "EXACT"}}
    with pytest.raises(ClientError, match="does not run SearchUsers by HierarchyGroupCondition yet"):
        client.search_users(InstanceId=instance.arn, SearchCriteria=criteria)


def test_phone_config(client: Any, instance: Instance, mei: dict[str, str]) -> None:
    client.update_user_phone_config(**mei, PhoneConfig={"PhoneType": "SOFT_PHONE", "AfterContactWorkTimeLimit": 30})
    described = client.describe_user(**mei)["User"]["PhoneConfig"]
    assert described == {"PhoneType": "SOFT_PHONE", "AutoAccept": True, "AfterContactWorkTimeLimit": 30}
    [found] = client.search_users(
        InstanceId=instance.arn, SearchCriteria={"StringCondition": {"FieldName": "Username", "Value": "mei"}}
    )["Users"]
    assert found["PhoneConfig"]["AfterContactWorkTimeLimit"] == 30_000
    client.update_user_phone_config(**mei, PhoneConfig={"AutoAccept": False})
    assert instance.agent("mei").auto_accept is False
    for desk in ({"PhoneType": "DESK_PHONE"}, {"DeskPhoneNumber": "+6561234567"}):
        with pytest.raises(ClientError, match="does not run UpdateUserPhoneConfig with"):
            client.update_user_phone_config(**mei, PhoneConfig=desk)


def test_routing_profile(client: Any, instance: Instance, mei: dict[str, str]) -> None:
    client.update_user_routing_profile(**mei, RoutingProfileId=resource_id(named(instance, "Back office")))
    assert client.describe_user(**mei)["User"]["RoutingProfileId"] == resource_id(named(instance, "Back office"))


def test_proficiencies(client: Any, mei: dict[str, str]) -> None:
    assert proficiencies(client, mei) == [YUE]
    client.associate_user_proficiencies(**mei, UserProficiencies=[CMN])
    client.update_user_proficiencies(**mei, UserProficiencies=[CMN | {"Level": 5.0}])
    assert proficiencies(client, mei) == [YUE, CMN | {"Level": 5.0}]
    key = {name: YUE[name] for name in ("AttributeName", "AttributeValue")}
    client.disassociate_user_proficiencies(**mei, UserProficiencies=[key])
    assert proficiencies(client, mei) == [CMN | {"Level": 5.0}]
    with pytest.raises(client.exceptions.InvalidParameterException, match="associate it first"):
        client.update_user_proficiencies(**mei, UserProficiencies=[YUE])


def test_a_contact_that_waits_for_a_proficiency_rings_when_it_is_there(
    client: Any, instance: Instance, mei: dict[str, str], panel: Panel
) -> None:
    task = start_with_criteria(client, instance, panel)
    client.associate_user_proficiencies(**mei, UserProficiencies=[CMN])
    assert panel.has("CONNECTING") == task


def start_with_criteria(client: Any, instance: Instance, panel: Panel) -> str:
    """A task in the queue that only somebody who speaks Mandarin may have; mei is there, and does not."""
    set_status(client, instance, "mei", "Lunch")
    flow = {"InstanceId": instance.arn, "ContactFlowId": named(instance, "tasks")}
    task: str = client.start_task_contact(**flow, Name="in Mandarin")["ContactId"]
    condition = {
        "Name": "language",
        "Value": "cmn",
        "ProficiencyLevel": 1.0,
        "ComparisonOperator": "NumberGreaterOrEqualTo",
    }
    client.update_contact_routing_data(
        InstanceId=instance.arn,
        ContactId=task,
        RoutingCriteria={"Steps": [{"Expression": {"AttributeCondition": condition}}]},
    )
    set_status(client, instance, "mei", "Available")
    panel.hear("agent", lambda message: message["status"] == "Available" and not message["contacts"])
    return task


def test_a_status(client: Any, instance: Instance, panel: Panel) -> None:
    set_status(client, instance, "mei", "Lunch")
    assert panel.hear("agent")["status"] == "Lunch"


def test_a_contact_that_is_not_over_cannot_be_dismissed(
    client: Any, instance: Instance, mei: dict[str, str], panel: Panel
) -> None:
    flow = {"InstanceId": instance.arn, "ContactFlowId": named(instance, "tasks")}
    task = client.start_task_contact(**flow, Name="task")["ContactId"]
    panel.take(task)
    with pytest.raises(client.exceptions.InvalidRequestException, match="it is CONNECTED"):
        client.dismiss_user_contact(**mei, ContactId=task)
    panel.send(type="hangup", contact=task)
    panel.has("ENDED", task)
    client.dismiss_user_contact(**mei, ContactId=task)
    panel.hear("agent", lambda message: not message["contacts"])
