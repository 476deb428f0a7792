"""E-mails that come in on the local cloud: put -> ticket -> acknowledgement with its number -> answered -> heard."""

from __future__ import annotations

import json
from email.message import EmailMessage
from typing import Any

from devtools.line import Line
from devtools.mail import receive

from .outbox import awaited, sent_by_mail
from .test_tickets import acted
from .ticket import timeline

SENDER = "li.na@example.com"


def written(subject: str, text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"李娜 <{SENDER}>", "service@brokerline.example", subject
    mail["Message-ID"] = f"<{len(text)}@example.com>"
    mail.set_content(text)
    return mail


def come(line: Line, mail: EmailMessage) -> str:
    """Let it come in, and wait until it is done with; where it is then."""
    bucket = line.outputs["IncomingMailBucket"]
    name = receive(line.stage, bucket, mail.as_bytes()).removeprefix("incoming/")

    def where() -> list[str]:
        return [one["Key"] for one in line.stage.s3.list_objects_v2(Bucket=bucket)["Contents"] if name in one["Key"]]

    [place] = awaited(where, lambda found: len(found) == 1 and not found[0].startswith("incoming/"))
    return place.rpartition("/")[0]


def acknowledged(line: Line) -> list[dict[str, Any]]:
    return [mail for mail in sent_by_mail(line) if mail["To"] == [SENDER]]


def test_an_e_mail_is_a_ticket_and_its_answer_is_heard(line: Line) -> None:
    first = written("佣金", "请问佣金费率是多少？")
    first.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="对账单.pdf")
    assert come(line, first) == "read"
    [told] = awaited(lambda: acknowledged(line), bool)
    number = "".join(filter(str.isdigit, told["Subject"]))
    opened, attached, *_ = timeline(line, number)
    assert opened.details["text"] == "请问佣金费率是多少？"
    found = attached.details
    files = line.outputs["TicketFilesBucket"]
    stored = line.stage.s3.get_object(Bucket=files, Key=f"{number}/{found['object']}")
    assert (found["name"], stored["Body"].read()) == ("对账单.pdf", b"%PDF-1.4")

    acted(line, number, "accept", "assign", "investigate", "ask_customer")
    assert come(line, written(f"Re: {told['Subject']}", "11月3日那一笔。")) == "read"
    [heard] = [entry for entry in timeline(line, number) if entry.verb == "hear_customer"]
    assert (heard.by, heard.why) == ("customer", "11月3日那一笔。")


def test_a_machines_answer_opens_nothing_and_the_clock_has_nothing_left(line: Line) -> None:
    machine = written("自动回复", "我在休假。")
    machine["Auto-Submitted"] = "auto-replied"
    before = len(acknowledged(line))
    assert come(line, machine) == "automatic"
    answer = line.stage.functions.invoke(
        FunctionName=line.outputs["ReadMailFunctionArn"], Payload=json.dumps({"time": "2099-01-01T00:00:00Z"})
    )
    assert json.loads(answer["Payload"].read()) == {"received": 0}
    assert len(acknowledged(line)) == before
