"""The instance's telephone numbers: ListPhoneNumbers, ListPhoneNumbersV2, DescribePhoneNumber."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localconnect.api.paging import page
from localconnect.api.resources import chosen, source_of, tags_of
from localconnect.api.service import Service
from localconnect.arns import resource_id
from localconnect.call import UnknownResource
from localconnect.instance import Instance
from localconnect.resources.models import PhoneNumber

_FILTERS = {"PhoneNumberTypes": "PhoneNumberType", "PhoneNumberCountryCodes": "PhoneNumberCountryCode"}


def list_phone_numbers(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Their ARNs are of an older form, within the instance, as the operation's page says."""
    instance = service.instance
    numbers = [
        {
            "Id": resource_id(number.arn),
            "Arn": f"{instance.arn}/phone-number/{resource_id(number.arn)}",
            "PhoneNumber": number.number,
            **_kind(instance, number),
        }
        for number in _wanted(instance, parameters)
    ]
    return page("PhoneNumberSummaryList", numbers, parameters)


def list_phone_numbers_v2(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    instance = service.instance
    target = parameters.get("TargetArn", instance.arn)
    if resource_id(target) != resource_id(instance.arn):
        raise UnknownResource(f"there is no instance and no traffic distribution group {target!r}")
    numbers = [_described(instance, number) for number in _wanted(instance, parameters)]
    return page("ListPhoneNumbersSummaryList", numbers, parameters)


def describe_phone_number(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    instance, wanted = service.instance, resource_id(parameters["PhoneNumberId"])
    number = next((number for number in instance.phone_numbers.values() if resource_id(number.arn) == wanted), None)
    if number is None:
        raise UnknownResource(f"the instance has no phone number {parameters['PhoneNumberId']!r}")
    return {
        "ClaimedPhoneNumberSummary": {
            **_described(instance, number),
            "Tags": tags_of(source_of(instance, number.arn)),
            "PhoneNumberStatus": {"Status": "CLAIMED"},
        }
    }


def _wanted(instance: Instance, parameters: Mapping[str, Any]) -> list[PhoneNumber]:
    """The numbers that the parameters do not leave out."""
    return [
        number
        for number in instance.phone_numbers.values()
        if number.number.startswith(parameters.get("PhoneNumberPrefix", ""))
        and all(
            _kind(instance, number)[kind] in parameters[name] for name, kind in _FILTERS.items() if name in parameters
        )
    ]


def _described(instance: Instance, number: PhoneNumber) -> dict[str, Any]:
    described = {
        "PhoneNumberId": resource_id(number.arn),
        "PhoneNumberArn": number.arn,
        "PhoneNumber": number.number,
        **_kind(instance, number),
        "TargetArn": instance.arn,
        "InstanceId": resource_id(instance.arn),
    }
    source = source_of(instance, number.arn)
    renamed = {"PhoneNumberDescription": source.get("Description"), **chosen(source, "SourcePhoneNumberArn")}
    return described | {name: value for name, value in renamed.items() if value}


def _kind(instance: Instance, number: PhoneNumber) -> dict[str, str]:
    source = source_of(instance, number.arn)
    return {"PhoneNumberType": source.get("Type", "DID"), "PhoneNumberCountryCode": source.get("CountryCode", "")}
