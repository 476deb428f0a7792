"""The README says what the code does: its tables are the code's, its example runs as it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from localconnect import tables
from localconnect.api.operations import OPERATIONS
from localconnect.cli.commands import COMMANDS, app
from localconnect.language.schema import ACTION_TYPES

README = (Path(__file__).parents[3] / "localconnect" / "README.md").read_text(encoding="utf-8")


def block(language: str, number: int = 0) -> str:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)[number]


@pytest.mark.parametrize("table", [tables.flow_table, tables.testing_table])
def test_the_tables_are_those_that_the_code_makes(table: Callable[[], str]) -> None:
    assert table() in README, "Put what `python -m localconnect.tables` prints into localconnect/README.md."


def test_no_action_type_is_missing_and_none_is_named_twice() -> None:
    named = [line.split(" | ")[1] for line in tables.flow_table().splitlines()[2:]]
    assert set(named) == ACTION_TYPES | set(" ".join(tables.DOCUMENTED.values()).split())
    assert len(named) == len(set(named))


def test_each_command_is_explained() -> None:
    assert all(f"| `{command}` |" in README for command in COMMANDS)


def test_the_operations_are_counted() -> None:
    assert f"It has {len(OPERATIONS)} operations" in README


def test_the_five_minutes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for number, name in enumerate(("flow.json", "functions.json", "case.json")):
        Path(name).write_text(block("json", number), encoding="utf-8")
    called = CliRunner().invoke(app, ["call", "flow.json", "--stub", "functions.json", "--keys", "1"])
    assert called.stdout == block("text")
    tested = CliRunner().invoke(app, ["test", "--flow", "flow.json", "case.json", "--stub", "functions.json"])
    assert tested.exit_code == 0, tested.output
