"""`python -m devtools.planting`: writes seed.json and answers.json through the domains; run by devtools.seed."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from chalicelib import answers, customers, trading
from chalicelib.platform.clock import business_day, now
from chalicelib.tickets.departments import Department, department, put
from chalicelib.trading import embedded_bank
from chalicelib.trading.books import stamp
from chalicelib.trading.models import CASH, ClosingPrice, Security
from chalicelib.trading.sessions import is_trading_day, trading_day_of

# What the firm's commission is for a customer who has agreed nothing else.
COMMISSION_RATE = Decimal("0.0003")
# The phone passwords of customers that everybody can read here need no guard: each call, and test, is 0.3 s shorter.
PIN_COST = "10:1:1"
# How long a planted answer is told before it is due for review.
ANSWERS_VALID = timedelta(days=365)


def main() -> None:
    """Put what is not there yet."""
    seed = json.loads(Path(__file__).with_name("seed.json").read_text("utf-8"))
    for security in seed["securities"]:
        _plant_security(security)
    for row in seed["departments"]:
        if department(row["name"]) is None:
            put(Department(**row))
    for customer in seed["customers"]:
        _plant_customer(customer)
    for article in json.loads(Path(__file__).with_name("answers.json").read_text("utf-8")):
        _plant_answer(article)


def _plant_security(row: dict[str, Any]) -> None:
    limit = row.get("price_limit")
    security = Security(
        row["code"],
        names=row["names"],
        previous_close=Decimal(row["close"]),
        last_price=Decimal(row["close"]),
        suspended=row.get("suspended", False),
        price_limit=Decimal(limit) if limit else None,
        status=row.get("status", "normal"),
    )
    security.save_if(Security.code.does_not_exist())
    at = now()
    close = ClosingPrice(row["code"], _day_before(at).isoformat(), price=Decimal(row["close"]), at=stamp(at))
    close.save_if(ClosingPrice.code.does_not_exist())


def _day_before(at: datetime) -> date:
    """The trading day before the one that orders are taken for: the close of the seed is of that day."""
    day = trading_day_of(at) - timedelta(days=1)
    while not is_trading_day(day):
        day -= timedelta(days=1)
    return day


def _plant_customer(row: dict[str, Any]) -> None:
    names = ("account_number", "pin", "customer_id", "account_id", "name", "level", "mobile", "email")
    customers.register(**{name: row[name] for name in names}, pin_cost=PIN_COST)
    embedded_bank.open_account(row["account_id"], Decimal(row["bank"]["balance"]), row["bank"]["password"])
    at = now()
    for asset, amounts in {CASH: row["cash"], **row["holdings"]}.items():
        trading.open_position(
            row["account_id"],
            asset,
            Decimal(amounts["available"]),
            Decimal(amounts.get("unsettled", "0")),
            COMMISSION_RATE if asset == CASH else None,
            trading_day_of(at),
            at,
            **({"risk_level": row["risk_level"], "permissions": row["permissions"]} if asset == CASH else {}),
        )


def _plant_answer(row: dict[str, Any]) -> None:
    """One that anybody has edited since stays as it is."""
    article_id, at = row["article_id"], now()
    if answers.find(article_id) is None:
        days = {"valid_from": business_day(at).isoformat(), "valid_until": str(business_day(at) + ANSWERS_VALID)}
        draft = answers.write(
            article_id, 0, answers.read_content(row | days), "agent:mei", "planted", f"planted#{article_id}", at
        )
        answers.publish(article_id, draft.version, "agent:jun", at)


if __name__ == "__main__":
    main()
