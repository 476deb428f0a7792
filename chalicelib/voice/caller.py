"""How to reach the caller, once they have proved who they are."""

from chalicelib import customers
from chalicelib.customers import Contact
from chalicelib.voice.call import Call


def contact_of(call: Call) -> Contact:
    """How to reach the caller, whose account is proven; the customer that the flow names must be the one who has it.

    PermissionError for a caller who has not been identified.
    """
    account_id = call.account_id()
    contact = customers.contact(account_id)
    if contact is None or contact.customer_id != call.attributes.get("CustomerId"):
        raise PermissionError("The CustomerId is not that of this caller: the flow must keep what identify answered.")
    return contact
