"""A password is changed once, five wrong ones lock, across calls, and neither password nor account number is left
anywhere in clear."""

import json
import re

from devtools.line import Line

from .journey import call, heard, scan

ACCOUNT, PIN, WRONG = "60005555", "173205", ("909091", "909092", "909093", "909094", "909095")
NEW = "971324"
SECRETS = (ACCOUNT, PIN, NEW, *WRONG)
TABLES = ("CustomersTable", "SecuritiesTable", "PositionsTable", "OrdersTable")


def found(text: str) -> list[str]:
    """The secrets that stand in ``text``, not as a part of a longer number or of a hash."""
    return [secret for secret in SECRETS if re.search(rf"(?<![0-9a-fA-F.]){secret}(?![0-9a-fA-F])", text)]


def test_passwords_change_once_five_wrong_ones_lock_and_nothing_leaks(line: Line) -> None:
    changed = call(line, f"{ACCOUNT}#,{PIN}#,6,{PIN}#,{NEW}#,{NEW}#,6,{NEW}#,{PIN}#,{PIN}#", deliver=3)
    assert heard(changed).count("Your phone password has been changed") == 2
    right = call(line, f"{ACCOUNT}#,{PIN}#")
    assert right.attributes["Identified"] == "yes"
    typed_ahead = call(line, f"{ACCOUNT}#{PIN}#1")
    assert " yuan available, of which" in heard(typed_ahead)
    first = call(line, "".join(f"{ACCOUNT}#,{wrong}#," for wrong in WRONG[:3]))
    assert first.attributes["Identified"] == "no"
    assert "we could not confirm who you are" in heard(first)
    second = call(line, "".join(f"{ACCOUNT}#,{wrong}#," for wrong in WRONG[3:]))
    assert "your phone password is locked for today" in heard(second)
    locked = call(line, f"{ACCOUNT}#,{PIN}#")
    assert "your phone password is locked for today" in heard(locked)

    for record in (changed, right, typed_ahead, first, second, locked):
        assert found(json.dumps(record.to_json(), ensure_ascii=False)) == []
    for table in TABLES:
        assert found(repr(scan(line, table))) == []
    logs = function_logs(line)
    assert "identify" in logs
    assert "change_pin" in logs
    assert found(logs) == []
    assert found(cloud_log(line)) == []


def function_logs(line: Line) -> str:
    """All that the functions wrote."""
    logs = line.stage.session.client("logs", endpoint_url=line.stage.endpoint)
    groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    events = [
        event["message"]
        for group in groups
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        for event in page["events"]
    ]
    return "\n".join(events)


def cloud_log(line: Line) -> str:
    return (line.home / "cloud.log").read_text("utf-8")


def test_the_search_would_find_a_secret() -> None:
    assert found(f'{{"Pin": "{PIN}"}} account {ACCOUNT}.') == [ACCOUNT, PIN]
