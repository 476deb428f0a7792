"""What follows from a ticket on the local cloud: its schedule, its messages, its clocks, each thing once."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.tickets import survey
from devtools import deploy
from devtools.function_environment import environment
from devtools.line import Line
from localconnect.cli.serve import served
from localconnect.clock import SystemClock
from localconnect.server import create_app

from .outbox import awaited, texts_to
from .ticket import mails, ring, schedule, told

AT = datetime(2099, 1, 5, 2, tzinfo=UTC)  # a Monday: its clocks are still to come, whenever this is run
MOBILE = "+8613900139001"
COMPLAINT = {
    "kind": "complaint", "channel": "web", "language": "en", "subject": "Fees", "mobile": MOBILE, "severity": "high",
}  # fmt: skip
DO = """
import json, sys
from datetime import datetime
from chalicelib import tickets
call, arguments = sys.argv[1], json.loads(sys.argv[2])
arguments["at"] = datetime.fromisoformat(arguments["at"])
print(getattr(tickets, call)(**arguments).number)
"""


def do(line: Line, call: str, /, **arguments: Any) -> str:
    """What a route does; the ticket's number."""
    command = [sys.executable, "-c", DO, call, json.dumps({"at": AT.isoformat()} | arguments)]
    made = environment(line.stage, line.outputs)
    return subprocess.run(command, env=made, capture_output=True, text=True, check=True).stdout.strip()


def acted(line: Line, number: str, *verbs: str) -> None:
    for verb in verbs:
        do(
            line, "act", number=number, verb=verb, by="agent:li", key=verb, why="paid back",
            details={"assignee": "agent:mei"},
        )  # fmt: skip


@pytest.fixture(scope="module")
def number(line: Line) -> str:
    return do(line, "register", details=COMPLAINT, by="customer", key="stack")


def test_a_ticket_is_told_by_sms_and_its_alarm_is_set(line: Line, number: str) -> None:
    awaited(told(line, number, "registered"), bool)
    [text] = texts_to(line, MOBILE)
    assert f"{number[:3]} {number[3:6]} {number[6:]}" in text
    assert schedule(line, number) == "at(2099-01-05T03:00:00)"  # an hour before the first response is due


def test_what_the_stream_brings_again_is_told_once(line: Line, number: str) -> None:
    keys = {"number": {"S": number}, "sequence": {"N": "1"}}
    record = {"eventSource": "aws:dynamodb", "dynamodb": {"Keys": keys, "SequenceNumber": "1"}}
    answer = line.stage.functions.invoke(
        FunctionName=line.outputs["FollowTicketsFunctionArn"], Payload=json.dumps({"Records": [record]})
    )
    assert json.loads(answer["Payload"].read()) == {"batchItemFailures": []}
    assert len(texts_to(line, MOBILE)) == 1


def test_clocks_warn_are_breached_and_escalate_once_each(line: Line, number: str) -> None:
    acted(line, number, "accept", "assign")
    awaited(told(line, number, "staff.assigned"), bool)
    for _ in range(2):
        ring(line, number=number, time=(AT + timedelta(days=3)).isoformat())
    awaited(told(line, number, "staff.escalated"), lambda found: len(found) == 2)
    [_, *rung] = mails(line, number)
    mei, boss = "mei@brokerline.example", "supervisor@brokerline.example"
    assert [to for to, _ in rung] == [mei, mei, boss, mei, boss]
    assert len(set(rung)) == 5
    assert (schedule(line, number) or "").startswith("at(2099-02-")  # the resolution's warning


def test_the_result_is_told_with_a_survey_and_silence_closes(line: Line, number: str) -> None:
    acted(line, number, "investigate", "resolve", "reply")
    awaited(told(line, number, "replied"), bool)
    token = texts_to(line, MOBILE)[-1].rpartition("/surveys/")[2]
    secret = line.stage.ssm.get_parameter(Name="/brokerline/local/survey-secret", WithDecryption=True)["Parameter"]
    assert survey.verify(token, [secret["Value"].encode()], AT + timedelta(days=29)) == number
    ring(line, number=number, time=(AT + timedelta(days=60)).isoformat())
    awaited(told(line, number, "closed"), bool)
    assert awaited(lambda: schedule(line, number) or "none", lambda found: found == "none")
    assert line.stage.sqs.get_queue_attributes(
        QueueUrl=line.outputs["TicketDeadLettersUrl"], AttributeNames=["ApproximateNumberOfMessages"]
    )["Attributes"] == {"ApproximateNumberOfMessages": "0"}


def test_a_call_back_is_a_task_in_the_agents_queue(line: Line) -> None:
    ringing = do(line, "register", details=COMPLAINT | {"reply_by": "call"}, by="customer", key="call")
    with served(create_app(line.instance, line.functions, SystemClock())) as address:
        [flow] = [flow for flow in line.instance.flows.values() if flow.name == "brokerline-agent"]
        deploy.tell_of_connect(line.stage, line.instance.arn, flow.arn, f"http://{address}")
        acted(line, ringing, "accept", "assign", "investigate", "resolve", "reply")
        awaited(told(line, ringing, "staff.call"), bool)
        line.stage.ssm.delete_parameter(Name="/brokerline/local/connect")
        [task] = [found.contact for found in line.instance.contacts if found.contact.channel == "TASK"]
        assert task.attributes["TicketNumber"] == ringing
        awaited(lambda: task.queue_name, lambda queue: queue == "brokerline-service")
