"""Categories, causes and canned replies: in three languages, and what stands for something is filled in."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.http.ticket_acts import DETAILS
from chalicelib.platform.words import LANGUAGES
from chalicelib.tickets.macros import macros, rows
from tests.unit.chalicelib.seed import ACCOUNT, customer

from .conftest import LI, NOBODY, TELLER, WANG, Ask
from .test_tickets import do, opened


def test_whoever_is_signed_in_learns_what_a_ticket_may_be_about(ask: Ask) -> None:
    def names(tree: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
        for one in tree:
            yield one["names"]
            yield from names(one.get("under", []))

    found = ask("GET", "/categories", who=NOBODY).body
    assert "fees" in [one["category"] for one in found["categories"]]
    assert "our_mistake" in [one["cause"] for one in found["causes"]]
    assert all(set(one) == set(LANGUAGES) for part in found.values() for one in names(part))


def test_every_macro_is_the_words_of_a_verb_in_every_language() -> None:
    assert len({row["macro"] for row in rows()}) == len(rows()) > 0
    for row in rows():
        assert row["verb"] in DETAILS
        assert set(row["texts"]) == set(row["titles"]) == set(LANGUAGES)
        fields = [set(re.findall(r"\{\w+\}", text)) for text in row["texts"].values()]
        assert fields[0] == fields[1] == fields[2] <= {"{name}", "{number}", "{due}"}


def test_a_macro_is_filled_in_for_a_ticket_in_its_language(ask: Ask) -> None:
    customer()
    seen = do(ask, opened(ask, account_id=ACCOUNT, language="zh-HK"), "accept")
    number = seen.body["number"]
    given = ask("GET", f"/macros?number={number}", who=LI).body
    texts = {one["macro"]: one["text"] for one in given["macros"]}
    assert given["language"] == "zh-HK"
    assert texts["still_working"].startswith(f"王芳你好：你嘅工單（編號 {number[:3]} {number[3:6]} {number[6:]}）")
    assert "2027-01-23" in texts["still_working"]  # the last of sixty days
    assert ask("GET", f"/macros?number={number}&language=en", who=TELLER).body["language"] == "en"


def test_what_is_not_known_is_left_to_be_seen(ask: Ask) -> None:
    assert "{name}" in str(ask("GET", "/macros", who=LI).body)
    assert "{due}" in str(ask("GET", f"/macros?number={opened(ask).body['number']}", who=LI).body)
    assert "{name}" not in str(macros("en", {"name": "{due}"}))


@pytest.mark.parametrize("path", ["/macros", "/departments"])
def test_those_of_the_house_are_for_the_house(ask: Ask, path: str) -> None:
    assert ask("GET", path, who=WANG).body["code"] == "not_allowed"
    assert ask("GET", "/macros?number=2600000000", who=LI).body["code"] == "unknown_ticket"
