"""The front door: one Chalice app, and what chalicelib registers with it."""

from chalice.app import Chalice

from chalicelib.events import events
from chalicelib.http import http
from chalicelib.http.fax_status import fax
from chalicelib.http.surveys import surveys
from chalicelib.voice import voice

app = Chalice(app_name="brokerline")
app.register_blueprint(voice)
app.register_blueprint(events)
app.register_blueprint(http)
app.register_blueprint(fax)
app.register_blueprint(surveys)
