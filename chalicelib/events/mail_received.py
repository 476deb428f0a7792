"""E-mails that SES has put into their bucket: S3 tells of each by EventBridge, and a clock looks for the forgotten."""

from typing import Any

from chalicelib.events.moment import moment_of


def read_mail(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Take the e-mail that the event tells of ("Object Created"); without one, those that were forgotten by the event's
    ``time`` (ISO 8601, as EventBridge has it), or now.

    Answers what the one was, or how many there were.
    """
    from chalicelib.tickets.receiving import receive, receive_forgotten

    object_ = event.get("detail", {}).get("object")
    if object_:
        return {"outcome": receive(object_["key"])}
    return {"received": receive_forgotten(moment_of(event))}
