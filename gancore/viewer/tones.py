"""Colours of what lies under a panel's points, and of the points where something does.

Every point then has at least 3:1 against all that the field and the density can be under it, and real and generated
points stay as far apart in greyscale as they are without.
"""

from __future__ import annotations

from typing import TypedDict


class Tones(TypedDict):
    """Colours as ``#rrggbb``."""

    ground: str
    """The panel where nothing lies under its points."""
    real: str
    """Real points on a field or a density."""
    fake: str
    """Generated points on them."""
    real_field: str
    """The field where the discriminator is certain of real; towards undecided it fades into the ground."""
    fake_field: str
    """The field where it is certain of generated; darker than the other, as its sign must read in greyscale."""
    density: str
    """Where the generated points are densest."""


TONES: dict[str, Tones] = {
    "light": {
        "ground": "#ffffff",
        "real": "#1a66bd",
        "fake": "#7a0812",
        "real_field": "#b3d8ff",
        "fake_field": "#ffb3ae",
        "density": "#ffaaa4",
    },
    "dark": {
        "ground": "#14171c",
        "real": "#a9d2ff",
        "fake": "#f5595f",
        "real_field": "#10406f",
        "fake_field": "#611a1f",
        "density": "#6e1d22",
    },
}
"""Colour scheme → its colours."""
