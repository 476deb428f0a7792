"""Requests for statements: checked, and written as deliveries, once a key."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from chalicelib.platform.clock import stamp
from chalicelib.platform.settings import delivery_patience, statement_limits
from chalicelib.statements import rules
from chalicelib.statements.rules import Channel, Limits, Patience, Refusal
from chalicelib.statements.statement import Period


class Requested(NamedTuple):
    """A statement that will be delivered, under this number (twelve digits)."""

    number: str


def limits() -> Limits:
    """What the firm has set."""
    return Limits(*statement_limits())


def patience() -> Patience:
    """How the firm goes on with what does not arrive."""
    attempts, minutes, hours = delivery_patience()
    return Patience(attempts, timedelta(minutes=minutes), timedelta(hours=hours))


def request(
    account_id: str,
    customer_id: str,
    period: Period,
    language: str,
    destinations: Mapping[Channel, str],
    key: str,
    at: datetime,
) -> Requested | Refusal:
    """See :func:`chalicelib.statements.request`."""
    wanted = dict(destinations)
    refusal = rules.refuse_period(period, at, limits()) or rules.refuse_destinations(wanted)
    if refusal:
        return refusal
    for number in rules.numbers(account_id, key):
        if _write(number, account_id, customer_id, period, language, wanted, key, at):
            return Requested(number)
    raise AssertionError("numbers never run out")


def _write(
    number: str,
    account_id: str,
    customer_id: str,
    period: Period,
    language: str,
    destinations: dict[Channel, str],
    key: str,
    at: datetime,
) -> bool:
    """Whether the request has this number: now, or since it first came. False where another one has it."""
    from pynamodb.exceptions import TransactWriteError
    from pynamodb.transactions import TransactWrite

    from chalicelib.statements.models import Delivery

    asked_at, due_at = at.astimezone(UTC).isoformat(), stamp(at + patience().between)
    try:
        with TransactWrite(connection=Delivery.client()) as write:
            for channel, destination in destinations.items():
                delivery = Delivery(
                    number,
                    channel,
                    key=key,
                    account_id=account_id,
                    customer_id=customer_id,
                    first=period.first.isoformat(),
                    last=period.last.isoformat(),
                    language=language,
                    destination=destination,
                    state="queued",
                    changes=[[asked_at, "queued", "", 1]],
                    due="due",
                    due_at=due_at,
                )
                write.save(delivery, condition=Delivery.number.does_not_exist(), return_values="ALL_OLD")
    except TransactWriteError as refused:
        taken = next((reason.raw_item for reason in refused.cancellation_reasons if reason and reason.raw_item), None)
        if taken is None:
            raise
        holder = Delivery.from_raw_data(taken)
        return bool((holder.account_id, holder.key) == (account_id, key))
    return True


def day_of_statement(at: datetime) -> date:
    """The last trading day that is over and settled: the one a daily statement is of."""
    return rules.last_day(at, limits())
