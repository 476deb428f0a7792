"""The embedded fax machine: no line, but the pages to look at. It stands in for a carrier where there is none."""

from collections.abc import Mapping

from chalicelib.statements.carrier import Reason, Status, dialable
from chalicelib.statements.drawer import Drawer, Journal


class FaxMachine:
    """Implements :class:`chalicelib.statements.carrier.FaxCarrier` on a drawer, where it leaves each fax as a TIFF.

    ``out_of_order``: numbers at which no fax arrives, with the reason; every other is delivered at once.
    """

    def __init__(self, drawer: Drawer, out_of_order: Mapping[str, Reason] | None = None) -> None:
        self.journal = Journal(drawer)
        self.out_of_order = out_of_order or {}

    def send(self, number: str, tiff: bytes, key: str) -> Status:
        known = self.journal.open(dialable(number), tiff, key)
        reason = self.out_of_order.get(number, "")
        return known if known.state != "queued" else self.journal.hear(_ended(key, reason))

    def status(self, key: str) -> Status:
        return self.journal.status(key)

    def pages(self, key: str) -> bytes:
        """The fax as it lies in the tray. LookupError for a key never sent."""
        return self.journal.pages(key)


def _ended(key: str, reason: Reason) -> Status:
    return Status(key, "failed", reason) if reason else Status(key, "delivered")
