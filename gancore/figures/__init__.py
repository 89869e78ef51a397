"""Frames and arrays in, Altair charts out: no files, no stores, no Streamlit."""

from gancore.figures.colours import BOTH, FAKE, REAL, colours_of
from gancore.figures.curves import accuracy, losses, variants
from gancore.figures.effects import effects, interaction, success_map
from gancore.figures.quantities import quantity
from gancore.figures.scatter import scatter, thinned
from gancore.figures.surface import surface
from gancore.figures.tables import metric_rows, reference_rows

__all__ = [
    "BOTH",
    "FAKE",
    "REAL",
    "accuracy",
    "colours_of",
    "effects",
    "reference_rows",
    "interaction",
    "losses",
    "metric_rows",
    "quantity",
    "scatter",
    "success_map",
    "surface",
    "thinned",
    "variants",
]
