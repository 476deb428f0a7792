"""Fax by e-mail: a gateway turns a message to <digits>@<its domain> into a fax of the attached TIFF."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.statements.carrier import Status, dialable
from chalicelib.statements.drawer import Drawer, Journal

if TYPE_CHECKING:
    from email.message import EmailMessage

# Hands the message over (SES SendEmail with raw content); OSError where that failed.
Send = Callable[["EmailMessage"], None]


class Gateway(NamedTuple):
    """The gateway's ``domain`` (fax.example.com), and the ``sender`` address it knows us by."""

    domain: str
    sender: str


class EmailFax:
    """Implements :class:`chalicelib.statements.carrier.FaxCarrier`. ``drawer`` remembers which keys were sent.

    Mail has no idempotency: of a hand-over whose answer was lost, a second copy is sent, with the same Message-ID.
    What the gateway answers later is told to ``hear``.
    """

    def __init__(self, gateway: Gateway, send: Send, drawer: Drawer) -> None:
        self.gateway, self.hand_over, self.journal = gateway, send, Journal(drawer)

    def send(self, number: str, tiff: bytes, key: str) -> Status:
        known = self.journal.open(dialable(number), tiff, key)
        if known.state != "queued":
            return known
        self.hand_over(message(self.gateway, number, tiff, key))
        return self.journal.hear(Status(key, "sent"))

    def status(self, key: str) -> Status:
        return self.journal.status(key)

    def hear(self, heard: Status) -> Status:
        """Take down what the gateway says of a fax. LookupError for one never sent."""
        return self.journal.hear(heard)


def message(gateway: Gateway, number: str, tiff: bytes, key: str) -> EmailMessage:
    """The MIME message for one fax: a key has one Message-ID, and nothing but the TIFF tells of the customer."""
    from email.message import EmailMessage

    name = hashlib.sha256(key.encode()).hexdigest()[:32]
    mail = EmailMessage()
    mail["From"] = gateway.sender
    mail["To"] = f"{dialable(number)[1:]}@{gateway.domain}"
    mail["Subject"] = f"Fax {name[:8]}"
    mail["Message-ID"] = f"<{name}@{gateway.sender.rpartition('@')[2]}>"
    mail.set_content("")
    mail.add_attachment(tiff, maintype="image", subtype="tiff", filename=f"{name[:8]}.tiff")
    return mail
