"""The customers table.

Access patterns, each one request:
    by account     GetItem on account_key (an HMAC: the account number itself is not stored)
    one attempt    UpdateItem on account_key, which counts and reads in one; a second after the day's first
    new password   UpdateItem on account_key, while it has the old one
    to reach them  Query on by_account: account_id
"""

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from chalicelib.platform.settings import table_name
from chalicelib.platform.tables import Table, TableMeta


class CustomersByAccount(GlobalSecondaryIndex["Customer"]):  # type: ignore[no-untyped-call]
    """Who has an account and how to reach them; nothing of the phone password is in it."""

    class Meta:
        index_name = "by_account"
        projection = IncludeProjection(["customer_id", "name", "account_tail", "mobile", "email"])

    account_id = UnicodeAttribute(hash_key=True)
    customer_id = UnicodeAttribute()
    name = UnicodeAttribute()
    account_tail = UnicodeAttribute()
    mobile = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)


class Customer(Table):
    """One account's owner and phone password. ``failure_day``: the day (ISO) that ``failures`` speaks of.

    ``pin_change`` names the latest change of the password, None before the first. ``mobile`` (E.164) and ``email``:
    where the customer wants to be told.
    """

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
    pin_change = UnicodeAttribute(null=True)
    failure_day = UnicodeAttribute()
    failures = NumberAttribute()
    last_attempt = UnicodeAttribute()
    mobile = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    by_account = CustomersByAccount()

    @classmethod
    def find(cls, key: str) -> "Customer | None":
        try:
            return cls.get(key, consistent_read=True)
        except cls.DoesNotExist:
            return None

    def put_new(self) -> bool:
        """Store the customer; False where the account is there already, which stays as it is."""
        return self.save_if(Customer.account_key.does_not_exist())

    def open_day(self, attempt: str, today: str) -> bool:
        """Count the first attempt of ``today``; False for no such account, or when the day has had one."""
        return self.update_if(
            Customer.account_key.exists() & (Customer.failure_day != today),
            [Customer.failure_day.set(today), Customer.failures.set(1), Customer.last_attempt.set(attempt)],
        )

    def count_attempt(self, attempt: str, today: str, limit: int) -> bool:
        """Count a further attempt of ``today``; False once there were ``limit``, and for one counted already."""
        return self.update_if(
            (Customer.failure_day == today) & (Customer.failures < limit) & (Customer.last_attempt != attempt),
            [Customer.failures.add(1), Customer.last_attempt.set(attempt)],
        )

    def locked_for(self, attempt: str, today: str, limit: int) -> bool:
        """Whether ``attempt`` comes too late: the day's attempts were used up by others before it."""
        return self.failure_day == today and self.failures >= limit and self.last_attempt != attempt

    def forget_failures(self, attempt: str) -> None:
        """Start the count again after a right password, unless another attempt has come in since."""
        self.update_if(Customer.last_attempt == attempt, [Customer.failures.set(0)])

    def replace_pin(self, salt: bytes, pin_hash: bytes, change: str) -> bool:
        """Keep another password under the same cost, unless it is not the one that was read that would be replaced."""
        return self.update_if(
            Customer.pin_hash == self.pin_hash,
            [Customer.pin_salt.set(salt), Customer.pin_hash.set(pin_hash), Customer.pin_change.set(change)],
        )
