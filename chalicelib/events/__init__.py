"""What queues and clocks call: one handler a source. Their functions' names are those of .chalice/config.json.

quote_tape.py   the quote tape: rows of the market, which the embedded exchange matches
day_end.py      the end of the trading day
statements.py   statements that are on their way
tickets.py      what follows from a ticket's entries, and its clocks
reconcile.py    every minute: what became of that of which nothing was heard
statistics.py   each Monday: the departments' statistics of tickets
"""

from chalice.app import Blueprint

from chalicelib.events.day_end import settlement
from chalicelib.events.quote_tape import tape
from chalicelib.events.reconcile import reconcile
from chalicelib.events.statements import deliver, deliver_again
from chalicelib.events.statistics import weekly_statistics
from chalicelib.events.tickets import follow_tickets, ring_tickets

__all__ = [
    "deliver",
    "deliver_again",
    "events",
    "follow_tickets",
    "reconcile",
    "ring_tickets",
    "settlement",
    "tape",
    "weekly_statistics",
]

events = Blueprint(__name__)
events.lambda_function(name="tape")(tape)
events.lambda_function(name="settlement")(settlement)
events.lambda_function(name="deliver")(deliver)
events.lambda_function(name="deliver_again")(deliver_again)
events.lambda_function(name="reconcile")(reconcile)
events.lambda_function(name="follow_tickets")(follow_tickets)
events.lambda_function(name="ring_tickets")(ring_tickets)
events.lambda_function(name="weekly_statistics")(weekly_statistics)
