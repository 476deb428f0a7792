"""Messages by the ten, on moto; and a queue that refuses some of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.platform import clients, queue
from devtools.faults.injection import OF_QUEUE, Dice, FaultyQueue, Killed

from .seed import taken


@pytest.fixture
def url(stage: None) -> Iterator[str]:
    with mock_aws():
        yield clients.client("sqs").create_queue(QueueName="accounts")["QueueUrl"]


def bodies(number: int) -> list[str]:
    return [f"message {n}" for n in range(number)]


@pytest.mark.parametrize("number", [0, 1, 10, 23])
def test_every_message_is_on_the_queue_once(url: str, number: int) -> None:
    assert queue.send_all(url, iter(bodies(number))) == number
    assert sorted(taken(url)) == sorted(bodies(number))


def test_ten_are_sent_a_request_and_no_more_are_read_before_they_are_gone(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(queue, "send_batch", lambda url, batch: asked.append((len(batch), len(read))))

    def source() -> Iterator[str]:
        for body in bodies(23):
            read.append(body)
            yield body

    queue.send_all(url, source())
    assert asked == [(10, 10), (10, 20), (3, 23)]


class Refusing:
    """SQS, which refuses the messages with these bodies so many times."""

    def __init__(self, times: dict[str, int]) -> None:
        self.times, self.real = times, clients.client("sqs")

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:
        refused = [entry for entry in Entries if self.times.get(entry["MessageBody"], 0)]
        for entry in refused:
            self.times[entry["MessageBody"]] -= 1
        if taken := [entry for entry in Entries if entry not in refused]:
            self.real.send_message_batch(QueueUrl=QueueUrl, Entries=taken)
        return {"Failed": [{"Id": entry["Id"], "SenderFault": False, "Code": "InternalError"} for entry in refused]}


def test_what_the_queue_refuses_is_sent_again_and_nothing_else(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing = Refusing({"message 3": 1, "message 7": 2})
    monkeypatch.setattr(clients, "client", lambda service: refusing)
    assert queue.send_all(url, bodies(12)) == 12
    monkeypatch.undo()
    assert sorted(taken(url)) == sorted(bodies(12))


def test_what_is_refused_time_after_time_is_an_error(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing = Refusing({"message 3": 99})
    monkeypatch.setattr(clients, "client", lambda service: refusing)
    with pytest.raises(RuntimeError, match="The queue accounts refused 1 messages"):
        queue.send_all(url, bodies(12))


def test_whatever_goes_wrong_every_message_is_there_once_a_run_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = Dice(seed=1, rate=0.5)
    dice.live, there = True, FaultyQueue(dice)
    monkeypatch.setattr(queue, "send_batch", there.send_batch)
    runs_broken_off = 0
    while True:
        try:
            queue.send_all("https://queue", bodies(50))
            break
        except (Exception, Killed):
            runs_broken_off += 1
    assert runs_broken_off
    assert {kind for _, kind in dice.thrown} == set(OF_QUEUE)
    assert set(there.take()) == set(bodies(50))
    assert there.take() == []
