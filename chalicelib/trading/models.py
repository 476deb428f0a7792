"""The ledger's tables.

Access patterns, each one request:
    a security             GetItem on code; several, BatchGetItem
    money and holdings     Query positions by account_id ("CNY" is the money, a stock code a holding)
    before an order        BatchGetItem: the security, the money, the holding
    an order               TransactWriteItems: the position it freezes, the order itself
    an order by number     GetItem on account_id, contract_number
"""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.platform.settings import table_name
from chalicelib.platform.tables import DecimalAttribute, Table, TableMeta

CASH = "CNY"


class Security(Table):
    """A listed security with today's figures, as the counter's daily file and the market's ticks have it (CNY)."""

    class Meta(TableMeta):
        table_name = table_name("SECURITIES")

    code = UnicodeAttribute(hash_key=True)
    names = JSONAttribute()
    previous_close = DecimalAttribute()
    last_price = DecimalAttribute()
    suspended = BooleanAttribute(default=False)
    price_limited = BooleanAttribute(default=True)
    price_limit = DecimalAttribute(null=True)


class Position(Table):
    """What an account has of one asset: CNY to the fen, or shares.

    ``available`` may be spent or sold now; ``frozen`` is held for open orders; ``unsettled`` is of today: of money, the
    part of ``available`` that comes from today's sales and cannot be drawn out yet; of shares, those bought today,
    which are not in ``available`` until the next trading day (T+1).
    """

    class Meta(TableMeta):
        table_name = table_name("POSITIONS")

    account_id = UnicodeAttribute(hash_key=True)
    asset = UnicodeAttribute(range_key=True)
    available = DecimalAttribute()
    frozen = DecimalAttribute()
    unsettled = DecimalAttribute()
    commission_rate = DecimalAttribute(null=True)


class OrderRecord(Table):
    """An order taken, and what it froze: the entry that explains its part of the position's ``frozen``."""

    class Meta(TableMeta):
        table_name = table_name("ORDERS")

    account_id = UnicodeAttribute(hash_key=True)
    contract_number = UnicodeAttribute(range_key=True)
    idempotency_key = UnicodeAttribute()
    side = UnicodeAttribute()
    code = UnicodeAttribute()
    quantity = NumberAttribute()
    price = DecimalAttribute()
    frozen_asset = UnicodeAttribute()
    frozen_amount = DecimalAttribute()
    status = UnicodeAttribute()
    placed_at = UnicodeAttribute()
