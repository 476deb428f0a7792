"""What devtools puts before an e-mail is what the function that reads it looks for."""

import pytest

from chalicelib.tickets.mail import contents, envelope
from devtools.mail import as_received

RAW = b"From: Li Na <li.na@example.com>\r\nSubject: Fees\r\n\r\nWhich?\r\n"


@pytest.mark.parametrize("forged", [False, True])
def test_an_e_mail_comes_in_with_the_verdicts_of_ses(forged: bool) -> None:
    received = as_received(RAW, forged)
    assert (envelope(received).sender, envelope(received).proven) == ("li.na@example.com", not forged)
    assert contents(received).text == "Which?"
