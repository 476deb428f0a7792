"""A voice message left on the phone page is cut out of the recording of its call, and heard again from its ticket."""

from __future__ import annotations

import json
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

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
from tests.unit.chalicelib.tones import heard, pitch, tone

from .journey import CALLER, scan
from .phone import FRAME, hear, leave_a_message, send

HERTZ, SECONDS = 990, 3


def to_the_voicemail(module: str) -> str:
    def go(then: str) -> dict[str, Any]:
        return {"NextAction": then, "Errors": [{"ErrorType": "NoMatchingError", "NextAction": "end"}]}

    attributes = {"Attributes": {"Language": "en"}, "TargetContact": "Current"}
    actions = [
        {"Identifier": "in English", "Type": "UpdateContactAttributes", "Parameters": attributes},
        {"Identifier": "voicemail", "Type": "InvokeFlowModule", "Parameters": {"FlowModuleId": module}},
        {"Identifier": "end", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}},
    ]
    actions[0]["Transitions"], actions[1]["Transitions"] = go("voicemail"), go("end")
    return json.dumps({"Version": "2019-10-30", "StartAction": "in English", "Actions": actions})


@pytest.fixture
def instance(line: Line) -> Instance:
    """The line's, whose callers are asked for a message at once."""
    parameters = deploy.connect_parameters(line.stage, line.outputs, secrets.ensure(line.stage.ssm, line.stage.name))
    whole = Instance.from_template(CONNECT_TEMPLATE, parameters, region=line.stage.region, account=line.stage.account)
    [module] = [arn for arn, module in whole.modules.items() if module.name == "brokerline-voicemail"]
    arn = f"{whole.arn}/contact-flow/to-the-voicemail"
    whole.flows[arn] = whole.phone_flow = compile_flow(
        to_the_voicemail(module), arn=arn, kind="CONTACT_FLOW", name="to the voicemail"
    )
    return whole


def call(address: str) -> None:
    """Speak for three seconds after the tone."""
    with connect(f"ws://{address}/phone/call", proxy=None) as phone:
        send(phone, "dial", **{"from": CALLER}, pace=20)
        leave_a_message(phone, tone(HERTZ, SECONDS).tobytes())
        hear(phone, lambda message: message["type"] == "ended")


def swept(line: Line) -> None:
    """The clock, as it is two hours later: it finds what no contact record has brought, and here that is nothing."""
    event = {"time": (datetime.now(UTC) + timedelta(hours=2)).isoformat()}
    answer = line.stage.functions.invoke(
        FunctionName=line.outputs["SweepVoicemailsFunctionArn"], Payload=json.dumps(event)
    )
    assert "FunctionError" not in answer, answer["Payload"].read()


def the_message(line: Line) -> dict[str, Any]:
    """The one message of this caller, once everybody knows of it."""
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        found = [one for one in scan(line, "VoicemailsTable") if one["calls_from"] == CALLER]
        if [(one["state"], one["told"]) for one in found] == [("taken", True)]:
            return found[0]
        time.sleep(0.2)
    pytest.fail(f"the messages are {found}")


def test_a_message_on_the_phone_page_is_heard_again_from_its_ticket(line: Line, instance: Instance) -> None:
    with closing(line.sink()) as sink, served(create_app(instance, line.functions, SystemClock(), sink)) as address:
        call(address)
    assert sink.lost == 0
    message = the_message(line)  # its contact record has brought it
    swept(line)
    assert the_message(line) == message

    [ticket] = [one for one in scan(line, "TicketsTable") if one["number"] == message["ticket"]]
    facts = json.loads(ticket["facts"])
    assert (facts["channel"], facts["kind"], facts["mobile"]) == ("voicemail", "consultation", CALLER)
    [place] = facts["recordings"].values()

    bucket, _, key = place.partition("/")
    samples = heard(line.stage.s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    lasted = datetime.fromisoformat(message["ended"]) - datetime.fromisoformat(message["began"])
    assert len(samples) / 8000 == pytest.approx(lasted.total_seconds(), abs=1)
    said = [sample for sample in samples if sample]
    assert len(said) / 8000 == pytest.approx(SECONDS, abs=0.1)  # all that was said, and nothing twice
    first = next(at for at, sample in enumerate(samples) if sample)
    assert pitch(samples[first : first + 2 * FRAME]) == pytest.approx(HERTZ, rel=0.05)
