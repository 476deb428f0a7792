"""What a ticket is about: categories.json, a tree whose top the phone offers by key, in that order.

A category below another begins with its name and a point: fees.commission is one of fees.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def categories() -> list[dict[str, Any]]:
    """The top categories: ``category``, ``names`` by language, and ``under``, those below it in the same shape."""
    found: list[dict[str, Any]] = json.loads(Path(__file__).with_name("categories.json").read_text("utf-8"))
    return found


def category_names(category: str) -> dict[str, str] | None:
    """How a category is called, by language; None for no such category."""
    level = categories()
    while True:
        match = next((one for one in level if f"{category}.".startswith(f"{one['category']}.")), None)
        if match is None or match["category"] == category:
            return match["names"] if match else None
        level = match.get("under", [])


@cache
def causes() -> list[dict[str, Any]]:
    """What is found to be behind a ticket when it is resolved (causes.json): ``cause``, ``names`` by language."""
    found: list[dict[str, Any]] = json.loads(Path(__file__).with_name("causes.json").read_text("utf-8"))
    return found
