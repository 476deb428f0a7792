"""A voice message by phone: begun, ended, thrown away, and whose it is."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib import customers
from chalicelib.voicemail.models import VoicemailRecord

from .caller import Seal, ask, identified
from .seed import ACCOUNT, ACCOUNT_NUMBER, PIN
from .trading_seed import at

pytestmark = pytest.mark.usefixtures("cloud")


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = (at("10:00") + timedelta(seconds=10 * second) for second in range(99))
    monkeypatch.setattr("chalicelib.voice.voicemail.now", lambda: next(moments))


def begin(attributes: dict[str, str] | None = None, message: str = "new") -> Any:
    return ask(
        "voicemail_begin", {"Language": "zh-HK"} | (attributes or {}), Contact="c-1", Queue="service", Message=message
    )


def stored() -> VoicemailRecord:
    [found] = VoicemailRecord.of_call("c-1")
    return found


def test_a_stranger_s_message_has_its_call_and_its_language() -> None:
    assert begin() == {"Result": "ok", "Message": "1"}
    assert (stored().language, stored().queue, stored().account_id, stored().ticket) == ("zh-HK", "service", "", "")
    assert ask("voicemail_end", Contact="c-1", Message="1") == {"Result": "ok"}
    assert begin(message="1") == {"Result": "ok", "Message": "1"}
    assert not stored().ended
    assert ask("voicemail_drop", Contact="c-1", Message="1") == {"Result": "ok"}
    assert stored().state == "none"


def test_somebody_identified_is_known_whatever_the_attributes_say(seal: Seal) -> None:
    customers.register(
        account_number=ACCOUNT_NUMBER, pin=PIN, customer_id="C-1", account_id=ACCOUNT, name="王芳", level="vip"
    )
    begin(identified(seal) | {"CustomerId": "C-2", "TicketNumber": "2600000018"})
    assert (stored().account_id, stored().customer_id, stored().segment) == (ACCOUNT, "C-1", "vip")
    assert stored().ticket == "2600000018"


def test_an_account_without_its_proof_is_nobody_s() -> None:
    with pytest.raises(PermissionError):
        begin({"AccountId": ACCOUNT, "IdentityProof": "made up"})
