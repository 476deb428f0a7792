"""What queues and clocks call: one handler a source. Their functions' names are those of .chalice/config.json.

quote_tape.py   the quote tape: rows of the market, which the embedded exchange matches
day_end.py      the end of the trading day
statements.py   statements that are on their way
contact_records.py  calls that are over, and their recordings
voicemail.py    voice messages that were taken, that have not come yet, and what they say
tickets.py      what follows from a ticket's entries, and its clocks
reconcile.py    every minute: what became of that of which nothing was heard
"""

from chalice.app import Blueprint

from chalicelib.events.contact_records import find_recordings, read_contact_records
from chalicelib.events.day_end import settlement
from chalicelib.events.quote_tape import tape
from chalicelib.events.reconcile import reconcile
from chalicelib.events.statements import deliver, deliver_again
from chalicelib.events.tickets import follow_tickets, ring_tickets
from chalicelib.events.voicemail import follow_voicemails, hear_transcripts, sweep_voicemails

__all__ = [
    "deliver",
    "deliver_again",
    "events",
    "find_recordings",
    "follow_tickets",
    "follow_voicemails",
    "hear_transcripts",
    "read_contact_records",
    "reconcile",
    "ring_tickets",
    "settlement",
    "sweep_voicemails",
    "tape",
]

events = Blueprint(__name__)
events.lambda_function(name="tape")(tape)
events.lambda_function(name="settlement")(settlement)
events.lambda_function(name="deliver")(deliver)
events.lambda_function(name="deliver_again")(deliver_again)
events.lambda_function(name="reconcile")(reconcile)
events.lambda_function(name="read_contact_records")(read_contact_records)
events.lambda_function(name="find_recordings")(find_recordings)
events.lambda_function(name="follow_voicemails")(follow_voicemails)
events.lambda_function(name="sweep_voicemails")(sweep_voicemails)
events.lambda_function(name="hear_transcripts")(hear_transcripts)
events.lambda_function(name="follow_tickets")(follow_tickets)
events.lambda_function(name="ring_tickets")(ring_tickets)
