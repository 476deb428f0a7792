"""GET and POST /surveys/{token}: what a customer thinks of the handling of a ticket, asked without signing in.

Whoever has the link may answer, once; they see the subject and nothing else. A link carries no header, so the
authoriser of these routes is given the whole request: it lets through what this house has signed, and strangers never
reach the handler. A link that is too old it lets through too, for a page that says so.

A form is answered with a page in the ticket's language, JSON with JSON: 200 {"state"}; 400 bad_rating; 404
unknown_link; 409 not_open; 410 expired_link; 503 busy.
"""

from typing import Any

from chalice.app import Blueprint, CustomAuthorizer, Response

PATH = "/surveys/{token}"
_FUNCTIONS = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
_URI: Any = {"Fn::Sub": _FUNCTIONS + "${SurveyAuthoriser.Arn}/invocations"}


class WholeRequest(CustomAuthorizer):
    """An authoriser that looks at the request, where Chalice's own look at a header; what it says is not kept."""

    def to_swagger(self) -> dict[str, Any]:
        swagger: dict[str, Any] = super().to_swagger()
        swagger["x-amazon-apigateway-authorizer"]["type"] = "request"
        return swagger


LINK_HOLDERS = WholeRequest("link_holders", _URI, ttl_seconds=0, header="Unused")

surveys = Blueprint(__name__)


@surveys.lambda_function(name="survey_authoriser")
def survey_authoriser(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lets through whoever has a link that was signed here."""
    from chalicelib.http.survey_answers import number_of
    from chalicelib.tickets.survey import Void

    try:
        number_of((event.get("pathParameters") or {}).get("token", ""))
        effect = "Allow"
    except Void as void:
        effect = "Allow" if void.expired else "Deny"
    allowed = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"]}
    return {"principalId": "link-holder", "policyDocument": {"Version": "2012-10-17", "Statement": [allowed]}}


@surveys.route(PATH, methods=["GET"], authorizer=LINK_HOLDERS, content_types=["*/*"])
def ask(token: str) -> Response:
    """The page with the question."""
    from chalicelib.http.survey_answers import page_of

    return page_of(token, surveys.current_request)


@surveys.route(PATH, methods=["POST"], authorizer=LINK_HOLDERS, content_types=["*/*"])
def answer(token: str) -> Response:
    """Take down the answer."""
    from chalicelib.http.survey_answers import take

    return take(token, surveys.current_request)
