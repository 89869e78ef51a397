"""Distributions in the plane: every file here, and in the folders here, is imported, which registers its dataset."""

from __future__ import annotations

import importlib
import pkgutil

from gancore.datasets.area import Area
from gancore.datasets.base import Curve
from gancore.datasets.blobs import Blob, Blobs
from gancore.datasets.circle import Circle
from gancore.datasets.gaussian import Gaussian
from gancore.datasets.grid import Grid
from gancore.datasets.mixture import Mixture, RoundMixture
from gancore.datasets.moons import Moons
from gancore.datasets.parabola import Parabola
from gancore.datasets.points import OwnPoints
from gancore.datasets.random_mixture import RandomMixture
from gancore.datasets.ring import Ring
from gancore.datasets.swiss_roll import SwissRoll

for _module in pkgutil.walk_packages(__path__, f"{__name__}."):
    importlib.import_module(_module.name)

__all__ = [
    "Area",
    "Blob",
    "Blobs",
    "Circle",
    "Curve",
    "Gaussian",
    "Grid",
    "Mixture",
    "Moons",
    "OwnPoints",
    "Parabola",
    "RandomMixture",
    "Ring",
    "RoundMixture",
    "SwissRoll",
]
