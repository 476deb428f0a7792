"""The end of the trading day: a clock calls it at 16:10 in Shanghai, when trading and bank transfers are over."""

from datetime import datetime
from typing import Any


def settlement(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Settle the day of the event's ``time`` (ISO 8601, as EventBridge has it), or now's; a day without orders is
    settled at once. May be called again for any day: it finds what is left. Answers the day and how many accounts.
    """
    from chalicelib.platform.clock import business_day, now
    from chalicelib.platform.log import logger
    from chalicelib.trading.settlement import settle_day

    at = datetime.fromisoformat(event["time"]) if "time" in event else now()
    day = business_day(at).isoformat()
    accounts = settle_day(day, at)
    logger.info("settled", day=day, accounts=accounts)
    return {"day": day, "accounts": accounts}
