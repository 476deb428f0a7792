"""The end of the trading day: a clock calls it at 16:10 in Shanghai, when trading and bank transfers are over.

Accounts are settled by a queue, each by a message of its own, so that no number of them takes a function's time::

    {"day": "2026-11-25", "account_id": "A-1234", "at": "2026-11-25T08:10:00+00:00"}

A message that comes twice, or late, settles what is left. One that cannot be settled is delivered again, and at last
goes to the dead-letter queue; it keeps no other account waiting.
"""

import json
from datetime import datetime
from typing import Any

from chalicelib.events.batch import each_record
from chalicelib.events.moment import moment_of


def settlement(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Put every account that has orders for the day of the event's ``time`` (ISO 8601, as EventBridge has it), or
    now's, on the queue. Then settle the bank transfers and hold them against the bank's statement of the day.

    May be called again for any day: what is settled stays so. Answers the day and how many accounts. ValueError while
    orders for the day are still taken: then nothing is done. RuntimeError where the bank and the books differ, each
    difference in the log: then everything else is done, and the alarm rings.
    """
    from chalicelib import trading
    from chalicelib.platform.clock import business_day
    from chalicelib.platform.log import logger
    from chalicelib.platform.queue import send_all
    from chalicelib.platform.settings import required
    from chalicelib.trading.settlement import accounts_to_settle

    at = moment_of(event)
    day = business_day(at)
    messages = (
        json.dumps({"day": day.isoformat(), "account_id": account_id, "at": at.isoformat()})
        for account_id in accounts_to_settle(day.isoformat(), at)
    )
    accounts = send_all(required("SETTLEMENT_QUEUE_URL"), messages)
    logger.info("to be settled", day=day.isoformat(), accounts=accounts)
    settled, still_open = trading.reconcile_transfers(at)
    logger.info("transfers settled", day=day.isoformat(), settled=settled, still_open=still_open)
    if found := trading.compare_with_bank(day):
        for one in found:
            logger.error("the bank and the books differ", reference=one.reference, difference=one.difference)
        raise RuntimeError(f"{len(found)} transfers of {day} differ from the bank's statement: the log names them.")
    return {"day": day.isoformat(), "accounts": accounts}


def settle_account(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Settle the accounts of one batch of the queue; answers which of them failed (ReportBatchItemFailures)."""
    return each_record(event, context, "SQS", _settle)


def _settle(record: Any) -> None:
    from chalicelib.platform.log import logger
    from chalicelib.trading.settlement import settle

    try:
        message = json.loads(record.body)
        settle(message["account_id"], message["day"], datetime.fromisoformat(message["at"]))
    except Exception:
        logger.exception("an account could not be settled", message_id=record.message_id)
        raise
