"""A deployment stage (local, prod, ...): which cloud it lives in, and the clients that speak with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from devtools.problem import Problem

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

DEFAULT_REGION = "ap-southeast-1"


@dataclass(frozen=True)
class Stage:
    """`endpoint` is the URL of a local cloud, which takes any credentials; None means AWS and the caller's own."""

    name: str
    region: str = DEFAULT_REGION
    endpoint: str | None = None

    @property
    def is_local(self) -> bool:
        return self.endpoint is not None

    @property
    def stack(self) -> str:
        return f"brokerline-{self.name}"

    @property
    def bucket(self) -> str:
        """Where the packed functions and templates of this stage are uploaded."""
        return f"brokerline-{self.name}-artifacts-{self.account}"

    @cached_property
    def session(self) -> boto3.Session:
        if self.is_local:
            return boto3.Session("test", "test", region_name=self.region)
        return boto3.Session(region_name=self.region)

    @cached_property
    def account(self) -> str:
        sts = self.session.client("sts", endpoint_url=self.endpoint, config=self._config)
        return sts.get_caller_identity()["Account"]

    @cached_property
    def cognito(self) -> Any:
        return self.session.client("cognito-idp", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        return self.session.client("cloudformation", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        return self.session.client("dynamodb", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def functions(self) -> LambdaClient:
        return self.session.client("lambda", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def kinesis(self) -> KinesisClient:
        return self.session.client("kinesis", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def events(self) -> EventBridgeClient:
        return self.session.client("events", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def sqs(self) -> SQSClient:
        return self.session.client("sqs", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def s3(self) -> S3Client:
        return self.session.client("s3", endpoint_url=self.endpoint, config=self._config)

    @cached_property
    def ssm(self) -> SSMClient:
        return self.session.client("ssm", endpoint_url=self.endpoint, config=self._config)

    @property
    def _config(self) -> Config:
        # A proxy of the environment must not stand between this machine and itself.
        return Config(proxies={}) if self.is_local else Config()

    def check_region(self) -> None:
        """Raise Problem when Amazon Connect is not offered in the region."""
        offered = sorted(self.session.get_available_regions("connect"))
        if not self.is_local and self.region not in offered:
            raise Problem(f"Amazon Connect is not offered in {self.region}: choose one of {', '.join(offered)}.")
