"""Where everything stands: each row keeps its order and its distances and comes as near to its neighbours as it can."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from localconnect.drawing.layers import Layers, neighbours

BOX_WIDTH = 250.0
LINE_WIDTH = 26.0
GAP = 34.0
ROW_GAP = 74.0
_SWEEPS = 40


@dataclass(frozen=True, slots=True)
class Place:
    """``x`` is the middle, ``y`` the top, of the row too where a line passes; pixels."""

    x: float
    y: float
    height: float


def place(layers: Layers, heights: Mapping[str, float]) -> dict[str, Place]:
    """``heights``: of the boxes; what has none is a place where a line passes."""
    above, below = neighbours(layers.lines)
    middle = {name: x for row in layers.rows for name, x in zip(row, _apart(row, heights), strict=True)}
    for sweep in range(_SWEEPS):
        rows = layers.rows if sweep % 2 == 0 else layers.rows[::-1]
        for row in rows:
            near = [[*above.get(name, ()), *below.get(name, ())] for name in row]
            wanted = [
                fmean(middle[other] for other in others) if others else middle[name]
                for name, others in zip(row, near, strict=True)
            ]
            middle |= zip(row, _nearest(wanted, _apart(row, heights)), strict=True)
    left = min((x for x in middle.values()), default=0) - BOX_WIDTH / 2
    places: dict[str, Place] = {}
    y = 0.0
    for row in layers.rows:
        height = max((heights.get(name, 0) for name in row), default=0)
        places |= {name: Place(middle[name] - left, y, heights.get(name, height)) for name in row}
        y += height + ROW_GAP
    return places


def _apart(row: Sequence[str], heights: Mapping[str, float]) -> list[float]:
    """Middles as near to each other as may be, from 0."""
    middles, x = [], 0.0
    for before, name in zip(("", *row), row, strict=False):
        x += (_width(before, heights) + _width(name, heights)) / 2 + GAP if before else 0
        middles.append(x)
    return middles


def _width(name: str, heights: Mapping[str, float]) -> float:
    return BOX_WIDTH if name in heights else LINE_WIDTH


def _nearest(wanted: Iterable[float], apart: Sequence[float]) -> list[float]:
    """The middles nearest to those wanted that are no nearer to each other than ``apart`` (isotonic regression)."""
    blocks: list[list[float]] = []
    for value in (want - offset for want, offset in zip(wanted, apart, strict=True)):
        blocks.append([value])
        while len(blocks) > 1 and fmean(blocks[-2]) > fmean(blocks[-1]):
            last = blocks.pop()
            blocks[-1] += last
    levelled = [fmean(block) for block in blocks for _ in block]
    return [value + offset for value, offset in zip(levelled, apart, strict=True)]
