"""Curves given by formulas: lengths, corners and pieces in closed form, and the nearest point where it is hard."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.special import ellipe
from scipy.stats import chisquare

import gancore
from gancore.config import ConfigError
from gancore.datasets import traced
from gancore.datasets.curves.arc import Arc
from gancore.datasets.curves.cardioid import Cardioid
from gancore.datasets.curves.circles import Circles
from gancore.datasets.curves.ellipse import Ellipse
from gancore.datasets.curves.figure_eight import FigureEight
from gancore.datasets.curves.line import Line
from gancore.datasets.curves.lissajous import Lissajous
from gancore.datasets.curves.polygon import Polygon, SquareOutline
from gancore.datasets.curves.polynomial import Polynomial
from gancore.datasets.curves.sine import Sine
from gancore.datasets.curves.spiral import Spiral
from gancore.datasets.traced import Table, Trace, Traced

RNG = np.random.default_rng
STAR = tuple(
    float(value)
    for k in range(20)
    for value in (1 - 0.6 * (k % 2)) * np.array([np.cos(k * np.pi / 10), np.sin(k * np.pi / 10)])
)


@pytest.mark.parametrize(
    "curve, length",
    [
        (Line(), np.hypot(2, 1)),
        (Ellipse(), 4 * ellipe(0.75)),
        (Ellipse(radius_x=0.3, radius_y=0.3), 0.6 * np.pi),
        (Arc(start=20, sweep=90), np.pi / 2),
        (Circles(factor=0.25, count=4), 2 * np.pi * 2.5),
        (Cardioid(), 8 / (0.75 * np.sqrt(3))),
        (SquareOutline(), 8),
        (Polygon(vertices=(0, 0, 3, 0, 3, 4)), 12),
        (Polygon(vertices=(0, 0, 3, 0, 3, 4), ends="open"), 7),
        (Sine(amplitude=0.0), 2),
        (Polynomial(coefficients=(0, 0, 1)), np.sqrt(5) + np.arcsinh(2) / 2),
    ],
)
def test_lengths_are_those_in_closed_form(curve: Traced, length: float) -> None:
    assert curve.length() == pytest.approx(length, rel=1e-7)


def test_an_archimedean_spiral_is_as_long_as_its_integral_says() -> None:
    s = np.linspace(0, 1, 200_001)
    speed = np.hypot(0.9, 4 * np.pi * (0.1 + 0.9 * s))
    for arms in (1, 3):
        assert Spiral(arms=arms).length() == pytest.approx(arms * np.trapezoid(speed, s), rel=1e-7)


@pytest.mark.parametrize("along, expected", [("length", None), ("parameter", 0.25)])
def test_the_probability_is_even_along_the_length_or_in_the_parameter(along, expected) -> None:
    """Of a flat ellipse the quarter of the angles at its tip is far less than a quarter of its length."""
    ellipse = Ellipse(radius_y=0.05, along=along)
    x, y = ellipse.curve((np.arange(40_000) + 0.5) / 40_000).T
    share = np.mean(np.abs(np.arctan2(y / 0.05, x)) < np.pi / 4)
    angle = np.linspace(-np.pi / 4, np.pi / 4, 10_001)
    tip = np.trapezoid(np.hypot(np.sin(angle), 0.05 * np.cos(angle)), angle) / (4 * ellipe(1 - 0.05**2))
    assert share == pytest.approx(tip if expected is None else expected, abs=1e-4)
    assert expected is not None or tip < 0.16


def test_corners_are_exact() -> None:
    square = SquareOutline()
    quarters = square.curve(np.array([0, 0.25, 0.5, 0.75, 0.125]))
    np.testing.assert_array_equal(quarters, [[-1, -1], [1, -1], [1, 1], [-1, 1], [0, -1]])
    queries = RNG(0).uniform(-2, 2, (5000, 2))
    away = np.abs(queries) - 1
    outside = np.hypot(*np.maximum(away, 0).T)
    expected = np.where((away <= 0).all(axis=1), -away.max(axis=1), outside)
    np.testing.assert_allclose(square.distance(queries), expected, atol=1e-12)
    np.testing.assert_allclose(square.extent(), [[-1, -1], [1, 1]])


def test_a_polygon_s_distance_is_that_to_its_nearest_side() -> None:
    polygon = Polygon(vertices=STAR)
    corners = np.reshape(STAR, (-1, 2))
    queries = RNG(1).uniform(-1.5, 1.5, (4000, 2))
    best = np.full(len(queries), np.inf)
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        s = np.clip((queries - a) @ (b - a) / np.sum((b - a) ** 2), 0, 1)
        best = np.minimum(best, np.hypot(*(queries - a - s[:, None] * (b - a)).T))
    np.testing.assert_allclose(polygon.distance(queries), best, atol=1e-12)


def test_circles_split_the_probability_as_asked_for() -> None:
    assert Circles().pieces == ((0.0, 0.5), (0.5, 1.0)) and not Circles().closed
    np.testing.assert_allclose(Circles(weights="length").pieces, [(0, 2 / 3), (2 / 3, 1)])
    distance, coordinate = Circles().nearest([[2.0, 0.0], [0.4, 0.0], [0.0, 0.76], [0.0, 0.74]])
    np.testing.assert_allclose(distance, [1, 0.1, 0.24, 0.24], atol=1e-7)
    np.testing.assert_allclose(coordinate, [0, 0.5, 0.125, 0.625], atol=1e-4)


def test_arms_of_a_spiral_are_turned_and_equally_likely() -> None:
    spiral = Spiral(arms=4)
    first, second = spiral.curve(np.array([0.2, 0.45]))
    np.testing.assert_allclose([-first[1], first[0]], second, atol=1e-12)


@pytest.mark.parametrize("curve", [FigureEight(), Lissajous(a=9, b=8), Lissajous(a=5, b=4), Polygon(vertices=STAR)])
def test_where_branches_cross_a_point_is_found_on_its_own(curve: Traced) -> None:
    t = RNG(2).uniform(size=20_000)
    points = curve.curve(t)
    distance, coordinate = curve.nearest(points)
    assert distance.max() < 1e-4 and np.quantile(distance, 0.999) < 1e-7
    np.testing.assert_allclose(curve.curve(coordinate), points, atol=1e-4)


def test_a_corner_that_is_not_named_is_met_all_the_same() -> None:
    """As in a formula with abs()."""
    table = Table([Trace(lambda s: np.stack([s, np.abs(s - 0.3)], axis=1), -1, 1)], "length")
    assert table.length == pytest.approx(2 * np.sqrt(2), rel=1e-6)
    t = RNG(3).uniform(size=5000)
    assert table.nearest(table.points(t))[0].max() < 1e-6
    assert table.nearest(np.array([[0.3, -0.5]]))[0][0] == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize(
    "at, sentence",
    [
        (lambda s: np.stack([s, 1 / (s - 0.25)], axis=1), "the curve is not finite at the parameter 0.25"),
        (lambda s: np.ones((len(s), 2)), "the curve has no length"),
        (lambda s: np.stack([1e308 * s, -1e308 * s], axis=1) * 10, "not finite"),
    ],
)
def test_a_curve_that_is_none_is_refused(at: Callable, sentence: str) -> None:
    with np.errstate(all="ignore"), pytest.raises(ConfigError, match=sentence):
        Table([Trace(at)], "length")


@pytest.mark.parametrize(
    "settings, sentence",
    [
        ({"kind": "line", "end_x": -1, "end_y": -0.5}, r"dataset\.end_x: .* at least 0\.001"),
        ({"kind": "sine", "low": 3}, r"dataset\.high: 1\.0 is not allowed; it must be at least 0\.001 more than low"),
        ({"kind": "polygon", "vertices": [1, 2, 3, 4, 5]}, r"dataset\.vertices: .*pairs"),
        ({"kind": "polygon", "vertices": [[0, 0], [1, 1], [1, 1]]}, r"dataset\.vertices: .*0\.001"),
        ({"kind": "polygon", "vertices": [[0, 0], [1, 1, 2]]}, r"dataset\.vertices: .*pair"),
        ({"kind": "polygon", "vertices": [0, 0]}, r"dataset\.vertices"),
        ({"kind": "polynomial", "coefficients": [1e9]}, r"dataset\.coefficients"),
        ({"kind": "lissajous", "a": 10}, r"dataset\.a"),
    ],
)
def test_what_is_no_curve_is_named(settings, sentence) -> None:
    with pytest.raises(ConfigError, match=sentence):
        gancore.parse_config({"dataset": settings})


def test_vertices_are_pairs_in_a_file_and_numbers_in_a_row_as_text() -> None:
    pairs = gancore.parse_config({"dataset": {"kind": "polygon", "vertices": [[0, 0], [1, 0], [1.5, 1]]}})
    text = gancore.with_changes(
        gancore.RunConfig(), {"dataset.kind": "polygon", "dataset.vertices": "0, 0, 1, 0, 1.5, 1"}
    )
    assert pairs.run_id == text.run_id


def test_tables_are_shared_and_not_made_when_a_configuration_is_read() -> None:
    asked = traced._table.cache_info()
    for kind in ("heart", "polygon", "spiral", "lissajous", "pinwheel"):
        assert gancore.parse_config({"dataset": {"kind": kind, "scale": 1.75}}).run_id
    assert traced._table.cache_info() == asked
    assert Spiral(turns=3.25).table is Spiral(turns=3.25, size=500, seed=9, scale=2.0, noise=0.1).table
    assert Spiral(turns=3.25).table is not Spiral(turns=3.5).table


@pytest.mark.slow
@pytest.mark.parametrize("curve", [Ellipse(), Lissajous(), Polygon(vertices=STAR), Spiral(arms=2)])
def test_the_nearest_points_of_two_thousand_take_less_than_a_table_of_their_distances(curve: Traced) -> None:
    """3 ms beside 12 on one machine; the processor's own time, of both in turn."""
    queries = np.concatenate([RNG(4).uniform(-2, 2, (1000, 2)), 0.3 * RNG(5).normal(size=(1000, 2))])
    taken, table = [], []
    for _ in range(20):
        for times, work in ((taken, lambda: curve.nearest(queries)), (table, lambda: cdist(queries, queries))):
            before = time.process_time()
            work()
            times.append(time.process_time() - before)
    assert min(taken) < 2 * min(table)  # ten times as much as it should be


def test_cells_of_a_length_are_equally_likely_from_patches_too() -> None:
    polygon = Polygon(vertices=(0, 0, 1, 0, 0, 2))
    cells = polygon.support().locate(polygon.patches().sample(RNG(6), 200_000))[1]
    assert chisquare(np.bincount(cells, minlength=64)).pvalue > 1e-4
