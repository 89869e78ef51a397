"""Named constants: distributions of public code, each the plain settings of a dataset under a name.

``--dataset gan-lab-ring``, ``kind = "gan-lab-ring"`` in a file and the form's list all stand for those settings, so
that a run is the same, and has the same id, as one whose settings are written out. How many points a source trains on
is not part of its distribution.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import pi
from typing import Any

from gancore.parts.dataset import Dataset

KEPT = ("size", "seed", "fresh")
"""What a dataset keeps when it becomes a named constant: its training set is no part of the distribution."""


@dataclass(frozen=True)
class Constant:
    """A distribution of public code."""

    name: str
    label: str
    """Its name for people."""
    source: str
    """Title and authors of the code or paper that it comes from."""
    address: str
    """Where that is read."""
    definition: str
    """The distribution as the source has it."""
    settings: Mapping[str, Any] = field(hash=False)
    """The dataset in plain data, ``kind`` included; what is left out has its default."""

    @property
    def dataset(self) -> Dataset:
        """The distribution."""
        settings = dict(self.settings)
        return Dataset.registry[settings["kind"]].model_validate(settings)  # type: ignore[return-value]


UNROLLED = ("Metz et al. 2017, Unrolled Generative Adversarial Networks", "https://github.com/poolio/unrolled_gan")
WGAN_GP = (
    "Gulrajani et al. 2017, Improved Training of Wasserstein GANs, gan_toy.py",
    "https://github.com/igul222/improved_wgan_training/blob/master/gan_toy.py",
)
GAN_LAB = ("Kahng et al. 2018, GAN Lab", "https://github.com/poloclub/ganlab")
D2L = (
    "Zhang et al., Dive into Deep Learning, Generative Adversarial Networks",
    "https://d2l.ai/chapter_generative-adversarial-networks/gan.html",
)
KERAS = (
    "Brownlee 2019, How to Develop a 1D Generative Adversarial Network From Scratch in Keras",
    "https://machinelearningmastery.com/how-to-develop-a-generative-adversarial-network-for-a-1-dimensional-function-from-scratch-in-keras/",
)
SINE = (
    "Candido, Generative Adversarial Networks: Build Your First Models",
    "https://realpython.com/generative-adversarial-networks/",
)

# GAN Lab draws in [0, 1]²: its coordinates are half of ours, plus a half.
_CENTRED = {"scale": 0.5, "placement": {"shift_x": 0.5, "shift_y": 0.5}}

_ALL = [
    Constant(
        "8-gaussians-unrolled",
        "8 Gaussians (unrolled GAN)",
        *UNROLLED,
        "8 Gaussians of σ 0.01 on the circle of radius 1; the public demo repeats the first angle, this does not",
        {"kind": "ring", "count": 8, "sigma": 0.01},
    ),
    Constant(
        "8-gaussians-wgan-gp",
        "8 Gaussians (WGAN-GP)",
        *WGAN_GP,
        "8 Gaussians of σ 0.02 on the circle of radius 2, divided by 1.414",
        {"kind": "ring", "count": 8, "sigma": 0.01, "scale": 2 / 1.414},
    ),
    Constant(
        "25-gaussians-wgan-gp",
        "25 Gaussians (WGAN-GP)",
        *WGAN_GP,
        "25 Gaussians of σ 0.05 on a grid of spacing 2, divided by 2.828",
        {"kind": "grid", "count": 5, "spacing": 0.5, "sigma": 0.0125, "scale": 4 / 2.828},
    ),
    Constant(
        "swiss-roll-wgan-gp",
        "Swiss roll (WGAN-GP)",
        *WGAN_GP,
        "(t cos t, t sin t) with t uniform in [1.5π, 4.5π] and noise 0.25, divided by 7.5",
        {
            **{"kind": "spiral", "turns": 1.5, "inner": 1 / 3, "along": "parameter", "placement": {"rotation": 270.0}},
            **{"noise": 0.25 / (4.5 * pi), "scale": 4.5 * pi / 7.5},
        },
    ),
    Constant(
        "gan-lab-ring",
        "GAN Lab's ring",
        *GAN_LAB,
        "(0.5 + 0.3 cos a, 0.45 + 0.25 sin a) with a uniform in [0, 2π] and noise 0.025",
        {
            **{"kind": "ellipse", "radius_x": 1.0, "radius_y": 0.25 / 0.3, "along": "parameter", "scale": 0.3},
            **{"noise": 0.025 / 0.3, "placement": {"shift_x": 0.5, "shift_y": 0.45}},
        },
    ),
    Constant(
        "gan-lab-line",
        "GAN Lab's line",
        *GAN_LAB,
        "(0.8 - 0.75 a, 0.6 + 0.3 a) with a uniform in [0, 1] and noise 0.01",
        {
            **{"kind": "line", "start_x": 1.0, "start_y": -0.4, "end_x": -1.0, "end_y": 0.4, "scale": 0.375},
            **{"noise": 0.01 / 0.375, "placement": {"shift_x": 0.425, "shift_y": 0.75}},
        },
    ),
    Constant(
        "gan-lab-gaussians",
        "GAN Lab's two Gaussians",
        *GAN_LAB,
        "half at (0.3, 0.7) with σ 0.1, half at (0.7, 0.4) with σ 0.05 horizontally and 0.2 vertically",
        {
            "kind": "blobs",
            "gaussians": [
                {"weight": 0.5, "mean": [-0.4, 0.4], "sigma": 0.2},
                {"weight": 0.5, "mean": [0.4, -0.2], "covariance": [0.01, 0.0, 0.16]},
            ],
            **_CENTRED,
        },
    ),
    Constant(
        "gan-lab-blobs",
        "GAN Lab's three blobs",
        *GAN_LAB,
        "0.333 at (0.35, 0.75), 0.333 at (0.75, 0.6) and 0.334 at (0.45, 0.35), each with σ 0.025",
        {
            "kind": "blobs",
            "gaussians": [
                {"weight": 0.333, "mean": [-0.3, 0.5], "sigma": 0.05},
                {"weight": 0.333, "mean": [0.5, 0.2], "sigma": 0.05},
                {"weight": 0.334, "mean": [-0.1, -0.3], "sigma": 0.05},
            ],
            **_CENTRED,
        },
    ),
    Constant(
        "d2l-gaussian",
        "Linear Gaussian (d2l.ai)",
        *D2L,
        "X·[[1, 2], [-0.1, 0.5]] + (1, 2) for standard normal rows X",
        {
            **{"kind": "gaussian", "variance_x": 0.2525, "variance_y": 1.0625, "covariance": 0.4875, "scale": 2.0},
            "placement": {"shift_x": 1.0, "shift_y": 2.0},
        },
    ),
    Constant(
        "keras-parabola",
        "Parabola (Keras tutorial)",
        *KERAS,
        "y = x² with x uniform in [-0.5, 0.5]",
        {"kind": "polynomial", "coefficients": [0.0, 0.0, 0.5], "scale": 0.5},
    ),
    Constant(
        "sine-tutorial",
        "Sine (PyTorch tutorial)",
        *SINE,
        "(x, sin x) with x uniform in [0, 2π]",
        {
            **{"kind": "sine", "amplitude": 1 / pi, "frequency": pi, "phase": pi, "scale": pi},
            "placement": {"shift_x": pi},
        },
    ),
    Constant(
        "noisy-circle",
        "Noisy circle (course)",
        "a course's exercise on GANs, of which copies are public",
        "",
        "z/|z| + z/10 for a standard normal z in the plane",
        {"kind": "noisy_circle", "spread": 0.1},
    ),
]

NAMED: dict[str, Constant] = {constant.name: constant for constant in _ALL}
"""Name → the constant, in the order of lists."""


def name_of(dataset: Dataset) -> str:
    """What a distribution is called: a named constant's name where it is one, else its kind.

    The training set's size, its seed, and fresh points make no difference.
    """
    return _name(dataset.model_copy(update=_kept()))  # type: ignore[arg-type]  # frozen, so hashable


@lru_cache(maxsize=1024)
def _name(dataset: Dataset) -> str:
    kind = str(dataset.kind)  # type: ignore[attr-defined]  # every member of the family has one
    if dataset == type(dataset)():
        return kind
    alike = (name for name, constant in NAMED.items() if constant.settings["kind"] == kind)
    return next((name for name in alike if NAMED[name].dataset == dataset), kind)


def _kept() -> dict[str, Any]:
    return {name: Dataset.model_fields[name].default for name in KEPT}


def label_of(name: str) -> str:
    """The name for people of a kind or a named constant; an unknown one as words."""
    if name in NAMED:
        return NAMED[name].label
    return str(getattr(Dataset.registry.get(name), "label", name.replace("_", " ")))


def words_of(dataset: Dataset) -> str:
    """The name for people of a distribution: the constant's where it is one, else its own."""
    name = name_of(dataset)
    return NAMED[name].label if name in NAMED else dataset.words()


def names() -> list[str]:
    """All kinds, then all named constants."""
    return [*sorted(Dataset.registry), *NAMED]
