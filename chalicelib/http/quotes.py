"""Securities and their prices."""

from chalicelib import trading
from chalicelib.http.answering import Asked
from chalicelib.http.problem import unknown
from chalicelib.http.wire import Reply, pick


def find(asked: Asked) -> Reply:
    """A security: names, last price, previous close, status."""
    found = trading.find_security(asked.path["code"])
    if found is None:
        raise unknown("security")
    return Reply(200, pick(found, "code", "names", "last_price", "previous_close", "suspended", "status"))
