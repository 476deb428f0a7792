"""Puts messages on a queue (SQS), as many at a time as a request takes, and loses none."""

from collections.abc import Iterable
from itertools import islice

MOST = 10  # messages of one SendMessageBatch
_ATTEMPTS = 3


def send_all(url: str, bodies: Iterable[str]) -> int:
    """Send a message for each body, while they come; returns how many.

    Sent again after an error, messages are there twice: whoever takes them must bear that. RuntimeError where the queue
    refuses some time after time, though it took the others.
    """
    left, sent = iter(bodies), 0
    while batch := list(islice(left, MOST)):
        sent += len(batch)
        for _ in range(_ATTEMPTS):
            batch = send_batch(url, batch)
            if not batch:
                break
        else:
            raise RuntimeError(f"The queue {url.rpartition('/')[2]} refused {len(batch)} messages: send them again.")
    return sent


def send_batch(url: str, bodies: list[str]) -> list[str]:
    """Send up to MOST messages in one request; returns those that the queue refused."""
    from chalicelib.platform.clients import client

    entries = [{"Id": str(place), "MessageBody": body} for place, body in enumerate(bodies)]
    answer = client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
    return [bodies[int(failed["Id"])] for failed in answer.get("Failed", ())]
