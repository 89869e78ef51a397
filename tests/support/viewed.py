"""What the tests of the view's data and drawing share."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np
import pytest

from gancore.store import Store
from gancore.viewer.packing import LARGEST, MISSING, REACH


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    """The shipped studies alone."""
    return Store.open(tmp_path_factory.mktemp("viewer"))


def unpacked(text: str, kind) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), kind)


def points_of(text: str, window: Sequence[float] = (0, 0, 1, 1)) -> np.ndarray:
    """Points [n, 2] from ``packed_points``, in the coordinates of the window."""
    codes = unpacked(text, "<u2").astype(float)
    values = codes / LARGEST * 2 * REACH - REACH
    return np.where(codes == MISSING, np.nan, values).reshape(-1, 2) * window[2:] + window[:2]
