"""The table of deliveries.

Access patterns, each one request:
    a request, once      TransactWriteItems of its deliveries, while there are none of its number
    one delivery         GetItem on number, channel
    what is due          Query on by_due: deliveries that are not over and told, by when to look at them again
    a step of one        UpdateItem on number, channel, while it is where it was
"""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from chalicelib.platform.settings import table_name
from chalicelib.platform.tables import Table, TableMeta


class DueDeliveries(GlobalSecondaryIndex["Delivery"]):  # type: ignore[no-untyped-call]
    """Deliveries that are not over and told yet: when to look at each again. The others are not in it."""

    class Meta:
        index_name = "by_due"
        projection = KeysOnlyProjection()

    due = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class Delivery(Table):
    """A statement on its way to one destination, by one channel; a request has one or two of them.

    ``first`` and ``last`` are the period's days. ``changes``: rows of time (UTC, ISO 8601), state, reason, attempt, the
    first of them the request; ``version`` counts them. ``attempt`` counts from 1, ``due`` is the word "due" or nothing.
    ``told``: the customer knows how it ended.
    """

    class Meta(TableMeta):
        table_name = table_name("STATEMENT_DELIVERIES")

    number = UnicodeAttribute(hash_key=True)
    channel = UnicodeAttribute(range_key=True)
    key = UnicodeAttribute()
    account_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    first = UnicodeAttribute()
    last = UnicodeAttribute()
    language = UnicodeAttribute()
    destination = UnicodeAttribute()
    state = UnicodeAttribute()
    reason = UnicodeAttribute(default="")
    attempt = NumberAttribute(default=1)
    pages = NumberAttribute(default=0)
    changes = JSONAttribute()
    version = NumberAttribute(default=1)
    told = BooleanAttribute(default=False)
    due = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    by_due = DueDeliveries()

    @classmethod
    def find(cls, number: str, channel: str) -> "Delivery | None":
        try:
            return cls.get(number, channel, consistent_read=True)
        except cls.DoesNotExist:
            return None

    def move(self, state: str, reason: str, attempt: int, due_at: str, at: str, pages: int = 0) -> bool:
        """Take a step, unless somebody else has since this was read; whether it was taken."""
        changes = [*self.changes, [at, state, reason, attempt]]
        actions: list[Action] = [
            Delivery.state.set(state),
            Delivery.reason.set(reason),
            Delivery.attempt.set(attempt),
            Delivery.pages.set(pages or self.pages),
            Delivery.changes.set(changes),
            Delivery.version.set(self.version + 1),
            Delivery.due_at.set(due_at),
        ]
        return self.update_if(Delivery.version == self.version, actions)

    def look_later(self, due_at: str) -> bool:
        """Look at it again then; as it is otherwise. The stream has it once more."""
        return self.update_if(Delivery.version == self.version, [Delivery.due_at.set(due_at)])

    def close(self, told: bool) -> None:
        """Nobody need look at it again."""
        self.update(actions=[Delivery.told.set(told), Delivery.due.remove(), Delivery.due_at.remove()])
