"""The test cases as stacks of their own, one a service: all of them would be too much for one template.

A case belongs to the service that its file's name begins with, so a new case changes one stack. What a case refers to
by logical id ("${ServiceQueue}") is a resource of infra/connect.yaml; its stack has a parameter of that name.
"""

from itertools import groupby
from typing import Any

Template = dict[str, Any]

OUTPUT_FOR = {
    "InstanceArn": "InstanceArn",
    "MainFlow": "MainFlowArn",
    "ServiceHours": "ServiceHoursArn",
    "ServiceQueue": "ServiceQueueArn",
    "SurveyFlow": "SurveyFlowArn",
}
"""Which output of the stack of infra/connect.yaml a parameter of the cases' stacks is."""


def is_case(resource: dict[str, Any]) -> bool:
    return bool(resource["Type"] == "AWS::Connect::TestCase")


def service_of(case: dict[str, Any]) -> str:
    return str(case["Properties"]["Name"].split("-")[0])


def case_templates(template: Template) -> dict[str, Template]:
    """A template for each service's test cases of ``template``, which is infra/connect.yaml with its files inlined."""
    cases = sorted(((name, it) for name, it in template["Resources"].items() if is_case(it)), key=_service)
    return {service: _template(service, dict(group)) for service, group in groupby(cases, key=_service)}


def _service(case: tuple[str, dict[str, Any]]) -> str:
    return service_of(case[1])


def _template(service: str, cases: dict[str, Any]) -> Template:
    for case in cases.values():
        case["Properties"]["InstanceArn"] = {"Ref": "InstanceArn"}
    text = str(cases)
    names = [name for name in (*OUTPUT_FOR, "IvrFunctionArn") if f"'{name}'" in text or f"${{{name}}}" in text]
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"brokerline: the test cases of {service}",
        "Parameters": {name: {"Type": "String"} for name in names},
        "Resources": cases,
    }


def case_parameters(template: Template, outputs: dict[str, str], ivr_function_arn: str) -> dict[str, str]:
    """The parameters of one of these stacks, from the ``outputs`` of the stack of infra/connect.yaml."""
    known = {name: outputs[output] for name, output in OUTPUT_FOR.items()} | {"IvrFunctionArn": ivr_function_arn}
    return {name: known[name] for name in template["Parameters"]}
