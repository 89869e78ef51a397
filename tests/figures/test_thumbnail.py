"""A distribution as a small drawing."""

from __future__ import annotations

import re

import numpy as np
import pytest

from gancore.config import Dataset
from gancore.figures.thumbnail import CLOUD, MARGIN, SIDE, thumbnail


def dots(path: str) -> np.ndarray:
    assert re.fullmatch(r"(M\d+ \d+h0)*", path)
    return np.array(re.findall(r"M(\d+) (\d+)h0", path), int).reshape(-1, 2)


@pytest.mark.parametrize("kind", sorted(Dataset.registry))
def test_every_distribution_fills_its_square(kind: str) -> None:
    dataset = Dataset.registry[kind]()
    drawn = dots(thumbnail(dataset.even(CLOUD)))  # type: ignore[attr-defined]
    assert len(drawn) >= 8 and drawn.min() >= MARGIN - 1 and drawn.max() <= SIDE - MARGIN + 1
    assert np.ptp(drawn, axis=0).max() >= SIDE - 2 * MARGIN - 2


def test_shape_and_direction_are_kept() -> None:
    x, y = dots(thumbnail(np.array([[0, 0], [2, 1], [2, 1]]))).T
    assert len(x) == 2 and x[1] - x[0] == SIDE - 2 * MARGIN and abs(y[0] - y[1] - (SIDE - 2 * MARGIN) / 2) <= 1


def test_nothing_to_draw_is_no_error() -> None:
    assert thumbnail(np.full((3, 2), np.nan)) == thumbnail(np.zeros((0, 2))) == ""
    assert thumbnail(np.ones((5, 2))) == f"M{SIDE // 2} {SIDE // 2}h0"
