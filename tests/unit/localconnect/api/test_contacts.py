"""Calls on the line and calls that have ended, as the API tells, changes and ends them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from websockets.sync.client import connect

from localconnect import contacts
from localconnect.arns import resource_id
from localconnect.clock import TurnedClock
from localconnect.contacts import ContactRecord, Contacts
from localconnect.instance import Instance
from tests.unit.localconnect.api.conftest import error_of
from tests.unit.localconnect.api.people import CALLER, Phone
from tests.unit.localconnect.api.test_resources import NOWHERE, named

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def phone(address: str) -> Iterator[Phone]:
    """In a call that waits for a key."""
    with connect(f"ws://{address}/phone/call") as socket:
        phone = Phone(socket)
        phone.hear("listen")
        yield phone


@pytest.fixture
def contact_id(phone: Phone, client: Any, instance: Instance) -> str:
    [summary] = search(client, instance)["Contacts"]
    found: str = summary["Id"]
    return found


def search(client: Any, instance: Instance, kind: str = "INITIATION_TIMESTAMP", **parameters: Any) -> Any:
    """Contacts of these twenty years."""
    within = {"Type": kind, "StartTime": LONG_AGO, "EndTime": LONG_AGO + timedelta(days=7300)}
    return client.search_contacts(InstanceId=instance.arn, TimeRange=within, **parameters)


def describe(client: Any, instance: Instance, contact_id: str) -> Any:
    return client.describe_contact(InstanceId=instance.arn, ContactId=contact_id)["Contact"]


def test_a_call_is_described_while_it_lasts_and_when_it_is_over(
    phone: Phone, client: Any, instance: Instance, contact_id: str
) -> None:
    described = describe(client, instance, contact_id)
    assert described["Arn"] == f"{instance.arn}/contact/{contact_id}"
    assert described["InitialContactId"] == contact_id
    assert (described["Channel"], described["InitiationMethod"]) == ("VOICE", "INBOUND")
    assert described["CustomerEndpoint"] == {"Type": "TELEPHONE_NUMBER", "Address": CALLER}
    assert described["Attributes"] == {}
    assert abs(datetime.now(UTC) - described["InitiationTimestamp"]) < timedelta(minutes=5)
    assert not described.keys() & {"DisconnectTimestamp", "DisconnectReason", "QueueInfo"}
    phone.send(type="hangup")
    phone.hear("ended")
    described = describe(client, instance, contact_id)
    assert described["DisconnectReason"] == "CUSTOMER_DISCONNECT"
    assert described["DisconnectTimestamp"] >= described["InitiationTimestamp"]


def test_a_call_that_its_flow_ends(phone: Phone, client: Any, instance: Instance, contact_id: str) -> None:
    phone.send(type="key", key="9")
    phone.hear("ended")
    assert describe(client, instance, contact_id)["DisconnectReason"] == "CONTACT_FLOW_DISCONNECT"


def test_a_call_that_waits_in_a_queue(phone: Phone, client: Any, instance: Instance, contact_id: str) -> None:
    phone.send(type="key", key="2")
    phone.hear("queued")
    queue = resource_id(named(instance, "Service"))
    described = describe(client, instance, contact_id)
    assert described["QueueInfo"]["Id"] == queue
    assert described["QueueInfo"]["EnqueueTimestamp"] >= described["InitiationTimestamp"]
    assert [found["Id"] for found in search(client, instance, SearchCriteria={"QueueIds": [queue]})["Contacts"]] == [
        contact_id
    ]
    assert search(client, instance, SearchCriteria={"QueueIds": [NOWHERE]})["Contacts"] == []
    client.stop_contact(InstanceId=instance.arn, ContactId=contact_id)
    assert phone.hear("ended")["reason"] == "stopped"


def test_the_flow_sees_attributes_set_through_the_api_at_its_next_action(
    phone: Phone, client: Any, instance: Instance, contact_id: str
) -> None:
    client.update_contact_attributes(
        InstanceId=resource_id(instance.arn), InitialContactId=contact_id, Attributes={"name": "Wang", "a": "b"}
    )
    phone.send(type="key", key="1")
    assert phone.hear("attributes")["attributes"] == {"name": "Wang", "a": "b"}
    assert phone.hear("say")["text"] == "Hello Wang."
    client.update_contact_attributes(InstanceId=instance.arn, InitialContactId=contact_id, Attributes={"name": "Li"})
    got = client.get_contact_attributes(InstanceId=instance.arn, InitialContactId=contact_id)
    assert got["Attributes"] == {"name": "Li", "a": "b"}


def test_attributes_of_a_call_that_is_over(phone: Phone, client: Any, instance: Instance, contact_id: str) -> None:
    phone.send(type="hangup")
    phone.hear("ended")
    client.update_contact_attributes(InstanceId=instance.arn, InitialContactId=contact_id, Attributes={"rating": "5"})
    got = client.get_contact_attributes(InstanceId=instance.arn, InitialContactId=contact_id)
    assert got["Attributes"] == {"rating": "5"}


def test_attributes_of_more_than_32_kb_are_refused(
    phone: Phone, client: Any, instance: Instance, contact_id: str
) -> None:
    def set_attributes(**attributes: str) -> None:
        client.update_contact_attributes(InstanceId=instance.arn, InitialContactId=contact_id, Attributes=attributes)

    set_attributes(a="x" * 20_000)
    with pytest.raises(client.exceptions.InvalidParameterException) as caught:
        set_attributes(b="x" * 20_000)
    assert error_of(caught)[2] == "The contact's attributes would take 40,002 bytes; 32,768 are allowed."
    set_attributes(b="x" * (32_768 - 20_002))
    got = client.get_contact_attributes(InstanceId=instance.arn, InitialContactId=contact_id)
    assert {name: len(value) for name, value in got["Attributes"].items()} == {"a": 20_000, "b": 12_766}


def test_a_call_is_stopped_once(phone: Phone, client: Any, instance: Instance, contact_id: str) -> None:
    client.stop_contact(InstanceId=instance.arn, ContactId=contact_id)
    assert phone.hear("ended")["reason"] == "stopped"
    assert describe(client, instance, contact_id)["DisconnectReason"] == "OTHER"
    for unknown, said in ((contact_id, "has ended already"), (NOWHERE, "has no contact")):
        with pytest.raises(client.exceptions.ContactNotFoundException, match=said) as caught:
            client.stop_contact(InstanceId=instance.arn, ContactId=unknown)
        assert error_of(caught)[1] == 410


class TestSearch:
    def test_by_time_and_channel(self, client: Any, instance: Instance, contact_id: str) -> None:
        assert [found["Id"] for found in search(client, instance)["Contacts"]] == [contact_id]
        for channels, wanted in ((["VOICE", "CHAT"], 1), (["CHAT"], 0)):
            assert search(client, instance, SearchCriteria={"Channels": channels})["TotalCount"] == wanted
        assert search(client, instance, SearchCriteria={"InitiationMethods": ["API"]})["Contacts"] == []
        assert search(client, instance, "DISCONNECT_TIMESTAMP")["Contacts"] == []
        before = {"Type": "INITIATION_TIMESTAMP", "StartTime": LONG_AGO, "EndTime": LONG_AGO + timedelta(days=1)}
        assert client.search_contacts(InstanceId=instance.arn, TimeRange=before)["Contacts"] == []

    def test_page_by_page_and_in_order(self, client: Any, instance: Instance, address: str) -> None:
        called = [self._call(address, instance) for _ in range(3)]
        ascending = {"FieldName": "DISCONNECT_TIMESTAMP", "Order": "ASCENDING"}
        for sort, wanted in (({}, called[::-1]), ({"Sort": ascending}, called)):
            first = search(client, instance, MaxResults=2, **sort)
            second = search(client, instance, MaxResults=2, NextToken=first["NextToken"], **sort)
            assert [found["Id"] for found in first["Contacts"] + second["Contacts"]] == wanted
            assert (first["TotalCount"], second.get("NextToken")) == (3, None)

    @staticmethod
    def _call(address: str, instance: Instance) -> str:
        with connect(f"ws://{address}/phone/call") as socket:
            phone = Phone(socket)
            phone.hear("listen")
            phone.send(type="hangup")
            phone.hear("ended")
        return [record.contact.contact_id for record in instance.contacts][-1]

    @pytest.mark.parametrize(
        ("parameters", "named"),
        [
            ({"SearchCriteria": {"Name": {"SearchText": ["x"], "MatchType": "MATCH_ALL"}}}, "Name"),
            ({"kind": "SCHEDULED_TIMESTAMP"}, "SCHEDULED_TIMESTAMP"),
            ({"Sort": {"FieldName": "CHANNEL", "Order": "ASCENDING"}}, "CHANNEL"),
        ],
    )
    def test_by_what_it_does_not_know_is_refused_by_name(
        self, client: Any, instance: Instance, parameters: dict[str, Any], named: str
    ) -> None:
        with pytest.raises(ClientError) as caught:
            search(client, instance, **parameters)
        assert error_of(caught) == (
            "NotImplementedException",
            501,
            f"localconnect does not run SearchContacts by {named} yet.",
        )

    def test_bad_parameters(self, client: Any, instance: Instance) -> None:
        invalid = client.exceptions.InvalidParameterException
        with pytest.raises(invalid, match=r"TimeRange\.Type is 'YESTERDAY'"):
            search(client, instance, "YESTERDAY")
        with pytest.raises(invalid, match=r"SearchCriteria\.Channels\[0\] is 'FAX'"):
            search(client, instance, SearchCriteria={"Channels": ["FAX"]})
        with pytest.raises(invalid, match="MaxResults is too great: 101; 100 are allowed"):
            search(client, instance, MaxResults=101)
        with pytest.raises(invalid, match="NextToken"):
            search(client, instance, NextToken="x")


def test_the_register_forgets_the_oldest_that_has_ended(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contacts, "MOST_CONTACTS", 3)
    register, clock = Contacts(), TurnedClock()
    records = []
    for number in range(5):
        contact = instance.new_contact(customer_address=CALLER, clock=clock)
        record = ContactRecord(contact=contact, clock=clock, hang_up=lambda: None, show_attributes=lambda _: None)
        records.append(record)
        register.begin(record)
        if number in (1, 2):
            record.end("OTHER")
    assert list(register) == [records[0], records[3], records[4]]
