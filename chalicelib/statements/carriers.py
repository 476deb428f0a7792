"""The carrier that the firm has chosen (FAX_CARRIER): the embedded machine, one over HTTP, or an e-mail gateway."""

from typing import cast

from chalicelib.platform.clients import client, parameter
from chalicelib.platform.settings import optional, required
from chalicelib.statements.carrier import FaxCarrier, Reason
from chalicelib.statements.drawer import Bucket

_SECONDS = 20


def carrier() -> FaxCarrier:
    """The carrier of this stage. RuntimeError where a setting of it is missing."""
    chosen = required("FAX_CARRIER")
    if chosen == "machine":
        from chalicelib.statements.fax_machine import FaxMachine

        return FaxMachine(_drawer(), _out_of_order(optional("FAX_OUT_OF_ORDER")))
    if chosen == "http":
        from chalicelib.statements.http_fax import HttpFax, over_urllib

        secret = parameter(required("FAX_SECRET_PARAMETER")).encode()
        return HttpFax(required("FAX_URL"), secret, over_urllib(_SECONDS))
    if chosen == "email":
        from chalicelib import notifications
        from chalicelib.statements.email_fax import EmailFax, Gateway

        return EmailFax(Gateway(required("FAX_DOMAIN"), required("MAIL_SENDER")), notifications.mail, _drawer())
    raise RuntimeError(f"FAX_CARRIER is {chosen!r}: set it to machine, http or email.")


def _drawer() -> Bucket:
    return Bucket(client("s3"), required("FAX_BUCKET"))


def _out_of_order(text: str) -> dict[str, Reason]:
    """ "+862110000000=busy +862110000001=not_a_fax" as a map."""
    pairs = (word.partition("=") for word in text.split())
    return {number: cast(Reason, reason) for number, _, reason in pairs}
