"""Where records, events and recordings go: into a cloud, or into memory."""

from __future__ import annotations

import json
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from queue import Queue
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

WAITS = (0.1, 0.2, 0.5, 1, 2, 5, 10)
"""Seconds before each further attempt at a delivery."""
_BUSY = frozenset(
    {
        "InternalFailure",
        "InternalException",
        "KMSThrottlingException",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "ResourceInUseException",  # a stream that is being created
        "ThrottlingException",
    }
)
"""Errors that pass although their status is 400, or that stand in an answer of their own (PutEvents)."""

_log = logging.getLogger(__name__)


class Sink(Protocol):
    """Takes what is published. It neither blocks nor raises: a call never waits for it."""

    def put_record(self, stream_arn: str, key: str, data: bytes) -> None:
        """Into a Kinesis stream; those of one stream arrive in the order in which they were put."""

    def put_event(self, event: Mapping[str, Any]) -> None:
        """An event as EventBridge delivers it, to the account's default bus."""

    def put_object(self, bucket: str, key: str, data: bytes, content_type: str) -> None:
        """Into a bucket of S3."""


@dataclass(frozen=True, slots=True)
class Record:
    stream_arn: str
    key: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    bucket: str
    key: str
    data: bytes
    content_type: str


@dataclass(slots=True)
class MemorySink:
    """Keeps the last ``most`` of each kind; without it, all."""

    most: int | None = None
    records: deque[Record] = field(init=False)
    events: deque[Mapping[str, Any]] = field(init=False)
    objects: deque[Stored] = field(init=False)

    def __post_init__(self) -> None:
        self.records = deque(maxlen=self.most)
        self.events = deque(maxlen=self.most)
        self.objects = deque(maxlen=self.most)

    def put_record(self, stream_arn: str, key: str, data: bytes) -> None:
        self.records.append(Record(stream_arn, key, data))

    def put_event(self, event: Mapping[str, Any]) -> None:
        self.events.append(event)

    def put_object(self, bucket: str, key: str, data: bytes, content_type: str) -> None:
        self.objects.append(Stored(bucket, key, data, content_type))


@dataclass(frozen=True, slots=True)
class _Delivery:
    what: str
    send: Callable[[], object]


class CloudSink:
    """Sends with boto3's clients of Kinesis, EventBridge and S3, from one thread, in the order in which it was given.

    What fails for a passing reason is tried again after each of ``waits``; then, as what is refused, it is logged and
    counted in ``lost``. While the cloud cannot be reached the next are tried once each, so that :meth:`close` ends.

    ``source`` replaces aws.connect as the events' source: EventBridge takes no event of a source aws.* from anyone but
    AWS (page "PutEvents"), and clouds made like it do the same. Rules must then match that source too.
    """

    def __init__(
        self, kinesis: Any, events: Any, s3: S3Client, *, source: str = "aws.connect", waits: Iterable[float] = WAITS
    ) -> None:
        self.lost = 0
        self._kinesis = kinesis
        self._events = events
        self._s3 = s3
        self._source = source
        self._waits = tuple(waits)
        self._reachable = True
        self._closed = False
        self._deliveries: Queue[_Delivery | None] = Queue()
        self._thread = Thread(target=self._deliver_all, name="sink", daemon=True)
        self._thread.start()

    def put_record(self, stream_arn: str, key: str, data: bytes) -> None:
        self._put(
            f"a record to {stream_arn}",
            lambda: self._kinesis.put_record(StreamARN=stream_arn, PartitionKey=key, Data=data),
        )

    def put_event(self, event: Mapping[str, Any]) -> None:
        self._put(f"an event of type {event['detail-type']!r}", lambda: self._send_event(event))

    def put_object(self, bucket: str, key: str, data: bytes, content_type: str) -> None:
        self._put(
            f"s3://{bucket}/{key}",
            lambda: self._s3.put_object(Bucket=bucket, Key=key, Body=data, ContentType=content_type),
        )

    def close(self) -> None:
        """Send what is waiting, then stop. What is put afterwards is lost."""
        self._closed = True
        self._deliveries.put(None)
        self._thread.join()

    def _put(self, what: str, send: Callable[[], object]) -> None:
        if self._closed:
            self._lose(what, "the sink is closed")
        else:
            self._deliveries.put(_Delivery(what, send))

    def _deliver_all(self) -> None:
        while delivery := self._deliveries.get():
            self._deliver(delivery)

    def _deliver(self, delivery: _Delivery) -> None:
        waits = deque(self._waits if self._reachable else ())
        while True:
            try:
                delivery.send()
            except Exception as error:  # whatever it is, the next deliveries must go out
                passing = _is_passing(error)
                if not passing or not waits:
                    self._reachable = not passing
                    self._lose(delivery.what, error)
                    return
                time.sleep(waits.popleft())
            else:
                self._reachable = True
                return

    def _lose(self, what: str, why: object) -> None:
        self.lost += 1
        _log.error("%s was not delivered: %s", what, why)

    def _send_event(self, event: Mapping[str, Any]) -> None:
        entry = {
            "Source": self._source,
            "DetailType": event["detail-type"],
            "Time": event["time"],
            "Resources": event["resources"],
            "Detail": json.dumps(event["detail"], ensure_ascii=False),
        }
        answer = self._events.put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            [failed] = answer["Entries"]
            raise ClientError({"Error": {"Code": failed["ErrorCode"], "Message": failed["ErrorMessage"]}}, "PutEvents")


def _is_passing(error: Exception) -> bool:
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status == 429 or status >= 500 or error.response.get("Error", {}).get("Code") in _BUSY
    return isinstance(error, BotoCoreError) and not isinstance(error, ParamValidationError)
