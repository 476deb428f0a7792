"""The same verbs over HTTP, for the branch and the web site: docs/api.md says what each route takes and gives.

All routes are here, each with its handler, a function in the module of its resource. Every function packs and imports
this file, and compiles what it imports at each cold start: so the rest is imported with the first request.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from chalice.app import Blueprint, CognitoUserPoolAuthorizer, Response

ROUTES = {
    "GET /quotes/{code}": "quotes.find",
    "GET /accounts/{account_id}/funds": "accounts.funds",
    "GET /accounts/{account_id}/holdings": "accounts.holdings",
    "GET /accounts/{account_id}/trades": "accounts.trades",
    "POST /accounts/{account_id}/orders/preview": "orders.preview",
    "POST /accounts/{account_id}/orders": "orders.place",
    "GET /accounts/{account_id}/orders": "orders.find_all",
    "GET /accounts/{account_id}/orders/{contract_number}": "orders.find",
    "DELETE /accounts/{account_id}/orders/{contract_number}": "orders.cancel",
    "PATCH /accounts/{account_id}/orders/{contract_number}": "orders.amend",
    "POST /accounts/{account_id}/transfers": "transfers.transfer",
    "GET /accounts/{account_id}/transfers": "transfers.find_all",
    "GET /accounts/{account_id}/transfers/{transfer_number}": "transfers.find",
    "POST /accounts/{account_id}/statements": "statements.request",
    "GET /tickets/{number}/recordings": "recordings.find_all",
    "GET /tickets/{number}/recordings/{recording}": "recordings.play",
    "POST /tickets": "tickets.register",
    "GET /tickets": "ticket_lists.find_all",
    "POST /tickets/acts": "tickets.act_on_many",
    "GET /tickets/{number}": "tickets.find",
    "GET /tickets/{number}/timeline": "tickets.timeline",
    "POST /tickets/{number}/acts": "tickets.act",
    "POST /tickets/{number}/attachments": "attachments.offer",
    "GET /tickets/{number}/attachments/{object}": "attachments.link_to",
    "GET /categories": "ticket_words.categories",
    "GET /departments": "ticket_words.departments",
    "GET /macros": "ticket_words.macros",
    "GET /answers": "answers.find_all",
    "POST /answers": "answers.write",
    "GET /answers/{article_id}": "answers.find",
    "GET /answers/{article_id}/versions": "answers.versions",
    "POST /answers/{article_id}/versions": "answers.rewrite",
    "POST /answers/{article_id}/publication": "answers.publish",
    "POST /answers/{article_id}/withdrawal": "answers.withdraw",
    "POST /answers/{article_id}/votes": "answers.vote",
    "POST /questions": "answers.ask",
    "GET /statistics": "statistics.figures",
    "GET /statistics/report.pdf": "statistics.pdf",
    "GET /statistics/report.csv": "statistics.csv",
    "GET /voicemail": "voicemail.find_all",
    "GET /openapi.json": "openapi.document",
}

# Resolved by CloudFormation, in the API's definition.
_ARN_OF_POOL: Any = {"Fn::GetAtt": ["UserPool", "Arn"]}
AUTHORISER = CognitoUserPoolAuthorizer("people", provider_arns=[_ARN_OF_POOL])

http = Blueprint(__name__)


def _view(handler: str) -> Callable[..., Response]:
    def view(**parts: str) -> Response:
        from chalicelib.http.answering import answer

        module, _, name = handler.partition(".")
        return answer(http.current_request, parts, getattr(import_module(f"chalicelib.http.{module}"), name))

    return view


for _route, _handler in ROUTES.items():
    _method, _, _path = _route.partition(" ")
    # Whatever the type says a body is, it is read as JSON.
    http.route(_path, methods=[_method], authorizer=AUTHORISER, content_types=["*/*"])(_view(_handler))
