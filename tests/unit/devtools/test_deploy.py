import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from devtools import commands, deploy
from devtools.case_stacks import case_templates
from devtools.paths import ROOT
from devtools.problem import Problem, explain
from devtools.secrets import InputKey
from devtools.stage import Stage
from localconnect.template import TemplateError

OUTPUTS = {
    "IvrFunctionArn": "arn:ivr",
    "RecordingsBucket": "recordings",
    "ContactRecordsStreamArn": "arn:records",
    "AgentEventsStreamArn": "arn:agents",
}
CONNECT_OUTPUTS = {
    "AgentFlowArn": "arn:agent",
    "InstanceArn": "arn:instance",
    "MainFlowArn": "arn:main",
    "ServiceHoursArn": "arn:hours",
    "SurveyFlowArn": "arn:survey",
    "ServiceQueueArn": "arn:queue",
}


def test_the_certificate_stays_a_json_string_and_the_key_a_pem(stage: Stage) -> None:
    key = InputKey(certificate="-----BEGIN-----\nAAAA\n-----END-----\n", public_key="-----BEGIN-----\nBBBB\n")
    parameters = deploy.connect_parameters(stage, OUTPUTS | {"Table": "orders"}, key)
    assert parameters == {
        "Stage": "prod",
        **OUTPUTS,
        "InputCertificate": "-----BEGIN-----\\nAAAA\\n-----END-----\\n",
        "InputPublicKey": "-----BEGIN-----\nBBBB\n",
    }


def test_the_connect_template_carries_the_flows_text(tmp_path: Path) -> None:
    (tmp_path / "main.json").write_text('{"StartAction": "${Queue}", "say": "您好"}', encoding="utf-8")
    template = {
        "Resources": {
            "Main": {
                "Type": "AWS::Connect::ContactFlow",
                "Properties": {"Type": "CONTACT_FLOW", "Content": "main.json"},
            }
        }
    }
    (tmp_path / "connect.yaml").write_text(yaml.safe_dump(template))

    written = yaml.safe_load(deploy.template_text(deploy.connect_template(tmp_path / "connect.yaml")))

    content = written["Resources"]["Main"]["Properties"]["Content"]
    assert content == {"Fn::Sub": '{"StartAction":"${Queue}","say":"您好"}'}


def test_a_region_without_connect_is_refused(stage: Stage) -> None:
    with pytest.raises(Problem, match=r"not offered in eu-nowhere-1: choose one of .*ap-southeast-1"):
        Stage("prod", "eu-nowhere-1").check_region()
    stage.check_region()


@pytest.mark.parametrize("error", [Problem("Do this."), TemplateError("Do this.")])
def test_a_problem_is_its_own_sentence(error: Exception) -> None:
    assert explain(error) == "Do this."


def test_what_is_not_foreseen_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        explain(ZeroDivisionError())


def test_without_credentials_one_sentence_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setattr("sys.argv", ["devtools", "deploy", "--stage", "prod", "--yes"])

    with pytest.raises(SystemExit) as end:
        commands.main()

    assert end.value.code == 1
    assert "No AWS credentials were found" in " ".join(capsys.readouterr().err.split())


@pytest.fixture
def applied(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, str]]:
    """Stacks that were applied, with their parameters, in place of a CloudFormation."""
    applied: dict[str, dict[str, str]] = {}

    def apply(
        cloudformation: object, stack: str, url: str, parameters: dict[str, str], **how: object
    ) -> dict[str, str]:
        applied[stack] = parameters
        return CONNECT_OUTPUTS if stack.endswith("-connect") else OUTPUTS

    monkeypatch.setattr(deploy.stacks, "apply", apply)
    monkeypatch.setattr(deploy.package, "build", lambda for_this_machine: None)
    monkeypatch.setattr(deploy.package, "upload", lambda stage, packed: "https://bucket/app.yaml")
    return applied


def test_in_aws_the_stack_of_connect_follows_with_the_first_ones_outputs(
    stage: Stage, applied: dict[str, dict[str, str]]
) -> None:
    assert deploy.deploy(stage, agree=lambda changes: True) == OUTPUTS

    assert list(applied)[:2] == ["brokerline-prod", "brokerline-prod-connect"]
    assert applied["brokerline-prod"] == {"Stage": "prod"}
    connect = applied["brokerline-prod-connect"]
    assert {name: connect[name] for name in OUTPUTS} == OUTPUTS
    assert connect["InputCertificate"].startswith("-----BEGIN CERTIFICATE-----\\n")
    assert connect["InputPublicKey"].startswith("-----BEGIN PUBLIC KEY-----\n")


def test_a_stage_whose_counter_has_an_address_trades_through_it(
    stage: Stage, applied: dict[str, dict[str, str]]
) -> None:
    url = "https://gateway.example/v1"
    stage.ssm.put_parameter(Name="/brokerline/prod/counter/url", Value=url, Type="String")
    deploy.deploy(stage, agree=lambda changes: True)
    assert applied["brokerline-prod"] == {"Stage": "prod", "Counter": "http", "CounterUrl": url}


def test_the_local_cloud_gets_no_stack_of_connect(
    stage: Stage, applied: dict[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Stage, "is_local", True)
    deploy.deploy(stage, agree=lambda changes: True)
    assert list(applied) == ["brokerline-prod"]


def test_the_test_cases_follow_in_a_stack_a_service(stage: Stage, applied: dict[str, dict[str, str]]) -> None:
    deploy.deploy(stage, agree=lambda changes: True)
    services = {stack.removeprefix("brokerline-prod-connect-tests-") for stack in list(applied)[2:]}
    assert services == {file.stem.split("-")[0] for file in (ROOT / "connect_flows/tests").glob("*.json")}
    assert applied["brokerline-prod-connect-tests-agent"] == {
        "InstanceArn": "arn:instance",
        "MainFlow": "arn:main",
        "ServiceHours": "arn:hours",
        "ServiceQueue": "arn:queue",
        "IvrFunctionArn": "arn:ivr",
    }


def test_every_template_of_connect_is_small_enough_and_holds_its_files_as_they_are() -> None:
    whole = deploy.connect_template()
    cases = case_templates(whole)
    resources: dict[str, Any] = {}
    for written in (deploy.without_cases(whole), *cases.values()):
        text = deploy.template_text(written)
        assert len(text.encode()) < 500_000
        resources |= yaml.safe_load(text)["Resources"]
    for name, file in (("MainFlow", "flows/main"), ("CaseOrderBuy", "tests/order-buy")):
        content = resources[name]["Properties"]["Content"]["Fn::Sub"]
        assert json.loads(content) == json.loads((ROOT / f"connect_flows/{file}.json").read_text("utf-8"))
    assert resources.keys() == whole["Resources"].keys()


def test_what_a_case_refers_to_is_a_parameter_of_its_stack() -> None:
    for written in case_templates(deploy.connect_template()).values():
        named = re.findall(r"\$\{(\w+)\}|\'Ref\': \'(\w+)\'", str(written["Resources"]))
        assert {sub or ref for sub, ref in named} == written["Parameters"].keys()


def test_a_template_that_is_too_large_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deploy, "LARGEST_TEMPLATE", 1000)
    with pytest.raises(Problem, match="more than 1,000 bytes"):
        deploy.template_text(deploy.connect_template())
