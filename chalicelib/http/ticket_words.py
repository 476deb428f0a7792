"""What tickets are called and answered with: categories, causes, departments, canned replies; in three languages."""

from chalicelib.http.answering import Asked
from chalicelib.http.problem import Problem
from chalicelib.http.ticket_acts import LANGUAGE, NUMBER, theirs
from chalicelib.http.wire import Reply
from chalicelib.tickets import categories as named
from chalicelib.tickets import departments as firm
from chalicelib.tickets import macros as canned


def categories(asked: Asked) -> Reply:
    """What a ticket may be about, as a tree, and what may be found to be behind it."""
    return Reply(200, {"categories": named.categories(), "causes": named.causes()})


def departments(asked: Asked) -> Reply:
    """The departments that a ticket may be handed to."""
    if not asked.caller.staff:
        raise Problem(403, "not_allowed")
    return Reply(200, {"departments": [{"name": one.name, "names": one.names} for one in firm.departments()]})


MACROS = {"number": NUMBER, "language": LANGUAGE}


def macros(asked: Asked) -> Reply:
    """The canned replies in one language, filled in for a ticket where one is named, in its own language then."""
    given = asked.parameters(MACROS, number=None, language=None)
    if not asked.caller.staff:
        raise Problem(403, "not_allowed")
    ticket = theirs(asked.caller, given["number"]) if given["number"] else None
    language = given["language"] or (ticket.language if ticket else asked.language)
    facts = canned.facts_of(ticket) if ticket else {}
    return Reply(200, {"language": language, "macros": canned.macros(language, facts)})
