"""The end of the trading day: a clock calls it at 16:10 in Shanghai, when trading and bank transfers are over."""

from datetime import datetime
from typing import Any


def settlement(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Settle the day of the event's ``time`` (ISO 8601, as EventBridge has it), or now's; a day without orders is
    settled at once. Then settle the bank transfers and hold them against the bank's statement of the day.

    May be called again for any day: it finds what is left. Answers the day and how many accounts. RuntimeError where
    the bank and the books differ, each difference in the log: then everything else is done, and the alarm rings.
    """
    from chalicelib import trading
    from chalicelib.platform.clock import business_day, now
    from chalicelib.platform.log import logger
    from chalicelib.trading.settlement import settle_day

    at = datetime.fromisoformat(event["time"]) if "time" in event else now()
    day = business_day(at)
    accounts = settle_day(day.isoformat(), at)
    logger.info("settled", day=day.isoformat(), accounts=accounts)
    settled, still_open = trading.reconcile_transfers(at)
    logger.info("transfers settled", day=day.isoformat(), settled=settled, still_open=still_open)
    if found := trading.compare_with_bank(day):
        for one in found:
            logger.error("the bank and the books differ", reference=one.reference, difference=one.difference)
        raise RuntimeError(f"{len(found)} transfers of {day} differ from the bank's statement: the log names them.")
    return {"day": day.isoformat(), "accounts": accounts}
