"""Page "Interactions in the Amazon Connect Flow language", and those it leads to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localconnect.language.fields import Anything, Field, Fields, Items, Names, Text
from localconnect.language.rules import (
    ANYWHERE,
    ANYWHERE_REQUIRED,
    INBOUND,
    NAMED,
    NO_MATCHING_ERROR,
    QUEUE,
    QUEUE_OR_AGENT,
    TRANSFER,
    WHOLE,
    Chosen,
    Rule,
)

_SECONDS = Text(required=True, least=1, most=259_200)
_PROFILE_FIELDS = Items(ANYWHERE)
_PROFILE = Fields({"ProfileRequestData": Names(Anything(), required=True), "ProfileResponseData": _PROFILE_FIELDS})
_IDENTIFIER: dict[str, Field] = {"IdentifierName": ANYWHERE_REQUIRED, "IdentifierValue": ANYWHERE_REQUIRED}
_SEARCHES: dict[str, Field] = {
    "IdentifierName": Fields(_IDENTIFIER, required=True),
    "SearchCriteria": Fields(
        {
            "SearchCriteria": Items(Fields(_IDENTIFIER), required=True, least=1, most=5),
            "LogicalOperator": Text(required=True, choices=("AND", "OR")),
        },
        required=True,
    ),
}
_TABLE_ROWS = Items(Anything(), required=True, least=1)


def _search_rule(parameters: Mapping[str, Any]) -> Rule:
    """By one identifier, by several, or by the fields' own names, which is how the console writes it."""
    request = parameters.get("ProfileRequestData")
    form = next((name for name in _SEARCHES if isinstance(request, dict) and name in request), None)
    search = _SEARCHES[form] if form else Names(ANYWHERE, required=True)
    return Rule(
        Fields({"ProfileRequestData": search, "ProfileResponseData": _PROFILE_FIELDS}),
        must_catch=frozenset({"MultipleFoundError", "NoneFoundError", NO_MATCHING_ERROR}),
        doubled=True,
    )


def _lambda_rule(parameters: Mapping[str, Any]) -> Rule:
    """A function that is not waited for may take a minute (page "AWS Lambda function", Administrator Guide)."""
    most = 60 if parameters.get("InvocationType") == "ASYNCHRONOUS" else 8
    return Rule(
        Fields(
            {
                "LambdaFunctionARN": ANYWHERE_REQUIRED,
                "InvocationTimeLimitSeconds": Text(required=True, least=1, most=most),
                "InvocationType": Text(choices=("SYNCHRONOUS", "ASYNCHRONOUS")),
                "LambdaInvocationAttributes": NAMED,
                "ResponseValidation": Fields({"ResponseType": Text(required=True, choices=("STRING_MAP", "JSON"))}),
            }
        )
    )


RULES: dict[str, Chosen] = {
    "AssociateContactToCustomerProfile": Rule(_PROFILE, doubled=True),
    "CreateCallbackContact": Rule(
        Fields(
            {
                **QUEUE_OR_AGENT,
                "InitialCallDelaySeconds": _SECONDS,
                "MaximumConnectionAttempts": Text(required=True, least=1),
                "RetryDelaySeconds": _SECONDS,
                "ContactFlowId": WHOLE,
                "CallerId": WHOLE,
            },
            conflict=tuple(QUEUE_OR_AGENT),
        ),
        kinds=INBOUND | TRANSFER | QUEUE,
    ),
    "CreateCustomerProfile": Rule(_PROFILE, doubled=True),
    # The three of the block "Data tables"; only the Administrator Guide has them.
    "EvaluateDataTableValues": Rule(Fields({"DataTableId": ANYWHERE_REQUIRED, "Queries": _TABLE_ROWS}), doubled=True),
    "GetCalculatedAttributesForCustomerProfile": Rule(_PROFILE, may_catch=frozenset({"NoneFoundError"}), doubled=True),
    "GetCustomerProfile": _search_rule,
    "GetCustomerProfileObject": Rule(_PROFILE, may_catch=frozenset({"NoneFoundError"}), doubled=True),
    "InvokeLambdaFunction": _lambda_rule,
    "ListDataTableValues": Rule(
        Fields({"DataTableId": ANYWHERE_REQUIRED, "PrimaryKeyGroups": _TABLE_ROWS}), doubled=True
    ),
    "UpdateCustomerProfile": Rule(_PROFILE, may_catch=frozenset({"NoneFoundError"}), doubled=True),
    "UpsertDataTableValues": Rule(
        Fields(
            {
                "LockVersion": ANYWHERE_REQUIRED,
                "DataTableId": ANYWHERE_REQUIRED,
                "DataTableUpsertAttributes": _TABLE_ROWS,
            }
        ),
        doubled=True,
    ),
}
