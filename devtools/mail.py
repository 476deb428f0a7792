"""`python -m devtools mail`: an e-mail comes in at the running line, as through SES, which takes none locally."""

from __future__ import annotations

import secrets
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated

import typer

from devtools.line import attach
from devtools.problem import Problem
from devtools.stage import Stage
from localconnect.cli.screen import out


def command(
    file: Annotated[Path, typer.Argument(help="An e-mail as it is on the way, as mail programs save it (.eml).")],
    forged: Annotated[bool, typer.Option("--forged", help="SES finds that its sender is another.")] = False,
) -> None:
    """Let an e-mail come in, and print where it is. It is moved to read/ once it is a ticket, or a part of one."""
    if not file.is_file():
        raise Problem(f"{file} is no file: name an e-mail that was saved as .eml.")
    line = attach()
    out.print(receive(line.stage, line.outputs["IncomingMailBucket"], file.read_bytes(), forged), soft_wrap=True)


def receive(stage: Stage, bucket: str, raw: bytes, forged: bool = False) -> str:
    """Put an e-mail where SES puts those that come in; returns the object's key."""
    key = f"incoming/{secrets.token_hex(20)}"
    stage.s3.put_object(Bucket=bucket, Key=key, Body=as_received(raw, forged))
    return key


def as_received(raw: bytes, forged: bool = False) -> bytes:
    """The e-mail with the headers that SES puts before it (page "Email receiving concepts")."""
    sender = parseaddr(str(BytesHeaderParser().parsebytes(raw)["From"]))[1]
    domain, found = sender.rpartition("@")[2], "fail" if forged else "pass"
    headers = (
        f"Return-Path: <{sender}>",
        "X-SES-Spam-Verdict: PASS",
        "X-SES-Virus-Verdict: PASS",
        f"Authentication-Results: amazonses.com; spf={found} client-ip=127.0.0.1; envelope-from={sender};"
        f" dkim={found} header.i=@{domain}; dmarc={found} header.from={domain};",
    )
    return "".join(f"{header}\r\n" for header in headers).encode() + raw
