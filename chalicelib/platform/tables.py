"""What the tables have in common: one DynamoDB client between them, short time limits, exact decimals."""

import os
from decimal import Decimal
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.connection import Connection
from pynamodb.connection.table import TableConnection
from pynamodb.constants import NUMBER
from pynamodb.exceptions import PynamoDBException
from pynamodb.models import Model

_shared: Connection | None = None


class TableMeta:
    """Limits that leave room for a retry inside the eight seconds Connect grants a function."""

    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    connect_timeout_seconds = 1
    read_timeout_seconds = 2
    max_retry_attempts = 2


class Table(Model):
    """Base of every model. Left alone, pynamodb builds a client for each, at 90 ms of CPU apiece in a cold start."""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        global _shared
        connection = super()._get_connection()
        if _shared is None:
            _shared = connection.connection
        elif connection.connection is not _shared:
            _shared.add_meta_table(connection.get_meta_table())
            connection.connection = _shared
        return connection

    @classmethod
    def client(cls) -> Connection:
        """The shared connection, for transactions that span tables."""
        return cls._get_connection().connection


def forget_client() -> None:
    """Build a new client at the next request; for tests, which come with a cloud each."""
    global _shared
    _shared = None


class DecimalAttribute(Attribute[Decimal]):
    """A DynamoDB number read back exactly as it was written: pynamodb's own goes through float."""

    attr_type = NUMBER

    def serialize(self, value: Any) -> str:
        return str(Decimal(value))

    def deserialize(self, value: Any) -> Decimal:
        return Decimal(value)


def condition_failed(error: PynamoDBException) -> bool:
    """Whether a write was refused by its own condition, rather than by anything going wrong."""
    return error.cause_response_code == "ConditionalCheckFailedException"
