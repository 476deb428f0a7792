"""A call that an agent takes leaves its record, its events and its recordings in the local cloud."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from io import BytesIO
from typing import Any
from urllib.parse import unquote
from wave import open as open_wave

import pytest
from websockets.sync.client import connect

from devtools import deploy, secrets
from devtools.line import Line
from devtools.paths import CONNECT_TEMPLATE
from localconnect.cli.serve import served
from localconnect.clock import SystemClock
from localconnect.instance import Instance
from localconnect.language.document import compile_flow
from localconnect.server import create_app

from .journey import CALLER
from .phone import hear, send

RECORD = {"RecordedParticipants": ["Agent", "Customer"], "IVRRecordingBehavior": "Enabled"}
SOUND = bytes(range(240)) * 2  # 30 ms


def to_an_agent(queue_arn: str) -> str:
    def action(identifier: str, kind: str, parameters: dict[str, Any], then: str = "", *errors: str) -> dict[str, Any]:
        transitions: dict[str, Any] = {"NextAction": then} if then else {}
        if errors:
            transitions["Errors"] = [{"ErrorType": error, "NextAction": "end"} for error in errors]
        return {"Identifier": identifier, "Type": kind, "Parameters": parameters, "Transitions": transitions}

    failed = "NoMatchingError"
    actions = [
        action("record", "UpdateContactRecordingBehavior", {"RecordingBehavior": RECORD}, "set"),
        action("set", "UpdateContactTargetQueue", {"QueueId": queue_arn}, "greet", failed),
        action("greet", "MessageParticipant", {"Text": "Good day. One moment, please."}, "go", failed),
        action("go", "TransferContactToQueue", {}, "end", "QueueAtCapacity", failed),
        action("end", "DisconnectParticipant", {}),
    ]
    return json.dumps({"Version": "2019-10-30", "StartAction": "record", "Actions": actions})


@pytest.fixture
def instance(line: Line) -> Instance:
    """The line's, whose callers want an agent at once."""
    parameters = deploy.connect_parameters(line.stage, line.outputs, secrets.ensure(line.stage.ssm, line.stage.name))
    whole = Instance.from_template(CONNECT_TEMPLATE, parameters, region=line.stage.region, account=line.stage.account)
    [queue] = whole.queues.values()
    arn = f"{whole.arn}/contact-flow/to-an-agent"
    whole.flows[arn] = whole.phone_flow = compile_flow(
        to_an_agent(queue.arn), arn=arn, kind="CONTACT_FLOW", name="to an agent"
    )
    return whole


@pytest.fixture
def rule(line: Line) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Gives the contact events that a rule, as a product's handler has it, has let through so far."""
    stage = line.stage
    sqs = stage.session.client("sqs", endpoint_url=stage.endpoint)
    url = sqs.create_queue(QueueName="contact-events")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = {"source": ["aws.connect"], "detail-type": ["Amazon Connect Contact Event"]}
    stage.events.put_rule(Name="contact-events", EventPattern=json.dumps(pattern))
    stage.events.put_targets(Rule="contact-events", Targets=[{"Id": "queue", "Arn": arn}])
    seen: list[dict[str, Any]] = []

    def receive() -> list[dict[str, Any]]:
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
        for message in messages:
            seen.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return seen

    yield receive
    stage.events.remove_targets(Rule="contact-events", Ids=["queue"])
    stage.events.delete_rule(Name="contact-events")
    sqs.delete_queue(QueueUrl=url)


def take_a_call(address: str) -> str:
    """One call, answered, talked and done with; its contact id."""

    def in_state(state: str) -> Callable[[dict[str, Any]], object]:
        return lambda message: any(contact["state"] == state for contact in message.get("contacts", ()))

    with ExitStack() as ends:
        panel, phone = (
            ends.enter_context(connect(f"ws://{address}/{path}", proxy=None)) for path in ("agent/panel", "phone/call")
        )
        send(panel, "login", agent="mei", pace=20)
        send(panel, "status", name="Available")
        send(phone, "dial", **{"from": CALLER}, pace=20)
        ringing = hear(panel, in_state("CONNECTING"))
        contact_id = str(ringing["contacts"][0]["contactId"])
        send(panel, "accept", contact=contact_id)
        hear(phone, lambda message: message["type"] == "joined")
        for _ in range(20):
            phone.send(SOUND)
            time.sleep(0.03)
        send(phone, "hangup")
        hear(panel, in_state("ENDED"))
        send(panel, "clear", contact=contact_id)
        hear(panel, lambda message: message.get("contacts") == [])
        send(panel, "status", name="Offline")
        hear(panel, lambda message: message.get("status") == "Offline")
    return contact_id


def records(line: Line, output: str) -> list[dict[str, Any]]:
    """All records of a stream."""
    kinesis, arn = line.stage.kinesis, line.outputs[output]
    found = []
    for shard in kinesis.list_shards(StreamARN=arn)["Shards"]:
        at = kinesis.get_shard_iterator(StreamARN=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
        found += kinesis.get_records(ShardIterator=at["ShardIterator"])["Records"]
    return [json.loads(record["Data"]) for record in found]


def test_an_answered_call_is_in_the_streams_the_bus_and_the_bucket(
    line: Line, instance: Instance, rule: Callable[[], list[dict[str, Any]]]
) -> None:
    with (
        closing(line.sink()) as sink,
        served(create_app(instance, line.functions, SystemClock(), sink)) as address,
    ):
        contact_id = take_a_call(address)
    assert sink.lost == 0

    [record] = [one for one in records(line, "ContactRecordsStreamArn") if one["ContactId"] == contact_id]
    assert record["DisconnectReason"] == "CUSTOMER_DISCONNECT"
    assert record["Agent"]["Username"] == "mei"
    assert record["Queue"]["Name"] == "brokerline-service"

    kinds = [event["EventType"] for event in records(line, "AgentEventsStreamArn")]
    assert kinds[0] == "LOGIN"
    assert kinds[-1] == "LOGOUT"

    for recording, participant in zip(record["Recordings"], ("IVR", "AGENT"), strict=True):
        assert recording["ParticipantType"] == participant
        bucket, _, key = unquote(recording["Location"]).partition("/")
        sound = line.stage.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        with open_wave(BytesIO(sound)) as wave:
            assert (wave.getnchannels(), wave.getframerate(), wave.getsampwidth()) == (2, 8000, 2)
            assert any(wave.readframes(wave.getnframes()))
            lasted = wave.getnframes() / wave.getframerate()
        assert 0 < lasted < 20

    give_up = time.monotonic() + 10
    wanted = ["INITIATED", "QUEUED", "CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED"]
    while time.monotonic() < give_up:
        events = [event["detail"] for event in rule() if event["detail"]["contactId"] == contact_id]
        if len(events) == len(wanted):
            break
    assert sorted(event["eventType"] for event in events) == sorted(wanted)
