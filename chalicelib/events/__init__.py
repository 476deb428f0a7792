"""What queues and clocks call: one handler a source. Their functions' names are those of .chalice/config.json.

quote_tape.py   the quote tape: rows of the market, which the embedded exchange matches
day_end.py      the end of the trading day: a clock, and a queue of the accounts to settle
statements.py   statements that are on their way
tickets.py      what follows from a ticket's entries, and its clocks

voicemail.py    voice messages that were taken, that have not come yet, and what they say
reconcile.py    every minute: what became of that of which nothing was heard
"""

from chalice.app import Blueprint

from chalicelib.events.day_end import settle_account, settlement
from chalicelib.events.quote_tape import tape
from chalicelib.events.reconcile import reconcile
from chalicelib.events.statements import deliver, deliver_again
from chalicelib.events.tickets import follow_tickets, ring_tickets
from chalicelib.events.voicemail import follow_voicemails, hear_transcripts, sweep_voicemails

__all__ = [
    "deliver",
    "deliver_again",
    "events",
    "follow_tickets",
    "follow_voicemails",
    "hear_transcripts",
    "reconcile",
    "ring_tickets",
    "settle_account",
    "settlement",
    "sweep_voicemails",
    "tape",
]

events = Blueprint(__name__)
events.lambda_function(name="tape")(tape)
events.lambda_function(name="settlement")(settlement)
events.lambda_function(name="settle_account")(settle_account)
events.lambda_function(name="deliver")(deliver)
events.lambda_function(name="deliver_again")(deliver_again)
events.lambda_function(name="reconcile")(reconcile)
events.lambda_function(name="follow_tickets")(follow_tickets)
events.lambda_function(name="ring_tickets")(ring_tickets)

events.lambda_function(name="follow_voicemails")(follow_voicemails)
events.lambda_function(name="sweep_voicemails")(sweep_voicemails)
events.lambda_function(name="hear_transcripts")(hear_transcripts)
