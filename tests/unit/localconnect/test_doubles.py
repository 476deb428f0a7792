"""What the default doubles answer."""

from typing import Any

import pytest

from localconnect.clock import TurnedClock
from localconnect.doubles import Answered, DefaultDoubles, Failed, Outcome, Request, draw
from tests.unit.localconnect.flows import CALLER, instance, say

MEI = {"ProfileId": "1", "FirstName": "Mei", "PhoneNumber": "+852", "EmailAddress": "mei@example.org"}
JUN = {"ProfileId": "2", "FirstName": "Jun", "PhoneNumber": "+852"}
CONTACT = instance(say("hi", "Hi.")).new_contact(customer_address=CALLER, clock=TurnedClock())


def answer(doubles: DefaultDoubles, action_type: str, **parameters: Any) -> Outcome:
    return doubles.answer(Request(action_type, parameters, CONTACT))


def customer(outcome: Outcome) -> Any:
    assert isinstance(outcome, Answered)
    return outcome.data["Customer"]


class TestProfiles:
    @pytest.mark.parametrize(
        "search",
        [
            {"EmailAddress": "mei@example.org"},
            {"IdentifierName": "_email", "IdentifierValue": "mei@example.org"},
            {"IdentifierName": "FirstName", "IdentifierValue": "Mei"},
            {
                "SearchCriteria": [
                    {"IdentifierName": "_phone", "IdentifierValue": "+852"},
                    {"IdentifierName": "FirstName", "IdentifierValue": "Mei"},
                ],
                "LogicalOperator": "AND",
            },
        ],
    )
    def test_are_found_by_what_is_known(self, search: dict[str, Any]) -> None:
        doubles = DefaultDoubles(profiles=[MEI, JUN])
        found = answer(
            doubles, "GetCustomerProfile", ProfileRequestData=search, ProfileResponseData=["FirstName", "City"]
        )
        assert customer(found) == {"ProfileId": "1", "FirstName": "Mei", "City": None}

    @pytest.mark.parametrize(
        ("search", "error"),
        [
            ({"PhoneNumber": "+1"}, "NoneFoundError"),
            ({}, "NoneFoundError"),
            ({"PhoneNumber": "+852"}, "MultipleFoundError"),
            (
                {
                    "SearchCriteria": [
                        {"IdentifierName": "FirstName", "IdentifierValue": "Mei"},
                        {"IdentifierName": "FirstName", "IdentifierValue": "Jun"},
                    ],
                    "LogicalOperator": "OR",
                },
                "MultipleFoundError",
            ),
        ],
    )
    def test_none_or_several(self, search: dict[str, Any], error: str) -> None:
        found = answer(DefaultDoubles(profiles=[MEI, JUN]), "GetCustomerProfile", ProfileRequestData=search)
        assert isinstance(found, Failed)
        assert found.error == error

    def test_one_that_is_created_is_found_and_changed(self) -> None:
        doubles = DefaultDoubles()
        made = customer(answer(doubles, "CreateCustomerProfile", ProfileRequestData={"FirstName": "Mei"}))
        changes = {"ProfileId": made["ProfileId"], "City": "Hongkong"}
        answer(doubles, "UpdateCustomerProfile", ProfileRequestData=changes)
        search = {"FirstName": "Mei"}
        found = answer(doubles, "GetCustomerProfile", ProfileRequestData=search, ProfileResponseData=["City"])
        assert customer(found) == {"ProfileId": made["ProfileId"], "City": "Hongkong"}

    def test_one_that_does_not_exist_cannot_be_changed(self) -> None:
        assert answer(DefaultDoubles(), "UpdateCustomerProfile", ProfileRequestData={}) == Failed(
            reason="there is no such profile"
        )

    @pytest.mark.parametrize("action_type", ["GetCustomerProfileObject", "GetCalculatedAttributesForCustomerProfile"])
    def test_have_no_parts(self, action_type: str) -> None:
        found = answer(DefaultDoubles(profiles=[MEI]), action_type, ProfileRequestData={"ProfileId": "1"})
        assert isinstance(found, Failed)
        assert found.error == "NoneFoundError"


class TestCases:
    CASES = ({"case_id": "1", "customer_id": "c", "title": "A"}, {"case_id": "2", "customer_id": "c", "title": "B"})

    def get(self, last: str, **fields: Any) -> Outcome:
        return answer(DefaultDoubles(cases=self.CASES), "GetCase", GetLastUpdatedCase=last, **fields)

    def test_by_customer_and_fields(self) -> None:
        found = self.get("false", CustomerId="c", CaseRequestFields={"title": "A"}, CaseResponseFields=["title"])
        assert found == Answered(data={"Case": {"case_id": "1", "title": "A"}})

    def test_several(self) -> None:
        assert self.get("false", CustomerId="c") == Failed("MultipleFound", "2 cases fit")
        assert self.get("True", CustomerId="c") == Answered(data={"Case": {"case_id": "2"}})

    def test_none(self) -> None:
        assert self.get("true", CustomerId="d") == Failed("NoneFound", "no case fits")

    def test_one_that_is_changed_is_the_last(self) -> None:
        doubles = DefaultDoubles(cases=self.CASES)
        answer(doubles, "UpdateCase", CaseId="1", CaseRequestFields={"status": "closed"})
        found = answer(doubles, "GetCase", GetLastUpdatedCase="true", CustomerId="c", CaseResponseFields=["status"])
        assert found == Answered(data={"Case": {"case_id": "1", "status": "closed"}})

    def test_one_that_is_created_has_an_id(self) -> None:
        doubles = DefaultDoubles()
        made = answer(doubles, "CreateCase", CaseTemplateId="t", CaseRequestFields={"title": "A"})
        assert isinstance(made, Answered)
        assert doubles.cases.records == [{**made.data["Case"], "title": "A", "template_id": "t"}]

    def test_one_that_does_not_exist_cannot_be_changed(self) -> None:
        assert answer(DefaultDoubles(), "UpdateCase", CaseId="1") == Failed(reason="there is no such case")


def test_tasks_and_chats_are_taken_note_of() -> None:
    doubles = DefaultDoubles()
    answer(doubles, "CreateTask", Name="Call back")
    answer(doubles, "StartOutboundChatContact", ContactSubtype="connect:SMS")
    assert [request.action_type for request in doubles.created] == ["CreateTask", "StartOutboundChatContact"]


def test_there_are_no_data_tables() -> None:
    assert answer(DefaultDoubles(), "ListDataTableValues", DataTableId="t") == Failed(
        reason="there is no data table 't'"
    )


def test_a_draw_is_between_1_and_100() -> None:
    drawn = {draw(Request("DistributeByPercentage", {}, CONTACT)).result for _ in range(200)}  # type: ignore[union-attr]
    assert drawn <= {str(number) for number in range(1, 101)}
    assert len(drawn) > 20


def test_a_stream_that_is_stopped_has_no_name() -> None:
    assert answer(DefaultDoubles(), "UpdateContactMediaStreamingBehavior", MediaStreamingState="Disabled") == Answered()


def test_another_double_for_one_type() -> None:
    doubles = DefaultDoubles()
    doubles.table["CheckVoiceId"] = lambda request: Answered("Authenticated")
    assert answer(doubles, "CheckVoiceId", CheckVoiceIdOption="voiceAuthentication") == Answered("Authenticated")
    assert answer(DefaultDoubles(), "CheckVoiceId", CheckVoiceIdOption="voiceAuthentication") == Answered("NotEnrolled")
