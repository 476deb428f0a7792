"""Tickets through API Gateway: a customer, an agent, files by links of S3, and the survey by its link."""

import http.client
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from chalicelib.platform.clock import now
from chalicelib.tickets import survey
from devtools.line import Line
from devtools.sign_in import address, token

from .api import Answered, Api

COMPLAINT = {"kind": "complaint", "subject": "费率", "text": "Not as agreed.", "category": "fees.commission"}


def opened(zhou: Api) -> str:
    return str(zhou("POST", "/tickets", COMPLAINT, str(uuid4())).body["number"])


def do(agent: Api, number: str, verb: str, version: str = "*", **details: str) -> Answered:
    body = {"verb": verb, "why": "because", "details": details}
    return agent("POST", f"/tickets/{number}/acts", body, str(uuid4()), {"If-Match": version})


def fetched(method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None) -> tuple[int, Any, bytes]:
    """Status, headers and body of what needs no token."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=60)
    connection.request(
        method, f"{where.path}?{where.query}" if where.query else where.path, body or None, headers or {}
    )
    answer = connection.getresponse()
    read = answer.read()
    connection.close()
    return answer.status, answer.headers, read


def test_a_customer_opens_what_an_agent_handles(line: Line, zhou: Api, agent: Api) -> None:
    key = str(uuid4())
    first, again = (zhou("POST", "/tickets", COMPLAINT, key) for _ in range(2))
    number = first.body["number"]
    assert (first.status, again.body["number"], first.headers["etag"]) == (201, number, '"1"')
    listed = agent("GET", "/tickets?state=registered&kind=complaint&size=100").body["tickets"]
    assert number in [ticket["number"] for ticket in listed]
    path = f"/tickets/{number}"
    assert agent("POST", f"{path}/acts", {"verb": "accept"}, str(uuid4())).status == 428
    won, lost = do(agent, number, "accept", '"1"'), do(agent, number, "refuse", '"1"')
    assert (won.body["state"], lost.status, lost.body["code"]) == ("accepted", 412, "outdated")
    do(agent, number, "note")
    timeline = agent("GET", f"{path}/timeline").body
    assert timeline["whole"] is True
    assert ("note", "agent:agent") in [(entry["verb"], entry["by"]) for entry in timeline["entries"]]
    assert "note" not in [entry["verb"] for entry in zhou("GET", f"{path}/timeline").body["entries"]]
    assert number in [ticket["number"] for ticket in zhou("GET", "/tickets").body["tickets"]]
    stranger = Api(line, token(line.stage, line.outputs, "wu"))
    assert stranger("GET", path).body["code"] == "unknown_ticket"
    assert agent("GET", "/openapi.json").body["openapi"] == "3.1.0"


def test_a_file_goes_to_s3_and_comes_back(zhou: Api, agent: Api) -> None:
    number = opened(zhou)
    path, content = f"/tickets/{number}/attachments", b"%PDF-1.7"
    file = {"name": "a.pdf", "size": len(content), "type": "application/pdf"}
    place = zhou("POST", path, file, str(uuid4())).body
    attach = {"verb": "attach", "details": {"object": place["object"], "name": "a.pdf"}}
    assert zhou("POST", f"/tickets/{number}/acts", attach, str(uuid4())).body["code"] == "not_arrived"
    assert fetched("PUT", place["url"], content, place["headers"])[0] == 200
    assert zhou("POST", f"/tickets/{number}/acts", attach, str(uuid4())).body["attachments"] == {
        place["object"]: "a.pdf"
    }
    status, headers, read = fetched("GET", agent("GET", f"{path}/{place['object']}").body["url"])
    assert (status, read) == (200, content)
    assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''a.pdf"


def test_the_survey_is_answered_without_signing_in(line: Line, zhou: Api, agent: Api) -> None:
    number = opened(zhou)
    for verb in ("accept", "assign", "investigate", "resolve", "reply"):
        assert do(agent, number, verb, **({"assignee": "agent"} if verb == "assign" else {})).status == 200
    parameter = f"/brokerline/{line.stage.name}/survey-secret"
    secret = line.stage.ssm.get_parameter(Name=parameter, WithDecryption=True)["Parameter"]["Value"].encode()
    base, expires = f"{address(line.stage, line.outputs)}/surveys", now() + timedelta(days=1)
    link = f"{base}/{survey.sign(number, expires, secret)}"
    status, headers, page = fetched("GET", link)
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert '<form method="post">' in page.decode()
    assert fetched("GET", f"{base}/{survey.sign(number, expires, b'another')}")[0] == 403
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert fetched("POST", link, b"rating=2&why=Not+so.", form)[0] == 200
    found = agent("GET", f"/tickets/{number}").body
    assert (found["state"], found["reopened"]) == ("reopened", 1)
