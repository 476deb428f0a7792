from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError, ParamValidationError
from moto import mock_aws

from localconnect.events.sink import CloudSink, MemorySink

REGION = "ap-southeast-1"
EVENT = {
    "detail-type": "Amazon Connect Contact Event",
    "source": "aws.connect",
    "time": "2026-11-25T09:00:00Z",
    "resources": ["arn:aws:connect:ap-southeast-1:111122223333:instance/i/contact/c1"],
    "detail": {"eventType": "INITIATED", "contactId": "c1"},
}


class Flaky:
    """A client whose calls first raise ``errors``, in turn; keeps what it was asked for."""

    def __init__(self, client: Any, *errors: Exception) -> None:
        self.calls: list[dict[str, Any]] = []
        self._client = client
        self._errors = list(errors)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            self.calls.append(request)
            if self._errors:
                raise self._errors.pop(0)
            return getattr(self._client, name)(**request)

        return call


class Cloud:
    def __init__(self) -> None:
        options: Any = {"region_name": REGION, "config": Config(retries={"total_max_attempts": 1})}
        self.kinesis = boto3.client("kinesis", **options)
        self.events = boto3.client("events", **options)
        self.s3 = boto3.client("s3", **options)

    def stream(self, name: str) -> str:
        self.kinesis.create_stream(StreamName=name, ShardCount=1)
        arn: str = self.kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]
        return arn

    def read(self, arn: str) -> list[tuple[str, bytes]]:
        [shard] = self.kinesis.list_shards(StreamARN=arn)["Shards"]
        start = self.kinesis.get_shard_iterator(
            StreamARN=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )
        records = self.kinesis.get_records(StreamARN=arn, ShardIterator=start["ShardIterator"])["Records"]
        return [(record["PartitionKey"], record["Data"]) for record in records]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield Cloud()


def refusal(code: str, status: int = 400) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Put")  # type: ignore[typeddict-item]


def test_records_arrive_in_the_order_in_which_they_were_put(cloud: Cloud) -> None:
    streams = [cloud.stream("records"), cloud.stream("agents")]
    sink = CloudSink(cloud.kinesis, cloud.events, cloud.s3)
    for number in range(40):
        sink.put_record(streams[number % 2], f"key{number}", str(number).encode())
    sink.close()
    for first, stream in enumerate(streams):
        assert cloud.read(stream) == [(f"key{number}", str(number).encode()) for number in range(first, 40, 2)]
    assert sink.lost == 0


def test_objects_are_stored_with_their_type(cloud: Cloud) -> None:
    cloud.s3.create_bucket(Bucket="recordings", CreateBucketConfiguration={"LocationConstraint": REGION})
    sink = CloudSink(cloud.kinesis, cloud.events, cloud.s3)
    sink.put_object("recordings", "ivr/a.wav", b"RIFF", "audio/wav")
    sink.close()
    stored = cloud.s3.get_object(Bucket="recordings", Key="ivr/a.wav")
    assert (stored["Body"].read(), stored["ContentType"]) == (b"RIFF", "audio/wav")


@pytest.mark.parametrize(("options", "source"), [({}, "aws.connect"), ({"source": "line"}, "line")])
def test_events_go_to_the_default_bus_under_the_source_given(
    cloud: Cloud, options: dict[str, str], source: str
) -> None:
    events = Flaky(cloud.events)
    sink = CloudSink(cloud.kinesis, events, cloud.s3, **options)
    sink.put_event(EVENT)
    sink.close()
    [entry] = events.calls[0]["Entries"]
    assert json.loads(entry.pop("Detail")) == EVENT["detail"]
    assert entry == {
        "Source": source,
        "DetailType": EVENT["detail-type"],
        "Time": EVENT["time"],
        "Resources": EVENT["resources"],
    }
    assert sink.lost == 0


@pytest.mark.parametrize(
    "error",
    [
        refusal("InternalFailure", 500),
        refusal("SlowDown", 503),
        refusal("TooManyRequests", 429),
        refusal("ProvisionedThroughputExceededException"),
        refusal("ResourceInUseException"),
        EndpointConnectionError(endpoint_url="http://127.0.0.1"),
    ],
    ids=["500", "503", "429", "throughput", "being created", "unreachable"],
)
def test_what_passes_is_tried_again_before_anything_else_goes_out(cloud: Cloud, error: Exception) -> None:
    stream = cloud.stream("records")
    kinesis = Flaky(cloud.kinesis, error, error)
    sink = CloudSink(kinesis, cloud.events, cloud.s3, waits=(0, 0))
    for number in range(3):
        sink.put_record(stream, "c1", str(number).encode())
    sink.close()
    assert [data for _, data in cloud.read(stream)] == [b"0", b"1", b"2"]
    assert (len(kinesis.calls), sink.lost) == (5, 0)


@pytest.mark.parametrize(
    "error",
    [refusal("ResourceNotFoundException"), ParamValidationError(report="no"), RuntimeError("whatever")],
    ids=["not found", "wrong", "unexpected"],
)
def test_what_is_refused_is_counted_and_logged_and_the_rest_goes_out(
    cloud: Cloud, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    stream = cloud.stream("records")
    kinesis = Flaky(cloud.kinesis, error)
    sink = CloudSink(kinesis, cloud.events, cloud.s3, waits=(0, 0))
    sink.put_record(stream, "c1", b"0")
    sink.put_record(stream, "c1", b"1")
    sink.close()
    assert [data for _, data in cloud.read(stream)] == [b"1"]
    assert (len(kinesis.calls), sink.lost) == (2, 1)
    assert f"a record to {stream} was not delivered: {error}" in caplog.text


def test_an_event_that_the_bus_refuses_is_counted(cloud: Cloud) -> None:
    class Bus:
        def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:
            failed = {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": "Not authorized for the source."}
            return {"FailedEntryCount": 1, "Entries": [failed]}

    sink = CloudSink(cloud.kinesis, Bus(), cloud.s3, waits=(0, 0))
    sink.put_event(EVENT)
    sink.close()
    assert sink.lost == 1


def test_a_cloud_that_is_gone_is_tried_patiently_once_and_again_when_it_is_back(cloud: Cloud) -> None:
    stream = cloud.stream("records")
    gone = EndpointConnectionError(endpoint_url="http://127.0.0.1")
    kinesis = Flaky(cloud.kinesis, *[gone] * 5)  # three attempts for the first, one each for two more
    sink = CloudSink(kinesis, cloud.events, cloud.s3, waits=(0, 0))
    for number in range(4):
        sink.put_record(stream, "c1", str(number).encode())
    sink.close()
    assert [data for _, data in cloud.read(stream)] == [b"3"]
    assert sink.lost == 3


def test_nobody_waits_for_a_delivery(cloud: Cloud) -> None:
    stream, let_go = cloud.stream("records"), threading.Event()

    class Slow:
        def put_record(self, **request: Any) -> Any:
            let_go.wait()
            return cloud.kinesis.put_record(**request)

    sink = CloudSink(Slow(), cloud.events, cloud.s3)
    sink.put_record(stream, "c1", b"0")
    sink.put_record(stream, "c1", b"1")
    assert cloud.read(stream) == []
    let_go.set()
    sink.close()
    assert len(cloud.read(stream)) == 2


def test_what_is_put_into_a_closed_sink_is_lost_and_said_to_be(cloud: Cloud, caplog: pytest.LogCaptureFixture) -> None:
    sink = CloudSink(cloud.kinesis, cloud.events, cloud.s3)
    sink.close()
    sink.put_event(EVENT)
    assert sink.lost == 1
    assert "the sink is closed" in caplog.text


def test_memory_keeps_all_or_the_last() -> None:
    for sink, kept in ((MemorySink(), [0, 1, 2]), (MemorySink(most=2), [1, 2])):
        for number in range(3):
            sink.put_record("arn", str(number), b"")
            sink.put_event({"id": number})
            sink.put_object("bucket", str(number), b"", "audio/wav")
        assert [int(record.key) for record in sink.records] == kept
        assert [event["id"] for event in sink.events] == kept
        assert [int(stored.key) for stored in sink.objects] == kept
