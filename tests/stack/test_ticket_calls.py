"""A complaint by phone is one ticket; it is told to the number that left it, and rated when the agent has left."""

import json
from datetime import UTC, datetime
from typing import Any

from devtools.line import Line
from localconnect.call import Call
from localconnect.clock import TurnedClock
from localconnect.effects import AgentAnswered, AgentLeft, AwaitKey, Effect, Invoke, Queued, Reply, WithAgent
from localconnect.engine import drive, run_call
from localconnect.keypad import Keypad
from localconnect.recorder import Recorder

from .journey import CALLER, call, heard, scan

COMPLAIN_ABOUT_FEES = "*#,7,1,4,1"
IN_HOURS = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def facts(line: Line, number: str) -> dict[str, Any]:
    [ticket] = [json.loads(one["facts"]) for one in scan(line, "TicketsTable") if one["number"] == number]
    return dict(ticket)


def answered_by_mei(line: Line, keys: str) -> str:
    """A call in English that Mei takes, and leaves at once; its transcript."""
    clock = TurnedClock(IN_HOURS)
    contact = line.instance.new_contact(customer_address=CALLER, clock=clock)
    recorder, keypad = Recorder(clock), Keypad(["3", *keys.split(",")])
    [mei] = [agent for agent in line.instance.agents.values() if agent.username == "mei"]

    def answer(effect: Effect) -> Reply:
        match effect:
            case AwaitKey():
                return keypad.type_to(contact)
            case Invoke(arn, event, seconds):
                return line.functions.invoke(arn, event, seconds)
            case Queued():
                raise AgentAnswered(mei)
            case WithAgent():
                raise AgentLeft
        return None

    drive(run_call(Call(line.instance, contact, clock, recorder)), answer)
    return "\n".join(said.text for said in recorder.transcript)


def test_a_complaint_by_phone_is_one_ticket_and_told_to_nobody_else(line: Line) -> None:
    record = call(line, f"{COMPLAIN_ABOUT_FEES},3", deliver=3)
    number = record.attributes["TicketNumber"]
    assert heard(record).count(" ".join(number)) == 2
    ticket = facts(line, number)
    assert (ticket["kind"], ticket["category"], ticket["mobile"]) == ("complaint", "fees", CALLER)
    assert ticket["contacts"] == [record.contact_id]
    ask = f"*#,7,2,{number}#"
    assert f"Ticket number {' '.join(number)}. Complaint by phone: fees. It has been registered" in heard(
        call(line, ask)
    )
    stranger = heard(call(line, ask, customer_address="+8613900139000"))
    assert "We find no ticket of yours with that number" in stranger
    assert "fees" not in stranger


def test_who_spoke_with_an_agent_about_a_ticket_is_asked_what_they_think(line: Line) -> None:
    before = {one["number"] for one in scan(line, "TicketsTable")}
    transcript = answered_by_mei(line, f"{COMPLAIN_ABOUT_FEES},1,4")
    [number] = {one["number"] for one in scan(line, "TicketsTable")} - before
    assert "Thank you for your opinion" in transcript.rpartition("How did we handle this?")[2]
    entries = [one for one in scan(line, "TicketEntriesTable") if one["number"] == number]
    assert [one["why"] for one in entries if one["verb"] == "note"] == ["Call rated 4 of 5."]


def test_nobody_else_is_asked(line: Line) -> None:
    transcript = answered_by_mei(line, "*#,0")
    assert "We are connecting you to an agent" in transcript
    assert "How did we handle this?" not in transcript
