"""The languages that customers are spoken and written to in, and their message catalogues."""

import json
from functools import cache
from pathlib import Path

LANGUAGES = ("zh-CN", "zh-HK", "en")


def spoken(language: str) -> str:
    """The language itself where it is one of ours, else Mandarin."""
    return language if language in LANGUAGES else LANGUAGES[0]


@cache
def catalogue(folder: Path, language: str) -> dict[str, str]:
    """The texts of ``<language>.json`` in a folder; Mandarin's where the language is not one of ours."""
    texts: dict[str, str] = json.loads((folder / f"{spoken(language)}.json").read_text("utf-8"))
    return texts
