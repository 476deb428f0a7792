"""The phone's web application: who may call, what the messages say, what a broken one does."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect
from websockets.sync.client import connect

from localconnect.clock import SystemClock
from localconnect.server import create_app
from tests.small_line import (
    ASK_ACCOUNT,
    ASK_PIN,
    BALANCE,
    GOODBYE,
    GREETING,
    MENU,
    FakeFunctions,
    served,
    small_instance,
)

HOME = "http://127.0.0.1:8800"
CALL = "ws://127.0.0.1:8800/phone/call"
DIAL = {"type": "dial", "from": "+8613800138000", "pace": 20}


@pytest.fixture
def functions() -> FakeFunctions:
    return FakeFunctions()


@pytest.fixture
def client(functions: FakeFunctions) -> TestClient:
    return TestClient(create_app(small_instance(), functions, SystemClock()), base_url=HOME)


@pytest.fixture
def line(client: TestClient) -> Iterator[Line]:
    with client.websocket_connect(CALL) as socket:
        yield Line(socket)


class Line:
    """The phone's end of a call."""

    def __init__(self, socket: WebSocketTestSession) -> None:
        self.socket = socket
        self.heard: list[dict[str, Any]] = []

    def send(self, message: dict[str, Any]) -> None:
        self.socket.send_json(message)

    def press(self, keys: str) -> None:
        for key in keys:
            self.send({"type": "key", "key": key})

    def hear(self, kind: str, **parts: Any) -> dict[str, Any]:
        """The next message of this type and these parts; those before it are passed over."""
        while True:
            message: dict[str, Any] = self.socket.receive_json()
            self.heard.append(message)
            if message["type"] == kind and parts.items() <= message.items():
                return message

    def keys(self) -> str:
        return "".join(message["key"] for message in self.heard if message["type"] == "key")


def test_address_leads_to_the_page(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.url.path == "/phone"
    assert "localconnect phone" in answer.text


def test_page_tells_the_instance(client: TestClient) -> None:
    assert client.get("/phone/line").json() == {"alias": "small-line", "agents": []}


@pytest.mark.parametrize("path", ["/phone", "/web/phone.js", "/web/phone.css", "/phone/line"])
def test_nothing_from_elsewhere_is_let_in(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_page_has_no_script_or_style_of_its_own(client: TestClient) -> None:
    page = client.get("/phone").text
    assert page.count("<script") == page.count('<script type="module" src="web/phone.js"></script>') == 1
    assert "<style" not in page
    assert "style=" not in page
    assert "http://" not in page
    assert "https://" not in page


def test_another_host_name_is_refused(client: TestClient) -> None:
    """As after DNS rebinding: the attacker's name points at this machine."""
    assert client.get("/phone", headers={"host": "attacker.example:8800"}).status_code == 400


@pytest.mark.parametrize("origin", ["https://attacker.example", "http://127.0.0.1:9999", "null"])
def test_page_of_another_origin_may_not_call(client: TestClient, origin: str) -> None:
    with (
        pytest.raises((WebSocketDisconnect, WebSocketDenialResponse)),
        client.websocket_connect(CALL, headers={"origin": origin}),
    ):
        pass


def test_own_page_may_call(client: TestClient) -> None:
    with client.websocket_connect(CALL, headers={"origin": HOME}) as socket:
        line = Line(socket)
        line.send(DIAL)
        line.hear("say", text=GREETING, language="zh-CN", bargeIn=False)


def test_call_from_the_first_ring_to_the_balance(line: Line, functions: FakeFunctions) -> None:
    line.send(DIAL)
    line.hear("say", text=MENU)
    line.press("1")
    line.hear("say", text=ASK_ACCOUNT)
    line.press("6000#")
    line.hear("attributes", attributes={"account": "6000"})
    line.hear("say", text=ASK_PIN)
    line.press("2468#")
    line.hear("say", text=BALANCE)
    ended = line.hear("ended")
    assert ended["reason"] == "flow ended"
    assert line.keys() == "16000#•••••"
    endpoint = functions.events[0]["Details"]["ContactData"]["CustomerEndpoint"]
    assert endpoint == {"Address": "+8613800138000", "Type": "TELEPHONE_NUMBER"}


def test_pin_is_in_nothing_that_the_line_says(line: Line, functions: FakeFunctions) -> None:
    line.send(DIAL)
    line.hear("say", text=MENU)
    line.press("1")
    line.hear("say", text=ASK_ACCOUNT)
    line.press("6000#")
    line.hear("say", text=ASK_PIN)
    line.press("987987#")
    line.hear("ended")
    assert "9879" not in str(line.heard)
    assert not {"9", "8", "7"} & set(line.keys())
    assert "987987" not in str(functions.events)


def test_key_cuts_the_menu_short(line: Line) -> None:
    line.send(DIAL | {"pace": 1})
    line.hear("say", text=MENU)
    line.press("2")
    line.hear("hush")
    line.hear("queued", queue="Service")


def test_line_waits_for_a_key_and_then_gives_up() -> None:
    client = TestClient(create_app(small_instance(menu_seconds=1), FakeFunctions(), SystemClock()), base_url=HOME)
    with client.websocket_connect(CALL) as socket:
        line = Line(socket)
        line.send(DIAL)
        line.hear("listen", seconds=1, secret=False)
        begun = time.monotonic()
        line.hear("say", text=GOODBYE)
        assert 0.9 < time.monotonic() - begun < 3
        assert line.hear("ended")["reason"] == "flow ended"


def test_hanging_up_in_a_queue(line: Line) -> None:
    line.send(DIAL)
    line.hear("say", text=MENU)
    line.press("2")
    line.hear("queued")
    line.send({"type": "hangup"})
    assert line.hear("ended")["reason"] == "left in queue"


def test_hanging_up_while_the_function_works(line: Line, functions: FakeFunctions) -> None:
    functions.may_answer.clear()
    line.send(DIAL)
    line.hear("say", text=MENU)
    line.press("1")
    line.hear("say", text=ASK_ACCOUNT)
    line.press("1#")
    line.hear("say", text=ASK_PIN)
    line.press("1#")
    line.hear("action", identifier="look up")
    line.send({"type": "hangup"})
    assert line.hear("ended")["reason"] == "caller hung up"
    functions.may_answer.set()


def test_closed_socket_is_a_hang_up() -> None:
    instance = small_instance()
    [queue] = instance.queues.values()
    with served(instance, FakeFunctions()) as address:
        with connect(f"ws://{address}/phone/call", proxy=None) as socket:
            socket.send(json.dumps(DIAL))
            while json.loads(socket.recv(timeout=10))["type"] != "listen":
                pass
            socket.send(json.dumps({"type": "key", "key": "2"}))
            while json.loads(socket.recv(timeout=10))["type"] != "queued":
                pass
            assert instance.router.size(queue.arn) == 1
        deadline = time.monotonic() + 5
        while instance.router.size(queue.arn) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert instance.router.size(queue.arn) == 0


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("no JSON", "dial, wait, answer, key, speaking, spoken, hangup"),
        ('["key", "1"]', "dial, wait, answer, key, speaking, spoken, hangup"),
        ('{"type": "sing"}', "dial, wait, answer, key, speaking, spoken, hangup"),
        ('{"type": "key", "key": "A"}', "one of 0-9, * and #"),
        ('{"type": "key", "key": "12"}', "one of 0-9, * and #"),
        ('{"type": "spoken", "id": "3"}', "the number of the prompt"),
        ('{"type": "dial", "from": "13800138000"}', "E.164"),
        ('{"type": "dial", "from": "+8613800138000", "pace": 1000}', "0.25 to 20"),
        ('{"type": "dial", "from": "+8613800138000", "pace": true}', "0.25 to 20"),
        ('{"type": "hangup"', "JSON object"),
    ],
)
def test_message_not_understood_is_explained_and_breaks_nothing(line: Line, message: str, shown: str) -> None:
    line.socket.send_text(message)
    assert shown in line.hear("error")["detail"]
    line.send(DIAL)
    line.hear("say", text=MENU)
    line.socket.send_text(message)
    line.hear("error")
    line.press("2")
    line.hear("queued")


def test_half_a_sample_of_sound_is_explained(line: Line) -> None:
    line.socket.send_bytes(b"\x00")
    assert line.hear("error")["detail"] == "Sound has 16 bits a sample: send whole samples."


def test_one_connection_is_one_call(line: Line) -> None:
    line.press("1")
    assert "dial first" in line.hear("error")["detail"]
    line.send(DIAL)
    line.hear("say")
    line.send(DIAL)
    assert "hang up" in line.hear("error")["detail"]


def test_line_closes_the_socket_after_the_end(line: Line) -> None:
    line.send(DIAL)
    line.send({"type": "hangup"})
    line.hear("ended")
    with pytest.raises(WebSocketDisconnect):
        line.socket.receive_json()


def test_two_calls_at_once_do_not_hear_each_other(client: TestClient) -> None:
    with client.websocket_connect(CALL) as one, client.websocket_connect(CALL) as other:
        first, second = Line(one), Line(other)
        first.send(DIAL)
        second.send(DIAL)
        first.hear("say", text=MENU)
        second.hear("say", text=MENU)
        first.press("2")
        first.hear("queued")
        second.press("1")
        second.hear("say", text=ASK_ACCOUNT)


def test_engine_that_breaks_ends_the_call_with_a_sentence(
    line: Line, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: Any, **named: Any) -> Iterator[Any]:
        raise RuntimeError("boom")
        yield

    monkeypatch.setattr("localconnect.engine.walk", broken)
    line.send(DIAL)
    assert line.hear("ended") == {
        "type": "ended",
        "reason": "error",
        "detail": "localconnect failed; its log says where.",
    }
    assert "boom" in caplog.text
