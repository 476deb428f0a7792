"""Test cases: CreateTestCase, UpdateTestCase, DescribeTestCase, ListTestCases, DeleteTestCase."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from localconnect.api.errors import ApiError
from localconnect.api.paging import page
from localconnect.api.resources import as_source, chosen, digest, new_arn, refuse_taken, source_of, tags_of
from localconnect.api.service import Service
from localconnect.arns import resource_id
from localconnect.call import UnknownResource
from localconnect.instance import Instance
from localconnect.testing import Case, InvalidCase
from localconnect.testing.document import read_case

_WRITTEN = ("Name", "Description", "Content", "EntryPoint", "InitializationData", "Status")


def find_case(instance: Instance, reference: str) -> tuple[str, Case]:
    """A test case and its ARN, by id or ARN. Raises UnknownResource."""
    wanted = resource_id(reference)
    for arn, case in instance.test_cases.items():
        if resource_id(arn) == wanted:
            return arn, case
    raise UnknownResource(f"the instance has no test case {reference!r}")


def create_test_case(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """TestCaseId is the new case's id, where it is given. The content is checked whatever the Status."""
    instance = service.instance
    refuse_taken(parameters["Name"], (case.name for case in instance.test_cases.values()), "test case")
    arn = new_arn(instance, "test-case")
    if "TestCaseId" in parameters:
        arn = f"{instance.arn}/test-case/{resource_id(parameters['TestCaseId'])}"
        refuse_taken(arn, instance.test_cases, "test case")
    _set(instance, arn, as_source(chosen(parameters, *_WRITTEN, "Tags")))
    return {"TestCaseId": resource_id(arn), "TestCaseArn": arn}


def update_test_case(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What is not given stays. Executions under way go on with the case as it was."""
    instance = service.instance
    arn, old = find_case(instance, parameters["TestCaseId"])
    changed = chosen(parameters, *_WRITTEN)
    if changed.get("Name", old.name) != old.name:
        refuse_taken(changed["Name"], (case.name for case in instance.test_cases.values()), "test case")
    _set(instance, arn, {**source_of(instance, arn), **changed})
    return {}


def describe_test_case(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    arn, case = find_case(service.instance, parameters["TestCaseId"])
    source = source_of(service.instance, arn)
    described = {
        **_summary(service.instance, arn, case),
        "EntryPoint": source.get("EntryPoint") or _entry_point(case),
        "Tags": tags_of(source),
        **chosen(source, "Content", "Description"),
    }
    if data := source.get("InitializationData"):
        described["InitializationData"] = data if isinstance(data, str) else json.dumps(data)
    if "Content" in source:
        described["TestCaseSha256"] = digest(source["Content"])
    return {"TestCase": described}


def list_test_cases(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    instance = service.instance
    cases = [_summary(instance, arn, case) for arn, case in instance.test_cases.items()]
    return page("TestCaseSummaryList", cases, parameters)


def delete_test_case(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Its executions are kept."""
    arn, _ = find_case(service.instance, parameters["TestCaseId"])
    del service.instance.test_cases[arn]
    service.instance.sources.pop(arn, None)
    return {}


def _set(instance: Instance, arn: str, source: Mapping[str, Any]) -> None:
    try:
        case = read_case(source, file=source["Name"])
        if case.flow:
            instance.flow(case.flow)
    except InvalidCase as invalid:
        raise ApiError("InvalidTestCaseException", str(invalid), invalid.problems) from invalid
    instance.test_cases[arn] = case
    instance.sources[arn] = source


def _summary(instance: Instance, arn: str, case: Case) -> dict[str, Any]:
    status = source_of(instance, arn).get("Status", "PUBLISHED")
    return {"Id": resource_id(arn), "Arn": arn, "Name": case.name, "Status": status}


def _entry_point(case: Case) -> dict[str, Any]:
    """Of a case that names none: a call."""
    parameters = {"SourcePhoneNumber": case.source_number} | ({"FlowId": case.flow} if case.flow else {})
    return {"Type": "VOICE_CALL", "VoiceCallEntryPointParameters": parameters}
