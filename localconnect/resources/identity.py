"""Which resource types there are, and what Ref and Fn::GetAtt give for a resource.

The types and their attributes are those of the page "Amazon Connect resource type reference" (CloudFormation Template
Reference); the forms of the ARNs are those of "Actions, resources, and condition keys for Amazon Connect" (Service
Authorization Reference). An attribute that ends in "Arn" gives the ARN, any other the id in it. Ref gives the ARN for
every type; CloudFormation gives a compound identifier for some that nothing in a call refers to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localconnect.arns import resource_id, stable_id
from localconnect.template import Identify, TemplateError

PREFIX = "AWS::Connect::"

# What a resource of each type is called in ARNs, and its attributes.
_TYPES: dict[str, tuple[str, ...]] = {
    "AgentStatus": ("agent-state", "AgentStatusArn"),
    "ApprovedOrigin": ("approved-origin",),
    "ContactFlow": ("contact-flow", "ContactFlowArn"),
    "ContactFlowModule": ("flow-module", "ContactFlowModuleArn"),
    "ContactFlowModuleAlias": ("flow-module-alias", "ContactFlowModuleAliasARN", "AliasId"),
    "ContactFlowModuleVersion": ("flow-module-version", "ContactFlowModuleVersionARN"),
    "ContactFlowVersion": ("contact-flow-version", "ContactFlowVersionARN"),
    "DataLakeAssociation": ("data-lake-association", "ResourceShareArn", "ResourceShareId"),
    "DataTable": ("data-table", "Arn"),
    "DataTableAttribute": ("data-table-attribute", "AttributeId"),
    "DataTableRecord": ("data-table-record", "RecordId"),
    "EmailAddress": ("email-address", "EmailAddressArn"),
    "EvaluationForm": ("evaluation-form", "EvaluationFormArn"),
    "HoursOfOperation": ("operating-hours", "HoursOfOperationArn"),
    "Instance": ("instance", "Arn", "Id"),
    "InstanceStorageConfig": ("storage-config", "AssociationId"),
    "IntegrationAssociation": ("integration-association", "IntegrationAssociationId"),
    "Metric": ("metric", "MetricArn"),
    "Notification": ("notification", "Arn", "Id"),
    "PhoneNumber": ("phone-number", "PhoneNumberArn"),
    "PredefinedAttribute": ("predefined-attribute",),
    "Prompt": ("prompt", "PromptArn"),
    "Queue": ("queue", "QueueArn"),
    "QuickConnect": ("transfer-destination", "QuickConnectArn"),
    "RoutingProfile": ("routing-profile", "RoutingProfileArn"),
    "Rule": ("rule", "RuleArn"),
    "SecurityKey": ("security-key", "AssociationId"),
    "SecurityProfile": ("security-profile", "SecurityProfileArn"),
    "TaskTemplate": ("task-template", "Arn"),
    "TestCase": ("test-case", "TestCaseArn"),
    "TrafficDistributionGroup": ("traffic-distribution-group", "TrafficDistributionGroupArn"),
    "UseCase": ("use-case", "UseCaseArn", "UseCaseId"),
    "User": ("agent", "UserArn"),
    "UserHierarchyGroup": ("agent-group", "UserHierarchyGroupArn"),
    "UserHierarchyStructure": ("user-hierarchy-structure", "UserHierarchyStructureArn"),
    "View": ("view", "ViewArn", "ViewId"),
    "ViewVersion": ("view-version", "ViewVersionArn"),
    "Vocabulary": ("vocabulary", "Arn", "VocabularyId"),
    "Workspace": ("workspace", "Arn", "Id"),
}
_OUTSIDE_THE_INSTANCE = ("Instance", "PhoneNumber", "TrafficDistributionGroup")

Resources = Mapping[str, Mapping[str, Any]]


def identifier(resources: Resources, region: str, account: str) -> Identify:
    """Ref and attributes of the template's resources. Those that are not of Connect go by their logical id alone."""
    owner = f"arn:aws:connect:{region}:{account}:"
    instances = (name for name, resource in resources.items() if resource.get("Type") == f"{PREFIX}Instance")
    instance_arn = f"{owner}instance/{stable_id(account, region, next(instances, 'Instance'))}"

    def identify(logical_id: str, resource: Mapping[str, Any]) -> Mapping[str, str]:
        kind = str(resource.get("Type")).removeprefix(PREFIX)
        if kind not in _TYPES:
            return {"Ref": logical_id, "Arn": logical_id}
        name, *attributes = _TYPES[kind]
        unique = stable_id(account, region, logical_id)
        arn = f"{owner if kind in _OUTSIDE_THE_INSTANCE else f'{instance_arn}/'}{name}/{unique}"
        return {"Ref": arn} | {each: arn if each.upper().endswith("ARN") else unique for each in attributes}

    return identify


def refuse_unknown_types(resources: Resources) -> None:
    """Raises TemplateError."""
    for logical_id, resource in resources.items():
        resource_type = str(resource.get("Type"))
        if resource_type.startswith(PREFIX) and resource_type.removeprefix(PREFIX) not in _TYPES:
            raise TemplateError(
                f"{logical_id} is a {resource_type}, a type that localconnect does not know; write its name as "
                "CloudFormation has it, or take it out."
            )


def instance_named(resources: Resources, arns: Mapping[str, str]) -> tuple[str, str]:
    """ARN and alias of the template's own instance, or of the one, made elsewhere, whose ARN its resources name.

    ``resources`` are worked out, and ``arns`` are theirs. Raises TemplateError where there is neither.
    """
    for logical_id, resource in resources.items():
        if resource["Type"] == f"{PREFIX}Instance":
            return arns[logical_id], resource.get("Properties", {}).get("InstanceAlias", logical_id)
    for resource in resources.values():
        named = resource.get("Properties", {}).get("InstanceArn")
        if isinstance(named, str) and ":instance/" in named:
            return named, resource_id(named)
    raise TemplateError("there is no AWS::Connect::Instance, and no InstanceArn that names one; add either.")
