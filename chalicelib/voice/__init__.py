"""What contact flows call: one function, ``ivr``, and an operation a name (chalicelib/voice/operations.py)."""

import gc
from typing import Any

from chalice.app import Blueprint

from chalicelib.platform.log import logger
from chalicelib.voice.call import Answer, read_call
from chalicelib.voice.operations import OPERATIONS

# What is imported stays: left among the young, it is looked through at every collection, 40 ms of a first call.
gc.freeze()

voice = Blueprint(__name__)


@voice.lambda_function(name="ivr")
def ivr(event: dict[str, Any], context: Any) -> Answer:
    """Answer one InvokeLambdaFunction action of a flow.

    event: as the Administrator Guide has it, page "Invoke AWS Lambda functions"; Parameters.Operation names the
    operation. Answers a flat map of strings. Raises where nothing sensible can be said: the flow then takes its error
    branch. Logs the operation and its result and nothing that the caller keyed in.
    """
    call = read_call(event)
    operation = OPERATIONS.get(call.operation)
    if operation is None:
        raise ValueError(f"There is no operation {call.operation!r}: the flow may ask for {', '.join(OPERATIONS)}.")
    answer = operation(call)
    logger.info("answered", contact_id=call.contact_id, operation=call.operation, result=answer.get("Result", ""))
    return answer
