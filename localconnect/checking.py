"""What localconnect makes of a file: which of its actions run, are doubled or are refused, and what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from localconnect.files import UnreadableFile, read_file
from localconnect.language.document import check_flow
from localconnect.language.schema import support
from localconnect.loose import kind_of
from localconnect.testing.schema import check_case


@dataclass(frozen=True, slots=True)
class Named:
    """An action: its identifier in the file, and its type."""

    identifier: str
    type: str


@dataclass(slots=True)
class Checked:
    """``kind`` is the type of flow, or "TEST_CASE". ``problems`` are sentences, one for each refused action too."""

    file: str
    kind: str
    runs: list[Named] = field(default_factory=list)
    doubled: list[Named] = field(default_factory=list)
    refused: list[Named] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not (self.refused or self.problems)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def check_file(path: Path) -> Checked:
    """A flow, a flow module or a test case. A file that cannot be read has that as its problem."""
    try:
        text = read_file(path)
    except UnreadableFile as error:
        return Checked(str(path), "", problems=[str(error)])
    document = _document(text)
    if "Observations" in document:
        return Checked(str(path), "TEST_CASE", problems=check_case(text, path.name))
    kind = kind_of(text)
    checked = Checked(str(path), kind, problems=check_flow(text, kind=kind, name=path.name))
    groups = {"runs": checked.runs, "doubled": checked.doubled, None: checked.refused}
    for action in _actions(document):
        groups[support(action.type)].append(action)
    return checked


def _document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _actions(document: dict[str, Any]) -> Iterator[Named]:
    actions = document.get("Actions")
    for action in actions if isinstance(actions, list) else []:
        if isinstance(action, dict) and "Type" in action:
            yield Named(str(action.get("Identifier", "")), str(action["Type"]))
