"""Where recordings, contact records and agent events go: ListInstanceStorageConfigs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localconnect.api.paging import page
from localconnect.api.service import Service
from localconnect.arns import resource_id
from localconnect.instance import Instance
from localconnect.resources.models import StorageConfig


def list_instance_storage_configs(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """That of ResourceType, if there is one."""
    kind = parameters["ResourceType"]
    config = service.instance.storage.get(kind)
    configs = [_association(service.instance, kind) | _storage(config)] if config else []
    return page("StorageConfigs", configs, parameters)


def _association(instance: Instance, kind: str) -> dict[str, Any]:
    made = [arn for arn, source in instance.sources.items() if source.get("ResourceType") == kind]
    return {"AssociationId": resource_id(made[0])} if made else {}


def _storage(config: StorageConfig) -> dict[str, Any]:
    if config.stream_arn:
        return {"StorageType": "KINESIS_STREAM", "KinesisStreamConfig": {"StreamArn": config.stream_arn}}
    return {"StorageType": "S3", "S3Config": {"BucketName": config.bucket, "BucketPrefix": config.prefix}}
