"""Voice messages over HTTP: what waits, for the staff alone."""

from datetime import timedelta

import pytest

from chalicelib import tickets, voicemail
from chalicelib.platform.clock import stamp
from chalicelib.voicemail import Sender
from chalicelib.voicemail.models import VoicemailRecord

from .conftest import NOW, TELLER, WANG, Ask

AGENT = {"sub": "mei-sub", "cognito:groups": "[agent]", "cognito:username": "mei"}


@pytest.fixture
def number(cloud: None) -> str:
    """A message that was taken, and its ticket."""
    details = {"kind": "consultation", "channel": "voicemail", "language": "en", "subject": "Voice message"}
    ticket = tickets.register(details, "system:voicemail", "k", NOW)
    voicemail.begin(Sender("c-1", "service", "en", "+8613800138000", "", "", "", ticket.number), None, NOW)
    [message] = VoicemailRecord.of_call("c-1")
    message.state, message.seconds, message.waits_in = "taken", 21, "service"
    message.taken_at = stamp(NOW + timedelta(minutes=1))
    message.save()
    return ticket.number


@pytest.mark.parametrize("who", [AGENT, TELLER], ids=["agent", "branch"])
def test_what_waits_is_counted_and_shown(ask: Ask, number: str, who: dict[str, str]) -> None:
    answer = ask("GET", "/voicemail?state=new", who=who)
    [message] = answer.body["messages"]
    assert (answer.status, answer.body["waiting"]) == (200, 1)
    assert (message["ticket"], message["recording"], message["seconds"]) == (number, "c-1-1", 21)
    assert ask("GET", "/voicemail?state=new&queue=another", who=who).body == {"waiting": 0, "messages": []}


def test_whoever_has_heard_it_ends_the_waiting(ask: Ask, number: str) -> None:
    tickets.act(number, "listen", "agent:mei", "heard", NOW + timedelta(hours=1), details={"recording": "c-1-1"})
    assert ask("GET", "/voicemail?state=new", who=AGENT).body == {"waiting": 0, "messages": []}


def test_customers_see_none(ask: Ask, number: str) -> None:
    answer = ask("GET", "/voicemail?state=new", who=WANG)
    assert (answer.status, answer.body["code"]) == (403, "not_allowed")


@pytest.mark.parametrize("query", ["", "?state=old", "?state=new&queue=NO"])
def test_it_says_which_ones_are_wanted(ask: Ask, number: str, query: str) -> None:
    assert ask("GET", f"/voicemail{query}", who=AGENT).status == 400
