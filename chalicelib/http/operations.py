"""What each route takes and gives, for the OpenAPI document: bodies and parameters are the readers that handlers read
with, answers are made of the types of the tuples that handlers show."""

from typing import NamedTuple, get_type_hints

from chalicelib.answers import Article, Version
from chalicelib.http import (
    accounts,
    answers,
    attachments,
    orders,
    statements,
    statistics,
    survey_answers,
    ticket_lists,
    ticket_words,
    transfers,
    voicemail,
)
from chalicelib.http import tickets as ticket_routes
from chalicelib.http.schema import BY_LANGUAGE, MAYBE_TEXT, TEXT, WHOLE, Schema, body_of, items, obj, of, picked
from chalicelib.http.ticket_acts import ACT, DETAILS
from chalicelib.http.ticket_views import CUSTOMER_SEES, LEFT_OUT_OF_LISTS, STAFF_SEES
from chalicelib.http.wire import Reader
from chalicelib.tickets import Entry, Ticket
from chalicelib.tickets.statistics import Figures
from chalicelib.trading import Cancelled, Holding, OrderState, Quote, TransferState
from chalicelib.trading.counter import Trade
from chalicelib.trading.ledger import Charges
from chalicelib.voicemail import Voicemail


class Operation(NamedTuple):
    """``answers`` by status; ``once``: it wants an Idempotency-Key. ``headers``: what else it takes. ``security``: who
    may ask: people, with their token; carrier; or whoever has the link (""). ``page``: it answers with a page too;
    ``file``: the type of the file that it answers with."""

    summary: str
    answers: dict[int, Schema]
    body: Schema | None = None
    query: dict[str, Reader] = {}  # noqa: RUF012  a named tuple's default, never changed
    once: bool = False
    headers: tuple[str, ...] = ()
    security: str = "people"
    page: bool = False
    file: str = ""


def _more(schema: Schema, **properties: Schema) -> Schema:
    return obj(**schema["properties"], **properties)


_MONEY = of(get_type_hints(Trade)["price"])
_STATE = of(get_type_hints(Ticket)["state"])
_DAY: Schema = {"type": "string", "format": "date"}
_MAYBE_WHOLE: Schema = {"anyOf": [WHOLE, {"type": "null"}]}
_RECORDING = obj(recording=TEXT, started_at=MAYBE_TEXT, agent=MAYBE_TEXT, seconds=_MAYBE_WHOLE)
_NOT_HEARD = obj(contract_number=TEXT, state={"const": "unknown"})
_ORDER = _more(picked(OrderState, *orders.SHOWN), charges=of(Charges))
_ORDER_BODY = body_of(orders.ORDER, orders.OPTIONAL)
_CANCELLED = _more(picked(Cancelled, "contract_number", "quantity", "filled"), state={"const": "cancelled"})
_CHANGES = items(obj(at=TEXT, state=TEXT, quantity=WHOLE, price={"anyOf": [_MONEY, {"type": "null"}]}, reason=TEXT))
_TRANSFER = picked(TransferState, *transfers.SHOWN)
_DAYS = obj(**{"from": _DAY, "to": _DAY})
_FIGURES = of(Figures)
_STATISTICS = obj(
    department=TEXT,
    period=_DAYS,
    before=_DAYS,
    made_at=TEXT,
    figures=_FIGURES,
    figures_before=_FIGURES,
    departments={"type": "object", "additionalProperties": _FIGURES},
)
_QUOTE = picked(Quote, "code", "names", "last_price", "previous_close", "suspended", "status")


def _ticket(left_out: tuple[str, ...] = ()) -> Schema:
    """A ticket as customers see it, or as staff do."""
    kinds = {}
    for title, names in (("customers", (*CUSTOMER_SEES, "result")), ("staff", STAFF_SEES)):
        fields = picked(Ticket, *(name for name in names if name not in left_out))
        kinds[title] = _more(fields, due_at=TEXT, possible=items({"enum": list(DETAILS)}))
    return {"anyOf": list(kinds.values())}


def _act(**more: Schema) -> Schema:
    """The body of an act: the details are the verb's."""
    kinds = []
    for verb, readers in DETAILS.items():
        fields = obj(verb={"const": verb}, why=ACT["why"].schema, details=body_of(readers, readers), **more)
        kinds.append({**fields, "required": ["verb", *more]})
    return {"oneOf": kinds}


_ENTRY = {
    "anyOf": [
        picked(Entry, "sequence", "at", "by", "verb", "why", "details", "before", "hash"),
        picked(Entry, "sequence", "at", "verb", "by", "why"),
    ]
}
_RESULT: Schema = {
    "anyOf": [
        obj(number=TEXT, status={"const": 200}, version=WHOLE, state=_STATE),
        obj(number=TEXT, status=WHOLE, problem={"$ref": "#/components/schemas/Problem"}),
    ]
}
_DAYS = {"valid_from": _DAY, "valid_until": _DAY}
_CONTENT = obj(category=TEXT, texts=answers.TEXTS, **_DAYS)
_VERSION = _more(picked(Version, *answers.VERSION), **_CONTENT["properties"])
_TOLD = picked(Article, "article_id", "newest", "published")
_ARTICLE = {
    "anyOf": [
        obj(article_id=TEXT, version=WHOLE, category=TEXT, title=TEXT, question=TEXT),
        _more(_TOLD, helpful=WHOLE, titles=BY_LANGUAGE),
    ]
}
_QUESTION = {
    "anyOf": [
        body_of(readers, readers.keys() - {"question"}) for readers in (answers.QUESTION, answers.QUESTION_BY_STAFF)
    ]
}
_TREE: Schema = {
    "type": "object",
    "required": ["category", "names"],
    "properties": {"category": TEXT, "names": BY_LANGUAGE, "under": {"type": "array"}},
}
_OPENED = {
    "anyOf": [
        body_of(readers, readers.keys() - set(ticket_routes.MANDATORY))
        for readers in (ticket_routes.OPENED, ticket_routes.OPENED_BY_STAFF)
    ]
}

OPERATIONS: dict[str, Operation] = {
    "GET /quotes/{code}": Operation("A security", {200: _QUOTE}),
    "GET /accounts/{account_id}/funds": Operation(
        "Money, and what the shares are worth", {200: obj(available=_MONEY, withdrawable=_MONEY, market_value=_MONEY)}
    ),
    "GET /accounts/{account_id}/holdings": Operation(
        "A page of the holdings",
        {
            200: obj(
                page=WHOLE,
                pages=WHOLE,
                holdings=items(
                    _more(picked(Holding, "code", "quantity", "sellable"), names=BY_LANGUAGE, last_price=_MONEY)
                ),
            )
        },
        query=accounts.PAGE,
    ),
    "GET /accounts/{account_id}/trades": Operation(
        "The trades of a trading day", {200: obj(day=_DAY, trades=items(of(Trade)))}, query=accounts.DAY
    ),
    "POST /accounts/{account_id}/orders/preview": Operation(
        "Whether an order would be taken now",
        {200: picked(Quote, "code", "names", "last_price")},
        _ORDER_BODY,
    ),
    "POST /accounts/{account_id}/orders": Operation(
        "Place an order", {201: obj(contract_number=TEXT), 202: _NOT_HEARD}, _ORDER_BODY, once=True
    ),
    "GET /accounts/{account_id}/orders": Operation(
        "Today's orders, or those of some days by the page",
        {200: {**obj(orders=items(_ORDER), next_page=MAYBE_TEXT), "required": ["orders"]}},
        query=orders.PERIOD,
    ),
    "GET /accounts/{account_id}/orders/{contract_number}": Operation(
        "An order, and all that became of it", {200: _more(_ORDER, changes=_CHANGES)}
    ),
    "DELETE /accounts/{account_id}/orders/{contract_number}": Operation(
        "Cancel what has not traded of an order", {200: _CANCELLED, 202: _NOT_HEARD}, once=True
    ),
    "PATCH /accounts/{account_id}/orders/{contract_number}": Operation(
        "Cancel an order and place what it lacks of another",
        {200: {"anyOf": [obj(contract_number=TEXT, replaces=TEXT), _CANCELLED]}, 202: _NOT_HEARD},
        body_of(orders.AMENDMENT),
        once=True,
    ),
    "POST /accounts/{account_id}/transfers": Operation(
        "Move money between the bank and the account",
        {201: _TRANSFER, 202: _TRANSFER},
        body_of(transfers.TRANSFER),
        once=True,
    ),
    "GET /accounts/{account_id}/transfers": Operation(
        "The transfers of a day", {200: obj(day=_DAY, transfers=items(_TRANSFER))}, query=accounts.DAY
    ),
    "GET /accounts/{account_id}/transfers/{transfer_number}": Operation(
        "A transfer, and all that became of it",
        {200: _more(_TRANSFER, changes=of(get_type_hints(TransferState)["changes"]))},
    ),
    "POST /accounts/{account_id}/statements": Operation(
        "Have a statement sent",
        {202: obj(number=TEXT)},
        body_of(statements.STATEMENT, statements.OPTIONAL),
        once=True,
    ),
    "POST /tickets": Operation("Open a ticket", {201: _ticket()}, _OPENED, once=True),
    "GET /tickets": Operation(
        "Tickets by one listing, a page at a time",
        {200: obj(tickets=items(_ticket(LEFT_OUT_OF_LISTS)), next_page=MAYBE_TEXT)},
        query=ticket_lists.WISHES,
    ),
    "POST /tickets/acts": Operation(
        "Do the same to several tickets",
        {200: obj(results=items(_RESULT))},
        _act(tickets=ticket_routes.ACTS["tickets"].schema),
        once=True,
    ),
    "GET /tickets/{number}": Operation("A ticket", {200: _ticket(), 304: {}}, headers=("If-None-Match",)),
    "GET /tickets/{number}/timeline": Operation(
        "All that was done to a ticket", {200: obj(number=TEXT, whole={"type": "boolean"}, entries=items(_ENTRY))}
    ),
    "POST /tickets/{number}/acts": Operation(
        "Do something to a ticket", {200: _ticket()}, _act(), once=True, headers=("If-Match",)
    ),
    "POST /tickets/{number}/attachments": Operation(
        "A place for a file",
        {201: obj(object=TEXT, name=TEXT, url=TEXT, headers=BY_LANGUAGE)},
        body_of(attachments.FILE),
        once=True,
    ),
    "GET /tickets/{number}/attachments/{object}": Operation("A link to a file", {200: obj(name=TEXT, url=TEXT)}),
    "GET /tickets/{number}/recordings": Operation(
        "What there is to listen to of a ticket's calls",
        {200: obj(recordings=items(_RECORDING))},
    ),
    "GET /tickets/{number}/recordings/{recording}": Operation(
        "A link to a recording", {200: obj(url=TEXT, transcript=MAYBE_TEXT, expires_at=TEXT, version=WHOLE)}
    ),
    "GET /categories": Operation(
        "What a ticket may be about, and what may be behind it",
        {200: obj(categories=items(_TREE), causes=items(obj(cause=TEXT, names=BY_LANGUAGE)))},
    ),
    "GET /departments": Operation("The departments", {200: obj(departments=items(obj(name=TEXT, names=BY_LANGUAGE)))}),
    "GET /macros": Operation(
        "The canned replies",
        {200: obj(language=TEXT, macros=items(obj(macro=TEXT, verb=TEXT, title=TEXT, text=TEXT)))},
        query=ticket_words.MACROS,
    ),
    "GET /answers": Operation(
        "Answers to a question, or of a category, or an editor's list",
        {200: obj(articles=items(_ARTICLE), next_page=MAYBE_TEXT)},
        query=answers.WISHES,
    ),
    "POST /answers": Operation("A new article", {201: _VERSION}, body_of(answers.EDIT), once=True),
    "GET /answers/{article_id}": Operation(
        "An article as it is told today", {200: _more(_CONTENT, article_id=TEXT, version=WHOLE)}
    ),
    "GET /answers/{article_id}/versions": Operation("All versions of an article", {200: obj(versions=items(_VERSION))}),
    "POST /answers/{article_id}/versions": Operation(
        "A new version of an article", {201: _VERSION}, body_of(answers.NEW_VERSION), once=True
    ),
    "POST /answers/{article_id}/publication": Operation(
        "Have a version told", {200: _TOLD}, body_of(answers.PUBLICATION)
    ),
    "POST /answers/{article_id}/withdrawal": Operation(
        "Have an article told no more", {200: _TOLD}, body_of(answers.WITHDRAWAL)
    ),
    "POST /answers/{article_id}/votes": Operation(
        "Say whether an answer helped", {200: obj(article_id=TEXT, version=WHOLE)}, body_of(answers.VOTE)
    ),
    "POST /questions": Operation(
        "Make a ticket of a question", {201: obj(number=TEXT)}, _QUESTION, once=True
    ),
    "GET /statistics": Operation("What tickets come to", {200: _STATISTICS}, query=statistics.ASKED),
    "GET /statistics/report.pdf": Operation(
        "The same with charts", {200: {}}, query=statistics.ASKED, file=statistics.PDF
    ),
    "GET /statistics/report.csv": Operation(
        "A row for each ticket", {200: {}}, query=statistics.ASKED, file=statistics.CSV
    ),
    "GET /voicemail": Operation(
        "The voice messages that nobody has taken up",
        {200: obj(waiting=WHOLE, messages=items(_more(picked(Voicemail, *voicemail.SHOWN), recording=TEXT)))},
        query=voicemail.WAITING,
    ),
    "GET /openapi.json": Operation("This document", {200: {"type": "object"}}),
    "GET /surveys/{token}": Operation("The question after a ticket, as a page", {200: {}}, security="", page=True),
    "POST /surveys/{token}": Operation(
        "What the customer thinks of the handling: JSON, or the page's form",
        {200: obj(state=_STATE)},
        body_of(survey_answers.RATING, ("why",)),
        security="",
        page=True,
    ),
    "POST /fax/status": Operation(
        "What became of a fax", {200: obj()}, {"type": "object"}, security="carrier",
        headers=("X-Fax-Timestamp", "X-Fax-Signature"),
    ),
}  # fmt: skip
