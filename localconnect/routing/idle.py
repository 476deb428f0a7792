"""Who is next for a contact: those with a free place, in the order in which they have been without one."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Hashable, Iterator
from datetime import datetime
from itertools import count
from typing import Generic, TypeVar

Seat = TypeVar("Seat", bound=Hashable)
_Place = tuple[bool, int]


class IdleList(Generic[Seat]):
    """Idle ones before busy ones; of each, the one who was moved back longest ago. Being taken out and put in again
    leaves the place as it was.
    """

    def __init__(self) -> None:
        self._turns = count()
        self._moved: dict[Seat, tuple[int, datetime]] = {}
        self._places: dict[Seat, _Place] = {}
        self._order: list[tuple[_Place, Seat]] = []

    def move_back(self, seat: Seat, now: datetime) -> None:
        """To be filed anew after that."""
        self._moved[seat] = next(self._turns), now

    def file(self, seat: Seat, *, busy: bool) -> datetime | None:
        """Put it in its place, as one that has been moved back before; since when it is idle, None if ``busy``."""
        turn, since = self._moved[seat]
        place = busy, turn
        if self._places.get(seat) != place:
            self.remove(seat)
            self._places[seat] = place
            insort(self._order, (place, seat), key=_place)
        return None if busy else since

    def remove(self, seat: Seat) -> None:
        place = self._places.pop(seat, None)
        if place is not None:
            del self._order[bisect_left(self._order, place, key=_place)]

    def __iter__(self) -> Iterator[Seat]:
        return (seat for _, seat in self._order)


def _place(entry: tuple[_Place, object]) -> _Place:
    return entry[0]
