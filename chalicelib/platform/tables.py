"""What the tables have in common: one DynamoDB client between them, short time limits, exact decimals."""

import os
from decimal import Decimal
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.connection import Connection
from pynamodb.connection.table import TableConnection
from pynamodb.constants import NUMBER
from pynamodb.exceptions import PutError, PynamoDBException, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
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

    def save_if(self, condition: Condition) -> bool:
        """Store the item unless ``condition`` refuses; whether it was stored."""
        try:
            self.save(condition=condition)
        except PutError as refused:
            return _not_done(refused)
        return True

    def update_if(self, condition: Condition, actions: list[Action]) -> bool:
        """Change the item, and read the rest of it, unless ``condition`` refuses; whether it was changed."""
        try:
            self.update(actions=actions, condition=condition)
        except UpdateError as refused:
            return _not_done(refused)
        return True

    @classmethod
    def client(cls) -> Connection:
        """The shared connection, for transactions that span tables."""
        return cls._get_connection().connection


def _not_done(refused: PynamoDBException) -> bool:
    if refused.cause_response_code != "ConditionalCheckFailedException":
        raise refused
    return False


def read_together(*wanted: tuple[type[Table], dict[str, str]]) -> list[Any]:
    """The items with these keys, None where there is none, in one strongly consistent BatchGetItem across tables.

    pynamodb's own batch reads one table at a time. Raises TimeoutError where DynamoDB leaves keys out, as it does when
    a table is throttled.
    """
    request: dict[str, Any] = {}
    for model, key in wanted:
        table = request.setdefault(model.Meta.table_name, {"Keys": [], "ConsistentRead": True})
        table["Keys"].append({name: {"S": value} for name, value in key.items()})
    client: Any = wanted[0][0].client().client
    answer = client.batch_get_item(RequestItems=request)
    if answer.get("UnprocessedKeys"):
        raise TimeoutError("DynamoDB left out some keys of a batch read: a table is throttled.")
    return [_pick(model, key, answer["Responses"].get(model.Meta.table_name, [])) for model, key in wanted]


def _pick(model: type[Table], key: dict[str, str], items: list[dict[str, Any]]) -> Table | None:
    for item in items:
        if all(item[name] == {"S": value} for name, value in key.items()):
            return model.from_raw_data(item)
    return None


class DecimalAttribute(Attribute[Decimal]):
    """A DynamoDB number read back exactly as it was written: pynamodb's own goes through float."""

    attr_type = NUMBER

    def serialize(self, value: Any) -> str:
        return str(Decimal(value))

    def deserialize(self, value: Any) -> Decimal:
        return Decimal(value)
