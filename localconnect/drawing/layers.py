"""Which layer each box stands in and in which order: longest-path layers and barycentres (Sugiyama's method)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from localconnect.graph import Branch, Graph

SWEEPS = 24
LONGEST_LINE = 5
HUB = 5


@dataclass(frozen=True, slots=True)
class Line:
    """All branches from one action to another. ``points``: its ends and, between, a place in each layer it crosses.

    ``back``: it leads up; its points go down all the same, from the target to the source.
    """

    source: str
    target: str
    branches: tuple[Branch, ...]
    back: bool
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layers:
    """``rows``: names of actions and of places where lines pass, from above and from the left.

    ``lines`` are drawn. ``tags`` are told in words: they lead far, or with many others to one action, or to themselves.
    """

    rows: Sequence[Sequence[str]]
    lines: Sequence[Line]
    tags: Sequence[Line]


def arrange(graph: Graph) -> Layers:
    bundles = _bundles(graph)
    back = _back_edges(graph, bundles)
    level = _levels(graph, bundles, back)
    lines: list[Line] = []
    tags: list[Line] = []
    for (source, target), branches in bundles.items():
        line = Line(source, target, branches, (source, target) in back)
        (lines if _is_drawn(line, level, bundles) else tags).append(line)
    drawn = [_with_points(line, level) for line in lines]
    return Layers(_order(_rows(level, drawn), drawn), drawn, tags)


def _bundles(graph: Graph) -> dict[tuple[str, str], tuple[Branch, ...]]:
    bundles: dict[tuple[str, str], tuple[Branch, ...]] = {}
    for branch in graph.branches():
        if branch.target in graph.nodes:
            ends = branch.source, branch.target
            bundles[ends] = (*bundles.get(ends, ()), branch)
    return bundles


def _back_edges(graph: Graph, edges: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those that close a circle on a walk in depth from the start, success first."""
    following: dict[str, list[str]] = {identifier: [] for identifier in graph.nodes}
    for source, target in edges:
        following[source].append(target)
    back, open_, done = set(), set[str](), set[str]()
    for root in (graph.start, *graph.nodes):
        if root not in graph.nodes or root in done:
            continue
        stack = [(root, iter(following[root]))]
        open_.add(root)
        while stack:
            identifier, rest = stack[-1]
            target = next(rest, "")
            if not target:
                stack.pop()
                open_.discard(identifier)
                done.add(identifier)
            elif target in open_:
                back.add((identifier, target))
            elif target not in done:
                open_.add(target)
                stack.append((target, iter(following[target])))
    return back


def _levels(graph: Graph, edges: Iterable[tuple[str, str]], back: set[tuple[str, str]]) -> dict[str, int]:
    """The length of the longest way to each action, without the lines that lead back."""
    forward = [edge for edge in edges if edge not in back]
    level = dict.fromkeys(graph.nodes, 0)
    for _ in level:
        for source, target in forward:
            level[target] = max(level[target], level[source] + 1)
    return level


def _is_drawn(line: Line, level: Mapping[str, int], edges: Iterable[tuple[str, str]]) -> bool:
    span = abs(level[line.target] - level[line.source])
    is_hub = sum(target == line.target for _, target in edges) >= HUB
    return 0 < span <= LONGEST_LINE and (not is_hub or (span == 1 and not line.back))


def _with_points(line: Line, level: Mapping[str, int]) -> Line:
    upper, lower = (line.target, line.source) if line.back else (line.source, line.target)
    between = [f"{line.source}\n{line.target}\n{row}" for row in range(level[upper] + 1, level[lower])]
    return Line(line.source, line.target, line.branches, line.back, (upper, *between, lower))


def _rows(level: Mapping[str, int], lines: Iterable[Line]) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
    for identifier, row in level.items():
        rows[row].append(identifier)
    for line in lines:
        for row, point in enumerate(line.points[1:-1], level[line.points[0]] + 1):
            rows[row].append(point)
    return rows


def _order(rows: list[list[str]], lines: Iterable[Line]) -> list[list[str]]:
    """Sweep down and up, each row sorted by the mean place of its neighbours; keep what crosses least."""
    above, below = neighbours(lines)
    best, fewest = rows, crossings(rows, below)
    for sweep in range(SWEEPS):
        rows = [list(row) for row in rows]
        downward = sweep % 2 == 0
        near, indices = (above, range(1, len(rows))) if downward else (below, range(len(rows) - 2, -1, -1))
        for index in indices:
            fixed = {name: place for place, name in enumerate(rows[index - 1 if downward else index + 1])}
            own = {name: place for place, name in enumerate(rows[index])}
            rows[index].sort(key=lambda name: _barycentre(near.get(name, ()), fixed, own[name]))
        count = crossings(rows, below)
        if count < fewest:
            best, fewest = rows, count
    return best


def _barycentre(near: Iterable[str], fixed: Mapping[str, int], own: int) -> float:
    places = [fixed[name] for name in near if name in fixed]
    return fmean(places) if places else own


def neighbours(lines: Iterable[Line]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """By name, the neighbours in the row above and those in the row below."""
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for line in lines:
        for upper, lower in pairwise(line.points):
            above.setdefault(lower, []).append(upper)
            below.setdefault(upper, []).append(lower)
    return above, below


def crossings(rows: Sequence[Sequence[str]], below: Mapping[str, Sequence[str]]) -> int:
    count = 0
    for upper, lower in pairwise(rows):
        place = {name: index for index, name in enumerate(lower)}
        ends = [place[name] for source in upper for name in sorted(below.get(source, ()), key=lambda n: place[n])]
        count += sum(a > b for index, a in enumerate(ends) for b in ends[index + 1 :])
    return count
