from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from localconnect.resources.identity import PREFIX, identifier, refuse_unknown_types
from localconnect.template import TemplateError

REGION = "us-east-1"


def schemas() -> Iterator[tuple[str, dict[str, Any]]]:
    """Of CloudFormation's own resource types for Amazon Connect."""
    for name in PROVIDER_SCHEMA_MANAGER.get_resource_types(REGION):
        if name.startswith(PREFIX):
            yield name, PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, name).schema


SCHEMAS = dict(schemas())


def test_every_type_that_cloudformation_has_is_known() -> None:
    assert len(SCHEMAS) >= 39
    refuse_unknown_types({name.replace("::", ""): {"Type": name} for name in SCHEMAS})


@pytest.mark.parametrize("name", SCHEMAS)
def test_attributes_are_those_that_cloudformation_has(name: str) -> None:
    identify = identifier({}, REGION, "000000000000")
    attributes = identify("It", {"Type": name})
    readable = {path.rsplit("/", 1)[-1] for path in SCHEMAS[name].get("readOnlyProperties", [])}
    assert attributes.keys() - {"Ref"} <= readable
    identifiers = {path.rsplit("/", 1)[-1] for path in SCHEMAS[name]["primaryIdentifier"]}
    assert identifiers & readable <= attributes.keys()


def test_arns_are_in_the_instance_but_for_a_few() -> None:
    identify = identifier({"Line": {"Type": f"{PREFIX}Instance"}}, REGION, "000000000000")
    instance = identify("Line", {"Type": f"{PREFIX}Instance"})
    assert instance["Arn"] == instance["Ref"] == f"arn:aws:connect:{REGION}:000000000000:instance/{instance['Id']}"
    user = identify("Mei", {"Type": f"{PREFIX}User"})
    assert user["UserArn"].startswith(f"{instance['Arn']}/agent/")
    number = identify("Number", {"Type": f"{PREFIX}PhoneNumber"})
    assert number["PhoneNumberArn"].startswith(f"arn:aws:connect:{REGION}:000000000000:phone-number/")
    key = identify("Key", {"Type": f"{PREFIX}SecurityKey"})
    assert key["Ref"] == f"{instance['Arn']}/security-key/{key['AssociationId']}"


def test_what_is_not_of_connect_goes_by_its_logical_id() -> None:
    identify = identifier({}, REGION, "000000000000")
    assert identify("Table", {"Type": "AWS::DynamoDB::Table"}) == {"Ref": "Table", "Arn": "Table"}


def test_a_type_that_there_is_not() -> None:
    with pytest.raises(
        TemplateError, match=r"^It is a AWS::Connect::Pigeon, a type that localconnect does not know; wri"
    ):
        refuse_unknown_types({"It": {"Type": "AWS::Connect::Pigeon"}})
