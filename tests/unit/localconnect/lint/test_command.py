from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from localconnect.language.document import InvalidFlow
from localconnect.lint import RULES, command
from tests.unit.localconnect.flows import document, menu, say

app = typer.Typer()
app.command()(command)


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    file = tmp_path / "flow.json"
    actions = json.loads(document([menu("menu", {"1": "end"}), say("forgotten", "Nobody hears this.")]))
    file.write_text(json.dumps(actions, indent=2), "utf-8")
    return file


def test_a_warning_is_printed_and_the_exit_code_is_1(flow: Path) -> None:
    result = CliRunner().invoke(app, [str(flow)])
    assert result.exit_code == 1
    assert f'{flow}: action "forgotten": LC001 no way leads to it' in result.output


def test_nothing_found_is_exit_code_0(tmp_path: Path) -> None:
    file = tmp_path / "flow.json"
    file.write_text(document([menu("menu", {"1": "end"})]), "utf-8")
    assert CliRunner().invoke(app, [str(file)]).exit_code == 0


def test_sarif_names_rule_place_and_line(flow: Path, tmp_path: Path) -> None:
    CliRunner().invoke(app, [str(flow), "--sarif", str(tmp_path / "out" / "lint.sarif")])
    log = json.loads((tmp_path / "out" / "lint.sarif").read_text("utf-8"))
    assert log["version"] == "2.1.0"
    [run] = log["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule.code for rule in RULES]
    [result] = run["results"]
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("LC001", 0, "warning")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == flow.as_posix()
    line = flow.read_text("utf-8").splitlines()[place["region"]["startLine"] - 1]
    assert '"Identifier": "forgotten"' in line


def test_the_rules_are_listed() -> None:
    output = CliRunner().invoke(app, ["--rules"]).output
    assert all(rule.code in output for rule in RULES)


def test_what_has_not_the_shape_of_a_flow_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "old.json"
    file.write_text(json.dumps({"modules": [], "metadata": {}}), "utf-8")
    result = CliRunner().invoke(app, [str(file)])
    assert isinstance(result.exception, InvalidFlow)
    assert "old.json: this is an export in the console's old format" in str(result.exception)


@pytest.mark.parametrize("text", ["no JSON", "[]", "{}", '{"StartAction": "a", "Actions": [1]}'])
def test_anything_else_is_so_too(tmp_path: Path, text: str) -> None:
    file = tmp_path / "odd.json"
    file.write_text(text, "utf-8")
    assert "odd.json: this " in str(CliRunner().invoke(app, [str(file)]).exception)
