from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
import typer
from typer.testing import CliRunner

from localconnect.drawing import command, draw
from localconnect.drawing.layers import arrange, crossings, neighbours
from localconnect.drawing.places import BOX_WIDTH, place
from localconnect.drawing.words import cut, measure, spoken, wrap
from localconnect.graph import Graph, read_file, read_graph
from localconnect.texts import texts_in
from tests.unit.localconnect.flows import Action, action, document, menu

FLOWS = Path(__file__).parents[4] / "connect_flows"
ORDERS = FLOWS / "modules" / "orders.json"
OWN = [*(FLOWS / "flows").glob("*.json"), *(FLOWS / "modules").glob("*.json")]


def graph(*actions: Action) -> Graph:
    return read_graph(document(actions), file="f.json", name="f")


def say(identifier: str, text: str, then: str = "end") -> Action:
    """With an error branch, which the service doesn't ask for."""
    return action(identifier, "MessageParticipant", {"Text": text}, then, errors={"NoMatchingError": "error"})


def words(picture: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("file", OWN, ids=lambda file: file.stem)
def test_every_action_is_in_the_picture_and_every_way_leads_somewhere(file: Path) -> None:
    read = read_file(file)
    picture = draw(read)
    assert read.nodes.keys() <= set(words(picture))
    layers = arrange(read)
    ways = {(line.source, line.target) for line in (*layers.lines, *layers.tags)}
    assert ways == {(branch.source, branch.target) for branch in read.branches() if branch.target}


@pytest.mark.parametrize("file", OWN, ids=lambda file: file.stem)
def test_boxes_do_not_overlap(file: Path) -> None:
    read = read_file(file)
    heights = dict.fromkeys(read.nodes, 80.0)
    layers = arrange(read)
    places = place(layers, heights)
    for row in layers.rows:
        middles = [places[name].x for name in row if name in heights]
        assert all(right - left > BOX_WIDTH for left, right in pairwise(middles))
    tops = [places[row[0]].y for row in layers.rows]
    assert all(lower - upper > 80 for upper, lower in pairwise(tops))


def test_lines_go_down_unless_they_lead_back() -> None:
    layers = arrange(graph(menu("menu", {"1": "again"}), say("again", "Again.", "menu")))
    [back] = [line for line in layers.lines if line.back]
    assert (back.source, back.target) == ("again", "menu")
    level = {name: number for number, row in enumerate(layers.rows) for name in row}
    assert all(level[line.points[0]] < level[line.points[-1]] for line in layers.lines)


def test_sweeps_leave_fewer_crossings_than_there_were(monkeypatch: pytest.MonkeyPatch) -> None:
    def count() -> int:
        layers = arrange(read_file(ORDERS))
        return crossings(layers.rows, neighbours(layers.lines)[1])

    swept = count()
    monkeypatch.setattr("localconnect.drawing.layers._order", lambda rows, lines: rows)
    assert swept < count()


def test_the_same_flow_gives_the_same_picture() -> None:
    assert draw(read_file(ORDERS), language="en") == draw(read_file(ORDERS), language="en")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "To buy, press 1."),
        ("zh-HK", "買入請撳1"),
        ("zh-CN", "买入请按1"),
        ("", "买入请按1"),
        ("en-GB", "To buy, press 1."),
    ],
)
def test_prompts_are_in_the_language_asked_for(language: str, said: str) -> None:
    read = read_file(ORDERS)
    assert said in spoken(read.nodes["side menu"], texts_in(read, language))
    assert said[:6] in " ".join(words(draw(read, language=language)))


def test_the_language_may_be_chosen_in_the_flow_itself() -> None:
    read = read_file(FLOWS / "flows" / "main.json")
    assert "For funds and holdings" in spoken(read.nodes["main menu"], texts_in(read, "en"))


def test_what_a_function_answers_stands_in_brackets() -> None:
    [node, *_] = graph(say("say", "Hello $.External.Name")).nodes.values()
    assert spoken(node, {}) == "Hello [External.Name]"


def test_text_is_escaped() -> None:
    picture = draw(graph(say('a<b & "c"', "</svg><script>alert(1)</script> & more")))
    assert 'a<b & "c"' in words(picture)
    assert "<script>" not in picture


def test_errors_are_dashed_and_success_is_not() -> None:
    picture = draw(graph(say("hello", "Hello.", "then"), say("then", "Then.")))
    assert len(re.findall("stroke-dasharray", picture)) == 2  # both fail into "error"
    assert "error" in words(picture)


def test_an_operator_is_told() -> None:
    condition = {"NextAction": "end", "Condition": {"Operator": "NumberGreaterThan", "Operands": ["5"]}}
    bigger = action("compare", "Compare", {"ComparisonValue": "$.Attributes.n"}, "end")
    bigger["Transitions"]["Conditions"] = [condition]
    assert any("> 5" in text for text in words(draw(graph(bigger))))


def test_a_flow_that_names_an_action_which_is_not_there_is_drawn_all_the_same() -> None:
    body = json.loads(document([say("hello", "Hello.", "nowhere")])) | {"StartAction": "nowhere"}
    assert "hello" in words(draw(read_graph(json.dumps(body), file="f.json", name="f")))


def test_wrapping_keeps_lines_short_and_says_where_it_stopped() -> None:
    lines = wrap("one two three four five six seven 一二三四五六七八九十 " + "x" * 50, 6, 5)
    assert len(lines) == 5
    assert lines[-1].endswith("…")
    assert all(measure(line) <= 7 for line in lines)
    assert " ".join(wrap("one two three", 50, 3)) == "one two three"
    assert measure(cut("a very long line indeed", 5)) <= 5
    assert cut("short", 50) == "short"


def test_the_command_writes_a_file_or_prints(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(command)
    CliRunner().invoke(app, [str(ORDERS), "-o", str(tmp_path / "orders.svg"), "--language", "en"])
    assert "To buy, press 1" in (tmp_path / "orders.svg").read_text("utf-8")
    assert CliRunner().invoke(app, [str(ORDERS)]).output.startswith("<svg")
    CliRunner().invoke(app, ["--template", str(FLOWS.parent / "infra" / "connect.yaml"), "-o", str(tmp_path / "all")])
    assert len(list((tmp_path / "all").glob("*.svg"))) == 15
