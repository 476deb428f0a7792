"""The quote tape, for a stage whose counter is the embedded one: a queue of rows, first in, first out for each code.

A message is one row::

    {"code": "601398", "at": "2026-11-25T02:00:00+00:00", "price": "7.85", "volume": 120000,
     "bids": [["7.84", 5000], ...], "asks": [["7.85", 800], ...]}

``at`` has a zone; prices are CNY, as text; ``volume`` is what was traded since the row before; the best five prices on
show may be left out. A row that cannot be read, or traded, is delivered again, and at last goes to the dead-letter
queue; those behind it in its code wait meanwhile, for order is what a tape is.
"""

import json
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any


def tape(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Match the rows of one batch of the queue; answers which of them failed (ReportBatchItemFailures)."""
    # Here and not above: every function imports this module, and no other needs it.
    from aws_lambda_powertools.utilities.batch import SqsFifoPartialProcessor, process_partial_response

    return process_partial_response(
        event=event, record_handler=_trade, processor=SqsFifoPartialProcessor(skip_group_on_error=True), context=context
    )  # type: ignore[return-value]


def _trade(record: Any) -> None:
    from chalicelib.platform.log import logger
    from chalicelib.trading import exchange

    row = read_row(record.body)
    outcomes = exchange.trade(row)
    exchange.mark(row)
    logger.info("matched", code=row.code, at=row.at.isoformat(), orders=len(outcomes))


def read_row(body: str) -> Any:
    """The :class:`chalicelib.trading.matching.TapeRow` of a message. ValueError, which says what a row looks like."""
    from chalicelib.trading.matching import Level, TapeRow

    try:
        row = json.loads(body)
        at = datetime.fromisoformat(row["at"])
        bids, asks = (
            tuple(Level(Decimal(price), int(quantity)) for price, quantity in row.get(side, ()))
            for side in ("bids", "asks")
        )
        read = TapeRow(str(row["code"]), at, Decimal(row["price"]), int(row["volume"]), bids, asks)
    except (ValueError, KeyError, TypeError, InvalidOperation) as error:
        raise ValueError(
            f"That is no row of the tape ({error}): see chalicelib/events/quote_tape.py for one."
        ) from None
    if at.tzinfo is None or read.price <= 0 or read.volume < 0:
        raise ValueError("A row has a time with its zone, a price above zero and a volume that is not below it.")
    return read
