"""Reads the CloudFormation template that holds an instance: YAML with intrinsic functions, flow files by path.

As ``aws cloudformation package`` does for other types, ``Content`` of a flow, module or test case may be the path of a
file, relative to the template. :func:`inline_content` puts ``{"Fn::Sub": "<the file's text>"}`` in its place, so that a
flow names what it refers to by logical id: ``"QueueId": "${ServiceQueue}"``. CloudFormation is given the same.

A template whose ``Metadata: {localconnect: {EntryFlow: ..., TestCases: <folder>}}`` names a folder has a published
``AWS::Connect::TestCase`` for each JSON file in it, as if it were written there: see :func:`cases_of`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

CONTENT_TYPES = frozenset({"AWS::Connect::ContactFlow", "AWS::Connect::ContactFlowModule", "AWS::Connect::TestCase"})

Template = dict[str, Any]
Identify = Callable[[str, Mapping[str, Any]], Mapping[str, str]]
"""What Ref and Fn::GetAtt give for a resource, from its logical id and its definition; Ref under the name "Ref"."""

_PLACEHOLDER = re.compile(r"\$\{(!?)([^}]+)\}")
_NOTHING = object()


class TemplateError(ValueError):
    """A template that cannot be used as it is; the message says what to do."""


class _Loader(yaml.SafeLoader):
    """YAML as CloudFormation reads it: dates stay text, ``!Sub`` is short for ``Fn::Sub``."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _construct_intrinsic(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    if name == "Fn::GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name: value}


_Loader.add_multi_constructor("!", _construct_intrinsic)


def load(path: Path) -> Template:
    """The template as written, with intrinsic functions in their long form."""
    try:
        template = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except OSError as error:
        raise TemplateError(f"{path}: cannot be read ({error.strerror}).") from error
    except yaml.YAMLError as error:
        raise TemplateError(f"{path}: this is no YAML: {error}") from error
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        raise TemplateError(f"{path}: a template has Resources; this file has none.")
    template["Resources"] |= cases_of(template, path.parent)
    return template


def cases_of(template: Template, folder: Path) -> dict[str, Any]:
    """The test cases of the folder that Metadata names, as resources: a call enters the EntryFlow of the template's one
    instance. A case is named as its file is, and described as its own Metadata names it, which may name another
    ``entryFlow``, and the ``attributes`` that the contact begins with. ``folder`` is the template's.
    """
    told = template.get("Metadata", {}).get("localconnect", {})
    if "TestCases" not in told:
        return {}
    [instance] = [name for name, it in template["Resources"].items() if it.get("Type") == "AWS::Connect::Instance"]
    return {
        "Case" + file.stem.title().replace("-", ""): {
            "Type": "AWS::Connect::TestCase",
            "Properties": {
                "InstanceArn": {"Fn::GetAtt": [instance, "Arn"]},
                "Name": file.stem,
                "Status": "PUBLISHED",
                "Content": str(Path(told["TestCases"]) / file.name),
                **_told_of(file, told["EntryFlow"]),
            },
        }
        for file in sorted((folder / told["TestCases"]).glob("*.json"))
    }


def _told_of(file: Path, entry_flow: str) -> dict[str, Any]:
    """What a case's own Metadata says of it."""
    try:
        metadata = json.loads(file.read_text("utf-8"))["Metadata"]
        flow = {"FlowId": {"Ref": metadata.get("entryFlow", entry_flow)}}
        told: dict[str, Any] = {
            "Description": str(metadata["name"]),
            "EntryPoint": {"Type": "VOICE_CALL", "VoiceCallEntryPointParameters": flow},
        }
        if "attributes" in metadata:
            told["InitializationData"] = json.dumps({"Attributes": metadata["attributes"]})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TemplateError(f"{file}: a test case is JSON whose Metadata has a name ({error!r}).") from error
    return told


def content_files(template: Template, folder: Path) -> dict[str, Path]:
    """The file that is the Content of each flow, module and test case which names one, by logical id."""
    return {
        logical_id: folder / content
        for logical_id, resource in template["Resources"].items()
        if resource.get("Type") in CONTENT_TYPES
        and isinstance(content := resource.get("Properties", {}).get("Content"), str)
        and not content.lstrip().startswith("{")
    }


def inline_content(template: Template, folder: Path) -> Template:
    """A copy of ``template`` with the text of its content files in it. ``folder`` is the template's."""
    inlined = deepcopy(template)
    for logical_id, file in content_files(template, folder).items():
        try:
            text = file.read_text(encoding="utf-8")
        except OSError as error:
            raise TemplateError(f"{logical_id}: its Content {file} cannot be read ({error.strerror}).") from error
        inlined["Resources"][logical_id]["Properties"]["Content"] = {"Fn::Sub": text}
    return inlined


def resolve(
    template: Template,
    parameters: Mapping[str, str],
    *,
    region: str,
    account: str,
    identify: Identify,
    stack_name: str = "localconnect",
) -> dict[str, dict[str, Any]]:
    """The resources, by logical id, with every intrinsic function worked out; those whose Condition is false left out.

    Runs Ref, Fn::GetAtt, Fn::Sub, Fn::Join, Fn::If and conditions of Fn::Equals, Fn::And, Fn::Or, Fn::Not.
    """
    values = {
        "AWS::AccountId": account,
        "AWS::Partition": "aws",
        "AWS::Region": region,
        "AWS::StackName": stack_name,
        "AWS::URLSuffix": "amazonaws.com",
        "AWS::NoValue": _NOTHING,
        **_parameter_values(template, parameters),
    }
    attributes = {logical_id: identify(logical_id, resource) for logical_id, resource in template["Resources"].items()}
    resolver = _Resolver(values, attributes, template.get("Conditions", {}))
    resolved = {}
    for logical_id, resource in template["Resources"].items():
        if "Condition" not in resource or resolver.condition(resource["Condition"]):
            try:
                resolved[logical_id] = resolver.value(resource)
            except TemplateError as error:
                raise TemplateError(f"{logical_id}: {error}") from error
    return resolved


def _parameter_values(template: Template, parameters: Mapping[str, str]) -> dict[str, Any]:
    declared = template.get("Parameters", {})
    if unknown := parameters.keys() - declared.keys():
        raise TemplateError(f"The template has no parameter {', '.join(sorted(unknown))}; leave it out.")
    values = {name: parameters.get(name, definition.get("Default")) for name, definition in declared.items()}
    if missing := [name for name, value in values.items() if value is None]:
        raise TemplateError(f"The template's parameter {', '.join(missing)} has no value; give one.")
    return values


class _Resolver:
    def __init__(
        self, values: Mapping[str, Any], attributes: Mapping[str, Mapping[str, str]], conditions: Mapping[str, Any]
    ) -> None:
        self._values = values
        self._attributes = attributes
        self._conditions = conditions
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::If": self._if,
            "Fn::Equals": lambda sides: self.value(sides[0]) == self.value(sides[1]),
            "Fn::And": lambda sides: all(self._truth(side) for side in sides),
            "Fn::Or": lambda sides: any(self._truth(side) for side in sides),
            "Fn::Not": lambda sides: not self._truth(sides[0]),
            "Condition": self.condition,
        }

    def value(self, written: Any) -> Any:
        if isinstance(written, list):
            return [item for item in map(self.value, written) if item is not _NOTHING]
        if not isinstance(written, dict):
            return written
        if len(written) == 1:
            [(name, argument)] = written.items()
            # A resource's own Condition is a name as well, but never stands alone.
            if name in self._functions:
                return self._functions[name](argument)
            if name.startswith("Fn::"):
                raise TemplateError(f"localconnect does not run {name}; it runs {', '.join(self._functions)}.")
        entries = ((key, self.value(entry)) for key, entry in written.items())
        return {key: entry for key, entry in entries if entry is not _NOTHING}

    def condition(self, name: str) -> bool:
        if name not in self._conditions:
            raise TemplateError(f"there is no condition {name!r}; add it to Conditions.")
        return self._truth(self._conditions[name])

    def _truth(self, written: Any) -> bool:
        return bool(self.value(written))

    def _ref(self, name: str) -> Any:
        if name in self._values:
            return self._values[name]
        return self._attribute(name, "Ref")

    def _get_att(self, path: list[str]) -> str:
        return self._attribute(*path)

    def _attribute(self, logical_id: str, attribute: str) -> str:
        if logical_id not in self._attributes:
            raise TemplateError(f"{logical_id!r} is neither a parameter nor a resource; name one that is.")
        attributes = self._attributes[logical_id]
        if attribute not in attributes:
            raise TemplateError(f"{logical_id} has no attribute {attribute!r}; it has {', '.join(attributes)}.")
        return attributes[attribute]

    def _sub(self, argument: Any) -> str:
        text, written = (argument, {}) if isinstance(argument, str) else argument
        variables = self.value(written)

        def substitute(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return "${" + name + "}"
            if name in variables:
                return str(variables[name])
            logical_id, dot, attribute = name.partition(".")
            return str(self._attribute(logical_id, attribute) if dot else self._ref(name))

        return _PLACEHOLDER.sub(substitute, text)

    def _join(self, argument: list[Any]) -> str:
        separator, items = argument
        return str(separator).join(str(item) for item in self.value(items))

    def _if(self, argument: list[Any]) -> Any:
        name, then, otherwise = argument
        return self.value(then if self.condition(name) else otherwise)
