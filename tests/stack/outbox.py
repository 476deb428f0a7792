"""What has left the local cloud by SMS and e-mail, and waiting until something has come of it."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from typing import Any

from devtools.line import Line


def awaited(look: Callable[[], Any], holds: Callable[[Any], bool]) -> Any:
    """What ``look`` sees once it holds, within a minute."""
    give_up = time.monotonic() + 60
    while not holds(seen := look()):
        assert time.monotonic() < give_up, f"waited a minute, and it is {seen}"
        time.sleep(0.2)
    return seen


def _posted(line: Line, path: str) -> Any:
    """What the local cloud's SNS or SES has sent."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{line.stage.endpoint}/_ministack/{path}") as answer:
        return json.loads(answer.read())


def texts_to(line: Line, mobile: str) -> list[str]:
    """What was sent to a mobile, in order."""
    return [sent["Message"] for sent in _posted(line, "sns/sms-messages")["sms_messages"].get(mobile, [])]


def sent_by_mail(line: Line) -> list[dict[str, Any]]:
    """All e-mails."""
    return [mail for account in _posted(line, "ses/messages")["messages"].values() for mail in account]
