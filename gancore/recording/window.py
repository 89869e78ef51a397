"""Window: the part of the plane that a picture shows."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

MARGIN = 1.25
"""Half side of a window over that of what it shows."""
FILLED = 0.75
"""Share of the square around the origin that points take up along one axis, at least, to be shown in it."""
UNLIKE = 20
"""How many times as far points reach along one axis as along the other when each has a range of its own."""
SHARED = 0.25
"""Half side of a window over that of one that it shares, at least; smaller ones are shown by themselves."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Window:
    """A rectangle: so far to each side of a centre, along x and along y."""

    centre: tuple[float, float] = (0.0, 0.0)
    half: tuple[float, float] = (MARGIN, MARGIN)

    @classmethod
    def square(cls, half: float) -> Window:
        """The square around the origin."""
        return cls((0.0, 0.0), (half, half))

    @classmethod
    def around(cls, sets: Iterable[np.ndarray], margin: float = MARGIN) -> Window:
        """Shows all points [n, 2] with room to spare: the square around the origin where they fill most of it.

        Otherwise one around the points, with a unit as long along x as along y unless one axis has more than 20 times
        the other's range. Without a point, the square of the question.
        """
        given = [points[np.isfinite(points).all(axis=1)] for points in map(np.asarray, sets)]
        boxes = [(p.min(axis=0), p.max(axis=0)) for p in given if len(p)]
        if not boxes:
            return cls.square(margin)
        low, high = np.min([b[0] for b in boxes], axis=0), np.max([b[1] for b in boxes], axis=0)
        low, high = low.astype(np.float64), high.astype(np.float64)
        largest, reach = float(np.abs([low, high]).max()), (high - low) / 2
        small, large = np.sort(reach)
        unlike = small > 0 and large > UNLIKE * small
        if not unlike and large >= FILLED * largest:
            return cls.square(margin * largest or margin)
        if not unlike:
            reach = np.full(2, large or max(largest, 1.0))
        x, y = (low + high) / 2
        return cls((float(x), float(y)), (margin * float(reach[0]), margin * float(reach[1])))

    @property
    def plain(self) -> bool:
        """Whether it is a square around the origin."""
        return self.centre == (0.0, 0.0) and self.half[0] == self.half[1]

    @property
    def domains(self) -> tuple[list[float], list[float]]:
        """Ends along x, and along y."""
        x, y = ([middle - half, middle + half] for middle, half in zip(self.centre, self.half, strict=True))
        return x, y

    def to_unit(self, points: np.ndarray) -> np.ndarray:
        """Points [..., 2] in coordinates that run from -1 to 1 through the window."""
        return (np.asarray(points, np.float64) - self.centre) / self.half

    def holds(self, points: np.ndarray) -> np.ndarray:
        """Which of the points [n, 2] lie inside, [n]; not those that are not finite."""
        return np.all(np.abs(np.asarray(points, np.float64) - self.centre) <= self.half, axis=1)


def windows_of(sets: Mapping[Key, np.ndarray]) -> dict[Key, Window]:
    """A window for each set of points [n, 2], the same for all where they are of one size and place.

    Panels side by side are then on the same axes, unless one would hardly be seen on them.
    """
    own = {key: Window.around([points]) for key, points in sets.items()}
    shared = Window.around(sets.values())
    fits = all(
        window.half[axis] >= (SHARED if window.plain and shared.plain else 0.5) * shared.half[axis]
        for window in own.values()
        for axis in (0, 1)
    )
    return dict.fromkeys(own, shared) if fits else own
