"""The API as HTTP: which operation a request is for, what is wrong with it, who may ask."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from localconnect.api.model import find_operation, service_model
from localconnect.api.operations import OPERATIONS
from localconnect.instance import Instance
from tests.unit.localconnect.api.conftest import client_of, error_of
from tests.unit.localconnect.api.test_resources import named

LATER = [
    ("CreateUser", {"Username": "u", "SecurityProfileIds": ["s"], "RoutingProfileId": "r"}),
    ("ListContactReferences", {"ContactId": "c", "ReferenceTypes": []}),
    ("MonitorContact", {"ContactId": "c", "UserId": "u"}),
    ("UpdateUserHierarchy", {"UserId": "u"}),
]


@pytest.mark.parametrize(("operation", "parameters"), LATER, ids=[operation for operation, _ in LATER])
def test_what_does_not_run_yet_says_so_by_name(
    client: Any, instance: Instance, operation: str, parameters: dict[str, Any]
) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(client, xform_name(operation))(InstanceId=instance.arn, **parameters)
    assert error_of(caught) == ("NotImplementedException", 501, f"localconnect does not run {operation} yet.")


def test_every_operation_is_recognised() -> None:
    label = "arn:aws:connect:x:1:instance/i"
    for name in service_model().operation_names:
        http = service_model().operation_model(name).http
        path = re.sub(r"{[^}]+}", quote(label, safe=""), http["requestUri"])
        found = find_operation(http["method"], path)
        assert found is not None, name
        assert found[0].name == name
        assert all(value == label for value in found[1].values())
        assert len(found[1]) == http["requestUri"].count("{")


def test_every_operation_that_runs_is_one_of_connect() -> None:
    assert OPERATIONS.keys() <= {xform_name(name) for name in service_model().operation_names}


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/nowhere"), ("GET", "/queues-summary/"), ("PUT", "/contact/stop"), ("POST", "/phone")]
)
def test_an_unknown_address_is_not_found(address: str, method: str, path: str) -> None:
    answer = httpx.request(method, f"http://{address}{path}")
    assert answer.status_code == 404
    assert answer.headers["x-amzn-errortype"] == "UnknownOperationException"
    assert f"{method} {path}" in answer.json()["message"]


class TestParameters:
    def test_boto3_that_does_not_validate_is_told_everything(
        self, session: Any, address: str, instance: Instance
    ) -> None:
        client = client_of(session, address, parameter_validation=False)
        with pytest.raises(client.exceptions.InvalidParameterException) as caught:
            client.create_contact_flow(InstanceId=instance.arn, Content=5, Type="CONTACT_FLOW")
        code, status, message = error_of(caught)
        assert (code, status) == ("InvalidParameterException", 400)
        assert 'Missing required parameter in input: "Name"' in message
        assert "Invalid type for parameter Content" in message

    def test_an_operation_without_invalid_parameters_has_invalid_requests(
        self, session: Any, address: str, instance: Instance
    ) -> None:
        client = client_of(session, address, parameter_validation=False)
        with pytest.raises(client.exceptions.InvalidRequestException, match="MaxResults"):
            client.list_instances(MaxResults=11)

    @pytest.mark.parametrize(
        "body", ["", "no JSON", "[]", '{"InstanceId": null}', "\udcff", '{"ContactId": "\\ud800"}', "[" * 100_000]
    )
    def test_a_broken_body(self, address: str, body: str) -> None:
        answer = httpx.post(f"http://{address}/contact/stop", content=body.encode("utf-8", "surrogateescape"))
        assert answer.status_code == 400
        assert answer.headers["x-amzn-errortype"] == "InvalidParameterException"
        assert answer.json()["Message"]

    @pytest.mark.parametrize("query", ["maxResults=many", "maxResults=0", "maxResults=1.5"])
    def test_a_broken_number(self, address: str, instance: Instance, query: str) -> None:
        answer = httpx.get(f"http://{address}/queues-summary/{quote(instance.arn, safe='')}?{query}")
        assert answer.status_code == 400
        assert "MaxResults" in answer.json()["Message"]

    @pytest.mark.parametrize("moment", ["soon", 1e300, {}, []])
    def test_a_broken_time(self, address: str, instance: Instance, moment: Any) -> None:
        within = {"Type": "INITIATION_TIMESTAMP", "StartTime": moment, "EndTime": 1_700_000_000}
        answer = httpx.post(f"http://{address}/search-contacts", json={"InstanceId": instance.arn, "TimeRange": within})
        assert answer.status_code == 400
        assert ("is no time" if moment else "TimeRange.StartTime") in answer.json()["Message"]

    def test_times_as_numbers_and_as_text(self, address: str, instance: Instance) -> None:
        for moment in (1_700_000_000, 1_700_000_000.5, "2023-11-14T22:13:20Z", "2023-11-14T22:13:20"):
            within = {"Type": "INITIATION_TIMESTAMP", "StartTime": moment, "EndTime": moment}
            body = {"InstanceId": instance.arn, "TimeRange": within, "NextToken": None, "Unknown": 1}
            answer = httpx.post(f"http://{address}/search-contacts", json=body)
            assert (answer.status_code, answer.json()) == (200, {"Contacts": [], "TotalCount": 0})


class TestBrowsers:
    @pytest.mark.parametrize(
        "headers",
        [
            {"origin": "https://attacker.example"},
            {"origin": "null"},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
        ],
    )
    def test_a_page_from_elsewhere_is_refused(self, address: str, instance: Instance, headers: dict[str, str]) -> None:
        flow = quote(named(instance, "main"), safe="")
        address = f"http://{address}/contact-flows/{quote(instance.arn, safe='')}/{flow}/content"
        assert httpx.post(address, json={"Content": "{}"}, headers=headers).status_code == 403

    def test_another_host_name_is_refused(self, address: str) -> None:
        assert httpx.get(f"http://{address}/instance", headers={"host": "attacker.example"}).status_code == 400

    def test_a_page_of_the_lines_own_is_let_in(self, address: str) -> None:
        headers = {"origin": f"http://{address}", "sec-fetch-site": "same-origin"}
        answer = httpx.get(f"http://{address}/instance", headers=headers)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        assert json.loads(answer.content)["InstanceSummaryList"]
