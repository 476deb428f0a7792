"""What queues and clocks call: one handler a source. Their functions' names are those of .chalice/config.json.

quote_tape.py       the quote tape: rows of the market, which the embedded exchange matches
day_end.py          the end of the trading day: a clock, and a queue of the accounts to settle
statements.py       statements that are on their way
reconcile.py        every minute: what became of that of which nothing was heard
tickets.py          what follows from a ticket's entries, and its clocks
statistics.py       each Monday: the departments' statistics of tickets
contact_records.py  calls that are over, and their recordings
voicemail.py        voice messages that were taken, that have not come yet, and what they say
mail_received.py    e-mails that came in
"""

from chalice.app import Blueprint

from chalicelib.events.contact_records import find_recordings, read_contact_records
from chalicelib.events.day_end import settle_account, settlement
from chalicelib.events.mail_received import read_mail
from chalicelib.events.quote_tape import tape
from chalicelib.events.reconcile import reconcile
from chalicelib.events.statements import deliver, deliver_again
from chalicelib.events.statistics import weekly_statistics
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
    "read_mail",
    "reconcile",
    "ring_tickets",
    "settle_account",
    "settlement",
    "sweep_voicemails",
    "tape",
    "weekly_statistics",
]

events = Blueprint(__name__)
for _handler in (
    tape,
    settlement,
    settle_account,
    deliver,
    deliver_again,
    reconcile,
    follow_tickets,
    ring_tickets,
    weekly_statistics,
    read_contact_records,
    find_recordings,
    follow_voicemails,
    sweep_voicemails,
    hear_transcripts,
    read_mail,
):
    events.lambda_function(name=_handler.__name__)(_handler)
