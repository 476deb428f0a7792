"""The event of a contact flow, read into what operations need."""

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any

from chalicelib.platform.secrets import secrets

Answer = dict[str, str]


@dataclass(frozen=True)
class Call:
    """One request of a flow. ``contact_id`` is that of the contact's first segment: it outlives a transfer.

    ``calls_from``: the caller's number (E.164), "" where it is withheld.
    """

    operation: str
    contact_id: str
    language: str
    parameters: dict[str, str] = field(repr=False)
    attributes: dict[str, str] = field(repr=False)
    calls_from: str = field(default="", repr=False)

    def parameter(self, name: str) -> str:
        """A parameter the flow must send. ValueError names one it forgot."""
        try:
            return self.parameters[name]
        except KeyError:
            raise ValueError(f"The flow must send the parameter {name} with {self.operation}.") from None

    def account_id(self) -> str:
        """The trading account of the caller, once they have proved who they are in this very call.

        Attributes can be changed from outside the flow, so the account is only believed with the proof that
        ``identify`` gave for it. PermissionError otherwise.
        """
        account_id, given = self.attributes.get("AccountId", ""), self.attributes.get("IdentityProof", "")
        if not account_id or not hmac.compare_digest(given, proof(self.contact_id, account_id)):
            raise PermissionError("This caller has not been identified in this call: the flow must run identify first.")
        return account_id


def proof(contact_id: str, account_id: str) -> str:
    """What shows that ``account_id`` was identified in the call ``contact_id``, and cannot be made outside."""
    message = f"identified:{contact_id}:{account_id}".encode()
    return hmac.new(secrets().pepper, message, hashlib.sha256).hexdigest()


def read_call(event: dict[str, Any]) -> Call:
    """Read a ContactFlowEvent. ValueError where it is none."""
    try:
        details = event["Details"]
        contact, parameters = details["ContactData"], details["Parameters"]
        attributes = contact.get("Attributes") or {}
        return Call(
            operation=parameters["Operation"],
            contact_id=contact.get("InitialContactId") or contact["ContactId"],
            language=attributes.get("Language", ""),
            parameters=parameters,
            attributes=attributes,
            calls_from=_number((contact.get("CustomerEndpoint") or {}).get("Address") or ""),
        )
    except (KeyError, TypeError, AttributeError):
        raise ValueError("ivr takes a ContactFlowEvent whose Parameters name an Operation.") from None


def _number(address: str) -> str:
    """Whoever withholds their number has a word in its place."""
    return address if address.startswith("+") and address[1:].isdigit() else ""
