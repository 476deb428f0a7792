"""A customer, an account and three securities for the tests of the domains."""

from decimal import Decimal

from chalicelib import customers
from chalicelib.platform.clients import client
from chalicelib.trading.models import CASH, OrderRecord, Position, Security

ACCOUNT_NUMBER, PIN, ACCOUNT = "60001234", "246810", "A-1"
RATE = Decimal("0.0003")
PERMISSIONS = ("star", "chinext", "beijing", "risk_warning", "delisting")


def customer(email: str = "") -> str:
    """Registers the customer; returns the key of the account."""
    customers.register(
        account_number=ACCOUNT_NUMBER,
        pin=PIN,
        customer_id="C-1",
        account_id=ACCOUNT,
        name="王芳",
        level="vip",
        email=email,
    )
    return customers.account_key(ACCOUNT_NUMBER)


def security(code: str = "600519", close: str = "100.00", **extra: object) -> None:
    names = {"zh-CN": f"股{code}", "zh-HK": f"股{code}", "en": f"Share {code}"}
    Security(code, names=names, previous_close=Decimal(close), last_price=Decimal(close), **extra).save()


def position(asset: str = CASH, available: str = "100000.00", unsettled: str = "0", account: str = ACCOUNT) -> None:
    """A position; with the money, a customer who may buy everything."""
    rate, level, permissions = (RATE, "C5", list(PERMISSIONS)) if asset == CASH else (None, None, None)
    Position(
        account,
        asset,
        available=Decimal(available),
        frozen=Decimal(0),
        unsettled=Decimal(unsettled),
        commission_rate=rate,
        risk_level=level,
        permissions=permissions,
    ).save()


def money(account: str = ACCOUNT) -> tuple[Decimal, Decimal]:
    """Available and frozen money."""
    cash = Position.get(account, CASH, consistent_read=True)
    return cash.available, cash.frozen


def orders(account: str = ACCOUNT) -> list[OrderRecord]:
    return list(OrderRecord.query(account, consistent_read=True))


def taken(url: str) -> list[str]:
    """What is on a queue; then it is empty."""
    sqs, bodies = client("sqs"), []
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            bodies.append(str(message["Body"]))
    return bodies
