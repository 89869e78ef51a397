"""What can be chosen in the view: names, words and defaults, for the script and for the address alike."""

from __future__ import annotations

from typing import Any, TypedDict

DEFAULTS: dict[str, Any] = {
    "step": None,
    "left": "d_acc",
    "right": "g_loss",
    "x": "steps",
    "spread": "band",
    "smooth": 1,
    "curves": "auto",
    "highlight": None,
    "layers": [],
    "off": [],
    "range": None,
}
"""Parameter of the address → its value where the address does not have it."""
CHOICES: dict[str, dict[str, str]] = {
    "spread": {"band": "median and quartiles", "seeds": "every seed"},
    "x": {"steps": "steps", "samples": "samples seen", "seconds": "seconds"},
    "smooth": {"1": "nothing", "3": "3 rows", "5": "5 rows", "9": "9 rows"},
    "curves": {"auto": "automatic", "shared": "all in one", "rows": "one per row", "own": "one per variant"},
}
"""Parameter → its values and their words."""


class Layer(TypedDict):
    """What may be drawn under a panel's points."""

    label: str
    help: str
    final: bool
    """Whether it shows the networks at the end of training, which are the only ones kept, or the step's own points."""


LAYERS: dict[str, Layer] = {
    "field": {
        "label": "Discriminator",
        "help": "What the discriminator takes for real (blue) and for generated (red). On the line it gives 50%; the "
        "ticks point to the side that it takes for real. A dashed square is how far it was asked.",
        "final": True,
    },
    "arrows": {
        "label": "Gradient",
        "help": "Where the discriminator pushes points: the gradient of its logit, its length as a square root.",
        "final": True,
    },
    "manifold": {
        "label": "Generator",
        "help": "Images of circles in the latent space under the generator.",
        "final": True,
    },
    "density": {"label": "Density", "help": "Density of the generated points at this step.", "final": False},
}
"""Name in the address → the layer."""
