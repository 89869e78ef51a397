"""The cells in which the nearest nodes of a curve are looked up: the same places as a search of all nodes finds."""

from __future__ import annotations

import numpy as np
import pytest

from gancore.config import ConfigError, parse_config
from gancore.datasets.cells import FEW
from gancore.datasets.search import FLAT
from gancore.datasets.traced import Traced

CURVES = [
    {"kind": "heart"},
    {"kind": "sine", "frequency": 100.0},
    {"kind": "spiral", "turns": 4.0, "arms": 8, "inner": 0.0},
    {"kind": "lissajous", "a": 9, "b": 8},
    {"kind": "polygon", "vertices": [0.0, 0.0, 1.0, 0.0, 1.0, 0.01, 0.5, 3.0]},
    {"kind": "line", "start_y": 0.0, "end_y": 0.0},
    {"kind": "polynomial", "coefficients": [0.0] * 15 + [1000.0]},
    {"kind": "formula", "x": "cos(t); 3 + t", "y": "sin(t); t^2"},
]


def traced(given: dict[str, object]) -> Traced:
    dataset = parse_config({"dataset": given}).dataset
    assert isinstance(dataset, Traced)
    return dataset


@pytest.mark.parametrize("given", CURVES, ids=lambda given: str(given["kind"]))
@pytest.mark.parametrize("by", [0.0, 0.001, 0.3, 3.0, 30.0])
def test_they_find_what_a_search_of_all_nodes_finds(given: dict[str, object], by: float) -> None:
    curve, rng = traced(given), np.random.default_rng(4)
    low, high = curve.extent()
    size = float((high - low).max())
    points = curve.curve(rng.uniform(size=4 * FEW)) + by * size * rng.normal(size=(4 * FEW, 2))
    known, _, _ = curve.table.nodes.cells.candidates((points - curve.table.nodes.middle).T)
    assert known.mean() > (0.1 if by < 3 else 0)  # where many nodes are about as near, to search all is quicker
    distance, coordinate = curve.nearest(points)
    searched = np.concatenate([curve.nearest(part)[0] for part in np.array_split(points, 5)])
    close = 2e-4 * size  # in the bends of a sine of 32 waves; elsewhere far closer
    assert (distance - searched).max() < close and np.median(np.abs(distance - searched)) < 1e-9 * size
    np.testing.assert_allclose(np.hypot(*(curve.curve(coordinate) - points).T), distance, atol=1e-6 * size)
    dense = curve.curve(np.linspace(0, 1, 20_001)[:-1])
    brute = np.array([np.hypot(*(dense - point).T).min() for point in points[::20]])
    assert (distance[::20] - brute).max() < close * max(1, by)


def test_what_cannot_be_followed_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(ConfigError, match=r"dataset\.turns: 10.0 is not allowed; with 8 arms it must be at most 4"):
        parse_config({"dataset": {"kind": "spiral", "turns": 10, "arms": 8}})
    with pytest.raises(ConfigError, match="from -100 to 100 it must be at most 1.005"):
        parse_config({"dataset": {"kind": "sine", "frequency": 100, "low": -100, "high": 100}})
    # Run through nine times, it is the same curve.
    assert traced({"kind": "lissajous", "a": 9, "b": 9}).length() == pytest.approx(2 * np.pi, rel=1e-6)


def test_places_on_parabolas_are_those_of_a_plain_computation() -> None:
    """To the last bit, so that scores do not move with how they are computed."""
    rng = np.random.default_rng(5)
    nodes = traced({"kind": "heart"}).table.nodes
    node, points = rng.integers(len(nodes.stretch), size=800), rng.normal(size=(2, 800))
    a, b, offset = nodes.slope[:2, node], nodes.bend[:2, node], nodes.position[:2, node] - points
    aa, ab, bb, oa, ob = (x[0] * y[0] + x[1] * y[1] for x, y in ((a, a), (a, b), (b, b), (offset, a), (offset, b)))
    s = np.zeros(800)
    for _ in range(3):
        gradient = oa + s * ((aa + 2 * ob) + s * (3 * ab + s * 2 * bb))
        curvature = (aa + 2 * ob) + s * (6 * ab + s * 6 * bb)
        s = np.clip(s - gradient / np.maximum(curvature, FLAT * aa + 1e-300), -1, 1)
    found, distance = nodes._on_parabola(points, node)
    assert np.array_equal(found, s) and np.array_equal(distance, np.hypot(*(offset + s * (a + s * b))))
