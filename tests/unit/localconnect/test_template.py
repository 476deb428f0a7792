from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from localconnect.template import TemplateError, inline_content, load, resolve

TEMPLATE = """
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Stage: {Type: String}
  Size: {Type: Number, Default: 2}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsSmall: !And [!Not [!Condition IsProd], !Equals [!Ref Size, 2]]
  IsEither: !Or [!Condition IsProd, !Condition IsSmall]
Resources:
  Queue:
    Type: AWS::Connect::Queue
    Properties:
      Name: %s
"""


def resolved(name: str, stage: str = "local", **parameters: str) -> Any:
    """The queue's Name, written as ``name``; it has the attribute Arn."""
    template = yaml_template(TEMPLATE % name)
    return resolve(
        template,
        {"Stage": stage, **parameters},
        region="ap-southeast-1",
        account="123456789012",
        identify=lambda logical_id, resource: {"Ref": f"ref-{logical_id}", "Arn": f"arn-{logical_id}"},
    )["Queue"]["Properties"].get("Name")


def yaml_template(text: str) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "connect.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("plain", "plain"),
        ("2026-10-01", "2026-10-01"),  # a date stays text, as CloudFormation has it
        ("!Ref Stage", "local"),
        ("{Ref: Stage}", "local"),
        ("!Ref Queue", "ref-Queue"),
        ("!GetAtt Queue.Arn", "arn-Queue"),
        ("!GetAtt [Queue, Arn]", "arn-Queue"),
        ("{'Fn::GetAtt': [Queue, Arn]}", "arn-Queue"),
        ("!Sub '${Stage}-${Queue}-${Queue.Arn}'", "local-ref-Queue-arn-Queue"),
        ("!Sub ['${A}-${Stage}', {A: !Ref Queue}]", "ref-Queue-local"),
        ("!Sub '${!Literal} $.Attributes.x'", "${Literal} $.Attributes.x"),
        ("!Sub '${AWS::Region}/${AWS::AccountId}'", "ap-southeast-1/123456789012"),
        ("!Sub '${AWS::Partition}/${AWS::StackName}'", "aws/localconnect"),
        ("!Join ['-', [a, !Ref Stage, b]]", "a-local-b"),
        ("!If [IsProd, yes-it-is, no-it-is-not]", "no-it-is-not"),
        ("!If [IsEither, one, none]", "one"),
        ("!If [IsSmall, {a: !Ref Stage}, b]", {"a": "local"}),
        ("[!Ref AWS::NoValue, a]", ["a"]),
        ("!Ref AWS::NoValue", None),
    ],
)
def test_intrinsic_functions(written: str, expected: Any) -> None:
    assert resolved(written) == expected


def test_parameters_are_taken_before_defaults() -> None:
    assert resolved("!If [IsEither, one, none]", Size="3") == "none"
    assert resolved("!If [IsEither, one, none]", "prod", Size="3") == "one"


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("!Ref Nothing", "Queue: 'Nothing' is neither a parameter nor a resource; name one that is."),
        ("!Sub '${Nothing.Arn}'", "Queue: 'Nothing' is neither a parameter nor a resource; name one that is."),
        ("!GetAtt Queue.Size", "Queue: Queue has no attribute 'Size'; it has Ref, Arn."),
        ("!If [IsBlue, a, b]", "Queue: there is no condition 'IsBlue'; add it to Conditions."),
        ("!FindInMap [a, b, c]", "Queue: localconnect does not run Fn::FindInMap; it runs Ref, Fn::GetAtt,"),
    ],
)
def test_what_cannot_be_worked_out(written: str, problem: str) -> None:
    with pytest.raises(TemplateError) as raised:
        resolved(written)
    assert str(raised.value).startswith(problem)


def test_a_parameter_without_a_value() -> None:
    with pytest.raises(TemplateError, match="parameter Stage has no value; give one"):
        resolve(yaml_template(TEMPLATE % "x"), {}, region="r", account="a", identify=no_names)


def test_a_parameter_that_is_not_declared() -> None:
    with pytest.raises(TemplateError, match="has no parameter Colour; leave it out"):
        resolved("x", Colour="blue")


def no_names(logical_id: str, resource: Mapping[str, Any]) -> Mapping[str, str]:
    return {}


def test_a_resource_whose_condition_is_false_is_left_out() -> None:
    other = "  Other: {Type: AWS::Connect::Queue, Condition: IsProd, Properties: {Name: x}}\n"
    template = yaml_template(TEMPLATE % "x" + other)
    for stage, names in (("local", ["Queue"]), ("prod", ["Queue", "Other"])):
        found = resolve(template, {"Stage": stage}, region="r", account="a", identify=no_names)
        assert list(found) == names


@pytest.mark.parametrize(
    ("text", "problem"),
    [("a: [", "this is no YAML"), ("Parameters: {}", "a template has Resources; this file has none.")],
)
def test_what_is_no_template(text: str, problem: str) -> None:
    with pytest.raises(TemplateError, match=problem):
        yaml_template(text)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="cannot be read"):
        load(tmp_path / "nothing.yaml")


class TestContent:
    RESOURCES = """
Resources:
  Flow: {Type: AWS::Connect::ContactFlow, Properties: {Name: f, Content: flows/f.json}}
  Inline: {Type: AWS::Connect::ContactFlow, Properties: {Name: i, Content: '{"a": 1}'}}
  Other: {Type: AWS::S3::Bucket, Properties: {Content: flows/f.json}}
"""

    def test_a_file_takes_its_paths_place(self, tmp_path: Path) -> None:
        (tmp_path / "flows").mkdir()
        (tmp_path / "flows" / "f.json").write_text('{"QueueId": "${Queue}", "名": 1}', encoding="utf-8")
        template = yaml_template(self.RESOURCES)
        inlined = inline_content(template, tmp_path)["Resources"]
        assert inlined["Flow"]["Properties"]["Content"] == {"Fn::Sub": '{"QueueId": "${Queue}", "名": 1}'}
        assert inlined["Inline"]["Properties"]["Content"] == '{"a": 1}'
        assert inlined["Other"]["Properties"]["Content"] == "flows/f.json"
        assert template["Resources"]["Flow"]["Properties"]["Content"] == "flows/f.json"

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(TemplateError, match=r"Flow: its Content .*f\.json cannot be read"):
            inline_content(yaml_template(self.RESOURCES), tmp_path)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner, min_size=2),
    max_leaves=8,
)


@given(json_values)
@settings(max_examples=50)
def test_what_holds_no_function_stays_as_it_is(value: Any) -> None:
    template = {"Resources": {"X": {"Type": "T", "Properties": {"a": value, "b": 1}}}}
    found = resolve(json.loads(json.dumps(template)), {}, region="r", account="a", identify=no_names)
    assert found == template["Resources"]


def test_templates_that_yaml_writes_are_read_the_same(tmp_path: Path) -> None:
    template = {"Resources": {"X": {"Type": "T", "Properties": {"From": "2026-01-01", "n": 1, "b": True}}}}
    (tmp_path / "t.yaml").write_text(yaml.safe_dump(template), encoding="utf-8")
    assert load(tmp_path / "t.yaml") == template


def test_each_file_of_the_folder_of_test_cases_is_a_case(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "order-buy.json").write_text('{"Metadata": {"name": "A buy"}}')
    (tmp_path / "connect.yaml").write_text(
        "Metadata: {localconnect: {EntryFlow: Main, TestCases: tests}}\n"
        "Resources: {Line: {Type: 'AWS::Connect::Instance'}, Main: {Type: 'AWS::Connect::ContactFlow'}}\n"
    )
    case = load(tmp_path / "connect.yaml")["Resources"]["CaseOrderBuy"]
    assert case["Type"] == "AWS::Connect::TestCase"
    assert case["Properties"] == {
        "InstanceArn": {"Fn::GetAtt": ["Line", "Arn"]},
        "Name": "order-buy",
        "Description": "A buy",
        "EntryPoint": {"Type": "VOICE_CALL", "VoiceCallEntryPointParameters": {"FlowId": {"Ref": "Main"}}},
        "Status": "PUBLISHED",
        "Content": "tests/order-buy.json",
    }
    told = {"name": "A survey", "entryFlow": "Survey", "attributes": {"Language": "en"}}
    (tmp_path / "tests" / "order-buy.json").write_text(json.dumps({"Metadata": told}))
    case = load(tmp_path / "connect.yaml")["Resources"]["CaseOrderBuy"]["Properties"]
    assert case["EntryPoint"]["VoiceCallEntryPointParameters"] == {"FlowId": {"Ref": "Survey"}}
    assert json.loads(case["InitializationData"]) == {"Attributes": {"Language": "en"}}
    (tmp_path / "tests" / "order-buy.json").write_text("{}")
    with pytest.raises(TemplateError, match="a test case is JSON whose Metadata has a name"):
        load(tmp_path / "connect.yaml")
