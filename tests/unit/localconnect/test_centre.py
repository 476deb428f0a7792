"""Phones and panels at their sockets: calls that reach agents, and what is kept of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from typing import Any
from wave import open as open_wave

import pytest
from starlette.testclient import TestClient, WebSocketTestSession

from localconnect.clock import SystemClock
from localconnect.events.sink import MemorySink
from localconnect.instance import Instance
from localconnect.resources.models import QuickConnect, StorageConfig
from localconnect.server import create_app
from tests.unit.localconnect.flows import ARN, CALLER, QUEUE, Functions, action, agent, instance, loop, say

HOME, ADDRESS = "http://127.0.0.1:8800", "ws://127.0.0.1:8800"
STREAM = "arn:aws:kinesis:ap-southeast-1:000000000000:stream/"
OTHER = "+8613900139000"
SOUND = bytes(range(200)) * 8
HOOKS = {
    "AgentWhisper": "agent whisper",
    "CustomerWhisper": "customer whisper",
    "CustomerHold": "customer hold",
    "AgentHold": "agent hold",
}


def call_centre() -> Instance:
    names = [*HOOKS, "record"]
    record = {"RecordingBehavior": {"RecordedParticipants": ["Agent", "Customer"], "IVRRecordingBehavior": "Enabled"}}
    line = instance(
        *(
            action(hook, "UpdateContactEventHooks", {"EventHooks": {hook: flow}}, names[place + 1])
            for place, (hook, flow) in enumerate(HOOKS.items())
        ),
        action("record", "UpdateContactRecordingBehavior", record, "greet"),
        say("greet", "Good day.", "set"),
        action("set", "UpdateContactTargetQueue", {"QueueId": QUEUE}, "transfer"),
        action("transfer", "TransferContactToQueue"),
        kinds={
            "AGENT_WHISPER": {"agent whisper": [say("w", "A call.")]},
            "CUSTOMER_WHISPER": {"customer whisper": [say("w", "You are through.")]},
            "CUSTOMER_HOLD": {"customer hold": [loop("h", "One moment.")]},
            "AGENT_HOLD": {"agent hold": [loop("h", "They wait.")]},
            "QUEUE_TRANSFER": {
                "to queue": [action("transfer", "TransferContactToQueue")],
                "to agent": [action("transfer", "TransferContactToAgent")],
            },
        },
        flows={
            "callback": [
                action("set", "UpdateContactTargetQueue", {"QueueId": QUEUE}, "call back"),
                action("call back", "CreateCallbackContact", CALLBACK, "end"),
            ],
            "task": [
                action("set", "UpdateContactTargetQueue", {"QueueId": QUEUE}, "transfer"),
                action("transfer", "TransferContactToQueue"),
            ],
            "make task": [action("make", "CreateTask", {"Name": "Call again", "ContactFlowId": "task"}, "end")],
        },
    )
    for username in ("mei", "lan"):
        agent(line, username, after_contact_work=0)
    for new in list(line.agents.values()):
        line.router.set_status(new.arn, line.status("Offline"), new.status_since)
    line.storage = {
        "CALL_RECORDINGS": StorageConfig(bucket="recordings", prefix="calls"),
        "CONTACT_TRACE_RECORDS": StorageConfig(stream_arn=STREAM + "records"),
        "AGENT_EVENTS": StorageConfig(stream_arn=STREAM + "agents"),
    }
    for quick in (
        QuickConnect(f"{ARN}/transfer-destination/q", "queue", "QUEUE", queue_arn=QUEUE, flow_arn="to queue"),
        QuickConnect(f"{ARN}/transfer-destination/a", "lan", "USER", agent_arn=f"{ARN}/agent/lan", flow_arn="to agent"),
        QuickConnect(f"{ARN}/transfer-destination/n", "outside", "PHONE_NUMBER", phone_number=OTHER),
    ):
        line.quick_connects[quick.arn] = quick
    return line


CALLBACK = {"InitialCallDelaySeconds": "1", "MaximumConnectionAttempts": "2", "RetryDelaySeconds": "1"}


class End:
    """One end of a socket."""

    def __init__(self, socket: WebSocketTestSession) -> None:
        self.socket = socket
        self.heard: list[dict[str, Any]] = []
        self.unread: dict[str, Any] | None = None

    def send(self, kind: str, **parts: Any) -> None:
        self.socket.send_json({"type": kind, **parts})

    def hear(self, kind: str, **parts: Any) -> dict[str, Any]:
        """The next message of this type and these parts; those before it are passed over."""
        while True:
            message: dict[str, Any] = self.socket.receive_json()
            self.heard.append(message)
            if message["type"] == kind and parts.items() <= message.items():
                return message

    def said(self) -> list[str]:
        return [message["text"] for message in self.heard if message["type"] == "say"]

    def shows(self, state: str | None) -> str:
        """Wait until the panel's last contact is in this state, or until it has none; gives its id."""
        while True:
            message, self.unread = self.unread or self.hear("agent"), None
            contacts = message["contacts"]
            if (contacts[-1]["state"] if contacts else None) == state:
                return str(contacts[-1]["contactId"]) if contacts else ""


class World:
    def __init__(self, client: TestClient, line: Instance, sink: MemorySink, open_ends: ExitStack) -> None:
        self.line = line
        self.sink = sink
        self._client = client
        self._open_ends = open_ends

    def open(self, path: str) -> End:
        return End(self._open_ends.enter_context(self._client.websocket_connect(ADDRESS + path)))

    def caller(self, **parts: Any) -> End:
        phone = self.open("/phone/call")
        phone.send("dial", **{"from": CALLER}, pace=20, **parts)
        return phone

    def waiting(self, number: str = CALLER) -> End:
        phone = self.open("/phone/call")
        phone.send("wait", number=number, pace=20)
        phone.hear("waiting")
        return phone

    def panel(self, username: str = "mei", status: str = "Available") -> End:
        panel = self.open("/agent/panel")
        panel.send("login", agent=username, pace=20)
        panel.send("status", name=status)
        panel.unread = panel.hear("agent", status=status)
        return panel

    def records(self, stream: str = "records") -> list[dict[str, Any]]:
        return [json.loads(record.data) for record in self.sink.records if record.stream_arn == STREAM + stream]

    def events(self, contact_id: str) -> list[str]:
        details = [event["detail"] for event in self.sink.events]
        return [detail["eventType"] for detail in details if detail["contactId"] == contact_id]


@pytest.fixture
def world() -> Iterator[World]:
    line, sink = call_centre(), MemorySink()
    app = create_app(line, Functions(), SystemClock(), sink)
    with TestClient(app, base_url=HOME) as client, ExitStack() as open_ends:
        yield World(client, line, sink, open_ends)


def talking(world: World, panel: End) -> tuple[End, str]:
    """A caller who has been joined with the panel's agent, and their contact."""
    phone = world.caller()
    contact_id = panel.shows("CONNECTING")
    panel.send("accept", contact=contact_id)
    phone.hear("joined")
    return phone, contact_id


def test_a_call_from_the_greeting_to_the_end_of_after_contact_work(world: World) -> None:
    panel = world.panel()
    phone, contact_id = talking(world, panel)
    assert phone.said() == ["Good day.", "You are through."]
    panel.send("hold", contact=contact_id)
    phone.hear("held")
    phone.hear("say", text="One moment.")
    panel.hear("say", text="They wait.")
    panel.send("resume", contact=contact_id)
    phone.hear("joined")
    panel.send("hangup", contact=contact_id)
    assert phone.hear("ended")["reason"] == "agent ended"
    panel.shows("ENDED")
    assert world.records() == []
    panel.send("clear", contact=contact_id)
    panel.shows(None)
    [record] = world.records()
    assert record["ContactId"] == contact_id
    assert record["DisconnectReason"] == "AGENT_DISCONNECT"
    assert record["Agent"]["Username"] == "mei"
    assert record["Agent"]["NumberOfHolds"] == 1
    assert panel.said() == ["A call.", "They wait."]


def test_the_events_of_a_call(world: World) -> None:
    panel = world.panel()
    phone, contact_id = talking(world, panel)
    phone.send("hangup")
    panel.send("clear", contact=panel.shows("ENDED"))
    panel.shows(None)
    assert world.events(contact_id) == ["INITIATED", "QUEUED", "CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED"]
    kinds = [event["EventType"] for event in world.records("agents")]
    assert kinds[0] == "LOGIN"
    states = [
        event["CurrentAgentSnapshot"]["Contacts"][0]["State"]
        for event in world.records("agents")
        if event["CurrentAgentSnapshot"]["Contacts"]
    ]
    assert [state for place, state in enumerate(states) if state not in states[:place]] == [
        "CONNECTING",
        "CONNECTED",
        "ENDED",
    ]


def test_both_hear_each_other_and_it_is_recorded(world: World) -> None:
    panel = world.panel()
    phone, contact_id = talking(world, panel)
    phone.socket.send_bytes(SOUND)
    panel.socket.send_bytes(SOUND)
    assert sound(panel) == SOUND
    assert sound(phone) == SOUND
    phone.send("hangup")
    panel.send("clear", contact=panel.shows("ENDED"))
    panel.shows(None)
    ivr, talk = world.sink.objects
    assert ivr.key.startswith("calls/ivr/")
    assert contact_id in talk.key
    with open_wave(BytesIO(talk.data)) as wave:
        assert (wave.getnchannels(), wave.getframerate()) == (2, 8000)
        frames = wave.readframes(wave.getnframes())
    assert any(frames)
    [record] = world.records()
    assert [recording["ParticipantType"] for recording in record["Recordings"]] == ["IVR", "AGENT"]


def sound(end: End) -> bytes:
    while True:
        received = end.socket.receive()
        if received.get("bytes"):
            return bytes(received["bytes"])


def test_a_call_that_is_rejected_rings_at_the_next(world: World) -> None:
    first, second = world.panel("mei"), world.panel("lan")
    phone = world.caller()
    contact_id = first.shows("CONNECTING")
    first.send("reject", contact=contact_id)
    first.shows("MISSED")
    second.send("accept", contact=second.shows("CONNECTING"))
    phone.hear("joined", agent="Lan")
    phone.send("hangup")
    second.shows("ENDED")
    first.send("clear", contact=contact_id)
    first.shows(None)


def test_a_caller_who_hangs_up_while_it_rings(world: World) -> None:
    panel = world.panel()
    phone = world.caller()
    panel.shows("CONNECTING")
    phone.send("hangup")
    assert phone.hear("ended")["reason"] == "left in queue"
    panel.shows("MISSED")
    [record] = world.records()
    assert record["Agent"] is None
    assert record["AgentConnectionAttempts"] == 1


def test_a_transfer_to_an_agent_is_a_contact_of_its_own(world: World) -> None:
    mei, lan = world.panel("mei"), world.panel("lan", "Offline")
    phone, contact_id = talking(world, mei)
    lan.send("status", name="Available")
    mei.send("transfer", contact=contact_id, quickConnect="lan")
    onward = lan.shows("CONNECTING")
    assert onward != contact_id
    lan.send("accept", contact=onward)
    phone.hear("joined", agent="Lan")
    mei.send("clear", contact=mei.shows("ENDED"))
    mei.shows(None)
    [record] = world.records()
    assert record["NextContactId"] == onward
    assert record["TransferCompletedTimestamp"]
    phone.send("hangup")
    lan.send("clear", contact=lan.shows("ENDED"))
    lan.shows(None)
    second = world.records()[1]
    assert (second["PreviousContactId"], second["InitialContactId"]) == (contact_id, contact_id)
    assert second["InitiationMethod"] == "TRANSFER"


def test_a_transfer_to_a_queue_comes_back_to_whoever_is_free(world: World) -> None:
    mei, lan = world.panel("mei"), world.panel("lan", "Offline")
    phone, contact_id = talking(world, mei)
    lan.send("status", name="Available")
    mei.send("transfer", contact=contact_id, quickConnect="queue")
    lan.send("accept", contact=lan.shows("CONNECTING"))
    phone.hear("joined", agent="Lan")


def test_a_transfer_to_a_number_leaves_the_caller_with_somebody_outside(world: World) -> None:
    panel = world.panel()
    phone, contact_id = talking(world, panel)
    panel.send("transfer", contact=contact_id, quickConnect="outside")
    panel.send("clear", contact=panel.shows("ENDED"))
    panel.shows(None)
    phone.send("hangup")
    assert phone.hear("ended")["reason"] == "transferred"
    [record] = world.records()
    assert record["TransferredToEndpoint"]["Address"] == OTHER


def test_an_agent_calls_a_phone_that_answers(world: World) -> None:
    panel, phone = world.panel(), world.waiting()
    panel.send("call", number=CALLER)
    phone.hear("ring")
    phone.send("answer")
    phone.hear("joined", agent="Mei")
    contact_id = panel.shows("CONNECTED")
    panel.send("hangup", contact=contact_id)
    phone.hear("ended")
    panel.shows("ENDED")
    assert "CONNECTED_TO_SYSTEM" in world.events(contact_id)


@pytest.mark.parametrize(("declines", "reason"), [(True, "TELECOM_BUSY"), (False, "TELECOM_NUMBER_INVALID")])
def test_an_agent_calls_somebody_who_does_not_answer(world: World, declines: bool, reason: str) -> None:
    panel = world.panel()
    if declines:
        phone = world.waiting()
    panel.send("call", number=CALLER)
    if declines:
        phone.hear("ring")
        phone.send("hangup")
    panel.send("clear", contact=panel.shows("ENDED"))
    panel.shows(None)
    [record] = world.records()
    assert record["DisconnectReason"] == reason


def test_a_callback_is_called_again_until_the_customer_answers(world: World) -> None:
    world.line.phone_flow = world.line.flow("callback")
    assert world.caller().hear("ended")["reason"] == "flow ended"
    panel = world.panel()
    first = panel.shows("INCOMING")
    panel.send("accept", contact=first)
    panel.send("clear", contact=panel.shows("ENDED"))
    phone = world.waiting()
    second = panel.shows("INCOMING")
    assert second != first
    panel.send("accept", contact=second)
    phone.hear("ring")
    phone.send("answer")
    phone.hear("joined")
    panel.shows("CONNECTED")
    phone.send("hangup")
    panel.send("clear", contact=panel.shows("ENDED"))
    panel.shows(None)
    methods = [record["InitiationMethod"] for record in world.records()]
    assert methods == ["INBOUND", "CALLBACK", "CALLBACK"]


def test_a_flow_makes_a_task_that_an_agent_does(world: World) -> None:
    world.line.phone_flow = world.line.flow("make task")
    world.caller().hear("ended")
    panel = world.panel()
    contact_id = panel.shows("CONNECTING")
    panel.send("accept", contact=contact_id)
    panel.shows("CONNECTED")
    panel.send("hold", contact=contact_id)
    panel.shows("PAUSED")
    panel.send("resume", contact=contact_id)
    panel.shows("CONNECTED")
    panel.send("hangup", contact=contact_id)
    panel.send("clear", contact=panel.shows("ENDED"))
    panel.shows(None)
    assert world.events(contact_id)[-1] == "COMPLETED"
    assert world.records()[-1]["Channel"] == "TASK"


def test_what_an_agent_cannot_do_is_said(world: World) -> None:
    panel = world.open("/agent/panel")
    panel.send("status", name="Available")
    assert panel.hear("error")["detail"] == "Nobody is logged in: log in first."
    panel.send("login", agent="nobody")
    assert "its users are: lan, mei" in panel.hear("error")["detail"]
    panel.send("login", agent="mei")
    panel.hear("agent")
    panel.send("status", name="Asleep")
    assert "Asleep" in panel.hear("error")["detail"]
    panel.send("accept", contact="c1")
    assert "cannot accept contact c1" in panel.hear("error")["detail"]
    panel.send("hold", contact="c1")
    assert panel.hear("error")["detail"] == "This contact is over; close it."
    panel.send("accept")
    assert panel.hear("error")["detail"] == (
        'A message of type "accept" looks like this: {"type": "accept", "contact": a contact id}.'
    )


def test_a_panel_that_closes_hangs_up(world: World) -> None:
    with ExitStack() as ends:
        panel = End(ends.enter_context(world._client.websocket_connect(ADDRESS + "/agent/panel")))
        panel.send("login", agent="mei", pace=20)
        panel.send("status", name="Available")
        phone, _ = talking(world, panel)
    assert phone.hear("ended")["reason"] == "agent ended"
