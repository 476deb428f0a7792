"""What became of that of which nothing was heard: a clock calls it every minute."""

from typing import Any

from chalicelib.events.moment import moment_of


def reconcile(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Settle what was sent to the counter and not answered, from the counter's own books (:mod:`.trading.sent`), and
    bank transfers from the bank's (:mod:`.trading.bank_transfers`).

    May be called any time, any number of times at once. Writes the metric OldestUnknownSeconds, of which an alarm
    hangs. Answers how many were found, how many never arrived, and how many wait for the next run.
    """
    from aws_lambda_powertools import single_metric
    from aws_lambda_powertools.metrics import MetricUnit

    from chalicelib.platform.log import logger
    from chalicelib.platform.settings import required
    from chalicelib.trading import reconcile_sent, reconcile_transfers

    at = moment_of(event)
    done = reconcile_sent(at)
    settled, still_open = reconcile_transfers(at)
    logger.info("transfers settled", settled=settled, still_open=still_open)
    namespace, seconds = required("METRICS_NAMESPACE"), MetricUnit.Seconds
    with single_metric("OldestUnknownSeconds", seconds, done.oldest_seconds, namespace=namespace):
        logger.info("reconciled", **done._asdict())
    return done._asdict()
