"""E-mails as they come in: the bytes of a message (RFC 5322, MIME), and what they say. Pure.

Whoever writes may write anything: an address proves nothing until SES says that the domain's owner sent it, a character
set may be another than is said, and a message may be broken. :func:`envelope` reads the headers only, so that what is
not to be opened is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import wraps
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from chalicelib.tickets.rules import is_ticket_number

if TYPE_CHECKING:
    from email.message import Message

Fate = Literal["", "automatic", "refused"]
Said = TypeVar("Said")


class Unreadable(Exception):
    """No e-mail, or so broken that nobody can say who wrote it."""


class Envelope(NamedTuple):
    """The headers. ``sender``: the address, in lower case. ``numbers``: what the subject has of tickets' numbers.

    ``proven``: the sender's domain vouches for it. ``fate``: "refused" for spam and viruses, "automatic" for what no
    person wrote; "" for what is to be read.
    """

    sender: str
    name: str
    subject: str
    message_id: str
    numbers: tuple[str, ...]
    proven: bool
    fate: Fate


class File(NamedTuple):
    """A file that came with an e-mail; ``media`` is the type that it is said to have."""

    name: str
    media: str
    body: bytes


class Contents(NamedTuple):
    """What an e-mail says, and the files that came with it."""

    text: str
    files: tuple[File, ...]


def _or_unreadable(read: Callable[[bytes], Said]) -> Callable[[bytes], Said]:
    """At broken messages the standard library raises whatever it likes, RecursionError among them."""

    @wraps(read)
    def reading(raw: bytes) -> Said:
        try:
            return read(raw)
        except Unreadable:
            raise
        except Exception as error:
            raise Unreadable("The e-mail cannot be taken apart.") from error

    return reading


@_or_unreadable
def envelope(raw: bytes) -> Envelope:
    """The headers of a message. :class:`Unreadable`."""
    from email.utils import getaddresses

    headers = _parsed(raw, headers_only=True)
    # As text where it is text: an encoded word is part of a name, and never of an address.
    written = [one if isinstance(one, str) else _decoded_header(one) for one in headers.get_all("From", [])]
    authors = getaddresses(written)
    name, sender = authors[0] if len(authors) == 1 else ("", "")
    if not re.fullmatch(r"[^\s@]{1,64}@[^\s@]{1,190}", sender) or not sender.isascii():
        raise Unreadable("There is not one From with one address.")
    sender, subject = sender.lower(), _line(_decoded_header(headers["Subject"]))
    return Envelope(
        sender,
        _line(_decoded_header(name)),
        subject,
        _line(str(headers["Message-ID"] or "")),
        _numbers(subject),
        _is_proven(headers, sender),
        _fate(headers, subject),
    )


@_or_unreadable
def contents(raw: bytes) -> Contents:
    """The text, plain wherever it is, and the files. :class:`Unreadable`."""
    leaves = list(_leaves(_parsed(raw)))
    said = [part for part in leaves if _is_text(part)]
    plain, marked_up = (
        "\n\n".join(_text_of(part) for part in said if part.get_content_subtype() == kind) for kind in ("plain", "html")
    )
    files = [part for part in leaves if not _is_text(part)]
    return Contents(
        tidy(plain) or tidy(_without_markup(marked_up)),
        tuple(_file(part, place) for place, part in enumerate(files, 1)),
    )


def language_of(text: str) -> str:
    """In which of our languages to answer: simplified characters are Mandarin's, traditional ones Hong Kong's.

    Told by the older character sets: what Big5 lacks is simplified, what GB 2312 lacks is traditional.
    """
    characters = {one for one in text if "\u4e00" <= one <= "\u9fff"}
    if not characters:
        return "en"
    simplified, traditional = (sum(not _has(charset, one) for one in characters) for charset in ("big5", "gb2312"))
    return "zh-HK" if traditional > simplified else "zh-CN"


# Mail programs say the older name and use the characters of the newer.
_CHARSETS = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "us-ascii": "", "unknown-8bit": ""}
# What answering machines that know no header of RFC 3834 put before the subject.
_MACHINES = ("自动回复", "自動回覆", "自动答复", "automatic reply", "auto reply", "auto-reply", "out of office")
_BREAKS = ("br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote", "table")
_UNSEEN = ("script", "style", "title")


def _parsed(raw: bytes, headers_only: bool = False) -> Message:
    from email.parser import BytesParser

    return BytesParser().parsebytes(raw, headersonly=headers_only)


def _fate(headers: Message, subject: str) -> Fate:
    if "FAIL" in (_top(headers, "X-SES-Spam-Verdict"), _top(headers, "X-SES-Virus-Verdict")):
        return "refused"
    automatic = (
        _top(headers, "Auto-Submitted").lower().partition(";")[0].strip() not in ("", "no"),
        _top(headers, "Precedence").lower() in ("bulk", "junk", "list", "auto_reply"),
        _top(headers, "Return-Path") == "<>",
        "List-Id" in headers or "X-Autoreply" in headers or "X-Autorespond" in headers,
        headers.get_content_type() == "multipart/report",
        subject.lower().startswith(_MACHINES),
    )
    return "automatic" if any(automatic) else ""


def _is_proven(headers: Message, sender: str) -> bool:
    """Whether DMARC passes, as SES found; without a policy of the domain's, whether SPF does, for the same domain.

    SES puts its own headers before all others, spf first and dmarc last: what is between them is the sender's to fill.
    """
    results = [clause.strip() for clause in _top(headers, "Authentication-Results").split(";")]
    if results[0] != "amazonses.com":
        return False
    verdicts = [clause.split()[0] for clause in results if clause.startswith("dmarc=")]
    if verdicts and verdicts[-1] in ("dmarc=pass", "dmarc=fail"):
        return verdicts[-1] == "dmarc=pass"
    returned = _top(headers, "Return-Path").strip("<>").lower()
    same = returned.rpartition("@")[2] == sender.rpartition("@")[2]
    return same and len(results) > 1 and results[1].startswith("spf=pass")


def _top(headers: Message, name: str) -> str:
    """The first header of that name: SES's own, where the sender has written another."""
    return " ".join(str(headers[name] or "").split())


def _numbers(subject: str) -> tuple[str, ...]:
    found = re.findall(r"(?<!\d)(\d{3})\s?(\d{3})\s?(\d{4})(?!\d)", subject)
    return tuple(number for parts in found if is_ticket_number(number := "".join(parts)))


def _decoded_header(value: object) -> str:
    """A header without its encoded words (RFC 2047); one character may be in two of them."""
    from email.errors import HeaderParseError
    from email.header import decode_header

    if not value:
        return ""
    try:
        parts = decode_header(value)  # type: ignore[arg-type]
    except (HeaderParseError, ValueError):
        return str(value)
    return "".join(part if isinstance(part, str) else _decoded(part, charset) for part, charset in parts)


def _decoded(raw: bytes, charset: str | None) -> str:
    name = (charset or "").lower()
    name = _CHARSETS.get(name, name)
    try:
        return raw.decode(name or "utf-8", "replace" if name else "strict")
    except (LookupError, ValueError):  # a character set that is none, or none said
        pass
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def _leaves(part: Message) -> Iterator[Message]:
    """The parts that hold something. An e-mail within is one of them, and is not opened."""
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        for inner in part.get_payload():
            yield from _leaves(inner)  # type: ignore[arg-type]
    else:
        yield part


def _is_text(part: Message) -> bool:
    told = part.get_content_disposition() != "attachment" and not part.get_filename()
    return told and part.get_content_type() in ("text/plain", "text/html")


def _text_of(part: Message) -> str:
    return _decoded(_body(part), part.get_content_charset())


def _body(part: Message) -> bytes:
    body = part.get_payload(decode=True)
    return body if isinstance(body, bytes) else b""


def _file(part: Message, place: int) -> File:
    media = part.get_content_type()
    called = _line(_decoded_header(part.get_filename() or "")).replace("\\", "/").rpartition("/")[2]
    return File(called[-100:] or f"{media.partition('/')[0]}-{place}", media, _body(part))


def _without_markup(text: str) -> str:
    from html.parser import HTMLParser

    said: list[str] = []

    class Reader(HTMLParser):
        unseen = 0

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.unseen += tag in _UNSEEN
            if tag in _BREAKS:
                said.append("\n")

        def handle_endtag(self, tag: str) -> None:
            self.unseen = max(0, self.unseen - (tag in _UNSEEN))

        def handle_data(self, data: str) -> None:
            if not self.unseen:
                said.append(re.sub(r"\s+", " ", data))

    reader = Reader()
    reader.feed(text)
    reader.close()
    return "".join(said)


def tidy(text: str) -> str:
    """Without control characters, spaces at the ends of lines and more than one empty line."""
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = [line.strip(" \xa0") for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _line(text: str) -> str:
    return " ".join(tidy(text).split())


def _has(charset: str, character: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
