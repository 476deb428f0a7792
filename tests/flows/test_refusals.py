"""Whatever a caller may be refused is heard in some test case."""

import json
import re
from pathlib import Path

import pytest

from chalicelib.voice.speech import catalogue

CASES = Path(__file__).parents[2] / "connect_flows" / "tests"
REFUSALS = re.compile(
    r"(refused|not_cancelled|warning|not_amended|transfer_refused|transfer_failed|statement_refused|"
    r"complaint_refused|ticket_refused)\."
)
BY_PHONE_NEVER = {"statement_refused.no_destination"}
"""A caller always chooses fax, e-mail or both."""
SHORTEST = 12
"""Characters of a sentence that a case must hear to tell it from the others."""


def heard() -> list[str]:
    """The texts that the test cases wait for."""
    return [
        observation["Event"]["Properties"].get("Text", "")
        for file in CASES.glob("*.json")
        for observation in json.loads(file.read_text("utf-8"))["Observations"]
    ]


def says(text: str, sentence: str) -> bool:
    """Whether ``text`` is a part of ``sentence`` with its facts filled in, and long enough to be of no other."""
    parts = (part.strip(" ,.:") for part in re.split(r"\{\w+\}|[.:]", sentence))
    return any(len(part) >= SHORTEST and (part in text or text.strip(" .") in part) for part in parts)


@pytest.mark.parametrize(
    "key", sorted(key for key in catalogue("en") if REFUSALS.match(key) and key not in BY_PHONE_NEVER)
)
def test_every_refusal_is_heard_in_a_case(key: str) -> None:
    assert any(says(text, catalogue("en")[key]) for text in heard() if len(text) >= SHORTEST), catalogue("en")[key]
