"""The ledger's tables.

Access patterns, each one request:
    a security               GetItem on code; several, BatchGetItem
    money and holdings       Query positions by account_id ("CNY" is the money, a stock code a holding)
    before an order          BatchGetItem: the security, the money, the holding; at the read-back, the order's number
    an order                 TransactWriteItems: the order itself, the position it freezes, the entry that says so
    a change of an order     TransactWriteItems: the order if it has not changed since, its positions, their entries
    an order by number       GetItem on account_id, contract_number
    an account's orders      Query orders' by_time on account_id, day_and_time: of a day, of days; their trades too;
                             before a buy of risk-warning shares, what was bought of them that day
    open orders of a code    Query orders' by_priority on book (day#code#side): best price first, then the earliest
    accounts with orders     Query orders' by_day on day, to settle it
    entries of a day         Query entries on account_id, entry_id (which begins with the day); of days, in between
    a security's prices      UpdateItem on code (the last, the best on show), unless a later tick has set them
    a closing price          Query on code, day: the latest of a day or before it; UpdateItem as the day's last price
    fills of a tape row      GetItem on code, at: decided once, however often the row is delivered
    a transfer               TransactWriteItems: the transfer itself, the position (the day's totals, what it freezes)
    a change of a transfer   TransactWriteItems: the transfer if it has not changed since, the position, its entry
    a transfer by number     GetItem on account_id, number
    an account's transfers   Query transfers' by_time on account_id, day_and_time, of a day
    transfers to be settled  Query transfers' by_open on unsettled ("yes" while the bank's answer is not in the books)
    a day's transfers        Query transfers' by_day on day, to compare it with the bank's statement
    a practice bank account  GetItem on account_id
    what the bank did        TransactWriteItems: the movement, the bank account; GetItem on reference
    the bank's statement     Query bank movements' by_day on day

Of a counter that is reached over HTTP (sent.py):
    what was sent            PutItem, UpdateItem, GetItem, DeleteItem on account_id, name
    of an account's day      Query by_day on account_id, listed (order#day#time): what is unknown, or never arrived
    all that is unknown      Query unsettled on state, the longest ago first; it is empty but for what is unknown
"""

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection, LocalSecondaryIndex

from chalicelib.platform.settings import table_name
from chalicelib.platform.tables import DecimalAttribute, Table, TableMeta
from chalicelib.trading.ledger import CASH as CASH


class Security(Table):
    """A listed security with today's figures, as the counter's daily file and the market's ticks have it (CNY).

    ``last_at``: of which moment (UTC, ISO 8601) the last price is, and the best prices on show, ``bid`` and ``ask``;
    none until the first tick. A side that is empty, or not known, has no price.
    """

    class Meta(TableMeta):
        table_name = table_name("SECURITIES")

    code = UnicodeAttribute(hash_key=True)
    names = JSONAttribute()
    previous_close = DecimalAttribute()
    last_price = DecimalAttribute()
    last_at = UnicodeAttribute(null=True)
    bid = DecimalAttribute(null=True)
    ask = DecimalAttribute(null=True)
    suspended = BooleanAttribute(default=False)
    price_limited = BooleanAttribute(default=True)
    price_limit = DecimalAttribute(null=True)
    status = UnicodeAttribute(default="normal")


class ClosingPrice(Table):
    """The last price of a security on a trading day (CNY): after the close, its closing price. ``at``: when it was."""

    class Meta(TableMeta):
        table_name = table_name("CLOSING_PRICES")

    code = UnicodeAttribute(hash_key=True)
    day = UnicodeAttribute(range_key=True)
    price = DecimalAttribute()
    at = UnicodeAttribute()


class Position(Table):
    """What an account has of one asset: CNY to the fen, or shares. Always the sum of its entries.

    ``available`` may be spent or sold now; ``frozen`` is held for open orders; ``unsettled`` is of today: of money, the
    part of ``available`` that comes from today's sales and cannot be drawn out yet; of shares, those bought today,
    which are not in ``available`` until the next trading day (T+1). The customer's terms are kept
    with the money, so that they cost an order no further request: ``commission_rate``, and what :mod:`.suitability`
    asks for, ``risk_level`` and ``permissions``.

    Money also counts the bank transfers of one day, ``transfer_day`` (YYYY-MM-DD; none before the first), against their
    limits: those that are done or may be.
    """

    class Meta(TableMeta):
        table_name = table_name("POSITIONS")

    account_id = UnicodeAttribute(hash_key=True)
    asset = UnicodeAttribute(range_key=True)
    available = DecimalAttribute()
    frozen = DecimalAttribute()
    unsettled = DecimalAttribute()
    commission_rate = DecimalAttribute(null=True)
    risk_level = UnicodeAttribute(null=True)
    permissions = JSONAttribute(null=True)
    transfer_day = UnicodeAttribute(null=True)
    transferred_in = DecimalAttribute(null=True)
    transferred_out = DecimalAttribute(null=True)


class OrdersByTime(LocalSecondaryIndex["OrderRecord"]):  # type: ignore[no-untyped-call]
    """An account's orders by trading day, then by time. Local, so that an order just placed is in it."""

    class Meta:
        index_name = "by_time"
        projection = AllProjection()

    account_id = UnicodeAttribute(hash_key=True)
    day_and_time = UnicodeAttribute(range_key=True)


class OpenOrders(GlobalSecondaryIndex["OrderRecord"]):  # type: ignore[no-untyped-call]
    """Open orders of one security and side, in the order in which they trade; closed orders leave it."""

    class Meta:
        index_name = "by_priority"
        projection = AllProjection()

    book = UnicodeAttribute(hash_key=True)
    priority = UnicodeAttribute(range_key=True)


class OrdersByDay(GlobalSecondaryIndex["OrderRecord"]):  # type: ignore[no-untyped-call]
    """The keys of all orders of a trading day, by account."""

    class Meta:
        index_name = "by_day"
        projection = KeysOnlyProjection()

    day = UnicodeAttribute(hash_key=True)
    account_id = UnicodeAttribute(range_key=True)


class OrderRecord(Table):
    """An order; the attributes are those of :class:`chalicelib.trading.ledger.OrderState`, and those of its indexes.

    ``version`` counts its ``changes``; ``frozen_amount`` is what is frozen for it now.
    """

    class Meta(TableMeta):
        table_name = table_name("ORDERS")

    account_id = UnicodeAttribute(hash_key=True)
    contract_number = UnicodeAttribute(range_key=True)
    idempotency_key = UnicodeAttribute()
    side = UnicodeAttribute()
    code = UnicodeAttribute()
    quantity = NumberAttribute()
    price = DecimalAttribute()
    kind = UnicodeAttribute()
    day = UnicodeAttribute()
    placed_at = UnicodeAttribute()
    commission_rate = DecimalAttribute()
    state = UnicodeAttribute()
    frozen_amount = DecimalAttribute()
    filled = NumberAttribute()
    traded = DecimalAttribute()
    charges = JSONAttribute()
    changes = JSONAttribute()
    confirmed = JSONAttribute(null=True)
    version = NumberAttribute()
    day_and_time = UnicodeAttribute()
    book = UnicodeAttribute(null=True)
    priority = UnicodeAttribute(null=True)
    by_time = OrdersByTime()
    by_priority = OpenOrders()
    by_day = OrdersByDay()


class EntryRecord(Table):
    """An entry of the ledger, never changed: see :class:`chalicelib.trading.ledger.Entry`."""

    class Meta(TableMeta):
        table_name = table_name("ENTRIES")

    account_id = UnicodeAttribute(hash_key=True)
    entry_id = UnicodeAttribute(range_key=True)
    asset = UnicodeAttribute()
    available = DecimalAttribute()
    frozen = DecimalAttribute()
    unsettled = DecimalAttribute()
    reason = UnicodeAttribute()
    reference = UnicodeAttribute()
    at = UnicodeAttribute()


class TapeMatch(Table):
    """What a row of the quote tape brought about, written before any of it is done: an outcome an order."""

    class Meta(TableMeta):
        table_name = table_name("TAPE_MATCHES")

    code = UnicodeAttribute(hash_key=True)
    at = UnicodeAttribute(range_key=True)
    outcomes = JSONAttribute()


class SentByDay(LocalSecondaryIndex["SentRequest"]):  # type: ignore[no-untyped-call]
    """An account's requests that did not arrive for certain, by kind and trading day, then by time. Local, so that one
    just sent is in it."""

    class Meta:
        index_name = "by_day"
        projection = AllProjection()

    account_id = UnicodeAttribute(hash_key=True)
    listed = UnicodeAttribute(range_key=True)


class UnsettledSent(GlobalSecondaryIndex["SentRequest"]):  # type: ignore[no-untyped-call]
    """What was sent and not heard of, by the time after which the counter takes it no more. One partition takes 1,000
    orders a second."""

    class Meta:
        index_name = "unsettled"
        projection = AllProjection()

    unsettled = UnicodeAttribute(hash_key=True)
    valid_until = UnicodeAttribute(range_key=True)


class SentRequest(Table):
    """An order or a transfer that was sent to the counter: see :mod:`.sent`.

    ``name`` is its kind and number (order#12345678); ``content`` the order or the transfer, without any password;
    ``sends`` counts how often it was sent under its key. ``unsettled`` is "yes", or missing once it is known that it
    never arrived (``settled_at``), or that it did: then it is no more ``listed``, and DynamoDB deletes it after
    ``expires_at`` (seconds since 1970).
    """

    class Meta(TableMeta):
        table_name = table_name("SENT_REQUESTS")

    account_id = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute(range_key=True)
    idempotency_key = UnicodeAttribute()
    content = JSONAttribute()
    day = UnicodeAttribute()
    sent_at = UnicodeAttribute()
    valid_until = UnicodeAttribute()
    sends = NumberAttribute()
    unsettled = UnicodeAttribute(null=True)
    settled_at = UnicodeAttribute(null=True)
    listed = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    by_day = SentByDay()
    of_all = UnsettledSent()


class TransfersByTime(LocalSecondaryIndex["TransferRecord"]):  # type: ignore[no-untyped-call]
    """An account's transfers by day, then by time. Local, so that a transfer just made is in it."""

    class Meta:
        index_name = "by_time"
        projection = AllProjection()

    account_id = UnicodeAttribute(hash_key=True)
    day_and_time = UnicodeAttribute(range_key=True)


class OpenTransfers(GlobalSecondaryIndex["TransferRecord"]):  # type: ignore[no-untyped-call]
    """The keys of transfers of which it is not known yet what the bank did, the oldest first; settled ones leave it."""

    class Meta:
        index_name = "by_open"
        projection = KeysOnlyProjection()

    unsettled = UnicodeAttribute(hash_key=True)
    requested_at = UnicodeAttribute(range_key=True)


class TransfersByDay(GlobalSecondaryIndex["TransferRecord"]):  # type: ignore[no-untyped-call]
    """All transfers of a day, by account."""

    class Meta:
        index_name = "by_day"
        projection = AllProjection()

    day = UnicodeAttribute(hash_key=True)
    account_id = UnicodeAttribute(range_key=True)


class TransferRecord(Table):
    """A bank transfer; the attributes are those of :class:`chalicelib.trading.transfers.TransferState`, and those of
    its indexes. ``version`` counts its ``changes``."""

    class Meta(TableMeta):
        table_name = table_name("TRANSFERS")

    account_id = UnicodeAttribute(hash_key=True)
    number = UnicodeAttribute(range_key=True)
    idempotency_key = UnicodeAttribute()
    direction = UnicodeAttribute()
    amount = DecimalAttribute()
    day = UnicodeAttribute()
    requested_at = UnicodeAttribute()
    state = UnicodeAttribute()
    reason = UnicodeAttribute()
    changes = JSONAttribute()
    version = NumberAttribute()
    day_and_time = UnicodeAttribute()
    unsettled = UnicodeAttribute(null=True)
    by_time = TransfersByTime()
    by_open = OpenTransfers()
    by_day = TransfersByDay()


class BankAccount(Table):
    """A customer's account at the practice bank (CNY). ``failure_day``: the day of which ``failures`` speaks."""

    class Meta(TableMeta):
        table_name = table_name("BANK_ACCOUNTS")

    account_id = UnicodeAttribute(hash_key=True)
    balance = DecimalAttribute()
    closed = BooleanAttribute(default=False)
    password_salt = BinaryAttribute(legacy_encoding=False)
    password_hash = BinaryAttribute(legacy_encoding=False)
    failure_day = UnicodeAttribute()
    failures = NumberAttribute()


class BankMovementsByDay(GlobalSecondaryIndex["BankMovement"]):  # type: ignore[no-untyped-call]
    """All that the practice bank was asked for on a day."""

    class Meta:
        index_name = "by_day"
        projection = AllProjection()

    day = UnicodeAttribute(hash_key=True)
    reference = UnicodeAttribute(range_key=True)


class BankMovement(Table):
    """What the practice bank answered under a reference, for ever. Voided ones have neither direction nor amount."""

    class Meta(TableMeta):
        table_name = table_name("BANK_MOVEMENTS")

    reference = UnicodeAttribute(hash_key=True)
    day = UnicodeAttribute()
    at = UnicodeAttribute()
    direction = UnicodeAttribute(null=True)
    amount = DecimalAttribute(null=True)
    done = BooleanAttribute()
    reason = UnicodeAttribute()
    by_day = BankMovementsByDay()
