"""What e-mails say, as mail programs write them (data/mail): character sets, markup, files, machines, and forgeries."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.tickets import mail
from chalicelib.tickets.mail import File, Unreadable, contents, envelope, language_of
from chalicelib.tickets.rules import ticket_numbers

MAIL = Path(__file__).with_name("data") / "mail"
NUMBER = next(ticket_numbers(2026, "mail"))
GROUPED = f"{NUMBER[:3]} {NUMBER[3:6]} {NUMBER[6:]}"


def eml(name: str) -> bytes:
    return (MAIL / f"{name}.eml").read_bytes()


def headed(**headers: str) -> bytes:
    whole = {"From": "wang@example.com"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return "".join(f"{name}: {value}\r\n" for name, value in whole.items()).encode() + b"\r\nHello\r\n"


def test_chinese_that_a_mail_program_writes_is_read_though_its_words_are_cut_within_a_character() -> None:
    read = envelope(eml("gb18030"))
    assert (read.sender, read.name, read.subject) == (
        "wang@example.com", "王芳", "关于佣金费率的咨询：账户為何多收",
    )  # fmt: skip
    assert (read.message_id, read.proven, read.fate) == ("<202611250959574218@example.com>", True, "")
    text, files = contents(eml("gb18030"))
    assert text == "您好：\n\u3000\u3000请问我的佣金费率是多少？账户里鎔一笔多收了。\n\n王芳"
    assert files == ()
    assert language_of(text) == "zh-CN"


def test_markup_alone_is_made_plain_and_its_scripts_are_no_text() -> None:
    text, _ = contents(eml("html_only"))
    assert text == "我嘅轉賬 幾時到？\n唔該&謝謝\n陳"
    assert language_of(envelope(eml("html_only")).subject + text) == "zh-HK"
    assert language_of("Where is my money?") == language_of("") == "en"


def test_files_have_the_names_that_people_gave_them_and_lead_nowhere() -> None:
    text, files = contents(eml("attachments"))
    assert text == "Please see the files."
    assert [(file.name, file.media) for file in files] == [
        ("对账单.pdf", "application/octet-stream"),
        ("screen shot.jpg", "image/jpg"),
        ("trade.exe", "application/x-msdownload"),
        ("message-4", "message/rfc822"),
    ]
    assert files[0].body.startswith(b"%PDF-1.4")


@pytest.mark.parametrize("name", ["auto_reply", "bounce"])
def test_what_a_machine_wrote_is_known_by_its_headers(name: str) -> None:
    assert envelope(eml(name)).fate == "automatic"


@pytest.mark.parametrize(
    ("headers", "fate"),
    [
        ({"Auto_Submitted": "auto-generated"}, "automatic"),
        ({"Auto_Submitted": "no"}, ""),
        ({"Precedence": "Bulk"}, "automatic"),
        ({"List_Id": "<news.example.com>"}, "automatic"),
        ({"X_Autoreply": "yes"}, "automatic"),
        ({"Subject": "=?utf-8?B?6Ieq5Yqo5Zue5aSNOiDkvaDlpb0=?="}, "automatic"),  # 自动回复: 你好
        ({"Subject": "Out of Office: your ticket"}, "automatic"),
        ({"X_SES_Spam_Verdict": "FAIL"}, "refused"),
        ({"X_SES_Spam_Verdict": "GRAY"}, ""),
        ({"X_SES_Virus_Verdict": "FAIL", "Auto_Submitted": "auto-replied"}, "refused"),
    ],
)
def test_what_is_not_to_be_read(headers: dict[str, str], fate: str) -> None:
    assert envelope(headed(**headers)).fate == fate


def test_what_ses_says_counts_and_not_what_the_sender_says_of_it() -> None:
    assert envelope(eml("virus")).fate == "refused"
    forged = envelope(eml("forged"))
    assert (forged.sender, forged.proven) == ("wang@example.com", False)


SPF = "amazonses.com; spf=pass (spfCheck: ok) client-ip=192.0.2.1; envelope-from=x; helo=y; dkim=none;"


@pytest.mark.parametrize(
    ("results", "returned", "proven"),
    [
        (f"{SPF} dmarc=pass header.from=example.com;", "<x@elsewhere.net>", True),
        (f"{SPF} dmarc=fail header.from=example.com;", "<wang@example.com>", False),
        (f"{SPF} dmarc=none header.from=example.com;", "<bounces@example.com>", True),
        (f"{SPF} dmarc=none header.from=example.com;", "<eve@example.net>", False),
        (SPF.replace("spf=pass", "spf=fail"), "<wang@example.com>", False),
        (SPF.replace("amazonses.com", "mx.example.net") + " dmarc=pass", "<wang@example.com>", False),
        ("amazonses.com", "<wang@example.com>", False),
        ("", "<wang@example.com>", False),
    ],
)
def test_an_address_is_proven_by_dmarc_or_by_spf_of_the_same_domain(results: str, returned: str, proven: bool) -> None:
    assert envelope(headed(Return_Path=returned, Authentication_Results=results)).proven is proven


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        (f"Re: Your ticket {GROUPED}", (NUMBER,)),
        (f"=?utf-8?q?=E5=9B=9E=E5=A4=8D=EF=BC=9A?= {NUMBER}", (NUMBER,)),
        (f"Order 1{NUMBER}", ()),
        (f"Call {NUMBER[:-1]}{(int(NUMBER[-1]) + 1) % 10}", ()),
        ("", ()),
    ],
)
def test_a_ticket_is_known_in_a_subject_by_its_number(subject: str, numbers: tuple[str, ...]) -> None:
    assert envelope(headed(Subject=subject)).numbers == numbers


def test_a_broken_message_is_read_as_far_as_it_goes() -> None:
    read = envelope(eml("broken"))
    assert (read.name, read.subject, read.message_id) == ("小王", "=?x-none?B?!!?= 开户", "")
    text, [file] = contents(eml("broken"))
    assert (text, file.name) == ("开户的流程", "application-1")
    assert file.body.startswith(b"%PDF-1")


@pytest.mark.parametrize("raw", [b"", b"\x00\xff", headed(From="nobody"), headed(From="a@b.example, c@d.example")])
def test_what_nobody_wrote_is_unreadable(raw: bytes) -> None:
    for unreadable in (raw, eml("nobody")):
        with pytest.raises(Unreadable):
            envelope(unreadable)


def test_parts_within_parts_without_end_are_unreadable() -> None:
    deep = "".join(f'Content-Type: multipart/mixed; boundary="{level}"\r\n\r\n--{level}\r\n' for level in range(3000))
    with pytest.raises(Unreadable):
        contents(deep.encode())


@pytest.mark.parametrize("read", [envelope, contents])
@given(data=st.data())
def test_nothing_else_is_raised_whatever_comes(read: Callable[[bytes], object], data: st.DataObject) -> None:
    raw = eml(data.draw(st.sampled_from(["gb18030", "attachments", "broken"])))
    begin = data.draw(st.integers(0, len(raw)))
    spoilt = raw[:begin] + data.draw(st.binary(max_size=8)) + raw[begin + data.draw(st.integers(0, 40)) :]
    try:
        read(spoilt)
    except Unreadable:
        return


@example("\ud800a\x00b\x85c")
@given(st.text())
def test_text_has_nothing_that_cannot_be_written_down(text: str) -> None:
    tidy = mail.tidy(text)
    assert tidy.encode().decode() == tidy == mail.tidy(tidy)
    assert not set(tidy) & set(map(chr, [*range(9), *range(11, 32), 127]))


def test_a_file_without_a_name_is_called_by_its_type() -> None:
    raw = headed(MIME_Version="1.0", Content_Type="image/png", Content_Transfer_Encoding="base64")
    assert contents(raw).files == (File("image-1", "image/png", contents(raw).files[0].body),)
