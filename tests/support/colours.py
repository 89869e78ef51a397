"""How light colours are, and whether one can be read on another, as WCAG 2 defines it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def luminance(colour: str | Sequence[float]) -> float:
    """Relative luminance of ``#rrggbb``, or of red, green and blue from 0 to 255."""
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)] if isinstance(colour, str) else colour
    return float(luminances(np.array(parts)))


def luminances(colours: np.ndarray) -> np.ndarray:
    """Relative luminance of red, green and blue from 0 to 255, [..., 3]."""
    parts = np.asarray(colours, float) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def contrast(one: str | Sequence[float], other: str | Sequence[float]) -> float:
    """Contrast ratio of two colours."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)
