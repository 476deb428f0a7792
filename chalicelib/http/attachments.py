"""Files beside a ticket: a link to put one there, and a link to have it. The act ``attach`` makes it the ticket's."""

from typing import Any

from chalicelib.http.answering import Asked
from chalicelib.http.problem import Problem, unknown
from chalicelib.http.ticket_acts import theirs, verbs_of
from chalicelib.http.wire import Reply, text, whole, words
from chalicelib.platform.log import logger
from chalicelib.platform.settings import attachment_limits
from chalicelib.tickets import files

FILE = {"name": words(100), "size": whole, "type": text(r"[a-z]{1,20}/[a-z0-9.+-]{1,80}")}


def offer(asked: Asked) -> Reply:
    """Where a file of this name, length in bytes and type may be put; the same place however often it is asked."""
    key, given = asked.key(), asked.fields(FILE)
    ticket = theirs(asked.caller, asked.path["number"])
    if "attach" not in verbs_of(asked.caller):
        raise Problem(403, "not_allowed")
    most, types = attachment_limits()
    if not 0 < given["size"] <= most:
        raise Problem(422, "too_large", field="size", facts={"most": most})
    if given["type"] not in types:
        raise Problem(422, "type_not_taken", field="type", facts={"types": list(types)})
    name = files.object_of(f"{key}#{ticket.number}")
    place = files.upload(ticket.number, name, given["type"], given["size"])
    body: dict[str, Any] = {"object": name, "name": given["name"], "url": place.url, "headers": place.headers}
    return Reply(201, body, {"Location": name})


def link_to(asked: Asked) -> Reply:
    """A link to a file of the ticket's, good for minutes. Who had it is logged."""
    ticket, name = theirs(asked.caller, asked.path["number"]), asked.path["object"]
    if name not in ticket.attachments:
        raise unknown("attachment")
    logger.info("attachment opened", who=asked.caller.subject, ticket=ticket.number, object=name)
    called = ticket.attachments[name]
    return Reply(
        200, {"name": called, "url": files.link_to(ticket.number, name, called)}, {"Cache-Control": "no-store"}
    )
