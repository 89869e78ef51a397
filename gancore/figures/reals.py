"""Real points for pictures that others may see: points of one's own are left out unless the person says otherwise."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from gancore.parts.dataset import Dataset
from gancore.recording.window import Window, windows_of

OPTION = "--with-points"
"""The option of the command line by which points of one's own become part of what is written."""
LEFT_OUT = "own points left out"
NOT_HERE = "real points not in this store"

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, eq=False)
class Reals:
    """The real points of a panel."""

    points: np.ndarray
    """Those to be drawn, [n, 2] in dataset coordinates; none where they are left out or are not here."""
    known: np.ndarray
    """All that are here, [m, 2]: they decide what part of the plane is shown, whether they are drawn or not."""
    missing: str = ""
    """Why none is drawn, in a few words; empty where they are."""

    @classmethod
    def of(cls, dataset: Dataset, own: bool) -> Reals:
        """Those of a dataset; ``own`` says whether points of one's own may be drawn."""
        known = dataset.at_hand()
        if dataset.private and not own:
            return cls(known[:0], known, LEFT_OUT)
        return cls(known, known, NOT_HERE if dataset.lacks() else "")


def windows_for(reals: Mapping[Key, Reals]) -> dict[Key, Window]:
    """What each panel shows (see ``windows_of``)."""
    return windows_of({key: one.known for key, one in reals.items()})


def left_out(reals: Iterable[Reals]) -> str:
    """A sentence on the panels without real points, to follow others; empty where all have theirs."""
    reasons = {one.missing for one in reals}
    said = []
    if LEFT_OUT in reasons:
        said.append(f"Real points of one's own are left out; gancore report {OPTION} draws them.")
    if NOT_HERE in reasons:
        said.append("Real points that are not in this store are not drawn.")
    return "".join(f" {sentence}" for sentence in said)
