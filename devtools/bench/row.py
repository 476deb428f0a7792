"""One line of the benchmarks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """``ratio``: how many times the least; None where the least is nothing at all. ``goal`` in words, "" for none."""

    name: str
    measured: float
    least: float
    ratio: float | None
    unit: str
    goal: str = ""


def row(name: str, measured: float, least: float, unit: str, goal: str = "") -> Row:
    """A row whose ratio is reckoned: 1 where both are nothing; for a rate ("…/s") how many times slower we are."""
    if unit.endswith("/s"):
        return Row(name, measured, least, round(least / measured, 3), unit, goal)
    ratio = round(measured / least, 3) if least else (None if measured else 1.0)
    return Row(name, measured, least, ratio, unit, goal)
