"""A call about a ticket on the local cloud: its contact and recordings are in the ticket, and can be played."""

from __future__ import annotations

import json
import time
import urllib.request
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from wave import open as open_wave

import pytest

from chalicelib.platform.clock import now, stamp
from chalicelib.tickets import Entry, broken_at
from chalicelib.tickets.books import record_of
from chalicelib.tickets.models import EntryRecord
from chalicelib.tickets.rules import apply, ticket_numbers
from chalicelib.tickets.timeline import entry
from devtools import deploy, secrets
from devtools.line import Line
from devtools.paths import CONNECT_TEMPLATE
from devtools.sign_in import token
from localconnect.cli.serve import served
from localconnect.clock import SystemClock
from localconnect.instance import Instance
from localconnect.language.document import compile_flow
from localconnect.server import create_app

from .api import Api
from .test_centre import take_a_call, to_an_agent
from .ticket import timeline

COMPLAINT = {"kind": "complaint", "channel": "phone", "language": "en", "subject": "fees"}
BEGUN = datetime(2026, 11, 24, 3, tzinfo=UTC)


def kept(line: Line, key: str, *contacts: dict[str, Any]) -> str:
    """Puts a ticket with these contacts into the tables; its number."""
    number, ticket = next(ticket_numbers(2026, key)), None
    acts = [("register", COMPLAINT), *(("link_contact", contact) for contact in contacts)]
    for sequence, (verb, details) in enumerate(acts, 1):
        head = ticket.head if ticket else ""
        done = entry(number, sequence, stamp(BEGUN), "system:test", verb, "", details, f"{key}{sequence}", head)
        ticket = apply(ticket, done)
        item = EntryRecord(**done._asdict()).serialize()
        line.stage.dynamodb.put_item(TableName=line.outputs["TicketEntriesTable"], Item=item)
    assert ticket
    line.stage.dynamodb.put_item(TableName=line.outputs["TicketsTable"], Item=record_of(ticket).serialize())
    return number


def until(line: Line, number: str, *verbs: str) -> list[Entry]:
    """What was linked to a ticket, and who listened, once it is as much as this; its clocks say things besides."""
    give_up = time.monotonic() + 30
    while True:
        told = timeline(line, number)
        of_calls = [one for one in told if one.verb in ("link_contact", "link_recording", "listen")]
        if len(of_calls) >= len(verbs):
            break
        assert time.monotonic() < give_up, [one.verb for one in told]
        time.sleep(0.2)
    assert broken_at(told, told[-1].hash) is None
    assert [one.verb for one in of_calls] == list(verbs)
    return of_calls


def about(line: Line, number: str) -> Instance:
    """The line's instance, whose callers want an agent at once, about this ticket."""
    parameters = deploy.connect_parameters(line.stage, line.outputs, secrets.ensure(line.stage.ssm, line.stage.name))
    whole = Instance.from_template(CONNECT_TEMPLATE, parameters, region=line.stage.region, account=line.stage.account)
    [queue] = whole.queues.values()
    flow = json.loads(to_an_agent(queue.arn))
    attributes = {"Attributes": {"TicketNumber": number}, "TargetContact": "Current"}
    name = {"Identifier": "name", "Type": "UpdateContactAttributes", "Parameters": attributes}
    name["Transitions"] = {"NextAction": "record", "Errors": [{"ErrorType": "NoMatchingError", "NextAction": "end"}]}
    flow |= {"StartAction": "name", "Actions": [name, *flow["Actions"]]}
    arn = f"{whole.arn}/contact-flow/about-a-ticket"
    whole.flows[arn] = whole.phone_flow = compile_flow(
        json.dumps(flow), arn=arn, kind="CONTACT_FLOW", name="about a ticket"
    )
    return whole


def test_a_call_about_a_ticket_is_in_it_and_can_be_heard_again(line: Line) -> None:
    number = kept(line, "a call")
    with (
        closing(line.sink()) as sink,
        served(create_app(about(line, number), line.functions, SystemClock(), sink)) as address,
    ):
        contact_id = take_a_call(address)
    links = ("link_contact", "link_recording", "link_recording")
    told = until(line, number, *links)
    assert told[0].details["agent"] == "mei"
    assert [one.details["contact_id"] for one in told[1:]] == [contact_id, f"{contact_id}-ivr"]

    branch = Api(line, token(line.stage, line.outputs, "branch"))
    listed = branch("GET", f"/tickets/{number}/recordings").body["recordings"]
    assert [one["recording"] for one in listed] == [contact_id, f"{contact_id}-ivr"]
    answer = branch("GET", f"/tickets/{number}/recordings/{contact_id}")
    assert (answer.status, answer.body["transcript"]) == (200, None)
    with urllib.request.urlopen(answer.body["url"], timeout=20) as sound:
        assert sound.headers["Content-Type"] == "audio/wav"
        heard = sound.read()
    bucket, _, key = told[1].details["object"].partition("/")
    assert heard == line.stage.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    with open_wave(BytesIO(heard)) as wave:
        assert any(wave.readframes(wave.getnframes()))
    assert until(line, number, *links, "listen")[-1].by == "agent:branch"


def test_a_recording_of_which_no_record_told_is_found_at_night(line: Line) -> None:
    contact_id = "5b0e8c1c-4a55-4d0f-9d0e-7a9d6f6f0c77"
    number = kept(line, "a lost record", {"contact_id": contact_id, "started_at": stamp(BEGUN), "agent": "mei"})
    key = f"recordings/2026/11/24/{contact_id}_20261124T03:01_UTC.wav"
    line.stage.s3.put_object(Bucket=line.outputs["RecordingsBucket"], Key=key, Body=b"RIFF")
    event = {"time": stamp(now() + timedelta(hours=2))}  # its clocks, long over, have changed the ticket just now
    for _ in range(2):
        answer = line.functions.invoke(line.outputs["FindRecordingsFunctionArn"], event, 60)
        assert answer.error is None
    [_, linked] = until(line, number, "link_contact", "link_recording")
    assert linked.details["object"] == f"{line.outputs['RecordingsBucket']}/{key}"


def test_the_local_cloud_keeps_a_locked_version(line: Line) -> None:
    """Its CloudFormation leaves out a bucket's lock: the lock of the template is set on a bucket of this test's own."""
    s3, name = line.stage.s3, "kept-for-a-day"
    s3.create_bucket(
        Bucket=name,
        ObjectLockEnabledForBucket=True,
        CreateBucketConfiguration={"LocationConstraint": line.stage.region},
    )
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}
    s3.put_object_lock_configuration(
        Bucket=name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    version = s3.put_object(Bucket=name, Key="a.wav", Body=b"RIFF")["VersionId"]
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=name, Key="a.wav", VersionId=version)
    assert s3.get_object(Bucket=name, Key="a.wav")["Body"].read() == b"RIFF"
