"""What becomes of a survey's link: the question as a page, and the answer, of a form or as JSON."""

import hashlib
from html import escape
from pathlib import Path
from string import Template
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from chalice.app import Request, Response

from chalicelib import tickets
from chalicelib.http.answering import heard
from chalicelib.http.wire import read_fields, read_object, whole, words
from chalicelib.http.words import language_of
from chalicelib.platform import clock
from chalicelib.platform.clients import parameter
from chalicelib.platform.log import logger
from chalicelib.platform.settings import required
from chalicelib.tickets import Ticket, survey
from chalicelib.tickets.words import grouped

_FOLDER = Path(__file__).with_name("survey")
_SATISFIED_FIRST = ("5", "4", "3", "2", "1")
_PAGE = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
RATING = {"rating": whole, "why": words(1000)}


class Said(NamedTuple):
    """How it ended: ``sentence`` is the page's, ``code`` the JSON's ("" where it was taken)."""

    status: int
    sentence: str
    code: str = ""
    state: str = ""


def number_of(token: str) -> str:
    """The ticket of a link. :class:`survey.Void` for one that is none of ours, or too old."""
    secrets = [secret.encode() for secret in parameter(required("SURVEY_SECRET_PARAMETER")).split()]
    return survey.verify(token, secrets, clock.now())


def page_of(token: str, request: Request) -> Response:
    """The question, or what there is to say instead."""
    language = _language(request)
    try:
        ticket = _ticket(token)
        language = ticket.language
        if _key(token, "rate") in ticket.keys:
            return _page(language, Said(200, "thanks"))
        if "rate" not in tickets.possible(ticket):
            return _page(language, Said(409, "not_open"))
        return Response(_form(ticket), dict(_PAGE), 200)
    except Exception as error:
        return _page(language, _refusal(error))


def take(token: str, request: Request) -> Response:
    """Take the answer down, once for a link."""
    is_json = request.headers.get("content-type", "").startswith("application/json")
    language = _language(request)
    try:
        ticket = _ticket(token)
        language = ticket.language
        said = _rated(ticket, token, _answer(request, is_json))
    except Exception as error:
        said = _refusal(error)
    logger.info("answered", method="POST", route=request.path, status=said.status, code=said.code)
    if not is_json:
        return _page(language, said)
    if said.code:
        problem = {"status": said.status, "code": said.code, "message": _words(language)[said.sentence]}
        return Response(problem, {"Content-Type": "application/problem+json"}, said.status)
    return Response({"state": said.state}, {"Content-Type": "application/json"}, said.status)


def _ticket(token: str) -> Ticket:
    ticket = tickets.find(number_of(token))
    if ticket is None:
        raise survey.Void(expired=False)
    return ticket


def _rated(ticket: Ticket, token: str, given: dict[str, Any]) -> Said:
    """The first answer counts: sent again, whatever is in it, what followed from that one is done if it is not yet."""
    key = _key(token, "rate")
    if key in ticket.keys:
        first = next(entry for entry in tickets.timeline(ticket.number) if entry.key == key)
        given = {"rating": first.details["rating"], "why": first.why}
    rated = survey.rate(ticket.number, given["rating"], "customer", _key(token), clock.now(), given["why"])
    return Said(200, "reopened" if given["rating"] in survey.NOT_SATISFIED else "thanks", state=rated.state)


def _answer(request: Request, is_json: bool) -> dict[str, Any]:
    """``rating`` and ``why``. ValueError for what is neither."""
    sent = request.raw_body
    if is_json:
        given = read_object(sent)
    else:
        fields = parse_qs(sent.decode() if isinstance(sent, bytes) else sent, max_num_fields=10)
        given = {name: values[0].replace("\r\n", "\n") for name, values in fields.items()}
        given["rating"] = int(given.get("rating", ""))
    try:
        return read_fields(given, RATING, {"why": ""})
    except KeyError:
        raise ValueError("It has a rating, and may have a why.") from None


def _refusal(error: Exception) -> Said:
    match error:
        case survey.Void():
            return Said(410, "expired", "expired_link") if error.expired else Said(404, "none", "unknown_link")
        case tickets.IllegalMove():
            return Said(409, "not_open", "not_open")
        case tickets.Unfit() | ValueError():
            return Said(400, "choose", "bad_rating")
    heard(error)
    return Said(503, "busy", "busy")


def _key(token: str, verb: str = "") -> str:
    """A link is answered once. The key is kept, and the link is not."""
    key = f"survey#{hashlib.sha256(token.encode()).hexdigest()[:24]}"
    return f"{key}#{verb}" if verb else key


def _form(ticket: Ticket) -> str:
    texts = _words(ticket.language)
    about = texts["about"].format(number=grouped(ticket.number), subject=ticket.subject)
    choices = "\n".join(
        f'    <label><input type="radio" name="rating" value="{rating}" required> {escape(texts[rating])}</label>'
        for rating in _SATISFIED_FIRST
    )
    shown = {name: escape(texts[name]) for name in ("question", "why", "send")}
    form = Template((_FOLDER / "form.html").read_text("utf-8"))
    return _html(ticket.language, form.substitute(shown, about=escape(about), choices=choices))


def _page(language: str, said: Said) -> Response:
    sentence = f"<p>{escape(_words(language)[said.sentence])}</p>"
    return Response(_html(language, sentence), dict(_PAGE), said.status)


def _html(language: str, content: str) -> str:
    page = Template((_FOLDER / "page.html").read_text("utf-8"))
    return page.substitute(lang=escape(language), title=escape(_words(language)["title"]), content=content)


def _language(request: Request) -> str:
    return language_of(request.headers.get("accept-language", ""))


def _words(language: str) -> dict[str, str]:
    from chalicelib.platform.words import catalogue

    return catalogue(_FOLDER, language)
