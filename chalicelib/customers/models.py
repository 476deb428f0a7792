"""The customers table.

Access patterns, each one request:
    by account   GetItem on account_key (an HMAC: the account number itself is not stored)
    one attempt  UpdateItem on account_key, which counts and reads in one
"""

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError, UpdateError

from chalicelib.platform.settings import table_name
from chalicelib.platform.tables import Table, TableMeta, condition_failed


class Customer(Table):
    """One account's owner and phone password. ``failure_day``: the day (ISO) that ``failures`` speaks of."""

    class Meta(TableMeta):
        table_name = table_name("CUSTOMERS")

    account_key = UnicodeAttribute(hash_key=True)
    customer_id = UnicodeAttribute()
    account_id = UnicodeAttribute()
    account_tail = UnicodeAttribute()
    name = UnicodeAttribute()
    level = UnicodeAttribute()
    pin_salt = BinaryAttribute(legacy_encoding=False)
    pin_hash = BinaryAttribute(legacy_encoding=False)
    pin_cost = UnicodeAttribute()
    failure_day = UnicodeAttribute()
    failures = NumberAttribute()
    last_attempt = UnicodeAttribute()

    @classmethod
    def find(cls, key: str) -> "Customer | None":
        try:
            return cls.get(key, consistent_read=True)
        except cls.DoesNotExist:
            return None

    @classmethod
    def put_new(cls, customer: "Customer") -> bool:
        """Store ``customer`` unless its account is there already."""
        try:
            customer.save(condition=cls.account_key.does_not_exist())
        except PutError as refused:
            if not condition_failed(refused):
                raise
            return False
        return True

    def count_attempt(self, attempt: str, today: str, limit: int) -> "Customer":
        """Count one more attempt of a day already open, and read the item. UpdateError if that may not be."""
        self.update(
            actions=[Customer.failures.add(1), Customer.last_attempt.set(attempt)],
            condition=(
                Customer.account_key.exists()
                & (Customer.failure_day == today)
                & (Customer.failures < limit)
                & (Customer.last_attempt != attempt)
            ),
        )
        return self

    def open_day(self, attempt: str, today: str) -> "Customer":
        """Count the first attempt of ``today``. UpdateError where another call was quicker."""
        self.update(
            actions=[
                Customer.failure_day.set(today),
                Customer.failures.set(1),
                Customer.last_attempt.set(attempt),
            ],
            condition=Customer.failure_day == self.failure_day,
        )
        return self

    def locked_for(self, attempt: str, today: str, limit: int) -> bool:
        """Whether ``attempt`` comes too late: the day's attempts were used up by others before it."""
        return self.failure_day == today and self.failures >= limit and self.last_attempt != attempt

    def forget_failures(self, attempt: str) -> None:
        """Start the count again after a right password, unless another attempt has come in since."""
        try:
            self.update(actions=[Customer.failures.set(0)], condition=Customer.last_attempt == attempt)
        except UpdateError as refused:
            if not condition_failed(refused):
                raise
