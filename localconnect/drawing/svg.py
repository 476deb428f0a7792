"""A flow as an SVG that any viewer shows: no script, no style sheet, no font of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from localconnect.coverage.counting import Coverage
from localconnect.drawing.layers import Layers, Line, arrange
from localconnect.drawing.places import BOX_WIDTH, Place, place
from localconnect.drawing.words import FAMILIES, branches_words, cut, details, family, measure, spoken, wrap
from localconnect.graph import Branch, Graph, Node
from localconnect.texts import texts_in

FONT = "'Noto Sans', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'Helvetica Neue', Arial, sans-serif"
_FILLS = {
    "say": "#e3effc",
    "ask": "#cfe3fb",
    "decide": "#fdf1cf",
    "set": "#eef0f2",
    "call": "#eadff8",
    "end": "#fbdcd6",
}
_EDGES = {
    "say": "#4a7fb5",
    "ask": "#2563a8",
    "decide": "#b58a1b",
    "set": "#8a949e",
    "call": "#7a4fb0",
    "end": "#b5493a",
}
_INK, _FAINT, _ERROR, _BACK = "#1f2933", "#5d6b78", "#b03a2e", "#2c6e8f"
_REACHED, _MISSED, _LEFT_OUT = "#1e8e3e", "#d3261b", "#a3adb7"
_MARGIN, _HEAD = 40.0, 96.0
_PADDING, _LEADING = 12.0, 17.0
_TITLE, _SMALL = 15.0, 12.0
_MOST_LINES = 6


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of text in a box."""

    text: str
    colour: str = _INK
    weight: str = "normal"
    size: float = _SMALL


@dataclass(frozen=True, slots=True)
class _Picture:
    graph: Graph
    layers: Layers
    places: Mapping[str, Place]
    rows: Mapping[str, Sequence[_Row]]
    coverage: Coverage | None


def draw(graph: Graph, *, language: str = "", coverage: Coverage | None = None) -> str:
    """``language``: of the prompts, as the flow names it. With ``coverage`` reached is green and not reached is red."""
    layers = arrange(graph)
    texts = texts_in(graph, language)
    rows = {name: list(_box_rows(node, texts, layers, coverage)) for name, node in graph.nodes.items()}
    heights = {name: 2 * _PADDING + len(lines) * _LEADING for name, lines in rows.items()}
    picture = _Picture(graph, layers, place(layers, heights), rows, coverage)
    width = max((spot.x for spot in picture.places.values()), default=0) + BOX_WIDTH / 2 + 2 * _MARGIN
    height = max((spot.y + spot.height for spot in picture.places.values()), default=0) + _HEAD + 2 * _MARGIN
    width = max(width, 760.0)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
            f'height="{height:.0f}" font-family="{escape(FONT)}" font-size="{_SMALL:g}">',
            f"<title>{escape(graph.name)}</title>",
            f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
            *_head(graph, coverage),
            f'<g transform="translate({_MARGIN:g} {_HEAD + _MARGIN:g})">',
            *_lines(picture),
            *(_box(picture, node) for node in graph.nodes.values()),
            "</g>",
            "</svg>\n",
        ]
    )


# Text


def _text(x: float, y: float, words: str, **attributes: object) -> str:
    written = "".join(f' {name.replace("_", "-")}="{escape(str(value))}"' for name, value in attributes.items())
    return f'<text x="{x:.1f}" y="{y:.1f}"{written}>{escape(words)}</text>'


def _head(graph: Graph, coverage: Coverage | None) -> Iterator[str]:
    yield _text(_MARGIN, 40, graph.name, font_size=24, font_weight="bold", fill=_INK)
    x = _MARGIN
    for name, says in FAMILIES.items() if coverage is None else ():
        yield f'<rect x="{x:.0f}" y="58" width="18" height="14" rx="3" fill="{_FILLS[name]}" stroke="{_EDGES[name]}"/>'
        yield _text(x + 24, 70, says, fill=_FAINT)
        x += 44 + _SMALL * measure(says)
    legend = ((_REACHED, "reached"), (_MISSED, "not reached"), (_LEFT_OUT, "no test case can reach it"))
    for colour, says in legend if coverage else ():
        yield f'<rect x="{x:.0f}" y="62" width="26" height="5" fill="{colour}"/>'
        yield _text(x + 34, 70, says, fill=_FAINT)
        x += 60 + _SMALL * measure(says)


def _box_rows(node: Node, texts: Mapping[str, str], layers: Layers, coverage: Coverage | None) -> Iterator[_Row]:
    width = (BOX_WIDTH - 2 * _PADDING) / _SMALL
    for line in wrap(node.identifier, (BOX_WIDTH - 2 * _PADDING) / _TITLE, 2):
        yield _Row(line, weight="bold", size=_TITLE)
    yield _Row(node.type, colour=_FAINT)
    words = spoken(node, texts)
    for line in wrap(f'"{words}"', width, _MOST_LINES) if words else ():
        yield _Row(line)
    for detail in details(node):
        yield _Row(cut(detail, width))
    for tag in layers.tags:
        if tag.source == node.identifier:
            yield from _tag_rows(tag, width, coverage)


def _tag_rows(tag: Line, width: float, coverage: Coverage | None) -> Iterator[_Row]:
    errors = all(branch.kind == "error" for branch in tag.branches)
    colour = _colour(tag.branches, coverage) or (_ERROR if errors else _BACK)
    for line in wrap(f"{branches_words(tag.branches) or 'then'} → {tag.target}", width, 2):
        yield _Row(line, colour=colour, weight="bold")


# Colours


def _colour(branches: Iterable[Branch], coverage: Coverage | None) -> str | None:
    """Of branches in a coverage picture: red if one of them is not reached, None in a plain picture."""
    if coverage is None:
        return None
    counts = [coverage.branches[branch] for branch in branches if branch in coverage.branches]
    return (_REACHED if all(counts) else _MISSED) if counts else _LEFT_OUT


def _box_colours(picture: _Picture, node: Node) -> tuple[str, str]:
    """Fill and edge."""
    if picture.coverage is None:
        return _FILLS[family(node)], _EDGES[family(node)]
    count = picture.coverage.actions.get(node.identifier)
    if count is None:
        return "#f4f5f6", _LEFT_OUT
    return ("#e3f4e7", _REACHED) if count else ("#fce1de", _MISSED)


# Shapes


def _box(picture: _Picture, node: Node) -> str:
    spot, rows = picture.places[node.identifier], picture.rows[node.identifier]
    fill, edge = _box_colours(picture, node)
    x, is_start = spot.x - BOX_WIDTH / 2, node.identifier == picture.graph.start
    parts = [
        f'<rect x="{x:.1f}" y="{spot.y:.1f}" width="{BOX_WIDTH:g}" height="{spot.height:.1f}" rx="8" fill="{fill}" '
        f'stroke="{edge}" stroke-width="{3.5 if is_start else 1.6}"/>'
    ]
    if is_start:
        parts.append(_text(spot.x, spot.y - 10, "▼ start", text_anchor="middle", fill=_INK, font_weight="bold"))
    for number, row in enumerate(rows):
        y = spot.y + _PADDING + number * _LEADING + 12.5
        parts.append(
            _text(x + _PADDING, y, row.text, fill=row.colour, font_weight=row.weight, font_size=f"{row.size:g}")
        )
    return f"<g>{''.join(parts)}</g>"


def _lines(picture: _Picture) -> Iterator[str]:
    """The lines, then their labels, which so stay readable where lines cross."""
    ports = _ports(picture)
    labels = []
    for number, line in enumerate(picture.layers.lines):
        tops, bottoms = ports[number, "upper"], ports[number, "lower"]
        errors = all(branch.kind == "error" for branch in line.branches)
        colour = _colour(line.branches, picture.coverage) or (_ERROR if errors else _BACK if line.back else _FAINT)
        path = _path(picture, line, tops[0], bottoms[0])
        dashes = ' stroke-dasharray="6 4"' if errors else ""
        yield f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.8"{dashes}/>'
        yield _arrow(picture, line, tops[0], bottoms[0], colour)
        if words := branches_words(line.branches):
            labels.append(_line_label(picture, line, bottoms if line.back else tops, words, colour))
    yield from labels


def _ports(picture: _Picture) -> dict[tuple[int, str], tuple[float, int]]:
    """Where each line leaves its upper and its lower box: x, and how many are to the left of it."""
    ends: dict[tuple[str, str], list[tuple[float, int]]] = {}
    for number, line in enumerate(picture.layers.lines):
        ends.setdefault((line.points[0], "upper"), []).append((picture.places[line.points[1]].x, number))
        ends.setdefault((line.points[-1], "lower"), []).append((picture.places[line.points[-2]].x, number))
    ports = {}
    for (name, side), found in ends.items():
        step = BOX_WIDTH / (len(found) + 1)
        for index, (_, number) in enumerate(sorted(found)):
            ports[number, side] = picture.places[name].x - BOX_WIDTH / 2 + step * (index + 1), index
    return ports


def _path(picture: _Picture, line: Line, top: float, bottom: float) -> str:
    upper, lower = picture.places[line.points[0]], picture.places[line.points[-1]]
    x, y = top, upper.y + upper.height
    path = f"M{x:.1f} {y:.1f}"
    for name in line.points[1:-1]:
        spot = picture.places[name]
        path += f"{_curve(x, y, spot.x, spot.y)}L{spot.x:.1f} {spot.y + spot.height:.1f}"
        x, y = spot.x, spot.y + spot.height
    return path + _curve(x, y, bottom, lower.y)


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    half = (y + to_y) / 2
    return f"C{x:.1f} {half:.1f} {to_x:.1f} {half:.1f} {to_x:.1f} {to_y:.1f}"


def _arrow(picture: _Picture, line: Line, top: float, bottom: float, colour: str) -> str:
    upper, lower = picture.places[line.points[0]], picture.places[line.points[-1]]
    x, y, wing = (top, upper.y + upper.height, 9) if line.back else (bottom, lower.y, -9)
    return f'<path d="M{x:.1f} {y:.1f}l-4.5 {wing}h9z" fill="{colour}"/>'


def _line_label(picture: _Picture, line: Line, port: tuple[float, int], words: str, colour: str) -> str:
    spot, (x, index) = picture.places[line.source], port
    shift = 15 + 14 * (index % 2)
    y = spot.y - shift + 6 if line.back else spot.y + spot.height + shift
    return _text(
        x,
        y,
        words,
        text_anchor="middle",
        fill=colour,
        font_weight="normal" if words.startswith("then") else "bold",
        stroke="#ffffff",
        stroke_width=4,
        stroke_linejoin="round",
        paint_order="stroke",
    )
