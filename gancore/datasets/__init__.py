"""Distributions in the plane: every file of this folder is imported, which registers its dataset."""

from __future__ import annotations

import importlib
import pkgutil

from gancore.datasets.base import Curve
from gancore.datasets.circle import Circle
from gancore.datasets.mixture import Mixture, RoundMixture
from gancore.datasets.moons import Moons
from gancore.datasets.parabola import Parabola
from gancore.datasets.ring import Ring
from gancore.datasets.swiss_roll import SwissRoll

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["Circle", "Curve", "Mixture", "Moons", "Parabola", "Ring", "RoundMixture", "SwissRoll"]
